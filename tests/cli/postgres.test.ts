import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createReplicaShop, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { type CliEnd, type CliRun, runCli, settingsFor, startCli, waitFor } from '../support/cli.ts'
import { checkInvariants } from '../support/invariants.ts'
import {
  hasPostgres,
  lookAtPostgres,
  makeDatabase,
  prepareDatabase,
  runSql,
  type TestDatabase,
} from '../support/postgres.ts'
import { postgresTool } from '../support/postgres-server.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { makeFolder } from '../support/store-house.ts'
import { suiteWhere } from '../support/suites.ts'
import { openTcpProxy } from '../support/tcp-proxy.ts'

const TEST_MS = 400_000
const CRAWL = ['crawl', 'ssg', '노트북', '--limit', '120', '--format', 'csv']
const PASSWORD = 'a-password-that-nobody-may-see'

suiteWhere(hasPostgres && hasRedis, 'PostgreSQL and redis-server', 'the command line on PostgreSQL', () => {
  let folder: string
  let shop: ReplicaShop
  let database: TestDatabase
  let env: NodeJS.Dict<string>
  let redis: TestRedis | undefined
  const running: CliRun[] = []

  beforeEach(async () => {
    folder = makeFolder()
    shop = createReplicaShop({ products: 500, pageBytes: 0 })
    database = await makeDatabase()
    await prepareDatabase(database.url)
    env = settingsFor(join(folder, 'data'), await shop.start(), { DATABASE_URL: database.url })
  })
  afterEach(async () => {
    for (const run of running.splice(0)) await run.kill()
    await shop.stop()
    const look = lookAtPostgres(database.url)
    await checkInvariants(look, { now: Date.now(), addressClasses: ['loopback'] }).finally(() => look.close())
    await redis?.stop()
    redis = undefined
    await database.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  const start = (args: string[], more: NodeJS.Dict<string> = {}, input?: string): CliRun => {
    const run = startCli(args, { env: { ...env, ...more }, cwd: folder, ...(input !== undefined && { input }) })
    running.push(run)
    return run
  }
  const share = async (): Promise<void> => {
    redis = await startRedis()
    env.REDIS_URL = redis.url
  }
  const rowsOf = ({ stdout }: CliEnd): string[] => readFileSync(stdout.trim(), 'utf8').trim().split('\n').slice(1)
  const expectFile = (end: CliEnd): void => {
    expect(end.code, end.stderr).toBe(0)
    expect(new Set(rowsOf(end)).size).toBe(120)
  }
  const isAsked = () => shop.calls.some(({ path }) => path.startsWith('/search'))

  describe('crawl', () => {
    test(
      'alone on a database crawls itself, and leaves nobody as its owner',
      async () => {
        expectFile(await start(CRAWL).ended)
        expect(await runSql(database.url, 'select * from owner')).toEqual([])
      },
      TEST_MS,
    )

    test(
      'beside a service without Redis hands its job over, and goes on with it when that one is killed',
      async () => {
        const service = start(['start'])
        await service.tells('시작되었습니다')
        shop.options.trouble = () => ({ kind: 'hang' })
        const beside = start(CRAWL)
        await beside.tells('작업을 맡겼습니다')
        await waitFor(isAsked, 'the first page')
        await service.kill()
        delete shop.options.trouble
        expectFile(await beside.ended)
      },
      TEST_MS,
    )

    test(
      'with Redis hands its job to a worker, whose file it writes itself',
      async () => {
        await share()
        const worker = start(['start'], { ROLE: 'worker', DATA_DIR: join(folder, 'worker') })
        await worker.tells('작업자가')
        expectFile(await start(CRAWL).ended)
        expect(await runSql(database.url, 'select distinct state from outbox')).toEqual([{ state: 'sent' }])
      },
      TEST_MS,
    )

    test(
      'with Redis and without a worker waits for one; Ctrl-C cancels the job',
      async () => {
        await share()
        const run = start(CRAWL)
        await waitFor(async () => (await runSql(database.url, 'select id from jobs')).length === 1, 'the job')
        run.process.kill('SIGINT')
        expect((await run.ended).code).toBe(130)
        expect(await runSql(database.url, 'select state from jobs')).toEqual([{ state: 'cancelled' }])
        expect(isAsked()).toBe(false)
      },
      TEST_MS,
    )

    test(
      'says that Redis is away when its job waits for that',
      async () => {
        const run = start(CRAWL, { REDIS_URL: 'redis://127.0.0.1:1' })
        await run.tells('Redis(REDIS_URL)에 연결할 수 없습니다')
        run.process.kill('SIGINT')
        const { code, stderr } = await run.ended
        expect(code, stderr).toBe(130)
        expect(stderr).not.toMatch(/^\{/m)
      },
      TEST_MS,
    )

    test(
      'of which the server is away says so in one sentence, without the password',
      async () => {
        const away = new URL(database.url)
        Object.assign(away, { port: '1', password: PASSWORD })
        const { code, stdout, stderr } = await runCli(CRAWL, { env: { ...env, DATABASE_URL: away.href }, cwd: folder })
        expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 })
        expect(stderr).toContain(`데이터베이스에 연결할 수 없습니다(${away.host}`)
        expect(stderr).not.toContain(PASSWORD)
      },
      TEST_MS,
    )
  })

  describe('console', () => {
    test(
      'talks, crawls, and tells an administrator the numbers',
      async () => {
        const lines = ['ssg 노트북 --limit 40 --format csv', 'status', '']
        const first = await start(['console'], {}, lines.join('\n')).ended
        expect(first.code, first.stderr).toBe(0)
        expect(first.stdout).toContain('상품 40개를 모았습니다')
        const next = await start(['console'], { ADMIN_USERS: 'console:local' }, 'history\nstats\n').ended
        expect(next.code, next.stderr).toBe(0)
        expect(next.stdout).toContain('노트북')
        expect(next.stdout).toContain('완료 1건')
      },
      TEST_MS,
    )

    test(
      'with Redis leaves the crawling to the workers',
      async () => {
        await share()
        const worker = start(['start'], { ROLE: 'worker', DATA_DIR: join(folder, 'worker') })
        await worker.tells('작업자가')
        const { code, stdout, stderr } = await start(['console'], {}, 'ssg 노트북 --limit 40 --format csv\n').ended
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
        expect(stdout).toContain('상품 40개를 모았습니다')
      },
      TEST_MS,
    )

    test.each([
      ['ko_KR.UTF-8', 'Redis(REDIS_URL)에 연결할 수 없습니다. 새 작업은 남아 있고 연결되면 시작합니다.\n'],
      ['en_US.UTF-8', 'Redis (REDIS_URL) cannot be reached. New jobs are kept and begin once it can.\n'],
    ])(
      'says once that Redis is away, and ends by Ctrl-C while a job waits for that (%s)',
      async (LANG, sentence) => {
        const away = { REDIS_URL: 'redis://127.0.0.1:1', LANG }
        const run = start(['console'], away, 'ssg 노트북 --limit 40 --format csv\n')
        await run.tells(sentence)
        const look = () => runSql(database.url, 'select state from jobs')
        await waitFor(async () => (await look()).length === 1, 'the job')
        run.process.kill('SIGINT')
        expect(await run.ended).toMatchObject({ code: 0, stderr: sentence })
        expect(await look()).toEqual([{ state: 'queued' }])
      },
      TEST_MS,
    )
  })

  test(
    'start: a second service without Redis waits for the first, and follows it',
    async () => {
      const first = start(['start'])
      await first.tells('시작되었습니다')
      const second = start(['start'], { DATA_DIR: join(folder, 'second') })
      await second.tells('다른 shopcrawl이 실행 중입니다')
      first.process.kill('SIGTERM')
      expect((await first.ended).code).toBe(0)
      await second.tells('시작되었습니다')
    },
    TEST_MS,
  )

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'start: one that waits for another to leave ends by %s quietly, with %i',
    async (signal, expected) => {
      const first = start(['start'])
      await first.tells('시작되었습니다')
      const second = start(['start'], { DATA_DIR: join(folder, 'second') })
      await second.tells('다른 shopcrawl이 실행 중입니다')
      second.process.kill(signal)
      const { code, stderr } = await second.ended
      expect(code, stderr).toBe(expected)
      expect(stderr).not.toMatch(/"event":"fault"|프로그램 오류/)
      expect(first.hasEnded()).toBe(false)
    },
    TEST_MS,
  )

  test(
    'start: one that waits for another to leave waits on for a database that goes away meanwhile',
    async () => {
      const first = start(['start'])
      await first.tells('시작되었습니다')
      const proxy = await openTcpProxy(Number(new URL(database.url).port))
      const DATABASE_URL = Object.assign(new URL(database.url), { port: proxy.port }).href
      const second = start(['start'], { DATABASE_URL, DATA_DIR: join(folder, 'second') })
      await second.tells('다른 shopcrawl이 실행 중입니다')
      proxy.poison({ cutAfter: { bytes: 0 } })
      await second.tells('연결될 때까지 기다립니다')
      proxy.poison({})
      await first.kill()
      await second.tells('시작되었습니다')
      await second.kill()
      await proxy.close()
    },
    TEST_MS,
  )

  describe.each([
    ['backup', 'pg_dump'],
    ['restore', 'pg_restore'],
  ])('%s', (command, tool) => {
    test(`is refused with the tool to take (${tool}) and where its command stands`, async () => {
      const url = new URL(database.url)
      url.password = PASSWORD
      const more = { env: { ...env, DATABASE_URL: url.href }, cwd: folder }
      const { code, stdout, stderr } = await runCli([command, 'copy.sqlite'], more)
      expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' })
      for (const part of [tool, 'docs/operations.md', url.host]) expect(stderr).toContain(part)
      expect(stderr).not.toContain(PASSWORD)
      expect(existsSync(join(folder, 'copy.sqlite'))).toBe(false)
      expect(readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')).toContain(`\n${tool} `)
    })
  })

  test(
    'the commands of docs/operations.md bring everything into another database, without secrets',
    async () => {
      expectFile(await start(CRAWL).ended)
      expect(await runSql(database.url, 'select name from secrets')).toEqual([{ name: 'files.key' }])
      const copy = await makeDatabase()
      const text = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
      const run = (tool: string, url: string) => {
        const [, line] = new RegExp(`^${tool} (.*)$`, 'm').exec(text)!
        const args = line!.split(/\s+/).map((word) => word.replace(/"?\$DATABASE_URL"?/, url))
        execFileSync(postgresTool(tool), args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
      }
      try {
        run('pg_dump', database.url)
        run('pg_restore', copy.url)
        run('pg_restore', copy.url) // again, over what is there
        for (const table of ['jobs', 'products', 'accounts', 'outbox']) {
          const count = `select count(*) as n from ${table}`
          expect(await runSql(copy.url, count)).toEqual(await runSql(database.url, count))
        }
        expect(await runSql(copy.url, 'select * from secrets')).toEqual([])
        const shown = await start(['console'], { DATABASE_URL: copy.url }, 'history\nssg 모니터 --limit 5\n').ended
        expect(shown.stdout).toContain('노트북')
        expect(shown.stdout).toContain('상품 5개를 모았습니다')
      } finally {
        await copy.drop()
      }
    },
    TEST_MS,
  )

  test(
    'demo touches neither the database nor the Redis that are set',
    async () => {
      await share()
      const { code, stderr } = await runCli(['demo'], { env: { ...env, ROLE: 'worker' }, cwd: folder })
      expect(code, stderr).toBe(0)
      expect(readdirSync(folder).some((name) => name.endsWith('.xlsx'))).toBe(true)
      expect(await runSql(database.url, 'select id from jobs union all select id from users')).toEqual([])
      expect(await redis!.look.keys('*')).toEqual([])
    },
    TEST_MS,
  )
})
