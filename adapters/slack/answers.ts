import type { Message } from '../../src/chat/message.ts'
import { RateLimited, type Send } from '../../src/chat/platform.ts'
import type { Clock } from '../../src/clock.ts'
import { newId } from '../../src/ids.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import type { Route } from './inbound.ts'
import { ANSWER_TIMEOUT_MS } from './limits.ts'
import type { Where } from './lookup.ts'
import { type Drawn, draw } from './outbound.ts'
import type { People } from './people.ts'
import type { SlackApi } from './web-api.ts'

/** Answers for one person alone. */
export interface Answers {
  /** Privately where the person is, else by direct message. Never throws: an answer that reaches nobody is told. */
  give(route: Route, message: Message): Promise<void>
  /** By the response URL alone; false when it is no longer good. */
  respond(responseUrl: string, message: Message): Promise<boolean>
}

export interface AnswersParts {
  api: SlackApi
  people: People
  clock: Clock
  emit: Emit
  /** Posts a message that others may see later: one whose fate is unknown is looked for by its key. */
  post(where: Where, message: Message, send: Send): Promise<string>
}

/** Pauses before every way is tried once more. */
const PAUSES_MS = [1_000, 5_000]
/** A Retry-After up to this is waited out. */
const LONGEST_WAIT_MS = 30_000

export function createAnswers(parts: AnswersParts): Answers {
  const { clock, emit } = parts
  return {
    async give(route, message) {
      const ways = waysOf(parts, route, message)
      let cause: unknown
      for (const pauseMs of [0, ...PAUSES_MS]) {
        if (pauseMs > 0) await clock.sleep(Math.max(pauseMs, waitOf(cause)))
        for (const way of ways) {
          try {
            return await way(AbortSignal.timeout(ANSWER_TIMEOUT_MS))
          } catch (error) {
            cause = error
          }
        }
      }
      emit('chat.failed', { platform: 'slack', cause: `an answer reached nobody: ${String(cause).slice(0, 200)}` })
    },
    respond: (responseUrl, message) =>
      respond(parts.api, responseUrl, null, draw(message), AbortSignal.timeout(ANSWER_TIMEOUT_MS)).then(
        () => true,
        () => false,
      ),
  }
}

const waitOf = (cause: unknown): number =>
  cause instanceof RateLimited ? Math.min(LONGEST_WAIT_MS, cause.retryAfterMs) : 0

type Way = (signal: AbortSignal) => Promise<void>

/** Nothing tells whether what only one person sees has arrived: it may come twice. A direct message is looked for. */
function waysOf({ api, people, clock, post }: AnswersParts, route: Route, message: Message): Way[] {
  const { user, channel, thread, isDirect, responseUrl } = route
  const drawn = draw(message)
  const place = (id: string) => ({ channel: id, ...drawn, ...(thread === null ? {} : { thread_ts: thread }) })
  const key = newId<never>(clock.now())
  let isUncertain = false
  const postDirectly = async (where: Where, signal: AbortSignal): Promise<void> => {
    const send = { key, isUncertain, signal }
    isUncertain = true
    await post(where, message, send)
  }
  const ways: Way[] = []
  if (responseUrl !== undefined) ways.push((signal) => respond(api, responseUrl, thread, drawn, signal))
  if (channel !== null && !isDirect)
    ways.push((signal) =>
      api.call(signal, async (client) => {
        await client.chat.postEphemeral({ ...place(channel), user })
      }),
    )
  ways.push(
    channel !== null && isDirect && responseUrl === undefined
      ? (signal) => postDirectly({ channel, ts: thread }, signal)
      : async (signal) => postDirectly({ channel: await people.direct(user, signal), ts: null }, signal),
  )
  return ways
}

async function respond(
  api: SlackApi,
  responseUrl: string,
  thread: string | null,
  { text, blocks }: Drawn,
  signal: AbortSignal,
): Promise<void> {
  const body = {
    response_type: 'ephemeral',
    replace_original: false,
    text,
    blocks,
    ...(thread === null ? {} : { thread_ts: thread }),
  }
  const answer = await api.fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal,
  })
  await answer.body?.cancel()
  if (answer.status === 429) throw new RateLimited(Number(answer.headers.get('retry-after') ?? 1) * 1_000)
  if (!answer.ok) throw new Error(`response_url answered ${answer.status}`)
}
