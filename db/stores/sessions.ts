import { sql } from 'kysely'
import type { SessionStore } from '../../src/chat/sessions.ts'
import type { Database } from '../database.ts'

/** Platforms count the sessions of a day. */
const DAY_MS = 24 * 3_600_000

/** Sessions by the database's clock, so that several processes and restarts count together. */
export function createSessionStore({ quirks, transaction }: Database): SessionStore {
  return {
    begin: (platform, most) =>
      transaction(async (tx) => {
        await quirks.lock(tx, `chat_sessions ${platform}`)
        await tx.deleteFrom('chat_sessions').where('begun_at', '<=', sql<number>`${quirks.now} - ${DAY_MS}`).execute()
        const oldest = await tx
          .selectFrom('chat_sessions')
          .where('platform', '=', platform)
          .select(sql<number>`begun_at + ${DAY_MS} - ${quirks.now}`.as('frees_in'))
          .orderBy('begun_at', 'desc')
          .offset(most - 1)
          .limit(1)
          .executeTakeFirst()
        if (oldest) return Math.max(1, Number(oldest.frees_in))
        await tx.insertInto('chat_sessions').values({ platform, begun_at: quirks.now }).execute()
        return 0
      }),
  }
}
