import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import type { Clock } from '../../src/clock.ts'
import { Refusal } from '../../src/errors.ts'
import { migrationNames } from '../migrations/index.ts'
import { explain, isBusy } from './errors.ts'
import { databasePath, prepareFolder } from './files.ts'
import { BACKUP_PAGES } from './limits.ts'
import { takeOwnerLock } from './owner.ts'
import { migrationsOf, withReadOnly } from './schema.ts'

/** Tables whose rows open doors: a backup is read by more people than the server. */
const LEFT_OUT = ['secrets', 'event_ids', 'owner']

/**
 * Copies a database that may be in use, as it stands at one moment. Any process may do it, beside the owner.
 * @param target a path that does not exist yet; the file is for its owner alone (0600)
 * @throws Refusal `backup.exists`, `store.unwritable`, `store.disk_full`, `store.corrupt`
 */
export async function backupSqlite(source: string, target: string): Promise<void> {
  claimTarget(target)
  try {
    await copyPages(source, target)
    await finishCopy(target)
  } catch (error) {
    for (const rest of [target, `${target}-journal`, `${target}-wal`, `${target}-shm`]) rmSync(rest, { force: true })
    throw explain(error, target)
  }
}

function claimTarget(target: string): void {
  try {
    closeSync(openSync(target, 'wx', 0o600))
  } catch (error) {
    const cause = (error as NodeJS.ErrnoException).code ?? String(error)
    if (cause === 'EEXIST') throw new Refusal('backup.exists', { path: target })
    throw new Refusal('store.unwritable', { path: target, cause }, { cause: error })
  }
}

/** A read transaction holds one moment still: without it every write of another process would begin the copy anew. */
async function copyPages(source: string, target: string): Promise<void> {
  const file = new Sqlite(source, { readonly: true, fileMustExist: true })
  try {
    file.exec('begin')
    file.prepare('select count(*) from sqlite_schema').get()
    await file.backup(target, { progress: () => BACKUP_PAGES })
  } finally {
    file.close()
  }
}

/** Takes the secrets out, makes it one plain file, and looks at all of it. */
async function finishCopy(target: string): Promise<void> {
  const copy = new Sqlite(target)
  try {
    copy.pragma('synchronous = off') // one flush at the end, which does not hold the thread
    copy.pragma('journal_mode = delete')
    copy.pragma('secure_delete = on') // the bytes too, not only the rows
    copy.exec(LEFT_OUT.map((table) => `delete from ${table};`).join(' '))
    await checkWhole(copy, target)
  } finally {
    copy.close()
  }
  const written = await open(target, 'r+')
  await written.sync().finally(() => written.close())
}

/** @throws Refusal `store.corrupt` when a table is damaged or a row points nowhere */
async function checkWhole(file: Sqlite.Database, path: string): Promise<void> {
  const tables = file.prepare(`select name from sqlite_schema where type = 'table'`).all() as { name: string }[]
  for (const { name } of tables) {
    const found = file.pragma(`integrity_check("${name}")`) as { integrity_check: string }[]
    if (found.some((row) => row.integrity_check !== 'ok')) throw new Refusal('store.corrupt', { path })
    await nextTurn() // one table at a time: the chat is answered in between
  }
  if ((file.pragma('foreign_key_check') as unknown[]).length > 0) throw new Refusal('store.corrupt', { path })
}

/** What became of a restore. */
export interface Restored {
  path: string
  /** Where the former file stands now; null when there was none. */
  former: string | null
}

/**
 * Puts a backup in the place of a DATA_DIR's database. The swap is one rename; the former file is kept beside it.
 * @throws Refusal `restore.invalid` (no backup of ours, damaged), `store.newer`, `owner.taken`, `store.unwritable`
 */
export async function restoreSqlite(options: { dataDir: string; backup: string; clock: Clock }): Promise<Restored> {
  const { dataDir, backup, clock } = options
  await checkBackup(backup)
  prepareFolder(dataDir)
  const lock = await takeOwnerLock(dataDir, { waitMs: 0, clock })
  if (!lock) throw new Refusal('owner.taken', { path: dataDir, holder: ownerOf(databasePath(dataDir)) })
  try {
    return swap(databasePath(dataDir), backup, clock)
  } finally {
    lock.release()
  }
}

/** The process that says it owns a database, for a sentence; a dash when the file cannot tell. */
function ownerOf(path: string): string {
  try {
    const row = withReadOnly(path, (file) => file.prepare('select pid from owner').get()) as { pid: number } | undefined
    return row ? String(row.pid) : '-'
  } catch {
    return '-'
  }
}

async function checkBackup(backup: string): Promise<void> {
  const invalid = (cause: string): Refusal => new Refusal('restore.invalid', { path: backup, cause })
  if (!existsSync(backup)) throw invalid('absent')
  try {
    const found = withReadOnly(backup, (file) => migrationsOf(file))
    if (found.length === 0) throw invalid('no schema')
    const newer = found.filter((name) => !migrationNames().includes(name))
    if (newer.length > 0) throw new Refusal('store.newer', { path: backup, found: newer.sort().at(-1)! })
    const file = new Sqlite(backup, { readonly: true })
    await checkWhole(file, backup).finally(() => file.close())
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'store.newer' && error.code !== 'restore.invalid') {
      throw invalid(error.code)
    }
    throw error
  }
}

function swap(path: string, backup: string, clock: Clock): Restored {
  const stamp = new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-')
  const fresh = `${path}.restoring`
  const former = `${path}.before-${stamp}`
  try {
    rmSync(fresh, { force: true })
    closeSync(openSync(fresh, 'wx', 0o600))
    copyFileSync(backup, fresh, constants.COPYFILE_FICLONE)
    syncToDisk(fresh)
    const hadFormer = existsSync(path)
    if (hadFormer) {
      foldLog(path)
      linkSync(path, former) // two names for one file: there is a database at every moment
      // Frames of the former file must not be played into the new one. foldLog leaves some only where it could not read.
      for (const side of ['-wal', '-shm']) if (existsSync(path + side)) renameSync(path + side, former + side)
    }
    renameSync(fresh, path)
    syncToDisk(dirname(path))
    return { path, former: hadFormer ? former : null }
  } catch (error) {
    rmSync(fresh, { force: true })
    if (error instanceof Refusal) throw error
    const cause = (error as NodeJS.ErrnoException).code ?? String(error)
    if (cause === 'ENOSPC') throw new Refusal('store.disk_full', { path }, { cause: error })
    throw new Refusal('store.unwritable', { path, cause }, { cause: error })
  }
}

/**
 * Writes the log of a sound file into the file itself, which works only while nobody else has it open: so it also
 * finds a process that is not the owner but uses the data. A damaged file is left as it is.
 * @throws Refusal `owner.taken`
 */
function foldLog(path: string): void {
  let file: Sqlite.Database | undefined
  try {
    file = new Sqlite(path, { timeout: 0 })
    file.pragma('journal_mode = delete')
  } catch (error) {
    if (isBusy(error)) throw new Refusal('owner.taken', { path, holder: '-' }, { cause: error })
  } finally {
    file?.close()
  }
}

function syncToDisk(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
