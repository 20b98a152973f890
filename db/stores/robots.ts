import { sql } from 'kysely'
import type { RobotsStore } from '../../src/crawl/store.ts'
import type { Database } from '../database.ts'
import { clean } from './columns.ts'

/** robots.txt files by origin. */
export function createRobotsStore({ db, quirks }: Database): RobotsStore {
  return {
    async get(origin) {
      const row = await db
        .selectFrom('robots')
        .selectAll()
        .select((eb) => eb(eb.ref('stale_at'), '<=', quirks.now).as('is_stale'))
        .where('origin', '=', origin)
        .executeTakeFirst()
      if (!row) return undefined
      const { status, body, fetched_at: fetchedAt } = row
      return { origin, status, body, fetchedAt, isStale: Boolean(row.is_stale) }
    },
    async put({ origin, status, body, ttlMs }) {
      const values = {
        status,
        body: clean(body),
        fetched_at: quirks.now,
        stale_at: sql<number>`${quirks.now} + ${Math.round(ttlMs)}`,
      }
      await db
        .insertInto('robots')
        .values({ origin, ...values })
        .onConflict((conflict) => conflict.column('origin').doUpdateSet(values))
        .execute()
    },
  }
}
