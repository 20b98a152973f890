import { type Clock, rest } from '../clock.ts'

/** Why a sleep ended. One for all: an abort without a reason makes an error with a stack each time. */
const RUNG = new Error('the bell rang')

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
      sleeper?.abort(RUNG)
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
