import { sql } from 'kysely'
import type { ButtonStore } from '../../src/chat/last-buttons.ts'
import type { Database } from '../database.ts'
import { fromJson, toJson } from './columns.ts'

/** Buttons that were shown longer ago are on nobody's screen. */
const DAY_MS = 24 * 3_600_000

/**
 * One row a person: what the buttons that they saw last stand for. Of somebody who was forgotten nothing is kept, though
 * a last word was on its way: the write that changes nothing holds the account, which forgetting takes away first.
 */
export function createButtonStore({ db, quirks, transaction }: Database): ButtonStore {
  return {
    keep: ({ platform, externalId }, commands) =>
      transaction(async (tx) => {
        const known = await tx
          .updateTable('accounts')
          .set((eb) => ({ seen_at: eb.ref('seen_at') }))
          .where('platform', '=', platform)
          .where('external_id', '=', externalId)
          .returning('id')
          .executeTakeFirst()
        if (!known) return
        const shown = { commands: toJson(commands), shown_at: quirks.now }
        await tx
          .insertInto('last_buttons')
          .values({ platform, external_id: externalId, ...shown })
          .onConflict((conflict) => conflict.columns(['platform', 'external_id']).doUpdateSet(shown))
          .execute()
      }),
    async commands({ platform, externalId }) {
      const row = await db
        .selectFrom('last_buttons')
        .select('commands')
        .where('platform', '=', platform)
        .where('external_id', '=', externalId)
        .where('shown_at', '>', sql<number>`${quirks.now} - ${DAY_MS}`)
        .executeTakeFirst()
      return row ? fromJson<string[]>(row.commands) : []
    },
  }
}
