import { Kysely, Migrator, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { Refusal } from '../../src/errors.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { createMigrations, migrationNames } from '../migrations/index.ts'
import type { Tables } from '../tables.ts'
import { hasCheckpoint, installCheckpoint } from './checkpoint.ts'
import { LOCK_SPACE, MIGRATION_LOCK, WORKER_CONNECT_MS } from './limits.ts'
import { clientOptions, createPool } from './pool.ts'
import { postgresTypes } from './quirks.ts'

/**
 * Brings the schema up to date. Processes that start at once take turns by an advisory lock, which ends with its
 * connection; each step is a transaction with all that is missing, so a kill leaves the former schema.
 * @throws Refusal `store.newer`; errors of pg
 */
export async function migrate(
  db: Kysely<Tables>,
  { url, server, emit }: { url: string; server: string; emit: Emit },
): Promise<void> {
  const found = await migrationsOf(db)
  refuseNewer(found, server)
  if (found.length === migrationNames().length && (await hasCheckpoint(db))) return
  const lock = new pg.Client(clientOptions(url, 0))
  lock.on('error', () => undefined) // the next statement says so
  await lock.connect()
  try {
    await lock.query('select pg_advisory_lock($1, $2)', [LOCK_SPACE, MIGRATION_LOCK])
    refuseNewer(await migrationsOf(db), server)
    await bringUp(url, emit)
  } finally {
    await lock.end().catch(() => undefined)
  }
}

/** On a connection without bounds: a migration may take its time. */
async function bringUp(url: string, emit: Emit): Promise<void> {
  const own = new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: createPool(url, { connections: 1, statementMs: 0, connectMs: WORKER_CONNECT_MS }, emit),
    }),
  })
  try {
    const { error } = await new Migrator({ db: own, provider: createMigrations(postgresTypes) }).migrateToLatest()
    if (error) throw error
    await installCheckpoint(own)
  } finally {
    await own.destroy()
  }
}

/** Names of the migrations that a database has had; empty when it never had one. */
export async function migrationsOf(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ found: string | null }>`select to_regclass('kysely_migration')::text as found`.execute(
    db,
  )
  if (!rows[0]?.found) return []
  return (await sql<{ name: string }>`select name from kysely_migration`.execute(db)).rows.map(({ name }) => name)
}

/** @throws Refusal `store.newer` when a database has had a migration that this program does not know */
export function refuseNewer(names: string[], server: string): void {
  const known = new Set(migrationNames())
  const found = names.filter((name) => !known.has(name))
  if (found.length > 0) throw new Refusal('store.newer', { path: server, found: found.sort().at(-1)! })
}
