import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { createReplicaShop, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import type { Job, Place } from '../../src/jobs/job.ts'
import type { Requester } from '../../src/jobs/service.ts'
import { isEnded } from '../../src/jobs/states.ts'
import { build, type House } from '../../src/main.ts'
import { type CliRun, startCli } from '../support/cli.ts'
import { recordEvents, testConfig, wanted } from '../support/house.ts'
import { checkInvariants } from '../support/invariants.ts'
import { hasPostgres, installPostgresWatchers, makeDatabase, runSql, type TestDatabase } from '../support/postgres.ts'
import { createRecordingPlatform, type RecordingPlatform } from '../support/recording-platform.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { makeFolder } from '../support/store-house.ts'
import { suiteWhere } from '../support/suites.ts'

/** Hang detector: far above the half minute that a rescue may take. */
const SOON = { timeout: 150_000, interval: 50 }
const TEST_MS = 170_000
const place = (channel: string): Place => ({
  platform: 'slack',
  workspace: 'T1',
  channel,
  thread: null,
  isDirect: false,
})

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'several processes', () => {
  let database: TestDatabase
  let redis: TestRedis
  let shop: ReplicaShop
  let env: NodeJS.Dict<string>
  let folders: string[]
  let workers: CliRun[]
  let bots: House[]
  let replica: { origin: string; address: string }

  beforeEach(async () => {
    ;[database, redis] = await Promise.all([makeDatabase(), startRedis()])
    shop = createReplicaShop({ products: 2_000, latencyMs: 150, pageBytes: 20_000 })
    replica = await shop.start()
    folders = []
    workers = []
    bots = []
    env = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      SITE_SSG_URL: replica.origin,
      CRAWL_ALLOW_ADDRESSES: replica.address,
      CRAWL_RATE: '1000',
      CRAWL_CONCURRENCY: '8',
    }
  })
  afterEach(async () => {
    for (const worker of workers) await worker.kill()
    for (const bot of bots) await bot.stop()
    const rows = (sql: string) => runSql(database.url, sql)
    await checkInvariants({ rows }, { now: Date.now(), addressClasses: ['loopback'] })
    await shop.stop()
    await redis.stop()
    await database.drop()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  const newFolder = (): string => {
    const folder = makeFolder()
    folders.push(folder)
    return folder
  }
  const startWorker = async (): Promise<CliRun> => {
    const worker = startCli(['start'], { env: { ...env, ROLE: 'worker', DATA_DIR: newFolder() }, cwd: newFolder() })
    workers.push(worker)
    await worker.tells('작업자')
    return worker
  }
  /** A bot of this process: what it would send is kept. */
  const startBot = async (): Promise<{ bot: House; chat: RecordingPlatform }> => {
    const chat = createRecordingPlatform({ clock: systemClock, pace: { intervalMs: 1 } })
    const config = testConfig(newFolder(), replica, { ...env, ROLE: 'bot' })
    const bot = await build(config, { telemetry: recordEvents().telemetry, platforms: [chat] })
    bots.push(bot)
    if (bots.length === 1) await installPostgresWatchers(database.url)
    bot.startChat()
    return { bot, chat }
  }
  const meet = (bot: House, name: string): Promise<Requester> =>
    bot.store.users.resolve({ platform: 'slack', workspace: 'T1', externalId: name }, name)
  const endOf = async (bot: House, who: Requester, id: Job['id']): Promise<Job> => {
    let job: Job | undefined
    await vi.waitFor(async () => {
      job = await bot.jobs.job(who.user.id, id)
      expect(isEnded(job.state)).toBe(true)
    }, SOON)
    return job!
  }
  /** How often a thread got its last word and its file, over all bots. */
  const delivered = (chats: RecordingPlatform[]) =>
    chats.flatMap(({ messages }) => messages).filter(({ file }) => file !== undefined).length

  test(
    'two bots and two workers: forty people each get one job, one last state and one file; second jobs are refused',
    async () => {
      const [one, two] = [await startBot(), await startBot()]
      const people = await Promise.all(Array.from({ length: 40 }, (_, at) => meet(one.bot, `U${at}`)))
      const submit = (bot: House, at: number) => bot.jobs.submit(people[at]!, wanted({ limit: 20 }), place(`C${at}`))
      /** A database that has no time for a command says so; whoever got only such answers asks again. */
      const askOften = async (at: number): Promise<PromiseSettledResult<Job>[]> => {
        const answers = await Promise.allSettled([one, two, one, two, one].map(({ bot }) => submit(bot, at)))
        const clear = answers.filter((it) => it.status === 'fulfilled' || it.reason.code === 'job.active')
        return clear.length > 0 ? clear : askOften(at)
      }
      const answers = await Promise.all(people.map((_, at) => askOften(at)))
      await Promise.all([startWorker(), startWorker()])
      const jobs = answers.map((ofOne) => ofOne.filter((it) => it.status === 'fulfilled').map(({ value }) => value))
      const refused = answers.flat().filter((it) => it.status === 'rejected')
      expect(new Set(refused.map(({ reason }) => reason.code))).toEqual(new Set(['job.active']))
      expect(jobs.map((ofOne) => ofOne.length)).toEqual(people.map(() => 1))
      const ended = await Promise.all(jobs.map(([job], at) => endOf(two.bot, people[at]!, job!.id)))
      expect(ended.map(({ state, products }) => [state, products])).toEqual(people.map(() => ['succeeded', 20]))
      await vi.waitFor(() => expect(delivered([one.chat, two.chat])).toBe(40), SOON)
      await vi.waitFor(async () => {
        expect(await runSql(database.url, `select id from outbox where state = 'pending'`)).toEqual([])
      }, SOON)
    },
    TEST_MS,
  )

  test(
    'a worker killed in mid-crawl, and a Redis that lost everything: the job ends elsewhere with each product once',
    async () => {
      const { bot, chat } = await startBot()
      const first = await startWorker()
      const who = await meet(bot, 'U1')
      const job = await bot.jobs.submit(who, wanted({ limit: 300, words: '' }), place('C1'))
      await vi.waitFor(async () => expect((await bot.jobs.job(who.user.id, job.id)).products).toBeGreaterThan(20), SOON)
      await first.kill()
      const killedAt = performance.now()
      await redis.look.flushall()
      await startWorker()
      const ended = await endOf(bot, who, job.id)
      console.info(`a killed worker's job had ended elsewhere after ${Math.round(performance.now() - killedAt)} ms`)
      expect(ended).toMatchObject({ state: 'succeeded', products: 300 })
      const [{ rows, ids }] = (await runSql(
        database.url,
        'select count(*) as rows, count(distinct product_id) as ids from products',
      )) as [{ rows: number; ids: number }]
      expect([Number(rows), Number(ids)]).toEqual([300, 300])
      await vi.waitFor(() => expect(delivered([chat])).toBe(1), SOON)
    },
    TEST_MS,
  )

  test(
    'a cancel reaches the worker that has the job within seconds',
    async () => {
      const { bot } = await startBot()
      await startWorker()
      const who = await meet(bot, 'U1')
      const job = await bot.jobs.submit(who, wanted({ limit: 300, words: '' }), place('C1'))
      await vi.waitFor(async () => expect((await bot.jobs.job(who.user.id, job.id)).products).toBeGreaterThan(0), SOON)
      await bot.jobs.cancel(who.user.id, job.id)
      const calls = shop.calls.length
      const next = await bot.jobs.submit(who, wanted({ limit: 20 }), place('C1'))
      expect((await endOf(bot, who, next.id)).state).toBe('succeeded')
      expect((await bot.jobs.job(who.user.id, job.id)).state).toBe('cancelled')
      expect(shop.calls.length - calls).toBeLessThan(30)
    },
    TEST_MS,
  )
})
