import { WAIT_IN_PLACE_MS } from '../crawl/limits.ts'
import { type ErrorCode, isPassing, isRefusal, type Refusal } from '../errors.ts'
import { MAX_ATTEMPTS, MAX_REQUEUE_MS, ROBOTS_RETRY_MS, ROBOTS_TRIES } from './limits.ts'

/** What to do with an attempt that failed. */
export type Decision = { kind: 'fail' } | { kind: 'requeue'; inMs: number; charge: boolean }

/**
 * Pause before the next attempt, in milliseconds: 2^attempt seconds, at most 10 minutes, ±10 % so that jobs that failed
 * together do not come back together.
 * @param attempt counts from 1
 * @throws RangeError below 1: a bug of the caller
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  if (attempt < 1) throw new RangeError(`attempt ${attempt}: attempts count from 1`)
  return Math.min(2 ** attempt * 1_000, 600_000) * (0.9 + 0.2 * random())
}

/** How many attempts a job has when it keeps failing for this reason. */
export const attemptsFor = (code: ErrorCode | null): number =>
  code === 'robots.unreachable' ? ROBOTS_TRIES + 1 : MAX_ATTEMPTS

/**
 * Whether an attempt that failed is tried again. A shop's own long Retry-After costs no attempt (RFC 9110 §10.2.3): it
 * told when to come back. A short one was waited for in place, and the page failed all the same: that is an attempt,
 * else a shop that never means it would hold the job for ever. A full disk costs none: nobody failed.
 * @param attempt of the failed try, from 1
 * @param now epoch milliseconds
 */
export function decide(error: Refusal, attempt: number, now: number, random: () => number = Math.random): Decision {
  if (!isPassing(error)) return { kind: 'fail' }
  if (isRefusal(error, 'page.rate_limited') && error.facts.retryAt !== null) {
    const inMs = error.facts.retryAt - now
    if (inMs > MAX_REQUEUE_MS) return { kind: 'fail' }
    const charge = inMs <= WAIT_IN_PLACE_MS
    if (charge && attempt >= MAX_ATTEMPTS) return { kind: 'fail' }
    return { kind: 'requeue', inMs: Math.max(inMs, charge ? backoff(attempt, random) : 0), charge }
  }
  if (isRefusal(error, 'store.disk_full') || isRefusal(error, 'store.busy'))
    return { kind: 'requeue', inMs: 10_000, charge: false }
  if (isRefusal(error, 'robots.unreachable')) {
    return attempt >= attemptsFor(error.code)
      ? { kind: 'fail' }
      : { kind: 'requeue', inMs: ROBOTS_RETRY_MS, charge: true }
  }
  return attempt >= MAX_ATTEMPTS ? { kind: 'fail' } : { kind: 'requeue', inMs: backoff(attempt, random), charge: true }
}
