import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Refusal } from '../../src/errors.ts'
import type { Ending } from '../../src/jobs/store.ts'
import { createStats, type Stats } from '../../src/stats/stats.ts'
import type { StoreHouse } from '../support/store-house.ts'
import { claimJob, meet, type Person, pageOf, readPage, runJob, startJob } from '../support/store-people.ts'

const HOUR_MS = 3_600_000
const DONE: Ending = { state: 'succeeded', stopReason: 'end' } as Ending
const blocked = (): Ending => {
  const { code, facts } = new Refusal('page.blocked', { host: 'www.ssg.com', status: 403, title: '' })
  return { state: 'failed', code, facts } as Ending
}

/** The administrator's numbers, on every database. */
export function exerciseStats(database: string, openHouse: () => Promise<StoreHouse>): void {
  describe(`the numbers of the service, on ${database}`, () => {
    let house: StoreHouse
    let stats: Stats
    let minji: Person
    let jun: Person

    beforeEach(async () => {
      house = await openHouse()
      stats = createStats({ store: house.store.stats, clock: house.clock, timeZone: 'Asia/Seoul' })
      minji = await meet(house.store, 'minji')
      jun = await meet(house.store, 'jun')
    })
    afterEach(() => house.close())

    const end = async (person: Person, ending: Ending, products: string[] = [], site = 'ssg', ms = 1_000) => {
      const { job, lease } = await runJob(house.store, person, [pageOf('p1')], { site })
      await house.store.frontier.checkpoint(lease, readPage('p1', products))
      await house.clock.jump(ms)
      return house.store.workerJobs.finish(lease, ending).then(() => job)
    }
    const ask = (person: Person, command = 'status') =>
      house.store.commands.log({
        requestId: `${command}-${Math.random()}`,
        userId: person.user.id,
        accountId: person.account.id,
        ...{ command, outcome: 'ok', jobId: null },
      })

    test('an empty service has nothing but its people', async () => {
      const { byDay, ...totals } = await stats.totals()
      expect(totals).toEqual({
        ...{ users: 2, activeUsers: 0, runningJobs: 0, queuedJobs: 0, completedJobs: 0, failedJobs: 0 },
        ...{ cancelledJobs: 0, bySite: [] },
      })
      expect(byDay).toHaveLength(14)
      expect(byDay.at(-1)).toEqual({ day: '2026-11-24', completed: 0, failed: 0, cancelled: 0, products: 0 })
    })

    test('jobs are told by state, by shop and by the day that they ended on', async () => {
      await end(minji, DONE, ['a', 'b'])
      await end(minji, blocked(), ['c'], 'samsung')
      const queued = await startJob(house.store, minji)
      await house.store.ownerJobs.cancel(minji.user.id, queued.id)
      await startJob(house.store, minji, { site: 'samsung' })
      await claimJob(house.store, await startJob(house.store, jun))
      const totals = await stats.totals()
      expect(totals).toMatchObject({ runningJobs: 1, queuedJobs: 1, completedJobs: 1, failedJobs: 1, cancelledJobs: 1 })
      expect(totals.bySite).toEqual([
        { site: 'samsung', running: 0, queued: 1, completed: 0, failed: 1, cancelled: 0, products: 1 },
        { site: 'ssg', running: 1, queued: 0, completed: 1, failed: 0, cancelled: 1, products: 2 },
      ])
      expect(totals.byDay.at(-1)).toEqual({ day: '2026-11-24', completed: 1, failed: 1, cancelled: 1, products: 3 })
    })

    test('a day begins at midnight of the time zone', async () => {
      await end(minji, DONE, ['a'], 'ssg', 8.4 * HOUR_MS) // 23:54 in Seoul
      await house.clock.jump(0.2 * HOUR_MS)
      await end(minji, DONE, ['a', 'b'])
      expect((await stats.totals()).byDay.slice(-2)).toMatchObject([
        { day: '2026-11-24', completed: 1, products: 1 },
        { day: '2026-11-25', completed: 1, products: 2 },
      ])
    })

    test('whoever sent a command in the last 24 hours is active', async () => {
      await ask(minji)
      await ask(minji)
      await house.clock.jump(23 * HOUR_MS)
      await ask(jun)
      expect(await stats.totals()).toMatchObject({ users: 2, activeUsers: 2 })
      await house.clock.jump(2 * HOUR_MS)
      expect(await stats.totals()).toMatchObject({ users: 2, activeUsers: 1 })
    })

    test('hours tell jobs, products, errors, and how long 95 of 100 took; empty hours are there', async () => {
      const from = house.clock.now()
      for (let at = 1; at <= 20; at++) await end(minji, DONE, [`p${at}`], 'ssg', at * 1_000)
      await house.clock.jump(2 * HOUR_MS)
      await end(minji, blocked(), ['x'], 'samsung', 7_000)
      const series = await stats.series(from, house.clock.now() + 1)
      expect(series).toEqual([
        { hour: from - (from % HOUR_MS), jobs: 20, products: 20, errors: 0, p95Ms: 19_000 },
        expect.objectContaining({ jobs: 0, products: 0, errors: 0, p95Ms: null }),
        expect.objectContaining({ jobs: 1, products: 1, errors: 1, p95Ms: 7_000 }),
      ])
    })

    test('errors are grouped by cause and shop, with the newest as example', async () => {
      const from = house.clock.now()
      await end(minji, blocked())
      const newest = await end(jun, blocked())
      await end(minji, blocked(), [], 'samsung')
      expect(await stats.errors(from)).toEqual([
        {
          ...{ code: 'page.blocked', site: 'ssg', count: 2 },
          last: expect.objectContaining({ job: newest.id, user: jun.user.id, facts: expect.anything() }),
        },
        expect.objectContaining({ code: 'page.blocked', site: 'samsung', count: 1 }),
      ])
      expect(await stats.errors(house.clock.now() + 1)).toEqual([])
    })

    test('requests are told by user, the most busy first', async () => {
      const from = house.clock.now()
      await ask(jun)
      await ask(minji)
      await house.clock.jump(1_000)
      await ask(minji)
      expect(await stats.requestsByUser(from)).toEqual([
        { user: minji.user.id, requests: 2, lastAt: from + 1_000 },
        { user: jun.user.id, requests: 1, lastAt: from },
      ])
      expect(await stats.requestsByUser(from + 1)).toHaveLength(1)
    })
  })
}
