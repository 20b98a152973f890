import { describe, expect, test } from 'vitest'
import { Refusal } from '../../src/errors.ts'
import { backoff, decide } from '../../src/jobs/retry.ts'

const NOW = Date.UTC(2026, 10, 24, 6, 30)
const middle = () => 0.5
const limited = (inMs: number | null) =>
  new Refusal('page.rate_limited', { host: 'www.ssg.com', retryAt: inMs === null ? null : NOW + inMs })
const network = new Refusal('page.network', { host: 'www.ssg.com', cause: 'ECONNRESET', proxyHint: false })

describe('an attempt that failed', () => {
  test('for a passing reason comes again after 2, 4, 8 and 16 seconds; the fifth is the last', () => {
    const pauses = [1, 2, 3, 4].map((attempt) => decide(network, attempt, NOW, middle))
    expect(pauses).toEqual([2, 4, 8, 16].map((seconds) => ({ kind: 'requeue', inMs: seconds * 1_000, charge: true })))
    expect(decide(network, 5, NOW)).toEqual({ kind: 'fail' })
  })

  test('with others does not come back with them', () => {
    expect(backoff(3, () => 0)).toBeCloseTo(7_200)
    expect(backoff(3, () => 1)).toBeCloseTo(8_800)
    expect(backoff(30, middle)).toBe(600_000)
    expect(() => backoff(0)).toThrow(RangeError)
  })

  test('for a lasting reason does not come again', () => {
    for (const error of [
      new Refusal('robots.forbidden', { host: 'a', setting: 'ROBOTS_PERMISSION' }),
      new Refusal('page.unreadable', { url: 'https://a/', title: '', status: 200 }),
      new Refusal('page.blocked', { host: 'a', status: 403, title: '' }),
      new Refusal('page.status', { url: 'https://a/', status: 400 }),
      new Refusal('address.forbidden', { host: 'a', setting: 'CRAWL_ALLOW_ADDRESSES' }),
    ]) {
      expect(decide(error, 1, NOW), error.code).toEqual({ kind: 'fail' })
    }
  })

  test('by a long Retry-After comes again then, and costs nothing, however often', () => {
    expect(decide(limited(3_600_000), 5, NOW)).toEqual({ kind: 'requeue', inMs: 3_600_000, charge: false })
    expect(decide(limited(25 * 3_600_000), 1, NOW)).toEqual({ kind: 'fail' })
  })

  test('by a short Retry-After that was waited for in vain is charged, so that it ends', () => {
    expect(decide(limited(1_000), 1, NOW, middle)).toEqual({ kind: 'requeue', inMs: 2_000, charge: true })
    expect(decide(limited(30_000), 1, NOW, middle)).toEqual({ kind: 'requeue', inMs: 30_000, charge: true })
    expect(decide(limited(-5_000), 4, NOW, middle)).toEqual({ kind: 'requeue', inMs: 16_000, charge: true })
    expect(decide(limited(30_000), 5, NOW)).toEqual({ kind: 'fail' })
  })

  test('because robots.txt cannot be had comes again after five minutes, three times', () => {
    const away = new Refusal('robots.unreachable', { host: 'a' })
    for (const attempt of [1, 2, 3])
      expect(decide(away, attempt, NOW)).toEqual({ kind: 'requeue', inMs: 300_000, charge: true })
    expect(decide(away, 4, NOW)).toEqual({ kind: 'fail' })
  })

  test('because the disk is full or the database busy costs nothing', () => {
    for (const error of [new Refusal('store.disk_full', { path: '/data' }), new Refusal('store.busy', {})])
      expect(decide(error, 5, NOW)).toMatchObject({ kind: 'requeue', charge: false })
  })
})
