import type { LastButtons } from '../chat/last-buttons.ts'
import type { Clock } from '../clock.ts'
import { Refusal } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Thread } from '../jobs/job.ts'
import type { Jobs } from '../jobs/service.ts'
import type { Locale } from '../messages/locale.ts'
import { createSay, sayRefusal } from '../messages/say.ts'
import type { LinkClaim } from '../results/links.ts'
import type { Results } from '../results/results.ts'
import { labelsOf, type SiteRegistry } from '../sites/registry.ts'
import type { Stats } from '../stats/stats.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Forgetting } from '../upkeep/forget.ts'
import { meet, refuseBlocked } from '../users/accounts.ts'
import type { Linking } from '../users/linking.ts'
import type { UserStore } from '../users/store.ts'
import type { AccountKey } from '../users/user.ts'
import type { Answer, Asking, Command, Desk, DeskOptions, Dispatch, Invocation, Reply } from './command.ts'
import { type Parsed, parse } from './grammar.ts'
import { lineOf } from './line.ts'
import type { Reading } from './options.ts'
import { createCommandQuota } from './quota.ts'
import { refusedAnswer } from './refused.ts'
import type { CommandStore } from './store.ts'
import { COMMANDS } from './table.ts'

/** The name of a command that could not be understood, in log and metrics. */
const UNKNOWN = 'unknown'

export interface DispatchParts {
  users: UserStore
  linking: Linking
  forgetting: Pick<Forgetting, 'holdings' | 'forget' | 'discard'>
  commands: CommandStore
  jobs: Jobs
  results: Results
  sites: SiteRegistry
  robotsKnown(site: string): Promise<boolean | undefined>
  stats: Pick<Stats, 'totals'>
  isAdministrator(account: AccountKey): boolean
  isWorkerless(): boolean
  clock: Clock
  emit: Emit
  options: DispatchOptions
  /** An address that opens a thread in its chat, or null. Without it no answer carries a link. */
  linkOf?(thread: Thread): Promise<string | null>
  /** A signed address of a file. Without it platforms that refuse a file can offer nothing else. */
  linkToFile?(claim: LinkClaim): string | null
  /** Shared with chat, so that `press` knows the last word's buttons too. */
  lastButtons: LastButtons
  table?: readonly Command[]
}

export interface DispatchOptions extends DeskOptions {
  /** Commands that one user may send in a minute (QUOTA_COMMANDS_MINUTE); the console's are not counted. */
  commandsPerMinute: number
}

/** Makes the one entrance of all platforms: an invocation in, an answer for the person alone out. */
export function createDispatch(parts: DispatchParts): Dispatch {
  const desk: Desk = {
    ...parts,
    linkOf: parts.linkOf ?? (async () => null),
    linkToFile: parts.linkToFile ?? (() => null),
    say: createSay(parts.options.timeZone, labelsOf(parts.sites)),
    commands: parts.table ?? COMMANDS,
  }
  const house: House = { ...parts, desk, quota: createCommandQuota(parts.clock, parts.options.commandsPerMinute) }
  return async (invocation) => {
    const turn: Turn = {
      requestId: newId(parts.clock.now()),
      invocation,
      command: UNKNOWN,
      startedAt: parts.clock.monotonic(),
    }
    try {
      const { eventId, account } = invocation
      if (eventId !== null && !(await parts.commands.isNewEvent(account.platform, eventId))) return undefined
      return await answerTurn(house, turn)
    } catch (error) {
      return replyInNoHouse(house, turn, error)
    }
  }
}

interface House extends DispatchParts {
  desk: Desk
  quota(user: Asking['asker']['user']['id']): void
}

interface Turn {
  requestId: string
  invocation: Invocation
  /** The command's name once it is understood; until then UNKNOWN. */
  command: string
  startedAt: number
}

