import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { createReplicaShop, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { type CliRun, settingsFor, startCli, waitFor } from '../support/cli.ts'
import { checkInvariants } from '../support/invariants.ts'
import { installWatchers, lookAt, makeFolder, openQuiet } from '../support/store-house.ts'

let folder: string
let dataDir: string
let shop: ReplicaShop
let env: NodeJS.Dict<string>
const running: CliRun[] = []

beforeEach(async () => {
  folder = makeFolder()
  dataDir = join(folder, 'data')
  await (await openQuiet(dataDir, systemClock)).close()
  installWatchers(dataDir)
  shop = createReplicaShop({ products: 500, pageBytes: 0 })
  env = settingsFor(dataDir, await shop.start())
})
afterEach(async () => {
  for (const run of running.splice(0)) await run.kill()
  await shop.stop()
  const look = lookAt(dataDir)
  try {
    await checkInvariants(look, { now: Date.now(), addressClasses: ['loopback'] })
  } finally {
    look.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

const start = (args: string[], input?: string): CliRun => {
  const run = startCli(args, { env, cwd: folder, ...(input !== undefined && { input }) })
  running.push(run)
  return run
}

/** A service, in the middle of a job that another process has handed to it. */
async function crawlBeside(args: string[], input?: string): Promise<{ service: CliRun; beside: CliRun }> {
  const service = start(['start'])
  await service.tells('연결된 채팅이 없습니다')
  shop.options.trouble = () => ({ kind: 'hang' })
  const beside = start(args, input)
  const isAsked = () => shop.calls.some(({ path }) => path.startsWith('/search'))
  await waitFor(isAsked, 'the first page')
  return { service, beside }
}

const rowsOf = (path: string): string[] => readFileSync(path, 'utf8').trim().split('\n').slice(1)

describe.each(['SIGKILL', 'SIGTERM'] as const)(
  'when the owner of the DATA_DIR ends by %s',
  { timeout: 400_000 },
  (signal) => {
    test('a crawl beside it becomes the owner and brings the job to its end', async () => {
      const { service, beside } = await crawlBeside(['crawl', 'ssg', '노트북', '--limit', '120', '--format', 'csv'])
      service.process.kill(signal)
      await service.ended
      delete shop.options.trouble
      const { code, stdout, stderr } = await beside.ended
      expect(code, stderr).toBe(0)
      const rows = rowsOf(stdout.trim())
      expect(new Set(rows).size).toBe(120)
      expect(rows).toHaveLength(120)
    })

    test('the console beside it becomes the owner, for everybody’s jobs', async () => {
      const lines = ['ssg 노트북 --limit 120 --format csv', '/as minji', 'ssg 모니터 --limit 5 --format csv', '']
      const { service, beside } = await crawlBeside(['console'], lines.join('\n'))
      service.process.kill(signal)
      await service.ended
      delete shop.options.trouble
      const { code, stdout, stderr } = await beside.ended
      expect(code, stderr).toBe(0)
      expect(stdout).toContain('상품 120개를 모았습니다')
      expect(stdout).toContain('상품 5개를 모았습니다')
    })
  },
)

test('a process that waits for the owner to go ends at once when it is asked to', async () => {
  const { beside } = await crawlBeside(['crawl', 'ssg', '노트북', '--limit', '120'])
  await beside.tells('작업을 맡겼습니다')
  beside.process.kill('SIGINT')
  expect((await beside.ended).code).toBe(130)
})

async function expectQuietEnd(service: ReturnType<typeof start>, signal: NodeJS.Signals, expected: number) {
  service.process.kill(signal)
  const { code, stderr } = await service.ended
  expect(code, stderr).toBe(expected)
  expect(stderr).not.toMatch(/"event":"fault"|프로그램 오류/)
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a service that waits for a lone crawl to end ends by %s quietly, with %i', async (signal, expected) => {
  env.CRAWL_RATE = '0.1' // a page every ten seconds
  start(['crawl', 'ssg', '노트북', '--limit', '500', '--format', 'csv'])
  await waitFor(() => shop.calls.some(({ path }) => path.startsWith('/search')), 'the first page')
  const service = start(['start'])
  await service.tells('한 번 수집 중인 shopcrawl이 끝나기를')
  await expectQuietEnd(service, signal, expected)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a service that waits for its database ends by %s quietly, with %i', async (signal, expected) => {
  env.DATABASE_URL = 'postgres://nobody@127.0.0.1:1/nowhere' // nothing listens there
  const service = start(['start'])
  await service.tells('연결될 때까지 기다립니다')
  await expectQuietEnd(service, signal, expected)
})

test('a lone crawl that is asked to end says how it goes on, and the same command does', {
  timeout: 400_000,
}, async () => {
  shop.options.trouble = () => ({ kind: 'hang' })
  const args = ['crawl', 'ssg', '노트북', '--limit', '120', '--format', 'csv']
  const first = start(args)
  await waitFor(() => shop.calls.some(({ path }) => path.startsWith('/search')), 'the first page')
  first.process.kill('SIGTERM')
  const { code, stderr } = await first.ended
  expect(code, stderr).toBe(143)
  expect(stderr.trim().split('\n').at(-1)).toContain('같은 명령을 다시 실행하면 여기서부터 이어서 합니다')
  delete shop.options.trouble
  const again = await start(args).ended
  expect(again.code, again.stderr).toBe(0)
  expect(rowsOf(again.stdout.trim())).toHaveLength(120)
})
