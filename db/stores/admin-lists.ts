import { type SelectQueryBuilder, sql } from 'kysely'
import type { Cursor, Page } from '../../src/admin/store.ts'

/** Later than any moment: a bound that every list has, so that its index is searched and not walked. */
export const ALWAYS = 8_640_000_000_000_000

/** A list newest first, behind the cursor. */
// biome-ignore lint/suspicious/noExplicitAny: the tables of a query are its own business
export function behind<Q extends SelectQueryBuilder<any, any, any>>(
  query: Q,
  time: string,
  id: string,
  after: Cursor | undefined,
): Q {
  const [at, key] = [sql.ref(time), sql.ref(id)]
  const from = query.where(sql<boolean>`${at} <= ${after?.at ?? ALWAYS}`)
  const rest = after ? from.where(sql<boolean>`(${at} < ${after.at} or ${key} < ${after.id})`) : from
  return rest.orderBy(at, 'desc').orderBy(key, 'desc') as Q
}

/** A page of rows of which one more than fits was read. */
export function paged<Row>(rows: Row[], limit: number, keyOf: (row: Row) => Cursor): Page<Row> {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  return { rows: kept, next: rows.length > limit && last ? keyOf(last) : null }
}
