import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Database, Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import type { Store } from '../../src/storage.ts'
import { checkInvariants } from './invariants.ts'
import { createJumpingClock } from './jumping-clock.ts'
import { installWatchers, lookAt, makeFolder, openQuiet } from './store-house.ts'
import { claimJob, meet, pageOf, readPage, runJob } from './store-people.ts'

describe('the invariants', () => {
  const clock = createJumpingClock()
  let folder: string
  let store: Store
  let file: Database

  beforeEach(async () => {
    folder = makeFolder()
    store = await openQuiet(folder, clock)
    installWatchers(folder)
    file = new Sqlite(databasePath(folder))
    const { lease } = await runJob(store, await meet(store, 'minji'), [pageOf('p1'), pageOf('p2', { page: 2 })])
    await store.frontier.checkpoint(lease, readPage('p1', ['a', 'b']))
  })
  afterEach(async () => {
    file.close()
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const check = async (): Promise<void> => {
    const look = lookAt(folder)
    await checkInvariants(look, { now: clock.now() }).finally(() => look.close())
  }

  test('hold for sound data', () => expect(check()).resolves.toBeUndefined())

  // A checker that finds nothing would make every integration test pass.
  test.each([
    [
      'a second active job',
      `drop index jobs_one_active_per_user; insert into jobs select 'other', user_id, account_id, retry_of, request, site, words, place, platform, thread_key, 'queued', coverage, routes, warnings, thread, progress_id, stop_reason, code, facts, null, waiting, product_limit, priority, attempt, next_charge, takeovers, products, pages, failed_pages, discovered, run_at, fence, version, shown_version, bytes, created_at, total, shown_at, null, started_at, checkpoint_at, null, null, '', null, 0 from jobs`,
      'one active job a user',
    ],
    ['a product too many', `update jobs set products = 1`, 'as many products as the row says'],
    ['a lost product', `delete from products where product_id = 'a'`, 'positions without gaps'],
    ['a page counted twice', `update jobs set pages = 2`, 'as many pages as the row says'],
    [
      'a product of a page that was not stored',
      `update frontier set state = 'open', done_at = null where url_key = 'p1'`,
      'no product without its page',
    ],
    [
      'an ended job that comes back',
      `update jobs set state = 'cancelled', finished_at = 1, holder = null, lease_until = null; update jobs set state = 'queued', finished_at = null`,
      'an ended state never changes',
    ],
    [
      'a write after the end',
      `update jobs set state = 'cancelled', finished_at = 1, holder = null, lease_until = null; update frontier set state = 'done', done_at = 1 where url_key = 'p2'`,
      'only a running job is written',
    ],
    [
      'an end without a last word',
      `update jobs set state = 'cancelled', finished_at = 1, holder = null, lease_until = null`,
      'one last word',
    ],
    ['a job without its first word', `delete from outbox`, 'one first word'],
    ['a stolen fence', `update jobs set fence = 7; update jobs set fence = 1`, 'the last to claim it'],
    ['an attempt too many', `update jobs set attempt = 6`, 'nothing is stuck'],
    [
      'a forbidden request',
      `insert into request_log values ('r', 1, null, 'h', 'u', 'private', 'forbidden', 1, 200, 0, 0, null)`,
      'robots.txt is obeyed',
    ],
    [
      'a request inwards',
      `insert into request_log values ('r', 1, null, 'h', 'u', 'loopback', 'allowed', 1, 200, 0, 0, null)`,
      'requests reach only addresses',
    ],
  ])('find %s', async (_, damage, name) => {
    file.pragma('foreign_keys = off')
    file.exec(damage)
    await expect(check()).rejects.toThrow(name)
  })

  test('find a job whose lease ran out long ago', async () => {
    await clock.jump(100_000)
    await expect(check()).rejects.toThrow('nothing is stuck')
  })

  test('hold again once it is rescued', async () => {
    await clock.jump(100_000)
    const [rescued] = await store.workerJobs.rescue(3)
    await claimJob(store, rescued!)
    await expect(check()).resolves.toBeUndefined()
  })
})
