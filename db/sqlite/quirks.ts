import { CompiledQuery, type Insertable, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { ColumnTypes, Quirks, Tx } from '../database.ts'
import type { Tables } from '../tables.ts'
import { Batch } from './connection.ts'

/**
 * SQLite compares text by bytes unless told otherwise; PostgreSQL needs `collate "C"` for that. Tables with a composite
 * key do without a row id: a checkpoint then writes fewer pages.
 */
export const sqliteTypes: ColumnTypes = { id: sql`text`, clustered: sql`without rowid` }

/**
 * What SQLite does otherwise, and why.
 * - Time is a function of ours: SQLite's own clock cannot be moved by tests, and it has no now() in milliseconds.
 * - Lists of values travel as one JSON parameter: the statement's text stays the same, so it is prepared once.
 * - Many rows run one prepared statement once a row. Forty products: 0.17 ms of the thread; as one JSON parameter
 *   through json_each 0.5 ms, as one statement with 800 parameters 0.6 ms (Node 20, better-sqlite3 12.11).
 */
export const sqliteQuirks: Quirks = {
  now: sql<number>`now_ms()`,
  isIn: (column: string, values: readonly string[]): RawBuilder<SqlBool> =>
    sql<SqlBool>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`,
  originIn(column) {
    const url = sql`json_extract(${sql.ref(column)}, '$.url')`
    // No regular expressions here: up to the first slash behind `https://` (or a letter later, behind `http://`).
    return sql<string>`substr(${url}, 1, 7 + instr(substr(${url} || '/', 9), '/'))`
  },
  insertMany,
  lock: async () => {}, // there is one writer at a time
  async databaseBytes(db) {
    const { rows } = await sql<{
      bytes: number
    }>`select page_count * page_size as bytes from pragma_page_count, pragma_page_size`.execute(db)
    return Number(rows[0]!.bytes)
  },
}

async function insertMany<T extends keyof Tables & string>(
  tx: Tx,
  table: T,
  rows: Insertable<Tables[T]>[],
): Promise<number> {
  const first = rows[0] as Record<string, unknown> | undefined
  if (!first) return 0
  const columns = Object.keys(first)
  const names = columns.map(quote).join(', ')
  const marks = columns.map(() => '?').join(', ')
  const text = `insert into ${quote(table)} (${names}) values (${marks}) on conflict do nothing`
  const batch = rows.map((row) => columns.map((column) => (row as Record<string, unknown>)[column] ?? null))
  const { numAffectedRows } = await tx.executeQuery(CompiledQuery.raw(text, [new Batch(batch)]))
  return Number(numAffectedRows)
}

/** A name of our own schema, never one from outside. */
const quote = (name: string): string => `"${name}"`
