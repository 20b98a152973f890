import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backupStore, restoreStore } from '../../db/index.ts'
import { Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import { systemClock } from '../../src/clock.ts'
import type { Lease } from '../../src/crawl/store.ts'
import type { Store } from '../../src/storage.ts'
import { checkInvariants } from '../support/invariants.ts'
import { forkStore } from '../support/store-child.ts'
import { installWatchers, lookAt, makeFolder, openQuiet } from '../support/store-house.ts'
import { meet, type Person, pageOf, readPage, runJob, startJob } from '../support/store-people.ts'

const PAGES = 2_000

describe('backup and restore of a SQLite store', () => {
  let folder: string
  let dataDir: string
  let copy: string
  let store: Store
  let minji: Person

  beforeEach(async () => {
    folder = makeFolder()
    dataDir = join(folder, 'data')
    copy = join(folder, 'copy.sqlite')
    store = await openQuiet(dataDir, systemClock)
    installWatchers(dataDir)
    minji = await meet(store, 'minji')
  })
  afterEach(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const backup = (target = copy) => backupStore({ dataDir, target })
  const restore = (backup = copy) => restoreStore({ dataDir, backup, clock: systemClock })

  const crawlPage = async (lease: Lease, page: number): Promise<void> => {
    const ids = Array.from({ length: 40 }, (_, at) => `${page}-${at}`)
    const next = [pageOf(`p${page + 1}`, { page: page + 1 })]
    await store.frontier.checkpoint(lease, readPage(`p${page}`, ids, { next }))
  }

  /** A copy must be a state that the database once had: every invariant holds in it. */
  const checkCopy = async (path: string): Promise<number> => {
    const place = join(folder, `check-${Math.random()}`)
    mkdirSync(place)
    writeFileSync(databasePath(place), readFileSync(path))
    const look = lookAt(place)
    expect(await look.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect(await look.rows('pragma foreign_key_check')).toEqual([])
    await checkInvariants(look, { now: systemClock.now() })
    const [row] = await look.rows('select products from jobs')
    look.close()
    return row?.products as number
  }

  test('a copy made while another process writes is a state that once was', async () => {
    const { lease } = await runJob(store, minji, [pageOf('p1')], { limit: 100_000 })
    const other = forkStore(dataDir)
    await other.ask('open')
    let isDone = false
    const delay = monitorEventLoopDelay({ resolution: 5 })
    const copying = (async () => {
      const sizes: number[] = []
      for (let round = 0; round < 3; round++) {
        const path = `${copy}-${round}`
        if (round % 2) await other.ask('backup', { path })
        else {
          delay.enable() // only here: the test's own checks of a copy hold the loop too
          await backup(path)
          delay.disable()
        }
        sizes.push(await checkCopy(path))
      }
      isDone = true
      return sizes
    })()
    let page = 0
    while (!isDone && page < PAGES) {
      await crawlPage(lease, ++page)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const sizes = await copying
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b))
    expect(sizes.at(-1)).toBeGreaterThan(sizes[0]!)
    // Hang detectors: the bound for the 99th percentile is 50 ms on a machine that does nothing else.
    expect(delay.percentile(50) / 1e6).toBeLessThan(250)
    expect(delay.max / 1e6).toBeLessThan(2_500)
    await other.kill()
  })

  test('a copy holds no secrets', async () => {
    const file = new Sqlite(databasePath(dataDir))
    file.prepare(`insert into secrets values ('files.key', 'planted-secret-of-the-server', 1)`).run()
    file.close()
    await store.commands.isNewEvent('slack', 'planted-event')
    await backup()
    const bytes = readFileSync(copy).toString('latin1')
    expect(bytes).not.toContain('planted-')
    expect(bytes).toContain('minji')
    expect(existsSync(`${copy}-wal`) || existsSync(`${copy}-journal`)).toBe(false)
  })

  test('a path that is taken is refused, what stands there stays', async () => {
    writeFileSync(copy, 'precious')
    await expect(backup()).rejects.toMatchObject({ code: 'backup.exists', facts: { path: copy } })
    expect(readFileSync(copy, 'utf8')).toBe('precious')
    const nowhere = join(folder, 'no', 'folder', 'copy.sqlite')
    await expect(backup(nowhere)).rejects.toMatchObject({ code: 'backup.unwritable', facts: { path: nowhere } })
  })

  test('restoring brings back the data of the copy and keeps the former file', async () => {
    await backup()
    await startJob(store, minji)
    await store.close()
    const { former } = await restore()
    store = await openQuiet(dataDir, systemClock)
    expect(await store.ownerJobs.active(minji.user.id)).toBeUndefined()
    expect(await store.users.find(minji.account)).toBeDefined()
    const old = new Sqlite(former!, { readonly: true })
    expect(old.prepare('select count(*) as jobs from jobs').get()).toEqual({ jobs: 1 })
    old.close()
  })

  test('restoring works into a folder that is not there yet', async () => {
    await backup()
    const elsewhere = join(folder, 'elsewhere')
    const restored = await restoreStore({ dataDir: elsewhere, backup: copy, clock: systemClock })
    expect(restored).toEqual({ path: databasePath(elsewhere), former: null })
    const other = await openQuiet(elsewhere, systemClock)
    expect(await other.users.find(minji.account)).toBeDefined()
    await other.close()
  })

  test('restoring over a damaged file works, and keeps the damaged one', async () => {
    await backup()
    await store.close()
    writeFileSync(databasePath(dataDir), 'damaged')
    const { former } = await restore()
    expect(readFileSync(former!, 'utf8')).toBe('damaged')
    store = await openQuiet(dataDir, systemClock)
    expect(await store.users.find(minji.account)).toBeDefined()
  })

  test('data that is in use is not replaced', async () => {
    await backup()
    const before = await store.users.find(minji.account)
    await expect(restore()).rejects.toMatchObject({ code: 'owner.taken' }) // open, though nobody owns it
    const owned = await store.owner.take({ kind: 'service', holder: 'me', waitMs: 0 })
    const facts = { path: dataDir, holder: String(process.pid) }
    await expect(restore()).rejects.toMatchObject({ code: 'owner.taken', facts })
    await owned?.release()
    expect(await store.users.find(minji.account)).toEqual(before)
  })

  test('what is no sound backup of ours is refused before anything is touched', async () => {
    await backup()
    await store.close()
    const before = readFileSync(databasePath(dataDir))
    const bad = join(folder, 'bad.sqlite')
    await expect(restore(bad)).rejects.toMatchObject({ code: 'restore.invalid', facts: { path: bad } })
    writeFileSync(bad, 'no database')
    await expect(restore(bad)).rejects.toMatchObject({ code: 'restore.invalid' })
    const foreign = new Sqlite(join(folder, 'foreign.sqlite'))
    foreign.exec('create table t (a)')
    foreign.close()
    await expect(restore(join(folder, 'foreign.sqlite'))).rejects.toMatchObject({ code: 'restore.invalid' })
    const cut = readFileSync(copy)
    writeFileSync(bad, cut.subarray(0, cut.length - 40_960))
    await expect(restore(bad)).rejects.toMatchObject({ code: 'restore.invalid' })
    const newer = new Sqlite(copy)
    newer.exec(`insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')`)
    newer.close()
    await expect(restore()).rejects.toMatchObject({ code: 'store.newer' })
    expect(readFileSync(databasePath(dataDir)).equals(before)).toBe(true)
  })
})
