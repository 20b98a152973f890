import { setTimeout as wait } from 'node:timers/promises'

/** Time as the program sees it. Tests hand in one that jumps. */
export interface Clock {
  /** Epoch milliseconds, for what people read. Leases, run_at and expiry go by the database's clock. */
  now(): number
  /** Milliseconds that only grow, for waits and durations. */
  monotonic(): number
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await wait(Math.max(0, ms), undefined, signal ? { signal } : {})
    } catch (error) {
      throw signal?.reason ?? error
    }
  },
}

/** Resolves after `ms`, or as soon as the signal aborts; it never rejects. */
export const rest = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  clock.sleep(ms, signal).catch(() => undefined)

/** Resolves when the signal aborts; it never rejects. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
