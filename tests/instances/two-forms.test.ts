import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { own } from '../../src/cli/start.ts'
import { Refusal } from '../../src/errors.ts'
import { isEnded } from '../../src/jobs/states.ts'
import type { House } from '../../src/main.ts'
import { type CliRun, startCli } from '../support/cli.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { CONSOLE_PLACE, recordEvents, wanted } from '../support/house.ts'
import { hasPostgres, runSql } from '../support/postgres.ts'
import { hasRedis } from '../support/redis.ts'
import { openSharedGround, type SharedGround } from '../support/shared-house.ts'
import { makeFolder } from '../support/store-house.ts'
import { suiteWhere } from '../support/suites.ts'
import { until } from '../support/until.ts'

const TEST_MS = 600_000
const SOON = { timeout: 150_000, interval: 50 }
/** A minute of waiting passes in three seconds. */
const SPEED = 20
const WAITING = '다른 shopcrawl이 실행 중입니다'
const LOCKS = `select pid, mode from pg_locks where locktype = 'advisory' and granted and objid = 2
  and database = (select oid from pg_database where datname = current_database())`

const FORMS = {
  'with Redis': { env: { ROLE: 'worker' }, started: '작업자가', code: 'owner.shared', sentence: '같은 REDIS_URL' },
  'without Redis': { env: { REDIS_URL: '' }, started: '시작되었습니다', code: 'owner.unshared', sentence: '먼저 끝낸' },
} as const
type Form = keyof typeof FORMS

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'with Redis or without, never both', () => {
  let ground: SharedGround
  const folders: string[] = []
  const running: CliRun[] = []

  beforeEach(async () => {
    ground = await openSharedGround({ products: 2_000, latencyMs: 500, pageBytes: 0 })
  })
  afterEach(async () => {
    for (const run of running.splice(0)) await run.kill()
    await ground.close()
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })

  const start = (form: Form): CliRun => {
    const folder = makeFolder()
    folders.push(folder)
    const env = { ...ground.env, CRAWL_RATE: '10000', PORT: '0', DATA_DIR: folder, ...FORMS[form].env }
    const run = startCli(['start'], { env, cwd: folder })
    running.push(run)
    return run
  }
  const started = async (form: Form): Promise<CliRun> => {
    const run = start(form)
    await run.tells(FORMS[form].started)
    return run
  }
  const open = (form: Form): Promise<House> => {
    const options = { telemetry: recordEvents().telemetry, platforms: [], clock: createFastClock(SPEED) }
    return ground.open(options, FORMS[form].env)
  }
  /** What a service of this form is refused with once it has waited. */
  const refusal = async (form: Form): Promise<{ code: string; isTold: boolean }> => {
    const told = vi.fn()
    const error = await own(await open(form), new AbortController().signal, told).catch((it: unknown) => it)
    if (!(error instanceof Refusal)) throw new Error(`not refused: ${error}`)
    return { code: error.code, isTold: told.mock.calls.length === 1 }
  }

  describe.each([
    ['with Redis', 'without Redis'],
    ['without Redis', 'with Redis'],
  ] as const)('a process %s keeps one %s away', (first, second) => {
    test(
      'which waits, is refused with a sentence of its own, and takes no job',
      async () => {
        const service = await started(first)
        const bot = await open(first)
        const who = await bot.store.users.resolve({ platform: 'console', workspace: '', externalId: 'minji' }, 'minji')
        const { id } = await bot.jobs.submit(who, wanted({ limit: 2_000, words: '' }), CONSOLE_PLACE)
        const job = () => bot.jobs.job(who.user.id, id)
        await vi.waitFor(async () => expect((await job()).products).toBeGreaterThan(0), SOON)
        await start(second).tells(WAITING)
        expect(await refusal(second)).toEqual({ code: FORMS[first].code, isTold: true })
        await vi.waitFor(async () => expect(isEnded((await job()).state)).toBe(true), SOON)
        expect(await runSql(ground.database.url, 'select state, products, attempt, takeovers from jobs')).toEqual([
          { state: 'succeeded', products: 2_000, attempt: 1, takeovers: 0 },
        ])
        expect(service.hasEnded()).toBe(false)
      },
      TEST_MS,
    )

    test.each(['SIGTERM', 'SIGKILL'] as const)(
      'which follows once the first has ended by %s',
      async (signal) => {
        const former = await started(first)
        const next = start(second)
        await next.tells(WAITING)
        former.process.kill(signal)
        await former.ended
        await next.tells(FORMS[second].started)
        expect(await refusal(first)).toMatchObject({ code: FORMS[second].code })
      },
      TEST_MS,
    )

    test(
      'until its lock is lost to that one: then it ends, and says so',
      async () => {
        const former = await started(first)
        former.process.kill('SIGSTOP')
        await runSql(ground.database.url, `select pg_terminate_backend(pid) from (${LOCKS}) as held`)
        const next = await started(second)
        former.process.kill('SIGCONT')
        const { code, stderr } = await former.ended
        expect(code, stderr).toBe(2)
        expect(stderr).toContain(FORMS[second].sentence)
        expect(stderr).not.toContain('"event":"fault"')
        expect(next.hasEnded()).toBe(false)
      },
      TEST_MS,
    )
  })

  test(
    'processes with Redis hold the database together, and each takes its part again after a lost connection',
    async () => {
      const both = [await started('with Redis'), await started('with Redis')]
      const held = () => runSql(ground.database.url, LOCKS)
      expect((await held()).map(({ mode }) => mode)).toEqual(['ShareLock', 'ShareLock'])
      const former = (await held()).map(({ pid }) => pid)
      await runSql(ground.database.url, `select pg_terminate_backend(pid) from (${LOCKS}) as held`)
      const again = async () => (await held()).filter(({ pid }) => !former.includes(pid))
      await until(async () => (await again()).length === 2, 'both locks, on new connections')
      expect(both.map((run) => run.hasEnded())).toEqual([false, false])
      await both[0]!.kill()
      expect(await refusal('without Redis')).toMatchObject({ code: 'owner.shared' })
    },
    TEST_MS,
  )
})
