import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { progressMessage } from '../../src/chat/progress.ts'
import { createScenes } from '../../src/chat/scene.ts'
import { Refusal } from '../../src/errors.ts'
import { createJobs } from '../../src/jobs/create-jobs.ts'
import { createRunner, type Runner } from '../../src/jobs/runner.ts'
import type { Jobs } from '../../src/jobs/service.ts'
import { createSay } from '../../src/messages/say.ts'
import { createInProcessQueue } from '../../src/queue/in-process.ts'
import type { Emit, EventName, Events } from '../../src/telemetry/events.ts'
import { createJumpingClock, type JumpingClock } from '../support/jumping-clock.ts'
import { hasPostgres } from '../support/postgres.ts'
import { dropIdleDatabases, openPostgresHouse } from '../support/postgres-house.ts'
import { openSqliteHouse, type StoreHouse } from '../support/store-house.ts'
import { draftOf, meet, type Person, placeOf } from '../support/store-people.ts'
import { suiteWhere } from '../support/suites.ts'
import { until } from '../support/until.ts'

const TEN_MINUTES = 600_000
const QUOTA = {
  ...{ jobsPerHour: 1, jobsPerDay: 10, pagesPerDay: 1_000, pagesPerHostDay: 1_000, hostsPerDay: 10 },
  ...{ bytesPerUser: 1_000_000, retentionDays: 90 },
}

/** What a process tells a job's owner while the database's clock is not its own. */
function exerciseTwoClocks(database: string, openHouse: () => Promise<StoreHouse>): void {
  describe.each([
    ['ten minutes ahead of', TEN_MINUTES],
    ['ten minutes behind', -TEN_MINUTES],
  ])(`a ${database} whose clock is %s the process's`, (_, aheadMs) => {
    let house: StoreHouse
    let clock: JumpingClock
    let minji: Person
    let jobs: Jobs
    let runner: Runner
    let told: { name: EventName; facts: Events[EventName] }[]
    let attempts: number

    beforeEach(async () => {
      house = await openHouse()
      clock = createJumpingClock(house.clock.now() - aheadMs)
      minji = await meet(house.store, 'minji')
      told = []
      attempts = 0
      const emit: Emit = (name, facts) => void told.push({ name, facts })
      const queue = createInProcessQueue({ clock, emit })
      const shared = { queue, clock, emit, changed: () => undefined }
      jobs = createJobs({
        ...{ ...shared, store: house.store.ownerJobs, quota: QUOTA, contact: null },
        ...{ admit: async () => undefined, linkOf: async () => null },
      })
      runner = createRunner({
        ...{ ...shared, store: house.store.workerJobs, review: async () => undefined, holder: 'w', concurrency: 1 },
        ...{ today: () => '2026-11-24', faultId: () => 'fault' },
        crawl: async () => {
          attempts += 1
          if (attempts === 1) throw new Refusal('page.network', { host: 'shop', cause: 'ECONNRESET', proxyHint: false })
          return 'end'
        },
      })
    })
    afterEach(async () => {
      const stopping = runner.stop()
      await clock.jump(1)
      await stopping
      await house.close()
    })

    const submit = () => jobs.submit(minji, draftOf(minji).request, placeOf(minji))
    const both = async (ms: number) => {
      await house.clock.jump(ms)
      await clock.jump(ms)
    }
    const textOf = async () => {
      const job = (await jobs.active(minji.user.id))!
      const parts = { language: async () => 'en' as const, label: () => 'SSG.COM', say: createSay('Asia/Seoul') }
      const scene = await createScenes({ ...parts, isWorkerless: () => false, contact: null })({
        job,
        owner: { account: minji.account, locale: 'en' },
      })
      return JSON.stringify(progressMessage(job, scene).lines)
    }

    test('a new job starts at once, and is not told as one that waits', async () => {
      await submit()
      expect(await textOf()).not.toContain('min')
      await runner.start({ takeAll: false })
      await until(() => attempts === 1)
      await until(() => told.some(({ name }) => name === 'job.requeued'))
      expect(told.find(({ name }) => name === 'job.claimed')?.facts).toMatchObject({ waitMs: 0 })
    })

    test('a job that failed for a passing reason comes again after its pause, and says so', async () => {
      await runner.start({ takeAll: false })
      const { id } = await submit()
      await until(() => told.some(({ name }) => name === 'job.requeued'))
      expect(await textOf()).toMatch(/in [23] sec/)
      await both(1_500)
      expect(attempts).toBe(1)
      await both(1_500)
      await until(async () => (await jobs.job(minji.user.id, id)).state === 'succeeded')
      expect(attempts).toBe(2)
    })

    test('quotas count an hour by the database’s clock', async () => {
      const { user } = minji
      const hour = async () => (await jobs.usageOf(user.id)).jobsHour.used
      await jobs.cancel(user.id, (await submit()).id)
      await both(59 * 60_000)
      expect(await hour()).toBe(1)
      await expect(submit()).rejects.toMatchObject({ code: 'quota.jobs', facts: { window: 'hour' } })
      await both(2 * 60_000)
      expect(await hour()).toBe(0)
      await submit()
    })

    test('a job that the queue does not know is found by the sweep when it is due', async () => {
      await submit() // and the process that had its hint is gone
      const { job } = await house.store.ownerJobs.active(minji.user.id).then((it) => ({ job: it! }))
      const claimed = (await house.store.workerJobs.claim(job.id, 'gone', 15_000))!
      const pause = { inMs: 30_000, charge: false, code: null, facts: null }
      await house.store.workerJobs.requeue(claimed.lease, pause)
      await runner.start({ takeAll: false })
      await both(29_000)
      expect(attempts).toBe(0)
      await until(async () => {
        await both(1_000) // a sweep takes its own time in a real database: the clock goes on until it has looked
        return attempts === 1
      })
      await until(() => told.some(({ name }) => name === 'job.requeued'))
    })
  })
}

exerciseTwoClocks('SQLite', openSqliteHouse)
suiteWhere(hasPostgres, 'PostgreSQL (TEST_DATABASE_URL)', 'two clocks', () => {
  afterAll(dropIdleDatabases)
  exerciseTwoClocks('PostgreSQL', openPostgresHouse)
})
