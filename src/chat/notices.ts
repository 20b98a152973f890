import type { Clock } from '../clock.ts'
import { Refusal } from '../errors.ts'
import { newId } from '../ids.ts'
import { accountName } from '../messages/format.ts'
import type { Locale } from '../messages/locale.ts'
import type { Say } from '../messages/say.ts'
import type { Emit } from '../telemetry/events.ts'
import { backoff } from './backoff.ts'
import { createBell } from './bell.ts'
import { CallFailed, type Calls, CallTimeout, HoldOver, Stopping, threadAt } from './calls.ts'
import type { Language } from './language.ts'
import { HOLD_MS, NOTICE_GIVE_UP_MS, NOTICE_POLL_MS, NOTICES } from './limits.ts'
import type { Message } from './message.ts'
import { type Platform, PlatformDown, RateLimited, ThreadGone } from './platform.ts'
import type { Standing } from './standing.ts'
import type { ForgottenNotice, LinkedNotice, Notice, NoticeStore, ThreadNotice } from './store.ts'
import { KeyBusy, RANKS } from './turns.ts'

export interface NoticesParts {
  notices: NoticeStore
  platforms: Platform[]
  calls: Calls
  standing: Standing
  language: Language
  /** Where nobody is known whose language it could be. */
  locale: Locale
  say: Say
  clock: Clock
  emit: Emit
  random?: () => number
}

/**
 * Tells people directly what concerns them and no job, and takes back what threads show of crawls that are forgotten: at
 * least once, again until the platform takes it.
 */
export interface Notices {
  start(): void
  nudge(): void
  stop(): Promise<void>
}

export function createNotices(parts: NoticesParts): Notices {
  const bell = createBell(parts.clock)
  let isStopping = false
  let running: Promise<void> = Promise.resolve()

  async function turn(): Promise<void> {
    const names = parts.platforms.map(({ name }) => name).filter((name) => !parts.standing.isDown(name))
    const due = await parts.notices.claim(names, NOTICES, HOLD_MS)
    for (const notice of due) if (!isStopping) await handle(parts, notice)
    if (due.length === 0 && !isStopping) await bell.wait(NOTICE_POLL_MS)
  }

  return {
    start() {
      running = (async () => {
        while (!isStopping) {
          await turn().catch(async (error) => {
            tellFault(parts, error)
            await bell.wait(NOTICE_POLL_MS)
          })
        }
      })()
    },
    nudge: () => bell.ring(),
    async stop() {
      isStopping = true
      bell.ring()
      await running
    },
  }
}

async function handle(parts: NoticesParts, notice: Notice): Promise<void> {
  const where = notice.kind === 'thread' ? notice.platform : notice.owner.account.platform
  const platform = parts.platforms.find(({ name }) => name === where)!
  try {
    await (notice.kind === 'thread' ? takeBack(parts, platform, notice) : tell(parts, platform, notice))
    await parts.notices.settle(notice, 'sent', null)
  } catch (error) {
    const cause = (error instanceof Error ? error.message : String(error)).slice(0, 300)
    if (error instanceof PlatformDown) parts.standing.fell(platform.name, error.message)
    const isOld = notice.readAt - notice.createdAt > NOTICE_GIVE_UP_MS
    // a person who takes no direct messages sees it in the answer to `link`
    if (error instanceof ThreadGone || isOld) return parts.notices.settle(notice, 'dropped', cause)
    if (!isExpected(error)) tellFault(parts, error)
    await parts.notices.retry(notice, pauseAfter(error, notice.attempts, parts.random), cause)
  }
}

/** Root and progress message: neither the person nor their words stand there any more, and no button. */
async function takeBack(parts: NoticesParts, platform: Platform, notice: ThreadNotice): Promise<void> {
  const { thread, progressId } = notice
  if (!thread) return
  const message = { lines: [parts.say(notice.locale ?? parts.locale, 'forget.thread')] }
  const until = parts.clock.monotonic() + HOLD_MS
  for (const id of [thread.root, progressId]) {
    if (id === null) continue
    const run = (signal: AbortSignal) => platform.edit(thread, id, message, signal)
    await parts.calls.call({ platform, thread, rank: RANKS.edit, until, run }).catch((error) => {
      if (!(error instanceof ThreadGone && error.what === 'message')) throw error // deleted: nothing to take back
    })
  }
}

async function tell(parts: NoticesParts, platform: Platform, notice: LinkedNotice | ForgottenNotice): Promise<void> {
  const { account } = notice.owner
  const nowhere = { platform: platform.name, workspace: account.workspace, channel: '', thread: null, isDirect: true }
  const until = parts.clock.monotonic() + HOLD_MS
  const call = { platform, rank: RANKS.word, until }
  const run = () => platform.direct(account.externalId, account.workspace)
  const thread = threadAt(await parts.calls.call({ ...call, thread: threadAt(nowhere), run }))
  const message = await messageOf(parts, notice)
  const isUncertain = notice.attempts > 1
  await parts.calls.call({
    ...{ ...call, thread },
    run: (signal) => platform.post(thread, message, { key: notice.id, isUncertain, signal }),
  })
}

async function messageOf({ language, say }: NoticesParts, notice: LinkedNotice | ForgottenNotice): Promise<Message> {
  const { owner } = notice
  const locale = await language({ owner })
  if (notice.kind === 'forgotten')
    return { lines: [say(locale, 'notice.forgotten', { platform: notice.askedOn }), say(locale, 'forget.stays')] }
  const facts = { own: accountName(owner.account), other: accountName(notice.other) }
  return {
    lines: [say(locale, 'notice.linked', facts)],
    buttons: [{ label: say(locale, 'button.unlink'), style: 'danger', command: 'unlink' }],
  }
}

function pauseAfter(error: unknown, attempts: number, random = Math.random): number {
  if (error instanceof HoldOver || error instanceof Stopping) return 0
  if (error instanceof KeyBusy) return error.ms
  return error instanceof RateLimited ? error.retryAfterMs : backoff(attempts, random)
}

const EXPECTED = [HoldOver, Stopping, KeyBusy, RateLimited, PlatformDown, CallTimeout, CallFailed, Refusal]
const isExpected = (error: unknown): boolean => EXPECTED.some((type) => error instanceof type)

function tellFault(parts: NoticesParts, error: unknown): void {
  if (error instanceof Refusal) return // storage is busy or full: it is tried again
  parts.emit('fault', { id: newId(parts.clock.now()), where: 'chat/notices', error })
}
