import { describe, expect, test } from 'vitest'
import { createInMemoryBudget } from '../../src/budget/in-memory.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'

const PACED = { intervalMs: 1_000, burst: 1 }

describe('the budget of a key', () => {
  test('gives turns one interval apart', async () => {
    const budget = createInMemoryBudget({ clock: createJumpingClock() })
    expect([await budget.take('a', PACED), await budget.take('a', PACED), await budget.take('a', PACED)]).toEqual([
      0, 1_000, 2_000,
    ])
  })
  test('is not that of another key', async () => {
    const budget = createInMemoryBudget({ clock: createJumpingClock() })
    await budget.take('a', PACED)
    expect(await budget.take('b', PACED)).toBe(0)
  })
  test('saves up a burst while nobody asks, and no more than that', async () => {
    const clock = createJumpingClock()
    const budget = createInMemoryBudget({ clock })
    const rule = { intervalMs: 1_000, burst: 3 }
    await clock.jump(60_000)
    const waits = []
    for (let turn = 0; turn < 5; turn += 1) waits.push(await budget.take('a', rule))
    expect(waits).toEqual([0, 0, 0, 1_000, 2_000])
    await clock.jump(4_000)
    expect(await budget.take('a', rule)).toBe(0)
  })
  test('gives nothing during a pause, and one by one after it', async () => {
    const clock = createJumpingClock()
    const budget = createInMemoryBudget({ clock })
    await budget.pause('a', 30_000)
    await budget.pause('a', 10_000) // a shorter one does not end a longer one
    const rule = { intervalMs: 1_000, burst: 2 }
    expect([await budget.take('a', rule), await budget.take('a', rule)]).toEqual([30_000, 31_000])
    await clock.jump(60_000)
    expect(await budget.take('a', rule)).toBe(0)
  })
  test('asks the slower interval at once when a rule slows', async () => {
    const budget = createInMemoryBudget({ clock: createJumpingClock() })
    await budget.take('a', PACED)
    expect(await budget.take('a', { intervalMs: 8_000, burst: 1 })).toBe(8_000)
  })
  test('does not move when the wall clock is set', async () => {
    const clock = createJumpingClock()
    const budget = createInMemoryBudget({ clock })
    await budget.take('a', PACED)
    clock.setBack(86_400_000)
    expect(await budget.take('a', PACED)).toBe(1_000)
  })
  test('still holds for keys in use after thousands of others', async () => {
    const clock = createJumpingClock()
    const budget = createInMemoryBudget({ clock })
    await budget.pause('kept', 4 * 3_600_000)
    for (let key = 0; key < 1_500; key += 1) await budget.take(`old ${key}`, PACED)
    await clock.jump(2 * 3_600_000)
    for (let key = 0; key < 1_500; key += 1) await budget.take(`new ${key}`, PACED)
    expect(await budget.take('kept', PACED)).toBe(2 * 3_600_000)
  })
})
