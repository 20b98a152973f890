import type { Clock } from '../clock.ts'

/** Counts time, except while it is held. */
export interface Stopwatch {
  elapsed(): number
  hold(): void
  go(): void
  restart(): void
}

/** A stopwatch that runs at once. Milliseconds of the clock's monotonic time. */
export function createStopwatch(clock: Pick<Clock, 'monotonic'>): Stopwatch {
  let sum = 0
  let since: number | null = clock.monotonic()
  const hold = () => {
    if (since !== null) sum += clock.monotonic() - since
    since = null
  }
  return {
    elapsed: () => sum + (since === null ? 0 : clock.monotonic() - since),
    hold,
    go: () => {
      since ??= clock.monotonic()
    },
    restart: () => {
      sum = 0
      if (since !== null) since = clock.monotonic()
    },
  }
}
