import { type Insertable, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { ColumnTypes, Quirks, Tx } from '../database.ts'
import type { Tables } from '../tables.ts'
import { callCheckpoint } from './checkpoint.ts'
import { LOCK_SPACE } from './limits.ts'

/** Ids are compared by bytes, as in SQLite and in JavaScript: the database's own language would order them otherwise. */
export const postgresTypes: ColumnTypes = { id: sql`text collate "C"`, clustered: sql`` }

/**
 * What PostgreSQL does otherwise, and why.
 * - Time is `now()`, one a transaction. Tests put the time itself into the setting `shopcrawl.clock` of the session:
 *   their clock stands still, which an offset to a clock that goes on cannot do.
 * - Lists of values travel as one array: the statement's text stays the same.
 * - Many rows travel as one JSON text; the server takes each column's type from the table.
 * - A checkpoint is one call of a function in the server: one round trip instead of ten.
 * - Several transactions run at once: what counts before it writes takes a lock of that name first.
 */
export const postgresQuirks: Quirks = {
  now: sql<number>`coalesce(nullif(current_setting('shopcrawl.clock', true), '')::bigint, (extract(epoch from now()) * 1000)::bigint)`,
  isIn: (column: string, values: readonly string[]): RawBuilder<SqlBool> =>
    sql<SqlBool>`${sql.ref(column)} = any(${values}::text[])`,
  originIn: (column) => sql<string>`substring(${sql.ref(column)}::json ->> 'url' from '^[a-z]+://[^/?#]+')`,
  insertMany,
  async lock(tx, name) {
    await sql`select pg_advisory_xact_lock(${LOCK_SPACE}, hashtext(${name}))`.execute(tx)
  },
  async databaseBytes(db) {
    const { rows } = await sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(db)
    return Number(rows[0]!.bytes)
  },
  checkpoint: callCheckpoint,
}

async function insertMany<T extends keyof Tables & string>(
  tx: Tx,
  table: T,
  rows: Insertable<Tables[T]>[],
): Promise<number> {
  const first = rows[0]
  if (!first) return 0
  const columns = sql.join(Object.keys(first).map((column) => sql.ref(column)))
  const { numAffectedRows } = await sql`insert into ${sql.table(table)} (${columns})
    select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::json)
    on conflict do nothing`.execute(tx)
  return Number(numAffectedRows ?? 0)
}
