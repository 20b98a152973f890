import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../db/database.ts'
import { createStatsStore } from '../../db/stores/stats.ts'
import { systemClock } from '../../src/clock.ts'
import { createStats, type Stats } from '../../src/stats/stats.ts'
import { fillDatabase } from '../support/crowded-database.ts'
import { plansOf, wholeScans } from '../support/query-plans.ts'
import { makeFolder, openQuiet } from '../support/store-house.ts'

const HOUR_MS = 3_600_000
/** Tables that grow with use, under the names that the queries give them. */
const TABLES = [
  'jobs',
  'j',
  'users',
  'u',
  'accounts',
  'a',
  'commands',
  'ended_jobs',
  'ended_jobs_by_time',
  'products',
  'outbox',
]

describe('the numbers of a database with 100,000 jobs and 5,000 users', () => {
  const folder = makeFolder()
  const now = Date.now()

  beforeAll(async () => {
    await openQuiet(folder, systemClock).then((store) => store.close())
    fillDatabase(folder, { users: 5_000, jobs: 100_000, now })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const statsOver = (database: Database): Stats =>
    createStats({ store: createStatsStore(database), clock: systemClock, timeZone: 'Asia/Seoul' })

  test.each<[name: string, ask: (stats: Stats) => Promise<unknown>]>([
    ['totals', (stats) => stats.totals()],
    ['the state for metrics', (stats) => stats.state()],
    ['series', (stats) => stats.series(now - 48 * HOUR_MS, now)],
    ['errors', (stats) => stats.errors(now - 24 * HOUR_MS)],
    ['requests by user', (stats) => stats.requestsByUser(now - 24 * HOUR_MS)],
  ])('%s reads no whole table', async (_, ask) => {
    const plans = await plansOf(folder, (database) => ask(statsOver(database)))
    expect(plans.length).toBeGreaterThan(0)
    expect(wholeScans(plans, TABLES, ['outbox_backlog'])).toEqual([]) // what is owed now, and nothing else
  })

  test('a query that does read a whole table is found', async () => {
    const plans = await plansOf(folder, ({ db }) =>
      db.selectFrom('jobs').selectAll().where('bytes', '>', 1e12).execute(),
    )
    expect(wholeScans(plans, TABLES)).toHaveLength(1)
  })

  test('the totals are all there', async () => {
    const store = await openQuiet(folder, systemClock)
    const stats = createStats({ store: store.stats, clock: systemClock, timeZone: 'Asia/Seoul' })
    try {
      expect(await stats.totals()).toMatchObject({ users: 5_000, completedJobs: 80_000, failedJobs: 10_000 })
    } finally {
      await store.close()
    }
  })
})
