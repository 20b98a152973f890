import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Refusal } from '../../src/errors.ts'
import { RESCUE_MS } from '../../src/jobs/limits.ts'
import { keepRescuing, type RescueParts } from '../../src/jobs/rescue.ts'
import { openSqliteHouse, type StoreHouse } from '../support/store-house.ts'
import { claimJob, LEASE_MS, meet, pageOf, runJob } from '../support/store-people.ts'

describe('a process that looks for leases that ran out', () => {
  let house: StoreHouse
  let told: [name: string, facts: unknown][]
  let changed: string[]
  let closing: AbortController
  let rescuing: Promise<void>
  const look = (store: RescueParts['store'] = house.store.workerJobs) => {
    rescuing = keepRescuing(
      {
        store,
        clock: house.clock,
        emit: (name, facts) => void told.push([name, facts]),
        faultId: () => 'F1',
        changed: (id) => void changed.push(id),
      },
      closing.signal,
    )
  }

  beforeEach(async () => {
    house = await openSqliteHouse()
    told = []
    changed = []
    closing = new AbortController()
    rescuing = Promise.resolve()
  })
  afterEach(async () => {
    closing.abort()
    await rescuing
    await house.close()
  })

  test('leaves a job whose lease holds alone, and puts it back once that ran out, no attempt charged', async () => {
    const minji = await meet(house.store, 'minji')
    const { job } = await runJob(house.store, minji, [pageOf('p1')])
    look()
    await house.clock.jump(LEASE_MS - 1)
    expect(told).toEqual([])
    await house.clock.jump(RESCUE_MS)
    expect(told).toEqual([['job.rescued', { job: job.id, takeovers: 1 }]])
    expect(changed).toEqual([job.id])
    const claimed = await house.store.workerJobs.claim(job.id, 'worker-2', LEASE_MS)
    expect(claimed?.job).toMatchObject({ state: 'running', attempt: 1, takeovers: 1 })
  })

  test('ends a job that ended the process of each worker that had it, and tells its end', async () => {
    const minji = await meet(house.store, 'minji')
    const { job } = await runJob(house.store, minji, [pageOf('p1')])
    look()
    for (const worker of ['worker-2', 'worker-3', 'worker-4']) {
      await house.clock.jump(LEASE_MS + RESCUE_MS)
      await claimJob(house.store, job, worker)
    }
    await house.clock.jump(LEASE_MS + RESCUE_MS)
    expect(told.at(-1)).toMatchObject(['job.ended', { job: job.id, state: 'failed', code: 'crawl.worker_crashed' }])
    expect(changed).toHaveLength(4)
  })

  test('tells a database that is away, and any bug, and looks again at its next turn', async () => {
    const minji = await meet(house.store, 'minji')
    const { job } = await runJob(house.store, minji, [pageOf('p1')])
    const bug = new Error('a bug')
    const failures: Error[] = [new Refusal('store.busy', {}), bug]
    look({
      rescue: async (...how) => {
        const failure = failures.shift()
        if (failure) throw failure
        return house.store.workerJobs.rescue(...how)
      },
    })
    await house.clock.jump(LEASE_MS + RESCUE_MS)
    expect(told).toEqual([
      ['store.retry', { cause: 'store.busy', attempts: 1 }],
      ['fault', { id: 'F1', where: 'runner', error: bug }],
      ['job.rescued', { job: job.id, takeovers: 1 }],
    ])
  })

  test('ends its rest at once when it is asked to', async () => {
    look()
    await house.clock.whenSleeping()
    closing.abort()
    await rescuing
    expect(house.clock.sleepers()).toBe(0)
  })
})
