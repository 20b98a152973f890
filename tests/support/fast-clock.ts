import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../../src/clock.ts'

/**
 * A clock that runs `speed` times as fast as the real one: long waits of the whole program, with real servers beside
 * it, in seconds. What the network itself takes seems that much longer to the program.
 */
export function createFastClock(speed: number): Clock {
  const startedAt = performance.now()
  const startsAt = Date.now()
  const elapsed = () => (performance.now() - startedAt) * speed
  return {
    now: () => Math.floor(startsAt + elapsed()),
    monotonic: elapsed,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted()
      await wait(Math.max(0, ms / speed), undefined, signal ? { signal } : {}).catch(() => undefined)
      signal?.throwIfAborted()
    },
  }
}
