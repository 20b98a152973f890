import { sql } from 'kysely'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'

/** A row, and the database's time when it was taken. */
export type Claimed<Row> = Row & { read_at: number }

/**
 * Takes the rows of a table that are due for one of the platforms, the oldest first, each for `holdMs`. It is asked
 * without a write first: there is hardly ever one.
 */
export async function claimDue<T extends 'farewells' | 'closings'>(
  { db, quirks: { now, isIn } }: Pick<Database, 'db' | 'quirks'>,
  table: T,
  platforms: string[],
  limit: number,
  holdMs: number,
): Promise<Claimed<Tables[T]>[]> {
  const due = sql<{ id: string }>`select id from ${sql.table(table)}
    where run_at <= ${now} and ${isIn('platform', platforms)} order by run_at limit ${limit}`
  if ((await due.execute(db)).rows.length === 0) return []
  // run_at is asked again: another instance may have claimed it meanwhile (PostgreSQL)
  const claimed = await sql<Claimed<Tables[T]>>`update ${sql.table(table)}
    set run_at = ${now} + ${holdMs}, attempts = attempts + 1
    where id in (${due}) and run_at <= ${now} returning *, ${now} as read_at`.execute(db)
  return claimed.rows
}
