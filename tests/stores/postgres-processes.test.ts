import { rmSync } from 'node:fs'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openStore } from '../../db/index.ts'
import { openPostgres } from '../../db/postgres/open.ts'
import { systemClock } from '../../src/clock.ts'
import { StaleLease } from '../../src/crawl/store.ts'
import { isRefusal, Refusal } from '../../src/errors.ts'
import type { UserId } from '../../src/ids.ts'
import type { Store } from '../../src/storage.ts'
import { checkInvariants } from '../support/invariants.ts'
import {
  installPostgresWatchers,
  lookAtPostgres,
  makeDatabase,
  runSql,
  type TestDatabase,
} from '../support/postgres.ts'
import { canRunPostgres, type PostgresServer, runPostgres } from '../support/postgres-server.ts'
import { forkStore, type StoreChild } from '../support/store-child.ts'
import { makeFolder } from '../support/store-house.ts'
import { claimJob, draftOf, meet, pageOf, readPage, runJob } from '../support/store-people.ts'
import { suiteWhere } from '../support/suites.ts'
import { until } from '../support/until.ts'

suiteWhere(canRunPostgres, 'PostgreSQL (its programs)', 'several processes on one PostgreSQL server', () => {
  let server: PostgresServer
  let database: TestDatabase
  let folder: string
  let store: Store
  let children: StoreChild[]
  let causes: string[]

  const open = (): Promise<Store> =>
    openStore({
      ...{ dataDir: folder, databaseUrl: database.url, clock: systemClock, locale: 'ko' },
      emit: (name, facts) => void (name === 'store.retry' && causes.push((facts as { cause: string }).cause)),
    })
  const child = (connections = 4): StoreChild => {
    const env = { ...process.env, DATABASE_URL: database.url, CONNECTIONS: String(connections) }
    const made = forkStore(folder, { fork: { env } })
    children.push(made)
    return made
  }

  beforeAll(async () => {
    server = await runPostgres()
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    folder = makeFolder()
    children = []
    causes = []
    database = await makeDatabase(server.url)
    store = await open()
    await installPostgresWatchers(database.url)
  })
  afterEach(async () => {
    await Promise.all(children.map((one) => one.kill()))
    const look = lookAtPostgres(database.url)
    await checkInvariants(look, { now: Date.now() }).finally(() => look.close())
    await store.close()
    await database.drop()
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
  }, 400_000)

  test('a checkpoint is one round trip', async () => {
    const { lease } = await runJob(store, await meet(store, 'minji'), [pageOf('p1')])
    const query = vi.spyOn(pg.Client.prototype, 'query')
    await store.frontier.checkpoint(lease, readPage('p1', ['a', 'b'], { next: [pageOf('p2', { page: 2 })], total: 9 }))
    expect(query).toHaveBeenCalledTimes(1)
    query.mockRestore()
  })

  test('a worker that was stopped while another took its job writes nothing', async () => {
    const minji = await meet(store, 'minji')
    const { job, lease } = await runJob(store, minji, [pageOf('p1')])
    const paused = child()
    await paused.ask('open')
    paused.process.kill('SIGSTOP')
    const late = paused.ask('checkpoint', { lease, page: readPage('p1', ['late']) })
    late.catch(() => undefined)
    await runSql(database.url, 'update jobs set lease_until = 1') // its lease has run out
    expect(await store.workerJobs.rescue(3)).toMatchObject([{ id: job.id, state: 'queued' }])
    const second = await claimJob(store, job, 'worker-2')
    paused.process.kill('SIGCONT')
    await expect(late).rejects.toThrow('no longer held')
    await store.frontier.checkpoint(second, readPage('p1', ['mine']))
    expect((await store.results.products(minji.user.id, job.id, 0, 9)).map(({ id }) => id)).toEqual(['mine'])
    await expect(store.frontier.checkpoint(lease, readPage('p1', ['late']))).rejects.toThrow(StaleLease)
  })

  test('of many processes that rescue at once one takes each job', async () => {
    for (let count = 0; count < 5; count++) await runJob(store, await meet(store, `user${count}`), [])
    await runSql(database.url, 'update jobs set lease_until = 1')
    const others = await Promise.all(Array.from({ length: 4 }, open))
    const rescued = await Promise.all(others.map((one) => one.workerJobs.rescue(3)))
    expect(rescued.flat()).toHaveLength(5)
    await Promise.all(others.map((one) => one.close()))
  })

  test('processes that migrate at once make one schema, and a newer one is refused', async () => {
    const empty = await makeDatabase(server.url)
    const opening = Array.from({ length: 4 }, () =>
      openStore({
        ...{ dataDir: folder, databaseUrl: empty.url, clock: systemClock, emit: () => undefined, locale: 'ko' },
      }),
    )
    for (const one of await Promise.all(opening)) await one.close()
    await runSql(empty.url, `insert into kysely_migration values ('9999-later', now())`)
    const refusal = await openStore({
      ...{ dataDir: folder, databaseUrl: empty.url, clock: systemClock, emit: () => undefined, locale: 'ko' },
    }).catch((error: unknown) => error)
    expect(isRefusal(refusal, 'store.newer') && refusal.facts.found).toBe('9999-later')
    await empty.drop()
  })

  test.each([
    ['?sslmode=require', 'does not support SSL'],
    ['?sslmode=verify-full', 'does not support SSL'],
    ['?sslmode=verify-full&sslrootcert=/nowhere/ca.pem', '/nowhere/ca.pem'],
  ])('an address that asks for more safety than there is (%s) is refused with the cause', async (search, cause) => {
    const databaseUrl = `${database.url}${search}`
    const options = { dataDir: folder, databaseUrl, clock: systemClock, emit: () => undefined, locale: 'ko' } as const
    const refusal = await openStore(options).catch((error: unknown) => error)
    expect(isRefusal(refusal, 'store.denied') && refusal.facts.cause).toContain(cause)
  })

  test('a process that died owns nothing; one that is paused still does', async () => {
    const owner = child()
    await owner.ask('open')
    expect(await owner.ask('own', { kind: 'service', holder: 'theirs', waitMs: 0 })).toBe(true)
    const ask = { kind: 'service', holder: 'mine', waitMs: 0 } as const
    expect(await store.owner.take(ask)).toBeUndefined()
    owner.process.kill('SIGSTOP')
    expect(await store.owner.take(ask)).toBeUndefined()
    const waiting = store.owner.take({ ...ask, waitMs: 20_000 })
    await owner.kill()
    const owned = await waiting
    expect(await store.owner.read()).toMatchObject({ holder: 'mine', pid: process.pid })
    await owned?.release()
    expect(await store.owner.read()).toBeUndefined()
  })

  test('those that share hold the database together, and one alone from it, until the last has left or died', async () => {
    const mine = { kind: 'service', holder: 'mine', waitMs: 0 } as const
    await (await store.owner.take(mine))?.release()
    await runSql(
      database.url,
      `insert into owner (slot, kind, pid, holder, since) values (1, 'service', 7, 'killed', 1)`,
    )
    const sharer = child()
    await sharer.ask('open')
    expect(await sharer.ask('own', { kind: 'service', holder: 'theirs', form: 'shared', waitMs: 0 })).toBe(true)
    expect(await store.owner.read()).toBeUndefined() // who stood there was killed
    const shared = await store.owner.take({ ...mine, form: 'shared' })
    expect([await store.owner.form(), await store.owner.take(mine)]).toEqual(['shared', undefined])
    await shared?.release()
    expect(await store.owner.take(mine)).toBeUndefined()
    await sharer.kill()
    const alone = await store.owner.take({ ...mine, waitMs: 20_000 })
    expect([await store.owner.form(), (await store.owner.read())?.holder]).toEqual(['alone', 'mine'])
    expect(await store.owner.take({ ...mine, form: 'shared' })).toBeUndefined()
    await alone?.release()
    expect(await store.owner.form()).toBeUndefined()
  })

  test.each(['fast', 'immediate'] as const)(
    'a server that restarts (%s) refuses commands in time, and workers go on',
    async (mode) => {
      const { job, lease } = await runJob(store, await meet(store, 'minji'), [pageOf('p1'), pageOf('p2', { page: 2 })])
      await store.frontier.checkpoint(lease, readPage('p1', ['a']))
      await server.stop(mode)
      const jun = meet(store, 'jun').catch((error: unknown) => error)
      const startedAt = performance.now()
      const written = store.frontier.checkpoint(lease, readPage('p2', ['b']))
      const refusal = await jun
      expect(refusal).toBeInstanceOf(Refusal)
      expect(isRefusal(refusal, 'store.unreachable')).toBe(true)
      expect(performance.now() - startedAt).toBeLessThan(15_000) // the bound is 3 s; five times as much for a busy machine
      await server.start()
      expect(await written).toMatchObject({ products: 2, pages: 2 })
      expect(await store.ownerJobs.job(job.userId, job.id)).toMatchObject({ products: 2, pages: 2 })
    },
  )

  test('connections that the server ends again and again lose no page and count none twice', async () => {
    const pages = Array.from({ length: 15 }, (_, at) => pageOf(`p${at}`, { page: at + 1 }))
    const { job, lease } = await runJob(store, await meet(store, 'minji'), pages)
    let isOver = false
    const ending = (async () => {
      for (let times = 0; !isOver && times < 40; times++) {
        // no more: on a slow machine no page would find the time for its way
        await runSql(
          server.url,
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'shopcrawl'`,
        )
        await systemClock.sleep(300)
      }
    })()
    try {
      for (const [at, { key }] of pages.entries()) {
        await store.frontier.checkpoint(lease, readPage(key, [`id${at}`]))
        await systemClock.sleep(100)
      }
    } finally {
      isOver = true
      await ending
    }
    await store.workerJobs.renew(lease, 15_000)
    expect(causes).not.toEqual([])
    expect((await store.ownerJobs.job(job.userId, job.id))?.products).toBe(15)
  })

  test.each([
    ['alone', 'alone'],
    ['alone', 'shared'],
    ['shared', 'alone'],
  ] as const)(
    'an owner (%s) keeps its place through restarts of the server, whoever asks meanwhile (%s)',
    async (form, newcomer) => {
      const owned = await store.owner.take({ kind: 'service', form, holder: 'mine', waitMs: 0 })
      const other = await open()
      for (let restart = 0; restart < 3; restart++) {
        const asking = new AbortController()
        const ask = { kind: 'service', form: newcomer, holder: 'newcomer', waitMs: 0, signal: asking.signal } as const
        const taken = (async () => {
          while (!asking.signal.aborted) if (await other.owner.take(ask).catch(() => undefined)) return true
          return false
        })()
        await server.stop('fast')
        await server.start()
        await until(async () => (await store.owner.form().catch(() => undefined)) !== undefined, 'an owner')
        asking.abort()
        expect([await taken, owned?.lost?.aborted]).toEqual([false, false])
      }
      await owned?.release()
      await other.close()
    },
  )

  test('transactions that block each other crosswise are done again whole', async () => {
    const [minji, jun] = [await meet(store, 'minji'), await meet(store, 'jun')]
    const { workers, close } = await openPostgres({ url: database.url, emit: () => undefined })
    let held = 0
    const both = async (first: UserId, second: UserId): Promise<void> =>
      workers.transaction(async (tx) => {
        await tx.updateTable('users').set({ locale: 'en' }).where('id', '=', first).execute()
        held++
        await until(() => held >= 2, 'the other transaction')
        await tx.updateTable('users').set({ locale: 'en' }).where('id', '=', second).execute()
      })
    await Promise.all([both(minji.user.id, jun.user.id), both(jun.user.id, minji.user.id)])
    expect(held).toBeGreaterThan(2) // the server has ended one of them: it was a deadlock
    await close()
  })
})
