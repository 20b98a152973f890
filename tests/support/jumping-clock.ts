import type { Clock } from '../../src/clock.ts'

interface Sleeper {
  dueAt: number
  wake: () => void
}

/** A clock that stands still until a test moves it. */
export interface JumpingClock extends Clock {
  /**
   * Moves time on by `ms`. Sleepers wake in the order of their times, each at its own time, and what they start in
   * between (a next sleep) is seen, so a loop that sleeps a second turns ten times in a jump of ten seconds.
   */
  jump(ms: number): Promise<void>
  /** Moves only what people read (`now`), as when somebody sets the machine's clock; sleepers do not wake. */
  setBack(ms: number): void
  /** How many sleep now. */
  sleepers(): number
  /** Resolves once at least `count` sleep. */
  whenSleeping(count?: number): Promise<void>
}

/** 2026-11-24 15:30 in Seoul. */
const START = Date.UTC(2026, 10, 24, 6, 30)

/** Lets everything run that is ready to run: promise jobs, and I/O that is already there. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** @param startAt epoch milliseconds of the first `now()` */
export function createJumpingClock(startAt = START): JumpingClock {
  const sleepers = new Set<Sleeper>()
  let elapsed = 0
  let offset = 0

  const earliest = (until: number): Sleeper | undefined => {
    let first: Sleeper | undefined
    for (const sleeper of sleepers) {
      if (sleeper.dueAt <= until && (!first || sleeper.dueAt < first.dueAt)) first = sleeper
    }
    return first
  }

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const end = (settled: () => void) => () => {
        sleepers.delete(sleeper)
        signal?.removeEventListener('abort', abort)
        settled()
      }
      const abort = end(() => reject(signal?.reason))
      const sleeper: Sleeper = { dueAt: elapsed + Math.max(0, ms), wake: end(resolve) }
      sleepers.add(sleeper)
      signal?.addEventListener('abort', abort)
      if (ms <= 0) sleeper.wake()
    })
  }

  return {
    now: () => startAt + elapsed + offset,
    monotonic: () => elapsed,
    sleep,
    async jump(ms) {
      const until = elapsed + ms
      await settle()
      for (let sleeper = earliest(until); sleeper; sleeper = earliest(until)) {
        elapsed = Math.max(elapsed, sleeper.dueAt)
        sleeper.wake()
        await settle()
      }
      elapsed = until
      await settle()
    },
    setBack: (ms) => {
      offset -= ms
    },
    sleepers: () => sleepers.size,
    async whenSleeping(count = 1) {
      while (sleepers.size < count) await settle()
    },
  }
}
