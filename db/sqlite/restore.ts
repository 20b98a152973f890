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
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../../src/clock.ts'
import { isRefusal, Refusal } from '../../src/errors.ts'
import { type Database, Sqlite } from './driver.ts'
import { isBusy, isForeign } from './errors.ts'
import { causeOf, databasePath, prepareFolder } from './files.ts'
import { takeOwnerLock } from './owner.ts'
import { checkWhole, migrationsOf, refuseNewer, withReadOnly } from './schema.ts'

/** What became of a restore. */
export interface Restored {
  path: string
  /** Where the former file stands now; null when there was none. */
  former: string | null
}

/**
 * Puts a backup in the place of a DATA_DIR's database. The swap is one rename; the former file is kept beside it.
 * @throws Refusal `restore.invalid` with its reason, `file.unreadable`, `store.newer`, `owner.taken`,
 *   `store.unwritable`, `store.disk_full`
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

/** @throws Refusal `restore.invalid`, `file.unreadable`, `store.newer` */
async function checkBackup(backup: string): Promise<void> {
  const invalid = (reason: 'absent' | 'no_file' | 'foreign' | 'damaged', cause?: unknown): Refusal =>
    new Refusal('restore.invalid', { path: backup, reason }, { cause })
  const found = await stat(backup).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(causeOf(error))) throw invalid('absent', error)
    throw new Refusal('file.unreadable', { path: backup, cause: causeOf(error) }, { cause: error })
  })
  if (!found.isFile()) throw invalid('no_file')
  try {
    const migrations = withReadOnly(backup, migrationsOf)
    if (migrations.length === 0) throw invalid('foreign')
    refuseNewer(migrations, backup)
    const file = new Sqlite(backup, { readonly: true })
    await checkWhole(file, backup).finally(() => file.close())
  } catch (error) {
    if (isRefusal(error, 'store.corrupt')) throw invalid(isForeign(error.cause) ? 'foreign' : 'damaged', error)
    if (isRefusal(error, 'store.unwritable'))
      throw new Refusal('file.unreadable', { path: backup, cause: error.facts.cause }, { cause: error })
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
    const cause = causeOf(error)
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
  let file: Database | undefined
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
