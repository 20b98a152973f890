import { expect, test } from 'vitest'
import type { Budget } from '../../src/budget/budget.ts'
import { createFallbackBudget } from '../../src/budget/fallback.ts'
import { createInMemoryBudget } from '../../src/budget/in-memory.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'

const RULE = { intervalMs: 1_000, burst: 1 }

test('a chat budget whose store is away goes on in each process with its share, and comes back to the whole', async () => {
  const clock = createJumpingClock()
  const store = createInMemoryBudget({ clock })
  let isAway = false
  const shared: Budget = {
    take: async (...asked) => (isAway ? Promise.reject(new Error('away')) : store.take(...asked)),
    pause: async (...asked) => (isAway ? Promise.reject(new Error('away')) : store.pause(...asked)),
  }
  const budget = createFallbackBudget(shared, createInMemoryBudget({ clock }), () => 3)
  expect([await budget.take('a', RULE), await budget.take('a', RULE)]).toEqual([0, 1_000])
  isAway = true
  expect([await budget.take('a', RULE), await budget.take('a', RULE)]).toEqual([0, 3_000])
  await budget.pause('a', 60_000)
  expect(await budget.take('a', RULE)).toBe(60_000)
  isAway = false
  await clock.jump(10_000)
  expect(await budget.take('a', RULE)).toBe(0)
})
test('a pause is kept for the time when the store goes away', async () => {
  const clock = createJumpingClock()
  const away: Budget = { take: () => Promise.reject(new Error('away')), pause: () => Promise.reject(new Error('away')) }
  const budget = createFallbackBudget(away, createInMemoryBudget({ clock }), () => 0)
  await budget.pause('a', 5_000)
  expect([await budget.take('a', RULE), await budget.take('a', RULE)]).toEqual([5_000, 6_000])
})
