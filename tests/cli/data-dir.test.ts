import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import { systemClock } from '../../src/clock.ts'
import { createReplicaShop, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { type CliRun, runCli, settingsFor, startCli, waitFor } from '../support/cli.ts'
import { makeFolder, openQuiet } from '../support/store-house.ts'
import { suiteWhere } from '../support/suites.ts'

let folder: string
let dataDir: string
let shop: ReplicaShop
let replica: { origin: string; address: string }
const running: CliRun[] = []

beforeEach(async () => {
  folder = makeFolder()
  dataDir = join(folder, 'data')
  shop = createReplicaShop({ products: 300, pageBytes: 0 })
  replica = await shop.start()
})
afterEach(async () => {
  for (const run of running.splice(0)) await run.kill()
  await shop.stop()
  rmSync(folder, { recursive: true, force: true })
})

const crawl = (more: { uid?: number } = {}) =>
  runCli(['crawl', 'ssg', '노트북', '--limit', '10', '--format', 'csv'], {
    env: settingsFor(dataDir, replica),
    cwd: folder,
    ...more,
  })

/** A database with a past. */
async function makeDatabase(): Promise<string> {
  await (await openQuiet(dataDir, systemClock)).close()
  return databasePath(dataDir)
}

function expectSentence(stderr: string, part: string): void {
  expect(stderr).toContain(part)
  expect(stderr.trim().split('\n')).toHaveLength(1)
}

describe('a DATA_DIR that cannot be used', () => {
  test('because it is a file: exit 2, and the file is as it was', async () => {
    writeFileSync(dataDir, 'not a folder')
    const { code, stderr } = await crawl()
    expect(code, stderr).toBe(2)
    expectSentence(stderr, dataDir)
    expect(readFileSync(dataDir, 'utf8')).toBe('not a folder')
  })

  test('because the system makes no folder there: exit 2, and nobody waits for ever', async () => {
    for (const place of ['/proc/nope/data', '/proc/nope/a/b/data']) {
      dataDir = place
      const { code, stderr } = await crawl()
      expect(code, stderr).toBe(2)
      expectSentence(stderr, place)
    }
  })

  test('because a newer program made it: exit 2, and no byte is changed', async () => {
    const path = await makeDatabase()
    const file = new Sqlite(path)
    const tables = file.prepare("select name from sqlite_master where name like '%migration%'").all() as {
      name: string
    }[]
    const table = tables.find(({ name }) => !name.includes('lock'))!.name
    file.exec(`insert into ${table} (name, timestamp) values ('9999-later', '2099-01-01')`)
    file.pragma('wal_checkpoint(truncate)')
    file.close()
    const before = readFileSync(path)
    const { code, stderr } = await crawl()
    expect(code, stderr).toBe(2)
    expectSentence(stderr, '9999-later')
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('because its database is broken: exit 1, and no byte is changed', async () => {
    const path = await makeDatabase()
    const bytes = readFileSync(path)
    for (let at = 0; at < bytes.length; at += 1) if (at >= 100) bytes[at] = (at * 131 + 7) % 251
    writeFileSync(path, bytes)
    const { code, stderr } = await crawl()
    expect(code, stderr).toBe(1)
    expectSentence(stderr, path)
    expect(stderr).toContain('restore')
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  test('because another program holds its database: exit 1 after a short while', async () => {
    const path = await makeDatabase()
    const holder = new Sqlite(path)
    holder.exec('begin exclusive')
    const { code, stderr } = await crawl()
    holder.exec('rollback')
    holder.close()
    expect(code, stderr).toBe(1)
    expectSentence(stderr, '잠그고 있습니다')
  })
})

suiteWhere(process.getuid?.() === 0, 'root', 'a DATA_DIR of another user', () => {
  test('is refused with exit 2 where it may not be written', async () => {
    mkdirSync(dataDir, { mode: 0o755 })
    chmodSync(folder, 0o755)
    const { code, stderr } = await crawl({ uid: 65534 })
    expect(code, stderr).toBe(2)
    expectSentence(stderr, '권한 없음')
  })

  test('keeps its database from a program that may only read it', async () => {
    await makeDatabase()
    chmodSync(folder, 0o755)
    chmodSync(dataDir, 0o755)
    chmodSync(databasePath(dataDir), 0o644)
    const before = readFileSync(databasePath(dataDir))
    const { code, stderr } = await crawl({ uid: 65534 })
    expect(code, stderr).toBe(2)
    expect(readFileSync(databasePath(dataDir)).equals(before)).toBe(true)
  })

  test('is all that a user without rights needs, and nobody else can read it', async () => {
    mkdirSync(dataDir)
    chownSync(dataDir, 65534, 65534)
    chownSync(folder, 65534, 65534)
    const { code, stderr } = await crawl({ uid: 65534 })
    expect(code, stderr).toBe(0)
    const { statSync } = await import('node:fs')
    expect(statSync(databasePath(dataDir)).mode & 0o077).toBe(0)
  })
})

const start = (): CliRun => {
  const run = startCli(['start'], { env: settingsFor(dataDir, replica) })
  running.push(run)
  return run
}
const serves = (run: CliRun) => run.tells('연결된 채팅이 없습니다')

describe('one DATA_DIR', () => {
  test('has one service: a second start exits 2 and names the first', async () => {
    const first = start()
    await serves(first)
    const second = await start().ended
    expect(second.code, second.stderr).toBe(2)
    expect(second.stderr).toContain(String(first.process.pid))
    first.process.kill('SIGTERM')
    expect((await first.ended).code).toBe(0)
  })

  test('lets a crawl beside its service hand the job over; the file is written all the same', async () => {
    const service = start()
    await serves(service)
    const { code, stdout, stderr } = await crawl()
    expect(code, stderr).toBe(0)
    expect(stderr).toContain(`실행 중인 shopcrawl(${service.process.pid})에 작업을 맡겼습니다`)
    expect(stdout.trim().startsWith(join(folder, 'ssg_노트북_'))).toBe(true)
    expect(readFileSync(stdout.trim(), 'utf8').trim().split('\n')).toHaveLength(11)
    expect(stderr).not.toMatch(/\[\d+\]/)
  })

  test('lets nobody crawl twice at once beside its service', async () => {
    const service = start()
    await serves(service)
    shop.options.trouble = () => ({ kind: 'hang' }) // it is there until it is interrupted
    const first = startCli(['crawl', 'ssg', '모니터'], { env: settingsFor(dataDir, replica), cwd: folder })
    running.push(first)
    await first.tells('작업을 맡겼습니다')
    const { code, stderr } = await crawl()
    expect(code, stderr).toBe(1)
    expect(stderr).toContain('이미 크롤링이 진행 중입니다')
    first.process.kill('SIGINT')
    expect((await first.ended).code).toBe(130)
  })

  test('is left whole by a crawl that was killed: the same request goes on, another one takes its place', async () => {
    const kill = async () => {
      shop.options.trouble = () => ({ kind: 'hang' }) // nothing is read before the end
      const asked = shop.calls.length
      const run = startCli(['crawl', 'ssg', '노트북', '--limit', '10', '--format', 'csv'], {
        env: settingsFor(dataDir, replica),
        cwd: folder,
      })
      running.push(run)
      await waitFor(() => shop.calls.slice(asked).some(({ path }) => path.startsWith('/search')), 'the first page')
      await run.kill()
      delete shop.options.trouble
    }
    await kill()
    const same = await crawl()
    expect(same.code, same.stderr).toBe(0)
    expect(same.stderr).toContain('앞서 멈춘 작업을 이어서 합니다: SSG.COM · 노트북')
    await kill()
    const other = await runCli(['crawl', 'ssg', '모니터', '--limit', '5', '--format', 'csv'], {
      env: settingsFor(dataDir, replica),
      cwd: folder,
    })
    expect(other.code, other.stderr).toBe(0)
    expect(other.stderr).toContain('앞서 멈춘 다른 작업은 취소했습니다: SSG.COM · 노트북')
  })

  test('is made by the program itself, with all that is above it', async () => {
    dataDir = join(folder, 'a', 'b', 'data')
    expect((await crawl()).code).toBe(0)
    expect(existsSync(databasePath(dataDir))).toBe(true)
  })
})
