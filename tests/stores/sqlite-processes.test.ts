import { rmSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { isRefusal } from '../../src/errors.ts'
import type { Store } from '../../src/storage.ts'
import { checkInvariants } from '../support/invariants.ts'
import { forkStore, type StoreChild } from '../support/store-child.ts'
import { installWatchers, lookAt, makeFolder, openQuiet } from '../support/store-house.ts'
import { draftOf, meet, pageOf, readPage, runJob, startJob } from '../support/store-people.ts'
import { rowsThatName } from '../support/traces.ts'
import { liveFully, removeAllOf } from './forget-exercise.ts'

describe('several processes on one SQLite file', () => {
  let folder: string
  let store: Store
  let children: StoreChild[]

  const child = (options?: Parameters<typeof forkStore>[1]): StoreChild => {
    const made = forkStore(folder, options)
    children.push(made)
    return made
  }

  beforeEach(async () => {
    folder = makeFolder()
    children = []
    store = await openQuiet(folder, systemClock)
    installWatchers(folder)
  })
  afterEach(async () => {
    await Promise.all(children.map((one) => one.kill()))
    const look = lookAt(folder)
    await checkInvariants(look, { now: systemClock.now() }).finally(() => look.close())
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('of two hundred requests from eight processes one becomes a job, the others name it', async () => {
    const minji = await meet(store, 'minji')
    const processes = Array.from({ length: 8 }, () => child())
    await Promise.all(processes.map((one) => one.ask('open')))
    const facts = { userId: minji.user.id, draft: draftOf(minji), times: 25 }
    const answers = await Promise.all(processes.map((one) => one.ask<{ kind: string; id: string }[]>('submit', facts)))
    const all = answers.flat()
    expect(all).toHaveLength(200)
    expect(all.filter((answer) => answer.kind === 'created')).toHaveLength(1)
    expect(new Set(all.map((answer) => answer.id)).size).toBe(1)
  })

  test('a file that another process holds refuses commands in time, keeps the loop free, and workers go on', async () => {
    const minji = await meet(store, 'minji')
    const holder = child()
    await holder.ask('hold')
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    const startedAt = performance.now()
    const append = store.robots.put({ origin: 'https://x', status: 200, body: '', ttlMs: 1_000 })
    const refusal = await startJob(store, minji).catch((error: unknown) => error)
    expect(isRefusal(refusal, 'store.busy')).toBe(true)
    expect(performance.now() - startedAt).toBeLessThan(10_000) // the bound is 2 s; five times as much for a busy machine
    expect((await store.users.find(minji.account))?.user.id).toBe(minji.user.id) // reads wait for nobody
    await systemClock.sleep(Math.max(0, 3_500 - (performance.now() - startedAt)))
    await holder.ask('letGo')
    await append
    delay.disable()
    expect(delay.max / 1e6).toBeLessThan(2_500) // a hang detector: the bound is 200 ms on a machine that does nothing else
    await startJob(store, minji)
  })

  test('a process killed before any statement of a checkpoint leaves all of it or nothing', async () => {
    const pages = [pageOf('p1'), pageOf('p2', { page: 2 })]
    const { job, lease } = await runJob(store, await meet(store, 'minji'), pages)
    await store.workerJobs.renew(lease, 600_000) // killing so many processes takes longer than a lease
    const page = readPage('p1', ['a', 'b', 'c'], { next: [pageOf('p3', { page: 3 })], total: 9, warnings: { odd: 1 } })
    const stored = async () => {
      const { readAt, ...row } = (await store.ownerJobs.job(job.userId, job.id))!
      expect(readAt).toBeGreaterThan(0) // the time of the reading, which is no part of the row
      return row
    }
    const before = await stored()
    let kills = 0
    for (let killAt = 1; killAt <= 100; killAt++) {
      const worker = child({ killAt })
      await worker.ask('open')
      const answer = await worker.ask('checkpoint', { lease, page }).catch((error: Error) => error.message)
      if (answer !== 'gone') break
      kills++
      expect(await stored()).toEqual(before)
      const look = lookAt(folder)
      await checkInvariants(look, { now: systemClock.now() }).finally(() => look.close())
    }
    expect(kills).toBeGreaterThan(10) // every statement of the transaction, its begin and its commit
    expect(await stored()).toMatchObject({ products: 3, pages: 1, total: 9 })
  }, 400_000)

  test('a process killed before any statement of a linking leaves two users or one, never a half', async () => {
    const slack = await meet(store, 'minji')
    const discord = await meet(store, 'minji#1', 'discord')
    const { job, lease } = await runJob(store, discord, [pageOf('p1')])
    await store.workerJobs.renew(lease, 600_000)
    await store.linking.offer(slack.account.id, 'code', 600_000)
    const look = lookAt(folder)
    const stored = () =>
      Promise.all(
        ['users', 'accounts', 'jobs', 'outbox', 'link_codes', 'link_tries', 'notices'].map((table) =>
          look.rows(`select * from ${table} order by 1`),
        ),
      )
    const before = await stored()
    const allowed = { account: { tries: 5, ms: 1 }, workspace: { tries: 5, ms: 1 } }
    const facts = { account: discord.account.id, hash: 'code', allowed }
    let kills = 0
    for (let killAt = 1; killAt <= 100; killAt++) {
      const other = child({ killAt })
      await other.ask('open')
      const answer = await other.ask('merge', facts).catch((error: Error) => error.message)
      if (answer !== 'gone') break
      kills++
      expect(await stored()).toEqual(before)
      await checkInvariants(look, { now: systemClock.now() })
    }
    expect(kills).toBeGreaterThan(15) // every statement of the transaction, its begin and its commit
    expect((await store.users.resolve(discord.account, 'minji#1')).user.id).toBe(slack.user.id)
    expect((await store.ownerJobs.active(slack.user.id))?.id).toBe(job.id)
    await store.frontier.checkpoint(lease, readPage('p1', ['a'])) // its worker goes on as if nothing had been
    expect(await store.notices.claim(['slack'], 9, 1)).toHaveLength(1)
    look.close()
  }, 400_000)

  test('a process killed anywhere in forgetting somebody leaves all of them, or what the next start removes', async () => {
    const clock = { now: systemClock.now, jump: () => systemClock.sleep(2) }
    const look = lookAt(folder)
    const ends = { untouched: 0, resumed: 0, done: 0 }
    for (let killAt = 1; ends.done === 0; killAt += 12) {
      const { person, words } = await liveFully({ store, clock }, `somi${killAt}.`)
      await store.forget.waiting(1)
      const before = await rowsThatName(look, words)
      const process = child({ killAt })
      await process.ask('open')
      await process.ask('forget', { account: person.account.id }).then(
        () => ends.done++,
        () => undefined,
      )
      const left = await store.forget.waiting(10)
      if (left.length === 0 && ends.done === 0) {
        expect(await rowsThatName(look, words)).toEqual(before)
        ends.untouched++
        continue
      }
      if (left.length > 0) {
        expect(Object.keys(await rowsThatName(look, [`somi${killAt}.-slack`, `somi${killAt}.-discord`]))).toEqual([
          'farewells',
        ])
        ends.resumed++
        await removeAllOf(store, person.user.id)
      }
      await store.notices
        .claim(['discord'], 9, 1)
        .then((told) => Promise.all(told.map((it) => store.notices.settle(it, 'sent', null))))
      const { audit: _, ...rest } = await rowsThatName(look, words)
      expect(rest).toEqual({})
    }
    look.close()
    expect(ends.untouched).toBeGreaterThan(1)
    expect(ends.resumed).toBeGreaterThan(1)
  }, 400_000)

  test('a process that died owns nothing; one that is paused still does', async () => {
    const owner = child()
    await owner.ask('open')
    expect(await owner.ask('own', { kind: 'one-shot', holder: 'theirs', waitMs: 0 })).toBe(true)
    const ask = { kind: 'service', holder: 'mine', waitMs: 0 } as const
    expect(await store.owner.take(ask)).toBeUndefined()
    expect(await store.owner.read()).toMatchObject({ kind: 'one-shot', holder: 'theirs', pid: owner.process.pid })
    owner.process.kill('SIGSTOP')
    expect(await store.owner.take(ask)).toBeUndefined()
    const waiting = store.owner.take({ ...ask, waitMs: 20_000 })
    await owner.kill()
    const owned = await waiting
    expect(await store.owner.read()).toMatchObject({ kind: 'service', holder: 'mine', pid: process.pid })
    expect(await store.owner.take({ ...ask, holder: 'second' })).toBeUndefined() // nor twice in one process
    await owned?.release()
    expect(await store.owner.read()).toBeUndefined()
  })

  test('who waits to be the owner can be called off', async () => {
    const owned = await store.owner.take({ kind: 'service', holder: 'mine', waitMs: 0 })
    const stop = new AbortController()
    const waiting = store.owner.take({ kind: 'service', holder: 'other', waitMs: 60_000, signal: stop.signal })
    stop.abort(new Error('stopped'))
    await expect(waiting).rejects.toThrow('stopped')
    await owned?.release()
  })
})

describe('a migration', () => {
  test('that is killed at any step is finished by the next start', async () => {
    const schemas = new Set<string>()
    let kills = 0
    for (let killAt = 1; killAt < 200; killAt += 7) {
      const folder = makeFolder()
      const child = forkStore(folder, { killAt, isArmed: true })
      const answer = await child.ask('open').catch((error: Error) => error.message)
      await child.kill()
      const store = await openQuiet(folder, systemClock)
      await meet(store, 'minji')
      await store.close()
      const look = lookAt(folder)
      schemas.add(JSON.stringify(await look.rows('select name, sql from sqlite_schema order by name')))
      look.close()
      rmSync(folder, { recursive: true, force: true })
      if (answer !== 'gone') break
      kills++
    }
    expect(kills).toBeGreaterThan(5)
    expect(schemas.size).toBe(1)
  }, 400_000)
})
