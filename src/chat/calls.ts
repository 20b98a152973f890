import { setMaxListeners } from 'node:events'
import type { Clock } from '../clock.ts'
import type { Place, Thread } from '../jobs/job.ts'
import { linkSignal } from '../linked-signal.ts'
import type { Emit } from '../telemetry/events.ts'
import { CALL_MS } from './limits.ts'
import { type CallKind, type Platform, PlatformDown, RateLimited, ThreadGone, UploadRefused } from './platform.ts'
import { RANKS, type Rank, type Turns } from './turns.ts'

/** One call to a platform. */
export interface Call<T> {
  platform: Platform
  thread: Thread
  rank: Rank
  /** By the clock's monotonic time: a call that could last longer is not begun. */
  until: number
  run(signal: AbortSignal): Promise<T>
}

/** The claim of an entry is nearly over: it goes back without a try. */
export class HoldOver extends Error {
  constructor() {
    super('the hold is nearly over')
    this.name = 'HoldOver'
  }
}

/** Nothing left this process: an earlier try's uncertainty is all there is. */
export class Stopping extends Error {
  constructor() {
    super('stopping')
    this.name = 'Stopping'
  }
}

/** A call gave no answer in time; it may have reached the platform. */
export class CallTimeout extends Error {
  constructor() {
    super(`no answer within ${CALL_MS} ms`)
    this.name = 'CallTimeout'
  }
}

/** A call failed in a way that the platform has no word for; it may have reached it. */
export class CallFailed extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause), { cause })
    this.name = 'CallFailed'
  }
}

/** Calls to platforms: each waits for its turn, is cut after 15 s, and a Retry-After pauses its key for everybody. */
export interface Calls {
  /** `take`, then `run`. @throws KeyBusy, HoldOver, Stopping (nothing was sent), and what `run` throws */
  call<T>(call: Call<T>): Promise<T>
  /** Resolves when it is the caller's turn under this thread's key. @throws KeyBusy, Stopping */
  take(platform: Platform, thread: Thread, rank: Rank): Promise<void>
  /** Calls without waiting. @throws CallTimeout, CallFailed (it may have arrived), the platform's own errors */
  run<T>(platform: Platform, thread: Thread, rank: Rank, run: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** No new turn; calls in flight may end. */
  close(): void
  /** Cuts the calls in flight. */
  cut(): void
}

/** Calls over turns; one for the outbox and the pacer, so that they share every limit. */
export function createCalls({ turns, clock, emit }: { turns: Turns; clock: Clock; emit: Emit }): Calls {
  const closed = new AbortController()
  setMaxListeners(0, closed.signal) // everybody who waits for a turn listens: no leak, whatever their number
  const cut = new AbortController()
  setMaxListeners(0, cut.signal) // every call in flight listens, and stops when it has ended

  const take: Calls['take'] = (platform, thread, rank) =>
    turns.take(platform.pace(thread, kindOf(rank)), rank, closed.signal)

  const run: Calls['run'] = async (platform, thread, rank, work) => {
    const startedAt = clock.monotonic()
    const tell = (outcome: string) =>
      emit('chat.called', {
        ...{ platform: platform.name, call: kindOf(rank), outcome },
        ms: clock.monotonic() - startedAt,
      })
    try {
      const answer = await withLimit(clock, cut.signal, work)
      tell('ok')
      return answer
    } catch (error) {
      tell(outcomeOf(error))
      if (error instanceof RateLimited) {
        const pace = platform.pace(thread, kindOf(rank))
        emit('chat.limited', { platform: platform.name, key: pace.key, ms: error.retryAfterMs })
        await turns.pause(pace, error.retryAfterMs)
      }
      throw isTyped(error) ? error : new CallFailed(error)
    }
  }

  return {
    take,
    run,
    async call({ platform, thread, rank, until, run: work }) {
      await take(platform, thread, rank)
      if (clock.monotonic() + CALL_MS > until) throw new HoldOver()
      return run(platform, thread, rank, work)
    },
    close: () => closed.abort(new Stopping()),
    cut: () => cut.abort(new CallTimeout()),
  }
}

/** A first progress message takes the turn of an edit: it stands in the place of one. */
const kindOf = (rank: Rank): CallKind => (rank === RANKS.edit || rank === RANKS.progress ? 'edit' : 'post')

/** The errors that a platform has words for, and what metrics call each. */
const OUTCOMES = [
  [RateLimited, 'limited'],
  [ThreadGone, 'gone'],
  [UploadRefused, 'refused'],
  [PlatformDown, 'down'],
  [CallTimeout, 'late'],
] as const

const typeOf = (error: unknown) => OUTCOMES.find(([type]) => error instanceof type)
const isTyped = (error: unknown): boolean => typeOf(error) !== undefined
const outcomeOf = (error: unknown): string => typeOf(error)?.[1] ?? 'failed'

async function withLimit<T>(clock: Clock, cut: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ended = new AbortController()
  const limit = linkSignal(cut)
  const { signal } = limit
  signal.throwIfAborted()
  const tooLong = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  const timer = clock.sleep(CALL_MS, ended.signal).then(
    () => limit.abort(new CallTimeout()),
    () => undefined,
  )
  try {
    // raced, because a platform that ignores its signal must not hold the thread for ever
    return await Promise.race([run(signal), tooLong])
  } finally {
    limit.release()
    ended.abort()
    await timer
    tooLong.catch(() => undefined)
  }
}

/** A place as a thread without a root message: for a direct message, a copy, and the pace of a root. */
export const threadAt = (place: Place): Thread => ({
  platform: place.platform,
  workspace: place.workspace,
  channel: place.channel,
  thread: place.thread,
  root: '',
})

/** Tells two threads apart. */
export const threadName = (thread: Thread): string =>
  [thread.platform, thread.workspace, thread.channel, thread.thread ?? thread.root].join('/')
