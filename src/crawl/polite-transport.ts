import type { VisitEnd } from '../budget/host-line.ts'
import type { Clock } from '../clock.ts'
import { isRefusal, Refusal } from '../errors.ts'
import type { JobId } from '../ids.ts'
import { type Guard, portOf } from './guard.ts'
import type { Politeness } from './politeness.ts'
import { readRetryAfter } from './retry-after.ts'
import type { RequestRecord } from './store.ts'
import { type Answer, type Outgoing, type Transport, textOf } from './transport.ts'
import type { OnWaiting } from './waiting.ts'

/** On whose behalf a request goes out. */
export interface Errand {
  jobId: JobId | null
  turn: string
  tryNumber: number
  /** What robots.txt said about it. */
  robots: RequestRecord['robots']
  /** The host's Crawl-delay, where it is known. */
  delayMs?: number
  signal: AbortSignal
  onWaiting?: OnWaiting
}

/** An answer with what manners need. */
export interface PoliteAnswer extends Answer {
  /** Epoch milliseconds at which the host may be asked again; null when it names no such time. */
  retryAt: number | null
  /** Milliseconds of the exchange, without the wait for a turn. */
  ms: number
}

/** Sends requests one by one with manners: guard, slot, turn, budget before; pace and log after. */
export interface PoliteTransport {
  /** @throws Refusal of a `page.…`, `address.…`, `url.…` or `host.…` code; the signal's reason */
  send(outgoing: Outgoing, errand: Errand): Promise<PoliteAnswer>
}

export interface PoliteTransportOptions {
  guard: Guard
  politeness: Politeness
  transport: Transport
  clock: Clock
  log: (record: RequestRecord) => void
}

export function createPoliteTransport(options: PoliteTransportOptions): PoliteTransport {
  const { guard, politeness, transport, clock } = options

  const record = (outgoing: Outgoing, errand: Errand, sentAt: Moment, outcome: unknown): void => {
    const answer = isAnswer(outcome) ? outcome : undefined
    options.log({
      at: sentAt.now,
      jobId: errand.jobId,
      host: new URL(outgoing.url).hostname,
      url: outgoing.url,
      addressClass: guard.connectionsTo(outgoing.actual).addressClass,
      robots: errand.robots,
      tryNumber: errand.tryNumber,
      status: answer?.status ?? null,
      bytes: answer?.wireBytes ?? 0,
      ms: Math.round(clock.monotonic() - sentAt.monotonic),
      error: answer ? null : codeOf(outcome),
    })
  }

  return {
    async send(outgoing, errand) {
      guard.checkHost(new URL(outgoing.url).hostname)
      guard.check(outgoing.actual)
      const host = `${outgoing.actual.hostname}:${portOf(outgoing.actual)}`
      const leave = await politeness.enter({ ...errand, host, shownHost: new URL(outgoing.url).hostname })
      const sentAt = { now: clock.now(), monotonic: clock.monotonic() }
      try {
        const answer = await transport.send(outgoing, errand.signal)
        const retryAfterMs = retryAfterOf(answer, clock.now())
        leave(endOf(answer.status, retryAfterMs))
        record(outgoing, errand, sentAt, answer)
        const retryAt = retryAfterMs === null ? null : Math.ceil(clock.now() + retryAfterMs)
        return { ...answer, retryAt, ms: clock.monotonic() - sentAt.monotonic }
      } catch (error) {
        leave(isRefusal(error, 'page.timeout') ? complaint(error.code) : { kind: 'nothing' })
        record(outgoing, errand, sentAt, error)
        throw error
      }
    },
  }
}

interface Moment {
  now: number
  monotonic: number
}

const isAnswer = (outcome: unknown): outcome is Answer => typeof (outcome as Answer | null)?.status === 'number'

const codeOf = (error: unknown): string => (error instanceof Refusal ? error.code : 'aborted')

const complaint = (cause: string, retryAfterMs: number | null = null): VisitEnd => ({
  kind: 'complaint',
  cause,
  retryAfterMs,
})

/** Only these two come with a time of return (RFC 6585 §4, RFC 9110 §15.6.4). */
export const isRateLimit = (status: number): boolean => status === 429 || status === 503

function retryAfterOf({ status, headers }: Answer, now: number): number | null {
  if (!isRateLimit(status)) return null
  return readRetryAfter(textOf(headers['retry-after']), textOf(headers.date), now)
}

/** Errors of the server, and refusals that come when a shop has had enough, slow its pace. */
function endOf(status: number, retryAfterMs: number | null): VisitEnd {
  const isComplaint = status >= 500 || status === 429 || status === 403
  return isComplaint ? complaint(`status ${status}`, retryAfterMs) : { kind: 'good' }
}
