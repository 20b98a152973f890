import { MAX_RETRY_AFTER_MS } from './http-limits.ts'

/** The three forms of an HTTP date (RFC 9110 §5.6.7) all begin with the day's name. */
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i

/**
 * Reads Retry-After (RFC 9110 §10.2.3): seconds, or a date.
 * @param value the header as it came
 * @param answeredAt the answer's own Date header: a date counts from there, whatever our clock says
 * @param now epoch milliseconds, used when the answer has no Date
 * @returns milliseconds from now, 0 for a date in the past; null when it is absent, nonsense, or beyond a day
 */
export function readRetryAfter(value: string | undefined, answeredAt: string | undefined, now: number): number | null {
  const text = value?.trim() ?? ''
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * 1_000 : untilDate(text, answeredAt, now)
  return Number.isFinite(ms) && ms <= MAX_RETRY_AFTER_MS ? Math.max(0, ms) : null
}

function untilDate(text: string, answeredAt: string | undefined, now: number): number {
  if (!HTTP_DATE.test(text)) return Number.NaN
  const sent = Date.parse(answeredAt ?? '')
  return Date.parse(text) - (Number.isNaN(sent) ? now : sent)
}
