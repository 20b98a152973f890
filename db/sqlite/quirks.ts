import { type Insertable, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { ColumnTypes, Quirks, Tx } from '../database.ts'
import type { Tables } from '../tables.ts'

/** SQLite compares text by bytes unless told otherwise; PostgreSQL needs `collate "C"` for that. */
export const sqliteTypes: ColumnTypes = { id: sql`text` }

/**
 * What SQLite does otherwise, and why.
 * - Time is a function of ours: SQLite's own clock cannot be moved by tests, and it has no now() in milliseconds.
 * - Lists of values travel as one JSON parameter: the statement's text stays the same, so it is prepared once.
 * - Many rows likewise: forty products bound one by one through kysely cost several times as much (tests/bench).
 */
export const sqliteQuirks: Quirks = {
  now: sql<number>`now_ms()`,
  isIn: (column: string, values: readonly string[]): RawBuilder<SqlBool> =>
    sql<SqlBool>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`,
  insertMany,
}

async function insertMany<T extends keyof Tables, C extends keyof Tables[T] & string>(
  tx: Tx,
  table: T,
  rows: Insertable<Tables[T]>[],
  returning: C,
): Promise<Tables[T][C][]> {
  const first = rows[0] as Record<string, unknown> | undefined
  if (!first) return []
  const columns = Object.keys(first)
  const values = columns.map((_, at) => sql`value ->> ${sql.lit(at)}`)
  // Positional arrays: names would travel once a row. `where true` keeps the parser from taking "on" for a join.
  const packed = rows.map((row) => columns.map((column) => (row as Record<string, unknown>)[column] ?? null))
  const query = sql<
    Record<C, Tables[T][C]>
  >`insert into ${sql.table(table)} (${sql.join(columns.map((c) => sql.ref(c)))})
    select ${sql.join(values)} from json_each(${JSON.stringify(packed)}) where true order by key
    on conflict do nothing returning ${sql.ref(returning)}`
  const { rows: inserted } = await query.execute(tx)
  return inserted.map((row) => row[returning])
}
