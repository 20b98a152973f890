import { existsSync, statSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Kysely, Migrator } from 'kysely'
import { Refusal } from '../../src/errors.ts'
import { createMigrations, migrationNames } from '../migrations/index.ts'
import type { Tables } from '../tables.ts'
import { type Database, Sqlite } from './driver.ts'
import { explain } from './errors.ts'
import { CHECK_AT_OPEN_BYTES } from './limits.ts'
import { sqliteTypes } from './quirks.ts'

/**
 * Looks at a database file before anything may write it: a damaged file and one of a newer program are left as they are.
 * @throws Refusal `store.corrupt`, `store.newer`, `store.unwritable`
 */
export function inspectFile(path: string): void {
  if (!existsSync(path)) return
  const { size } = statSync(path)
  if (size === 0) return
  withReadOnly(path, (file) => {
    refuseNewer(migrationsOf(file), path)
    if (size <= CHECK_AT_OPEN_BYTES && problemsOf(file).length > 0) throw new Refusal('store.corrupt', { path })
  })
}

/** What SQLite's own quick check finds wrong with an open file, in its words; empty for a sound one. */
export function problemsOf(file: Database): string[] {
  const rows = file.pragma('quick_check(10)') as { quick_check: string }[]
  return rows.map((row) => row.quick_check).filter((line) => line !== 'ok')
}

/** Opens a file without the right to write, for one look. @throws what `explain` makes of SQLite's errors */
export function withReadOnly<T>(path: string, look: (file: Database) => T): T {
  let file: Database | undefined
  try {
    file = new Sqlite(path, { readonly: true, fileMustExist: true })
    file.function('now_ms', () => 0n)
    return look(file)
  } catch (error) {
    throw explain(error, path)
  } finally {
    file?.close()
  }
}

/** Names of the migrations that a file has had; empty when it never had one. */
export function migrationsOf(file: Database): string[] {
  const hasTable = file.prepare(`select 1 from sqlite_schema where name = 'kysely_migration'`).get()
  if (!hasTable) return []
  return (file.prepare('select name from kysely_migration').all() as { name: string }[]).map((row) => row.name)
}

/** @throws Refusal `store.newer` when a file has had a migration that this program does not know */
export function refuseNewer(migrations: string[], path: string): void {
  const known = new Set(migrationNames())
  const found = migrations.filter((name) => !known.has(name))
  if (found.length > 0) throw new Refusal('store.newer', { path, found: found.sort().at(-1)! })
}

/** Reads all of a file. @throws Refusal `store.corrupt` when a table is damaged or a row points nowhere */
export async function checkWhole(file: Database, path: string): Promise<void> {
  const tables = file.prepare(`select name from sqlite_schema where type = 'table'`).all() as { name: string }[]
  for (const { name } of tables) {
    const found = file.pragma(`integrity_check("${name}")`) as { integrity_check: string }[]
    if (found.some((row) => row.integrity_check !== 'ok')) throw new Refusal('store.corrupt', { path })
    await nextTurn() // one table at a time: the chat is answered in between
  }
  if ((file.pragma('foreign_key_check') as unknown[]).length > 0) throw new Refusal('store.corrupt', { path })
}

/** Brings the schema up to date: all missing migrations in one transaction, so a kill leaves the former schema. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: createMigrations(sqliteTypes) })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}
