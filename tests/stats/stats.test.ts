import { afterEach, expect, test } from 'vitest'
import { createStats } from '../../src/stats/stats.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'
import { openSqliteHouse, type StoreHouse } from '../support/store-house.ts'

let house: StoreHouse
afterEach(() => house.close())

test.each([
  ['a day of 25 hours', '2026-11-02T04:30Z', ['2026-10-31', '2026-11-01'], 19], // 23:30 in New York, and 24 hours ago was the same day
  ['a day of 23 hours', '2026-03-09T04:30Z', ['2026-03-07', '2026-03-08', '2026-03-09'], 24], // 00:30; 24 hours ago was the day before yesterday
])('the totals tell fourteen days, each once, around %s', async (_, at, last, firstDay) => {
  house = await openSqliteHouse()
  const clock = createJumpingClock(Date.parse(at))
  const { byDay } = await createStats({ store: house.store.stats, clock, timeZone: 'America/New_York' }).totals()
  const days = byDay.map(({ day }) => day)
  expect(new Set(days).size).toBe(14)
  expect(days.slice(-last.length)).toEqual(last)
  expect(days[0]).toMatch(new RegExp(`-${firstDay}$`))
})
