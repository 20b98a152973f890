import { type Clock, rest, WOKEN } from '../clock.ts'

/** Wakes one loop that sleeps: a ring before the wait is not lost. */
export interface Bell {
  ring(): void
  /** Resolves at the next ring, or after `ms`. */
  wait(ms: number): Promise<void>
}

/** A bell on this clock. */
export function createBell(clock: Clock): Bell {
  let isRung = false
  let sleeper: AbortController | undefined
  return {
    ring() {
      isRung = true
      sleeper?.abort(WOKEN)
    },
    async wait(ms) {
      if (!isRung) {
        sleeper = new AbortController()
        await rest(clock, ms, sleeper.signal)
        sleeper = undefined
      }
      isRung = false
    },
  }
}
