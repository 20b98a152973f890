import { ANSWERS_TO_RECOVER, ANSWERS_TO_TRUST, MAX_SLOWED_INTERVAL_MS } from './limits.ts'

/** How fast one host may be asked. Adapts to its answers; knows no clock and no waiting. */
export interface Pace {
  /** Milliseconds between two requests now. */
  intervalMs(): number
  /** Requests at once now: one while the host is fresh, slowed, or names a Crawl-delay. */
  atOnce(): number
  /** The host's own Crawl-delay; 0 when it names none. */
  setDelay(ms: number): void
  /** The host complained: twice as slow, up to a minute. @returns whether the pace changed */
  slow(): boolean
  /** An answer that is no complaint. @returns whether the pace recovered by a step */
  good(): boolean
}

/** @param rate requests a second @param concurrency requests at once, of a host that answers well */
export function createPace(rate: number, concurrency: number): Pace {
  let slowness = 1
  let delayMs = 0
  let answers = 0
  let inARow = 0

  const baseMs = () => Math.max(1_000 / rate, delayMs)
  const intervalMs = () => Math.max(baseMs(), Math.min(baseMs() * slowness, MAX_SLOWED_INTERVAL_MS))

  return {
    intervalMs,
    atOnce: () => (answers < ANSWERS_TO_TRUST || slowness > 1 || delayMs > 0 ? 1 : concurrency),
    setDelay: (ms) => {
      delayMs = ms
    },
    slow() {
      answers += 1
      inARow = 0
      const before = intervalMs()
      if (baseMs() * slowness < MAX_SLOWED_INTERVAL_MS) slowness *= 2
      return intervalMs() > before
    },
    good() {
      answers += 1
      inARow += 1
      if (slowness === 1 || inARow < ANSWERS_TO_RECOVER) return false
      inARow = 0
      slowness /= 2
      return true
    },
  }
}
