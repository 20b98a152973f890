import { FIRST_BACKOFF_MS, LATE_AFTER_ATTEMPTS, LATE_BACKOFF_MS, MAX_BACKOFF_MS } from './limits.ts'

/**
 * Pause before the next try of an entry, in milliseconds: 1 s doubled by each try, at most 30 s for about two hours
 * and 10 minutes after that, ±20 % so that entries that failed together do not return together.
 * @param attempts tries so far, from 1
 */
export function backoff(attempts: number, random: () => number = Math.random): number {
  const longest = attempts > LATE_AFTER_ATTEMPTS ? LATE_BACKOFF_MS : MAX_BACKOFF_MS
  const doubled = FIRST_BACKOFF_MS * 2 ** Math.min(Math.max(attempts, 1) - 1, 30)
  return Math.round(Math.min(doubled, longest) * (0.8 + 0.4 * random()))
}
