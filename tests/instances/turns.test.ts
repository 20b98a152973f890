import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createReplicaShop, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { isEnded } from '../../src/jobs/states.ts'
import { build, type House } from '../../src/main.ts'
import { type CliRun, startCli } from '../support/cli.ts'
import { CONSOLE_PLACE, recordEvents, testConfig, wanted } from '../support/house.ts'
import { hasPostgres, makeDatabase, runSql, type TestDatabase } from '../support/postgres.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { makeFolder } from '../support/store-house.ts'
import { suiteWhere } from '../support/suites.ts'

const SOON = { timeout: 150_000, interval: 50 }
const TEST_MS = 170_000
const LATENCY_MS = 800
const AT_ONCE = 3

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'turns between users over several workers', () => {
  let database: TestDatabase
  let redis: TestRedis
  let shop: ReplicaShop
  let bot: House
  let env: NodeJS.Dict<string>
  const folders: string[] = []
  const workers: CliRun[] = []
  /** How many requests the shop had at once, at most. */
  let most = 0

  beforeEach(async () => {
    ;[database, redis] = await Promise.all([makeDatabase(), startRedis()])
    let now = 0
    most = 0
    const count = () => {
      now += 1
      most = Math.max(most, now)
      setTimeout(() => {
        now -= 1
      }, LATENCY_MS)
      return null
    }
    shop = createReplicaShop({ products: 4_000, latencyMs: LATENCY_MS, pageBytes: 20_000, trouble: count })
    const replica = await shop.start()
    env = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      SITE_SSG_URL: replica.origin,
      CRAWL_ALLOW_ADDRESSES: replica.address,
      CRAWL_RATE: '100',
      CRAWL_CONCURRENCY: String(AT_ONCE),
      CRAWL_JOBS: '2',
    }
    const config = testConfig(newFolder(), replica, { ...env, ROLE: 'bot' })
    bot = await build(config, { telemetry: recordEvents().telemetry, platforms: [] })
  })
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.kill()
    await bot.stop()
    await shop.stop()
    await redis.stop()
    await database.drop()
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })

  const newFolder = (): string => {
    const folder = makeFolder()
    folders.push(folder)
    return folder
  }
  const startWorker = async (): Promise<void> => {
    const worker = startCli(['start'], { env: { ...env, ROLE: 'worker', DATA_DIR: newFolder() }, cwd: newFolder() })
    workers.push(worker)
    await worker.tells('작업자')
  }
  const crawl = async (name: string, limit: number) => {
    const who = await bot.store.users.resolve({ platform: 'console', workspace: '', externalId: name }, name)
    const { id } = await bot.jobs.submit(who, wanted({ limit, words: '' }), CONSOLE_PLACE)
    const job = () => bot.jobs.job(who.user.id, id)
    return { id, job, begun: () => vi.waitFor(async () => expect((await job()).pages).toBeGreaterThan(0), SOON) }
  }

  test(
    'a small crawl on a worker of its own gets a third beside two huge ones that share another, and the shop never more requests at once than CRAWL_CONCURRENCY',
    async () => {
      await startWorker()
      const [minji, junho] = [await crawl('minji', 4_000), await crawl('junho', 4_000)]
      await Promise.all([minji.begun(), junho.begun()])
      const sora = await crawl('sora', 360)
      await startWorker()
      await vi.waitFor(async () => expect(isEnded((await sora.job()).state)).toBe(true), SOON)
      expect(await sora.job()).toMatchObject({ state: 'succeeded', products: 360 })
      const counts = await requestsBeside(sora.id, (await sora.job()).pages)
      const [hers, his, its] = [sora, minji, junho].map(({ id }) => counts.get(id) ?? 0) as [number, number, number]
      expect(hers).toBeGreaterThanOrEqual(10)
      for (const other of [his, its]) {
        expect(other / hers).toBeGreaterThan(0.7) // a half where each worker took turns alone
        expect(other / hers).toBeLessThan(1.5)
      }
      expect(most).toBe(AT_ONCE)
    },
    TEST_MS,
  )

  /** Requests by job, from the first to the last of one job. */
  const requestsBeside = async (id: string, pages: number): Promise<Map<string, number>> => {
    const own = `from request_log where job_id = '${id}'`
    await vi.waitFor(async () => {
      const [row] = (await runSql(database.url, `select count(*) as n ${own}`)) as [{ n: number }]
      expect(Number(row.n)).toBeGreaterThanOrEqual(pages)
    }, SOON)
    const rows = (await runSql(
      database.url,
      `select job_id as id, count(*) as n from request_log
       where at between (select min(at) ${own}) and (select max(at) ${own}) group by job_id`,
    )) as { id: string; n: number }[]
    return new Map(rows.map(({ id: job, n }) => [job, Number(n)]))
  }
})
