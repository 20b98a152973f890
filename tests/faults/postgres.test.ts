import { rmSync } from 'node:fs'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { openStore } from '../../db/index.ts'
import { systemClock } from '../../src/clock.ts'
import { StaleLease } from '../../src/crawl/store.ts'
import { isRefusal } from '../../src/errors.ts'
import { LEASE_MS } from '../../src/jobs/limits.ts'
import type { Store } from '../../src/storage.ts'
import { HAS_REAL_WAITS, PATIENCE, testFault } from '../support/faults.ts'
import { checkInvariants } from '../support/invariants.ts'
import {
  emptyDatabase,
  lookAtPostgres,
  makeDatabase,
  prepareDatabase,
  runSql,
  type TestDatabase,
} from '../support/postgres.ts'
import { canRunPostgres, type PostgresServer, runPostgres } from '../support/postgres-server.ts'
import { makeFolder } from '../support/store-house.ts'
import { draftOf, meet, pageOf, readPage, runJob } from '../support/store-people.ts'
import { suiteWhere } from '../support/suites.ts'
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

/** A command that waits for the database is answered within this. */
const ANSWER_MS = 3_000

suiteWhere(canRunPostgres, 'PostgreSQL (its programs)', 'a PostgreSQL server in trouble', () => {
  let server: PostgresServer
  let database: TestDatabase
  let proxy: TcpProxy
  let folder: string
  let stores: Store[]
  /** Why something was tried again. */
  let causes: string[]

  const open = async (url: string, more: { commandConnections?: number } = {}): Promise<Store> => {
    const store = await openStore({
      ...{ dataDir: folder, databaseUrl: url, clock: systemClock, locale: 'ko', ...more },
      emit: (name, facts) => void (name === 'store.retry' && causes.push((facts as { cause: string }).cause)),
    })
    stores.push(store)
    return store
  }
  /** The same database, by way of the proxy. */
  const behindProxy = (): string => {
    const url = new URL(database.url)
    url.port = String(proxy.port)
    return url.href
  }

  beforeAll(async () => {
    server = await runPostgres()
    proxy = await openTcpProxy(Number(new URL(server.url).port))
    database = await makeDatabase(server.url)
    await prepareDatabase(database.url)
  })
  afterAll(async () => {
    await proxy.close()
    await server.remove()
  })
  beforeEach(async () => {
    folder = makeFolder()
    ;[stores, causes] = [[], []]
    await open(database.url)
  })
  afterEach(async () => {
    const look = lookAtPostgres(database.url)
    try {
      await checkInvariants(look, { now: Date.now() })
    } finally {
      await look.close()
      for (const store of stores) await store.close()
      await emptyDatabase(database.url)
      rmSync(folder, { recursive: true, force: true })
    }
  })

  testFault('G3 the answer to a command’s COMMIT is lost: the person is told, and the job is there once', async () => {
    const store = await open(behindProxy())
    const minji = await meet(store, 'minji')
    proxy.loseAnswerTo(/commit/i)
    const refusal = await store.ownerJobs.create(minji.user.id, draftOf(minji)).catch((error: unknown) => error)
    expect(isRefusal(refusal, 'store.unreachable')).toBe(true)
    const again = await store.ownerJobs.create(minji.user.id, draftOf(minji))
    expect(again.kind).not.toBe('created') // the rule knows the first one
    expect(await runSql(database.url, 'select state from jobs')).toEqual([{ state: 'queued' }])
    return null
  })

  testFault('G3 the answer to a checkpoint is lost: sent again, it counts nothing twice', async () => {
    const store = await open(behindProxy())
    const { job, lease } = await runJob(store, await meet(store, 'minji'), [pageOf('p1'), pageOf('p2', { page: 2 })])
    proxy.loseAnswerTo(/shopcrawl_checkpoint_/)
    const stored = await store.frontier.checkpoint(lease, readPage('p1', ['a', 'b']))
    expect(stored).toMatchObject({ products: 2, pages: 1 })
    expect(causes).not.toEqual([])
    await store.frontier.checkpoint(lease, readPage('p2', ['b', 'c']))
    expect(await store.ownerJobs.job(job.userId, job.id)).toMatchObject({ products: 3, pages: 2 })
    return null
  })

  testFault('G3 the answer to a job’s end is lost: it has ended once, with one last word', async () => {
    const store = await open(behindProxy())
    const { job, lease } = await runJob(store, await meet(store, 'minji'), [pageOf('p1')])
    await store.frontier.checkpoint(lease, readPage('p1', ['a']))
    proxy.loseAnswerTo(/commit/i)
    const ending = { state: 'succeeded', stopReason: 'end' } as const
    await expect(store.workerJobs.finish(lease, ending)).rejects.toThrow(StaleLease) // the job is no longer its own
    expect(await store.ownerJobs.job(job.userId, job.id)).toMatchObject({ state: 'succeeded', products: 1 })
    const owed = await runSql(database.url, 'select kind, count(*) as n from outbox group by kind order by kind')
    expect(owed).toEqual(['edit', 'file', 'final', 'open'].map((kind) => ({ kind, n: 1 })))
    return null
  })

  testFault('G3 the answer to what was said is lost: it is noted as sent once', async () => {
    const store = await open(behindProxy())
    await runJob(store, await meet(store, 'minji'), [])
    const [entry] = await store.outbox.claim(['slack'], 'bot', 1, 60_000)
    proxy.loseAnswerTo(/update "outbox"/)
    await store.outbox.sent(entry!, 'message-1')
    expect(causes).not.toEqual([])
    expect(await runSql(database.url, 'select state, platform_id from outbox')).toEqual([
      { state: 'sent', platform_id: 'message-1' },
    ])
    return null
  })

  /** Holds a job's row in a transaction of its own, as a forgotten psql would. */
  async function lockJobs(): Promise<{ letGo(): Promise<void> }> {
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query('begin')
    await client.query('select * from jobs for update')
    return {
      letGo: async () => {
        await client.query('rollback')
        await client.end()
      },
    }
  }

  async function lockFor(ms: number): Promise<number> {
    const [store] = stores as [Store]
    const { job, lease } = await runJob(store, await meet(store, 'minji'), [pageOf('p1')])
    const jun = await meet(store, 'jun')
    const lock = await lockJobs()
    const startedAt = performance.now()
    const written = store.frontier.checkpoint(lease, readPage('p1', ['a']))
    const refusal = await store.ownerJobs.cancel(job.userId, job.id).catch((error: unknown) => error)
    expect(isRefusal(refusal, 'store.busy')).toBe(true)
    expect(performance.now() - startedAt).toBeLessThan(ANSWER_MS * PATIENCE)
    await store.ownerJobs.create(jun.user.id, draftOf(jun)) // whoever needs no row of it is served
    await store.owner.read() // as /readyz asks
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - (performance.now() - startedAt))))
    const letGo = performance.now()
    await lock.letGo()
    expect(await written).toMatchObject({ products: 1, pages: 1 })
    expect(await store.workerJobs.renew(lease, LEASE_MS)).toBe(true) // nobody took the job over meanwhile
    return performance.now() - letGo
  }
  testFault('G5 a row locked for some seconds: a command is refused in time, the page is stored after', () =>
    lockFor(3_000),
  )
  if (HAS_REAL_WAITS) testFault('G5 a row locked for 60 s, longer than any statement may take', () => lockFor(60_000))

  testFault('G5 a pool of two connections and a hundred commands: all answered, none lost', async () => {
    const store = await open(database.url, { commandConnections: 2 })
    const met = await Promise.allSettled(Array.from({ length: 100 }, (_, at) => meet(store, `person${at}`)))
    const refused = met.filter((it) => it.status === 'rejected').map(({ reason }) => (reason as { code: string }).code)
    expect(refused.filter((code) => code !== 'store.busy')).toEqual([])
    expect(await runSql(database.url, 'select count(*) as n from users')).toEqual([{ n: 100 - refused.length }])
    return null
  })

  testFault(
    'G5 a pool whose connections all wait for one lock: a command is refused in time, then served',
    async () => {
      const [first] = stores as [Store]
      const { job } = await runJob(first, await meet(first, 'minji'), [])
      const store = await open(database.url, { commandConnections: 2 })
      const lock = await lockJobs()
      const waiting = Array.from({ length: 2 }, () => store.ownerJobs.cancel(job.userId, job.id).catch(() => undefined))
      const startedAt = performance.now()
      const refusal = await meet(store, 'jun').catch((error: unknown) => error)
      const answeredMs = performance.now() - startedAt
      await Promise.all(waiting)
      await lock.letGo()
      expect(answeredMs).toBeLessThan(ANSWER_MS * PATIENCE)
      if (refusal instanceof Error) expect(isRefusal(refusal, 'store.busy')).toBe(true)
      const recovering = performance.now()
      await meet(store, 'jun')
      return performance.now() - recovering
    },
  )
})