async function answerTurn(house: House, turn: Turn): Promise<Reply> {
  const asking = await introduce(house, turn)
  const reply = await performTurn(house, turn, asking)
  if (turn.invocation.isGlance) return reply
  await Promise.all([
    house.desk.lastButtons.show(asking.asker.account, reply.message.buttons),
    note(house, turn, asking, reply),
  ])
  return reply
}

/** Who asks: the account, its user, their language. */
async function introduce(house: House, turn: Turn): Promise<Asking> {
  const { account, place } = turn.invocation
  const person = await meet(house.users, account, account, house.options.locale)
  const asker = { ...person, requestId: turn.requestId }
  const asking: Asking = {
    desk: house.desk,
    asker,
    place,
    isOverheard: turn.invocation.isOverheard ?? false,
    platformLocale: account.locale,
    perform: (line) => perform(asking, parse(line, house.desk.commands, readingFor(asking))),
  }
  return asking
}

async function performTurn(house: House, turn: Turn, asking: Asking): Promise<Reply> {
  const { user, account } = asking.asker
  let said = turn.invocation.text
  try {
    refuseBlocked(user, house.options.contact)
    const { text, options, isGlance } = turn.invocation
    if (account.platform !== 'console' && !isGlance) house.quota(user.id)
    const parsed = parse(text, house.desk.commands, readingFor(asking), options)
    turn.command = parsed.command.name
    said = lineOf(parsed) // with the options that a platform typed, so that a button can say it again
    house.emit('command.received', {
      requestId: turn.requestId,
      user: user.id,
      account: account.id,
      platform: account.platform,
      command: turn.command,
    })
    return { locale: asking.asker.locale, ...(await perform(asking, parsed)), outcome: 'ok' }
  } catch (error) {
    if (!(error instanceof Refusal)) return fault(house, turn, error, asking.asker.locale, user.id)
    return {
      ...(await refusedAnswer(asking, error, said)),
      outcome: error.code,
      locale: asking.asker.locale,
    }
  }
}

const perform = (asking: Asking, { command, values }: Parsed): Promise<Answer> => command.run(asking, values)

const readingFor = ({ desk }: Asking): Reading => ({
  sites: desk.sites,
  maxProducts: desk.options.maxProducts,
})

/** The row of "requests by user", and what telemetry is told. A row that cannot be written costs nobody an answer. */
async function note(house: House, turn: Turn, asking: Asking, reply: Reply): Promise<void> {
  const { user, account } = asking.asker
  const facts = { requestId: turn.requestId, command: turn.command, outcome: reply.outcome }
  await house.commands
    .log({ ...facts, userId: user.id, accountId: account.id, jobId: reply.jobId ?? null })
    .catch((error) => {
      if (error instanceof Refusal) return house.emit('store.retry', { cause: error.code, attempts: 1 })
      house.emit('fault', { id: turn.requestId, where: 'commands.log', error, requestId: turn.requestId })
    })
  house.emit('command.answered', {
    ...facts,
    user: user.id,
    ms: house.clock.monotonic() - turn.startedAt,
    ...(reply.jobId === undefined ? {} : { job: reply.jobId }),
  })
}

/** A bug: told under the id that stands in the log. */
function fault(house: House, turn: Turn, error: unknown, locale: Locale, user?: string): Reply {
  house.emit('fault', {
    id: turn.requestId,
    where: `command ${turn.command}`,
    error,
    requestId: turn.requestId,
    ...(user === undefined ? {} : { user }),
  })
  const sentence = house.desk.say(locale, 'internal', { id: turn.requestId })
  return { message: { lines: [sentence] }, outcome: 'internal' }
}

/** Storage failed before it was known who asks, or while a refusal was told. */
function replyInNoHouse(house: House, turn: Turn, error: unknown): Reply {
  const locale = turn.invocation.account.locale ?? house.options.locale
  if (!(error instanceof Refusal)) return fault(house, turn, error, locale)
  return { message: { lines: [sayRefusal(house.desk.say, locale, error)] }, outcome: error.code }
}
