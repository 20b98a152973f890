import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Job } from '../../src/jobs/job.ts'
import { isEnded } from '../../src/jobs/states.ts'
import type { House } from '../../src/main.ts'
import { CONSOLE_PLACE, recordEvents, wanted } from '../support/house.ts'
import { hasPostgres, runSql } from '../support/postgres.ts'
import { hasRedis } from '../support/redis.ts'
import { openSharedGround, type SharedGround } from '../support/shared-house.ts'
import { suiteWhere } from '../support/suites.ts'

const SOON = { timeout: 150_000, interval: 50 }
const TEST_MS = 600_000
const LATENCY_MS = 800
const AT_ONCE = 3
/** What the small crawl and the huge ones look for: lists of the same host, told apart by their words. */
const [HERS, HUGE] = ['노트북', '디지털']

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'turns between users over several workers', () => {
  let ground: SharedGround
  let bot: House
  /** How many requests the shop had at once, at most. */
  let most = 0
  let small: { job(): Promise<Job> } | undefined

  beforeEach(async () => {
    let now = 0
    most = 0
    let answered = 0
    small = undefined
    /** Whether the small crawl wants a turn: of what it was given a page or two at most are still being read. */
    const isInLine = async (): Promise<boolean> => {
      const stored = small ? (await small.job()).pages : 0
      return answered - stored <= (stored === 0 ? 0 : 2)
    }
    const answer = async ({ path }: { path: string }) => {
      now += 1
      most = Math.max(most, now)
      await wait(LATENCY_MS)
      // nobody takes a turn that a busy machine has kept the small crawl from asking for
      const patience = performance.now() + 10_000
      while (!(await isInLine()) && performance.now() < patience) await wait(50)
      if (path.includes(encodeURIComponent(HERS))) answered += 1
      now -= 1
      return null
    }
    ground = await openSharedGround({ products: 10_000, pageBytes: 20_000, trouble: answer })
    bot = await ground.open({ telemetry: recordEvents().telemetry, platforms: [] }, { ROLE: 'bot' })
  })
  afterEach(() => ground.close())

  const startWorker = () =>
    ground.startWorker({ CRAWL_RATE: '100', CRAWL_CONCURRENCY: String(AT_ONCE), CRAWL_JOBS: '2' })
  const crawl = async (name: string, limit: number, words: string) => {
    const who = await bot.store.users.resolve({ platform: 'console', workspace: '', externalId: name }, name)
    const { id } = await bot.jobs.submit(who, wanted({ limit, words }), CONSOLE_PLACE)
    const job = () => bot.jobs.job(who.user.id, id)
    return { id, job, begun: () => vi.waitFor(async () => expect((await job()).pages).toBeGreaterThan(0), SOON) }
  }

  test(
    'a small crawl gets its third beside two huge ones on another worker, and the shop never more requests at once than CRAWL_CONCURRENCY',
    async () => {
      await startWorker()
      const [minji, junho] = [await crawl('minji', 4_000, HUGE), await crawl('junho', 4_000, HUGE)]
      await Promise.all([minji.begun(), junho.begun()])
      const sora = await crawl('sora', 800, HERS)
      small = sora
      await startWorker()
      await vi.waitFor(async () => expect(isEnded((await sora.job()).state)).toBe(true), SOON)
      expect(await sora.job()).toMatchObject({ state: 'succeeded', products: 800 })
      const counts = await requestsBeside(sora.id, (await sora.job()).pages)
      const [hers, his, its] = [sora, minji, junho].map(({ id }) => counts.get(id) ?? 0) as [number, number, number]
      expect(hers).toBeGreaterThanOrEqual(20) // so many that the wait for her first page weighs little
      expect(hers / (hers + his + its)).toBeGreaterThan(0.28)
      expect(Math.min(his, its)).toBeGreaterThan(0)
      expect(most).toBe(AT_ONCE)
    },
    TEST_MS,
  )

  /** Requests by job, from the first to the last of one job. */
  const requestsBeside = async (id: string, pages: number): Promise<Map<string, number>> => {
    const own = `from request_log where job_id = '${id}'`
    await vi.waitFor(async () => {
      const [row] = (await runSql(ground.database.url, `select count(*) as n ${own}`)) as [{ n: number }]
      expect(Number(row.n)).toBeGreaterThanOrEqual(pages)
    }, SOON)
    const rows = (await runSql(
      ground.database.url,
      `select job_id as id, count(*) as n from request_log
       where at between (select min(at) ${own}) and (select max(at) ${own}) group by job_id`,
    )) as { id: string; n: number }[]
    return new Map(rows.map(({ id: job, n }) => [job, Number(n)]))
  }
})
