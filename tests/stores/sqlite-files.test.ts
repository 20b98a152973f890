import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backupStore } from '../../db/index.ts'
import { Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import { systemClock } from '../../src/clock.ts'
import { Refusal } from '../../src/errors.ts'
import type { Store } from '../../src/storage.ts'
import { forkStore } from '../support/store-child.ts'
import { makeFolder, openQuiet } from '../support/store-house.ts'
import { meet, pageOf, productOf, readPage, runJob } from '../support/store-people.ts'
import { suiteWhere } from '../support/suites.ts'

const isRoot = process.getuid?.() === 0

/** What opening a DATA_DIR is refused with. */
async function refusalOf(dataDir: string): Promise<Refusal> {
  const answer = await openQuiet(dataDir, systemClock).catch((error: unknown) => error)
  if (!(answer instanceof Refusal)) throw new Error(`not refused: ${String(answer)}`)
  return answer
}

/** Enough products to fill a few hundred pages of the file. */
async function fill(store: Store, pages = 20): Promise<void> {
  const person = await meet(store, `filler-${pages}`)
  const seeds = Array.from({ length: pages }, (_, at) => pageOf(`p${at}`, { page: at + 1 }))
  const { lease } = await runJob(store, person, seeds, { limit: 10_000 })
  for (let at = 0; at < pages; at++) {
    const ids = Array.from({ length: 40 }, (_, count) => `${at}-${count}`)
    const products = ids.map((id) => productOf(id, { name: '가'.repeat(300) }))
    await store.frontier.checkpoint(lease, readPage(`p${at}`, ids, { products }))
  }
}

describe('the file of a SQLite store', () => {
  let folder: string
  beforeEach(() => {
    folder = makeFolder()
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const filled = async (): Promise<string> => {
    const store = await openQuiet(folder, systemClock)
    await fill(store)
    await store.close()
    return databasePath(folder)
  }

  test('is for its owner alone, and so is all beside it', async () => {
    const dataDir = join(folder, 'new', 'data')
    const store = await openQuiet(dataDir, systemClock)
    const owned = await store.owner.take({ kind: 'service', holder: 'me', waitMs: 0 })
    await fill(store, 1)
    await backupStore({ dataDir, target: join(dataDir, 'copy.sqlite') })
    const modes = readdirSync(dataDir).map((name) => [name, (statSync(join(dataDir, name)).mode & 0o777).toString(8)])
    expect(Object.fromEntries(modes)).toEqual({
      'shopcrawl.sqlite': '600',
      'shopcrawl.sqlite-wal': '600',
      'shopcrawl.sqlite-shm': '600',
      'owner.lock': '600',
      'copy.sqlite': '600',
    })
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
    await owned?.release()
    await store.close()
  })

  test('keeps its content over a restart', async () => {
    await filled()
    const store = await openQuiet(folder, systemClock)
    expect(await store.users.find({ platform: 'slack', workspace: 'T1', externalId: 'filler-20' })).toBeDefined()
    await store.close()
  })

  test('of a newer program is refused, its bytes unchanged', async () => {
    const path = await filled()
    const file = new Sqlite(path)
    file.exec(`insert into kysely_migration values ('9999-flying-cars', '2030-01-01T00:00:00.000Z')`)
    file.close()
    const before = readFileSync(path)
    expect(await refusalOf(folder)).toMatchObject({ code: 'store.newer', facts: { path, found: '9999-flying-cars' } })
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test.each([
    ['has noise in a page', (path: string) => writeNoise(path)],
    ['was cut in half', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ['is no database', (path: string) => writeFileSync(path, 'not a database at all '.repeat(400))],
  ])('that %s is refused as corrupt, and left as it is', async (_, damage) => {
    const path = await filled()
    damage(path)
    const before = readFileSync(path)
    expect(await refusalOf(folder)).toMatchObject({ code: 'store.corrupt', facts: { path } })
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('cannot be made in a file, under a file, or where a folder has its name', async () => {
    const path = join(folder, 'file')
    writeFileSync(path, '')
    expect(await refusalOf(path)).toMatchObject({ code: 'store.unwritable', facts: { path } })
    expect((await refusalOf(join(path, 'data'))).code).toBe('store.unwritable')
    mkdirSync(databasePath(folder))
    expect((await refusalOf(folder)).code).toBe('store.unwritable')
  })

  test('that another process does not let go is refused as locked', async () => {
    const path = await filled()
    const holder = new Sqlite(path)
    holder.exec('begin immediate')
    expect(await refusalOf(folder)).toMatchObject({ code: 'store.locked', facts: { path } })
    holder.close()
  })
})

/** Noise over the fifth page, as a failing disk would leave it. */
function writeNoise(path: string): void {
  const bytes = readFileSync(path)
  for (let at = 4 * 4_096; at < 5 * 4_096; at++) bytes[at] = (at * 7_919) % 256
  writeFileSync(path, bytes)
}

suiteWhere(isRoot, 'root', 'the file of a SQLite store, as another user', () => {
  test('is refused where that user may not write', async () => {
    const folder = makeFolder()
    chmodSync(folder, 0o755)
    const child = forkStore(join(folder, 'data'), { fork: { uid: 65_534, gid: 65_534 } })
    await expect(child.ask('open')).rejects.toMatchObject({ code: 'store.unwritable', facts: { cause: 'EACCES' } })
    await child.kill()
    rmSync(folder, { recursive: true })
  })
})

const SMALL_DISK = 'size=4m'

/** Whether this machine lets us mount a small disk. */
function canMount(): boolean {
  if (!isRoot) return false
  const folder = makeFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', SMALL_DISK, 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

suiteWhere(canMount(), 'the right to mount a tmpfs', 'a SQLite store on a small disk', () => {
  let folder: string
  beforeEach(() => {
    folder = makeFolder()
    execFileSync('mount', ['-t', 'tmpfs', '-o', SMALL_DISK, 'tmpfs', folder])
  })
  afterEach(() => {
    execFileSync('umount', [folder])
    rmSync(folder, { recursive: true })
  })

  test('says when the disk is full, still reads, and writes again when there is room', async () => {
    const ballast = join(folder, 'ballast')
    writeFileSync(ballast, Buffer.alloc(1_500_000))
    const store = await openQuiet(folder, systemClock)
    await expect(fill(store, 100)).rejects.toMatchObject({ code: 'store.disk_full' })
    const person = await store.users.find({ platform: 'slack', workspace: 'T1', externalId: 'filler-100' })
    const job = (await store.ownerJobs.active(person!.user.id))!
    const products = await store.results.products(person!.user.id, job.id, 0, 10_000)
    expect(products).toHaveLength(job.products)
    expect(job.products).toBeGreaterThan(0)
    rmSync(ballast)
    await fill(store, 1)
    await store.close()
    const file = new Sqlite(databasePath(folder))
    expect(file.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
    file.close()
  })

  test('is refused where the disk may only be read', async () => {
    const store = await openQuiet(folder, systemClock)
    await store.close()
    execFileSync('mount', ['-o', 'remount,ro', folder])
    expect((await refusalOf(folder)).code).toBe('store.unwritable')
    expect(existsSync(databasePath(folder))).toBe(true)
  })

  test('is refused at the start where there is no room at all', async () => {
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(4 * 1024 * 1024 - 8_192))
    expect((await refusalOf(folder)).code).toBe('store.disk_full')
  })
})
