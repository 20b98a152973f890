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
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const stop = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', stop)
          resolve()
        },
        Math.max(0, ms),
      )
      signal?.addEventListener('abort', stop, { once: true })
    }),
}

/** Why a sleep is ended early by whoever began it. One for all: an abort without a reason makes an error with a stack. */
export const WOKEN = new Error('woken')

/** Resolves after `ms`, or as soon as the signal aborts; it never rejects. */
export const rest = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  clock.sleep(ms, signal).catch(() => undefined)

/** Resolves when the signal aborts; it never rejects. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
