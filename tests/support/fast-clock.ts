import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../../src/clock.ts'

/** How often the clock looks whether the process still runs, and what of a pause it takes for time. Real milliseconds. */
const LOOK_MS = 5
const PAUSE_MS = 25

/**
 * A clock that runs `speed` times as fast as the real one: long waits of the whole program, with real servers beside
 * it, in seconds. What the network itself takes seems that much longer to the program. It stands still while the machine
 * gives the process no time: half a second of that would be a lease that ran out.
 */
export function createFastClock(speed: number): Clock {
  const startsAt = Date.now()
  let lookedAt = performance.now()
  let passed = 0
  const elapsed = (): number => {
    const now = performance.now()
    passed += Math.min(now - lookedAt, PAUSE_MS) * speed
    lookedAt = now
    return passed
  }
  setInterval(elapsed, LOOK_MS).unref()
  return {
    now: () => Math.floor(startsAt + elapsed()),
    monotonic: elapsed,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted()
      const until = elapsed() + ms
      let left = ms
      do {
        await wait(Math.max(0, left / speed), undefined, signal ? { signal } : {}).catch(() => undefined)
        signal?.throwIfAborted()
        left = until - elapsed()
      } while (left > 0)
    },
  }
}
