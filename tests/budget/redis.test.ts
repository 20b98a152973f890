import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openRedis, type SharedByRedis } from '../../db/redis/index.ts'
import type { Budget, BudgetRule } from '../../src/budget/budget.ts'
import { systemClock } from '../../src/clock.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { suiteWhere } from '../support/suites.ts'

const SOON = { timeout: 20_000, interval: 10 }
/** So long an interval that what a busy machine adds does not matter. */
const PACED: BudgetRule = { intervalMs: 60_000, burst: 1 }
const MINUTE = 60_000

suiteWhere(hasRedis, 'redis-server', 'the budget on Redis', () => {
  let redis: TestRedis
  let opened: SharedByRedis[]

  beforeEach(async () => {
    redis = await startRedis()
    opened = []
    // An installation that has been there for long: caution after a loss is over.
    await redis.look.set('shopcrawl:budget-born', '0')
  })
  afterEach(async () => {
    redis.thaw()
    await Promise.all(opened.map(({ queue }) => queue.stop()))
    for (const shared of opened) await shared.close()
    await redis.stop()
  })

  const open = (): Budget => {
    const shared = openRedis({ url: redis.url, clock: systemClock, emit: () => undefined })
    opened.push(shared)
    return shared.budget
  }
  const openReady = async (): Promise<Budget> => {
    const budget = open()
    await vi.waitFor(() => budget.pause('probe', 1), SOON)
    return budget
  }
  /** In whole minutes; a wait shrinks a little while the test runs. */
  const minutes = (waits: number[]): number[] => waits.map((ms) => Math.ceil(ms / MINUTE))

  test('turns of all processes together are one interval apart', async () => {
    const [one, two] = await Promise.all([openReady(), openReady()])
    const waits = [await one.take('a', PACED), await two.take('a', PACED), await one.take('a', PACED)]
    expect(minutes(waits)).toEqual([0, 1, 2])
    expect(await two.take('b', PACED)).toBe(0)
  })
  test('a hundred takes at once from four processes get a hundred turns', async () => {
    const budgets = await Promise.all([openReady(), openReady(), openReady(), openReady()])
    const waits = await Promise.all(Array.from({ length: 100 }, (_, turn) => budgets[turn % 4]!.take('a', PACED)))
    expect(minutes(waits).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, turn) => turn))
  })
  test('a burst is saved up, and no more than that', async () => {
    const budget = await openReady()
    const rule = { intervalMs: MINUTE, burst: 3 }
    const waits = []
    for (let turn = 0; turn < 5; turn += 1) waits.push(await budget.take('a', rule))
    expect(minutes(waits)).toEqual([0, 0, 0, 1, 2])
  })
  test('a pause holds for all processes, and a shorter one does not end it', async () => {
    const [one, two] = await Promise.all([openReady(), openReady()])
    await one.pause('a', 10 * MINUTE)
    await two.pause('a', 5 * MINUTE)
    const rule = { intervalMs: MINUTE, burst: 2 }
    expect(minutes([await two.take('a', rule), await one.take('a', rule)])).toEqual([10, 11])
  })
  test('asks the slower interval at once when a rule slows', async () => {
    const budget = await openReady()
    await budget.take('a', PACED)
    expect(minutes([await budget.take('a', { intervalMs: 8 * MINUTE, burst: 1 })])).toEqual([8])
  })
  test('after Redis lost everything a key counts as asked just now', async () => {
    const budget = await openReady()
    await budget.take('a', PACED)
    await redis.look.flushall()
    expect(minutes([await budget.take('a', PACED), await budget.take('a', PACED)])).toEqual([1, 2])
    expect(minutes([await budget.take('never asked', { intervalMs: MINUTE, burst: 3 })])).toEqual([1])
  })
  test('fails closed while Redis is away or frozen, and goes on afterwards', async () => {
    const budget = await openReady()
    redis.freeze()
    await expect(budget.take('a', PACED)).rejects.toThrow(/Redis|timed out/)
    redis.thaw()
    await vi.waitFor(() => budget.take('b', PACED), SOON)
    await redis.kill()
    await expect(budget.take('a', PACED)).rejects.toThrow()
    await redis.restart()
    await vi.waitFor(() => budget.take('b', PACED), SOON)
  })
  test('keys that hold nobody back are forgotten by Redis itself', async () => {
    const budget = await openReady()
    await budget.take('a', PACED)
    const leftMs = await redis.look.pttl('shopcrawl:budget:a')
    expect(leftMs).toBeGreaterThan(24 * 3_600_000) // the longest rest that a host may ask for
    expect(leftMs).toBeLessThanOrEqual(25 * 3_600_000)
  })
})
