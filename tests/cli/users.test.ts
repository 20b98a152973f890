import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databasePath } from '../../db/sqlite/files.ts'
import { createReplicaShop, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { type CliEnd, type CliOptions, type CliRun, runCli, settingsFor, startCli, waitFor } from '../support/cli.ts'
import { callCli } from '../support/cli-here.ts'
import { fromPage } from '../support/house.ts'
import { lookAt, makeFolder } from '../support/store-house.ts'
import { filesThatName, rowsThatName } from '../support/traces.ts'

const WORDS = '노트북'
let folder: string
let dataDir: string
let shop: ReplicaShop
let replica: { origin: string; address: string }
const running: CliRun[] = []

const open = async (options: Parameters<typeof createReplicaShop>[0]) => {
  shop = createReplicaShop({ products: 300, pageBytes: 0, ...options })
  replica = await shop.start()
}
beforeEach(() => {
  folder = makeFolder()
  dataDir = join(folder, 'data')
})
afterEach(async () => {
  for (const run of running.splice(0)) await run.kill()
  await shop?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const options = (more: Partial<CliOptions> = {}): CliOptions => ({
  env: settingsFor(dataDir, replica),
  cwd: folder,
  ...more,
})
const run = (args: string[], more: Partial<CliOptions> = {}): Promise<CliEnd> => runCli(args, options(more))
const start = (args: string[]): CliRun => {
  const begun = startCli(args, options())
  running.push(begun)
  return begun
}
const crawl = () => run(['crawl', 'ssg', WORDS, '--limit', '10', '--out', 'out.csv'])
const rows = (words: string[]) => {
  const look = lookAt(dataDir)
  return rowsThatName(look, words).finally(() => look.close())
}

describe('export-user', () => {
  test('writes all that is stored about a person into a new file, for its maker alone', async () => {
    await open({})
    expect((await crawl()).code).toBe(0)
    const { code, stdout, stderr } = await run(['export-user', 'console:local'])
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('작업 1개')
    const path = stdout.trim()
    expect(path.startsWith(join(folder, 'shopcrawl-user-'))).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const { jobs, accounts, commands } = JSON.parse(readFileSync(path, 'utf8'))
    expect(accounts).toMatchObject([{ platform: 'console', external_id: 'local' }])
    expect(commands).toMatchObject([{ command: 'crawl', outcome: 'ok' }])
    expect(jobs).toMatchObject([{ job: { words: WORDS, state: 'succeeded' } }])
    expect(jobs[0].products).toHaveLength(10)
    const again = await run(['export-user', accounts[0].user_id, '--out', path])
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('이미 있습니다')
    expect((await run(['export-user', accounts[0].user_id, '--out', 'mine.json'])).stdout).toBe('mine.json\n')
    expect(JSON.parse(readFileSync(join(folder, 'mine.json'), 'utf8')).jobs).toHaveLength(1)
  })

  test('of nobody, without a database, or to a place that cannot be written is exit 2 and makes nothing', async () => {
    await open({})
    const refused = (args: string[]) => callCli(args, { env: settingsFor(dataDir, replica), cwd: folder })
    const none = await refused(['export-user', 'console:local'])
    expect([none.code, existsSync(databasePath(dataDir))]).toEqual([2, false])
    expect(none.stderr).toContain('데이터베이스가 없습니다')
    await crawl()
    const stranger = await refused(['export-user', 'slack:T1/U1'])
    expect([stranger.code, stranger.stderr]).toEqual([2, expect.stringContaining('‘slack:T1/U1’ 사용자를 찾을 수 없')])
    const nowhere = await refused(['export-user', 'console:local', '--out', join(folder, 'none', 'x.json')])
    expect(nowhere.code, nowhere.stderr).toBe(2)
  })
})

describe('delete-user', () => {
  test('asks, and deletes everything on yes alone', async () => {
    await open({})
    await crawl()
    const ids = (await rows(['local'])).accounts!.map((row) => String(JSON.parse(row).user_id))
    const words = [WORDS, ...ids]
    const unasked = await run(['delete-user', 'console:local'])
    expect(unasked.code).toBe(2)
    expect(unasked.stderr).toContain('--yes')
    const refused = await run(['delete-user', 'console:local'], { input: 'no\n' })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/Console · local.*작업 1개.*지우지 않았습니다/s)
    expect(Object.keys(await rows(words)).length).toBeGreaterThan(5)
    const done = await run(['delete-user', 'console:local'], { input: 'Yes\n' })
    expect(done.code, done.stderr).toBe(0)
    expect(done.stderr).toContain('모두 지웠습니다: Console · local')
    const { audit, ...left } = await rows(words)
    expect(left).toEqual({})
    expect(JSON.parse(audit![0]!)).toMatchObject({ act: 'user.delete', way: 'shell' })
    expect(filesThatName(dataDir, [WORDS])).toEqual([])
  })

  test('beside a running service ends the crawl that it runs, and the service goes on', async () => {
    await open({ products: 3_000, trouble: fromPage(2, { kind: 'hang' }) }) // the crawl is there until it is ended
    const service = start(['start'])
    await service.tells('shopcrawl이 시작되었습니다')
    const watching = start(['crawl', 'ssg', WORDS, '--limit', '2000', '--out', 'out.csv'])
    await waitFor(async () => (await rows([WORDS])).products !== undefined, 'a product')
    const { code, stderr } = await run(['delete-user', 'console:local', '--yes'])
    expect(code, stderr).toBe(0)
    expect((await watching.ended).code).toBe(1)
    expect(watching.stderr()).not.toContain('프로그램 오류')
    delete shop.options.trouble
    expect((await crawl()).code).toBe(0) // as somebody new
    expect(service.hasEnded()).toBe(false)
    expect(service.stderr()).not.toMatch(/"event":"fault"/)
  })
})