suiteWhere(canRunPostgres, 'PostgreSQL (its programs)', 'a PostgreSQL server with few connections', () => {
  testFault(
    'G5 max_connections of ten under two processes: nobody is told of an error but "busy", and all is stored',
    async () => {
      const server = await runPostgres(['max_connections=10'])
      const folder = makeFolder()
      const options = { dataDir: folder, databaseUrl: server.url, clock: systemClock, locale: 'ko' } as const
      const stores: Store[] = []
      await prepareDatabase(server.url)
      try {
        for (let count = 0; count < 2; count++) stores.push(await openStore({ ...options, emit: () => undefined }))
        const [one, two] = stores as [Store, Store]
        const jobs = []
        for (let at = 0; at < 8; at++) jobs.push(await runJob(one, await meet(one, `person${at}`), [pageOf('p1')]))
        const written = jobs.map(({ lease }, at) =>
          (at % 2 === 0 ? one : two).frontier.checkpoint(lease, readPage('p1', ['a', 'b'])),
        )
        const asked = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => meet(two, `late${at}`)))
        const refused = asked
          .filter((it) => it.status === 'rejected')
          .map(({ reason }) => (reason as { code: string }).code)
        expect(refused.filter((code) => code !== 'store.busy')).toEqual([])
        for (const stored of await Promise.all(written)) expect(stored).toMatchObject({ products: 2, pages: 1 })
      } finally {
        for (const store of stores) await store.close()
        const look = lookAtPostgres(server.url)
        await checkInvariants(look, { now: Date.now() }).finally(() => look.close())
        await server.remove()
        rmSync(folder, { recursive: true, force: true })
      }
      return null
    },
  )
})
