import { describe, expect, test } from 'vitest'
import { readRetryAfter } from '../../src/crawl/retry-after.ts'

const NOW = Date.UTC(2026, 10, 24, 6, 30)
const AT_NOON = 'Tue, 24 Nov 2026 12:00:00 GMT'

describe('Retry-After', () => {
  test.each<[string | undefined, number | null]>([
    ['0', 0],
    ['7', 7_000],
    [' 7 ', 7_000],
    ['86400', 86_400_000],
    ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    ['Tuesday, 24-Nov-26 12:01:00 GMT', 60_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    [undefined, null],
    ['', null],
    ['abc', null],
    ['-1', null],
    ['1.5', null],
    ['1e9', null],
    ['1000000000', null],
    ['99999999999999999999', null],
    ['2026', 2_026_000],
    ['2026-11-24', null],
    ['Tue, 99 Nov 2026 12:00:30 GMT', null],
    ['Tue, 24 Nov 2030 12:00:00 GMT', null],
  ])('%j against the answer at noon is %j', (value, expected) => {
    expect(readRetryAfter(value, AT_NOON, NOW)).toBe(expected)
  })
  test('a date counts from our clock where the answer has none, or a broken one', () => {
    for (const date of [undefined, '', 'yesterday']) {
      expect(readRetryAfter('Tue, 24 Nov 2026 06:30:10 GMT', date, NOW)).toBe(10_000)
    }
  })
})
