import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { Refusal } from '../../src/errors.ts'
import { type Database, Sqlite } from './driver.ts'
import { explain } from './errors.ts'
import { causeOf } from './files.ts'
import { BACKUP_PAGES } from './limits.ts'
import { checkWhole, migrationsOf, refuseNewer, withReadOnly } from './schema.ts'

/** Tables whose rows open doors: a backup is read by more people than the server. */
export const LEFT_OUT = ['secrets', 'event_ids', 'owner', 'link_codes', 'link_tries', 'farewells', 'closings']

/**
 * Copies a database that may be in use, as it stands at one moment. Any process may do it, beside the owner.
 * @param target a path that does not exist yet; the file is for its owner alone (0600)
 * @throws Refusal `backup.nothing` (no database there; none is made), `backup.exists`, `backup.unwritable`,
 *   `store.newer`, `store.disk_full`, `store.corrupt`, `store.unwritable`
 */
export async function backupSqlite(source: string, target: string): Promise<void> {
  checkSource(source)
  claimTarget(target)
  try {
    await copyPages(source, target)
    await finishCopy(source, target)
  } catch (error) {
    for (const rest of [target, `${target}-journal`, `${target}-wal`, `${target}-shm`]) rmSync(rest, { force: true })
    throw error
  }
}

/** A newer program's file may hold secrets in tables that nobody here knows. */
function checkSource(source: string): void {
  const nothing = new Refusal('backup.nothing', { path: source })
  if (!existsSync(source) || statSync(source).size === 0) throw nothing
  const migrations = withReadOnly(source, migrationsOf)
  if (migrations.length === 0) throw nothing
  refuseNewer(migrations, source)
}

function claimTarget(target: string): void {
  try {
    closeSync(openSync(target, 'wx', 0o600))
  } catch (error) {
    if (causeOf(error) === 'EEXIST') throw new Refusal('backup.exists', { path: target })
    throw unwritable(error, target)
  }
}

const unwritable = (error: unknown, path: string): unknown =>
  causeOf(error) === 'ENOSPC'
    ? new Refusal('store.disk_full', { path }, { cause: error })
    : new Refusal('backup.unwritable', { path, cause: causeOf(error) }, { cause: error })

/** What went wrong with the copy, told of the copy: its place may be another disk. */
function explainCopy(error: unknown, target: string): unknown {
  const told = explain(error, target)
  return told instanceof Refusal && told.code === 'store.unwritable' ? unwritable(error, target) : told
}

/** A read transaction holds one moment still: without it every write of another process would begin the copy anew. */
async function copyPages(source: string, target: string): Promise<void> {
  const file = openSource(source)
  try {
    await file.backup(target, { progress: () => BACKUP_PAGES })
  } catch (error) {
    throw explainCopy(error, target)
  } finally {
    file.close()
  }
}

function openSource(source: string): Database {
  let file: Database | undefined
  try {
    file = new Sqlite(source, { readonly: true, fileMustExist: true })
    file.exec('begin')
    file.prepare('select count(*) from sqlite_schema').get()
    return file
  } catch (error) {
    file?.close()
    throw explain(error, source)
  }
}

/** Takes the secrets out, makes it one plain file, and looks at all of it: what is damaged in it is so in the source. */
async function finishCopy(source: string, target: string): Promise<void> {
  try {
    await cleanCopy(source, target)
    const written = await open(target, 'r+')
    await written.sync().finally(() => written.close())
  } catch (error) {
    const told = explainCopy(error, target)
    throw told instanceof Refusal && told.code === 'store.corrupt'
      ? new Refusal('store.corrupt', { path: source })
      : told
  }
}

async function cleanCopy(source: string, target: string): Promise<void> {
  const copy = new Sqlite(target)
  try {
    copy.pragma('synchronous = off') // one flush at the end, which does not hold the thread
    copy.pragma('journal_mode = delete')
    copy.pragma('secure_delete = on') // the bytes too, not only the rows
    const there = copy.prepare("select name from sqlite_schema where type = 'table'").pluck().all()
    const left = LEFT_OUT.filter((table) => there.includes(table)) // an older file lacks some
    copy.exec(left.map((table) => `delete from ${table};`).join(' '))
    await checkWhole(copy, source)
  } finally {
    copy.close()
  }
}
