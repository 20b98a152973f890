import type { Message } from '../../src/chat/message.ts'
import { RateLimited } from '../../src/chat/platform.ts'
import type { Clock } from '../../src/clock.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import type { Route } from './inbound.ts'
import { ANSWER_TIMEOUT_MS } from './limits.ts'
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
}

/** Pauses before every way is tried once more. */
const PAUSES_MS = [1_000, 5_000]
/** A Retry-After up to this is waited out. */
const LONGEST_WAIT_MS = 30_000

export function createAnswers(parts: AnswersParts): Answers {
  const { clock, emit } = parts
  return {
    async give(route, message) {
      const drawn = draw(message)
      const ways = waysOf(parts, route, drawn)
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

function waysOf({ api, people }: AnswersParts, route: Route, drawn: Drawn): Way[] {
  const { user, channel, thread, isDirect, responseUrl } = route
  const place = (id: string) => ({ channel: id, ...drawn, ...(thread === null ? {} : { thread_ts: thread }) })
  const ways: Way[] = []
  if (responseUrl !== undefined) ways.push((signal) => respond(api, responseUrl, thread, drawn, signal))
  if (channel !== null && !isDirect)
    ways.push((signal) =>
      api.call(signal, async (client) => {
        await client.chat.postEphemeral({ ...place(channel), user })
      }),
    )
  if (channel !== null && isDirect && responseUrl === undefined)
    ways.push((signal) => api.call(signal, async (client) => void (await client.chat.postMessage(place(channel)))))
  ways.push(async (signal) => {
    const to = await people.direct(user, signal)
    await api.call(signal, (client) => client.chat.postMessage({ channel: to, ...drawn, unfurl_links: false }))
  })
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
