import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { JobId, UserId } from '../../src/ids.ts'
import type { Actor } from '../../src/jobs/act.ts'
import { createOverride } from '../../src/jobs/override.ts'
import { createInProcessQueue } from '../../src/queue/in-process.ts'
import type { StoreHouse } from '../support/store-house.ts'
import { claimJob, draftOf, LEASE_MS, meet, startJob } from '../support/store-people.ts'

const actor: Actor = { role: 'admin', way: 'page', address: '203.0.113.7' }
/** What administrators do to anybody's jobs, shops and users, on every database. */
export function exerciseOverride(database: string, openHouse: () => Promise<StoreHouse>): void {
  describe(`an administrator, on ${database}`, () => {
    let house: StoreHouse
    beforeEach(async () => {
      house = await openHouse()
    })
    afterEach(() => house.close())

    const audit = async () =>
      (await house.look.rows('select act, job_id, user_id, site, address from audit order by at, act')) as {
        act: string
        job_id: string | null
        user_id: string | null
      }[]

    test('cancels anybody’s active job, with its last word and one audit row; an ended one is left alone', async () => {
      const { store } = house
      const minji = await meet(store, 'U1')
      const job = await startJob(store, minji)
      expect(await store.override.cancel(job.id, actor)).toMatchObject({ state: 'cancelled' })
      expect(await store.override.cancel(job.id, actor)).toBeUndefined()
      expect(await store.override.cancel('0'.repeat(22) as JobId, actor)).toBeUndefined()
      expect(await audit()).toEqual([
        { act: 'job.cancel', job_id: job.id, user_id: minji.user.id, site: 'ssg', address: '203.0.113.7' },
      ])
    })

    test('retries a failed job for its owner, under the rule', async () => {
      const { store } = house
      const minji = await meet(store, 'U1')
      const failed = await startJob(store, minji)
      const lease = await claimJob(store, failed)
      expect(await store.override.retry(failed.id, actor)).toBeUndefined()
      await store.workerJobs.finish(lease, { state: 'failed', code: 'page.timeout', facts: {}, stopReason: null })
      const again = await store.override.retry(failed.id, actor)
      expect(again).toMatchObject({ kind: 'created', job: { userId: minji.user.id, retryOf: failed.id } })
      expect(await store.override.retry(failed.id, actor)).toMatchObject({ kind: 'active', job: { id: again?.job.id } })
      expect((await audit()).map(({ act }) => act)).toEqual(['job.retry'])
    })

    test('retries no job whose words retention has removed', async () => {
      const { store } = house
      const failed = await startJob(store, await meet(store, 'U1'))
      const lease = await claimJob(store, failed)
      await store.workerJobs.finish(lease, { state: 'failed', code: 'page.timeout', facts: {}, stopReason: null })
      await store.upkeep.clear([failed.id])
      expect(await store.override.retry(failed.id, actor)).toBeUndefined()
      expect(await audit()).toEqual([])
      const override = createOverride({
        ...{
          store: store.override,
          queue: createInProcessQueue({ clock: house.clock, emit: () => {} }),
          emit: () => {},
          hasSite: () => true,
        },
        ...{ admit: async () => {}, changed: () => {} },
      })
      await expect(override.retry(failed.id, actor)).rejects.toMatchObject({ code: 'job.cleared' })
    })

    test('puts a job before others', async () => {
      const { store, clock } = house
      const first = await startJob(store, await meet(store, 'U1'))
      await clock.jump(1_000)
      const second = await startJob(store, await meet(store, 'U2'))
      expect((await store.workerJobs.due(0, 10)).map(({ jobId }) => jobId)).toEqual([first.id, second.id])
      expect(await store.override.prioritise(second.id, 5, actor)).toMatchObject({ priority: 5 })
      expect((await store.workerJobs.due(0, 10)).map(({ jobId }) => jobId)).toEqual([second.id, first.id])
    })

    test('pauses a shop: what runs is held without a charge, nothing is claimed, and all goes on when it is resumed', async () => {
      const { store } = house
      const running = await startJob(store, await meet(store, 'U1'))
      const waiting = await startJob(store, await meet(store, 'U2'))
      const elsewhere = await startJob(store, await meet(store, 'U3'), { site: 'samsung' })
      const lease = await claimJob(store, running)
      const held = await store.override.pauseSite('ssg', actor)
      expect(held?.map(({ id }) => id).sort()).toEqual([running.id, waiting.id].sort())
      expect(await store.override.pauseSite('ssg', actor)).toBeUndefined()
      expect(await store.override.job(running.id)).toMatchObject({ state: 'queued', code: 'site.held', attempt: 1 })
      expect(await store.workerJobs.renew(lease, LEASE_MS)).toBe(false)
      expect(await store.workerJobs.claim(running.id, 'w', LEASE_MS)).toBeUndefined()
      expect((await store.workerJobs.due(0, 10)).map(({ jobId }) => jobId)).toEqual([elsewhere.id])

      const freed = await store.override.resumeSite('ssg', actor)
      expect(freed).toHaveLength(2)
      expect(await store.override.resumeSite('ssg', actor)).toBeUndefined()
      expect(await store.workerJobs.claim(running.id, 'w', LEASE_MS)).toMatchObject({ job: { attempt: 1, fence: 2 } })
      expect(await store.override.pausedSites()).toEqual([])
      expect((await audit()).map(({ act }) => act)).toEqual(['site.pause', 'site.resume'])
    })

    test('blocks a user: the active job is cancelled and no other begins until unblocked', async () => {
      const { store } = house
      const minji = await meet(store, 'U1')
      const job = await startJob(store, minji)
      expect(await store.override.blockUser(minji.user.id, actor)).toMatchObject({ cancelled: { id: job.id } })
      expect(await store.override.blockUser(minji.user.id, actor)).toBeUndefined()
      const wish = () => store.ownerJobs.create(minji.user.id, draftOf(minji))
      await expect(wish()).rejects.toMatchObject({ code: 'user.blocked' })
      expect(await store.override.unblockUser(minji.user.id, actor)).toBe(true)
      expect(await store.override.unblockUser(minji.user.id, actor)).toBe(false)
      expect(await wish()).toMatchObject({ kind: 'created' })
      expect(await store.override.isUser('0'.repeat(22) as UserId)).toBe(false)
      expect((await audit()).map(({ act }) => act)).toEqual(['user.block', 'user.unblock'])
    })

    test('who blocks at the moment of a submit leaves no active job behind', async () => {
      const { store } = house
      for (let round = 0; round < 20; round++) {
        const person = await meet(store, `U${round}`)
        await Promise.all([
          store.ownerJobs.create(person.user.id, draftOf(person)).catch(() => undefined),
          store.override.blockUser(person.user.id, actor),
        ])
        expect(await store.ownerJobs.active(person.user.id)).toBeUndefined()
      }
    })
  })
}
