import { sql } from 'kysely'
import type { CommandStore } from '../../src/commands/store.ts'
import type { UserId } from '../../src/ids.ts'
import type { Database } from '../database.ts'

/** How long an event id is remembered; Slack repeats an event for at most an hour or so, links are pressed later. */
const EVENT_KEPT_MS = 24 * 3_600_000

/** Commands as they came: event ids, the log, words for autocompletion. */
export function createCommandStore({ db, quirks, transaction }: Database): CommandStore {
  return {
    isNewEvent: (platform, eventId) =>
      transaction(async (tx) => {
        await tx.deleteFrom('event_ids').where('expires_at', '<=', quirks.now).execute()
        const added = await tx
          .insertInto('event_ids')
          .values({ platform, event_id: eventId, expires_at: sql<number>`${quirks.now} + ${EVENT_KEPT_MS}` })
          .onConflict((conflict) => conflict.doNothing())
          .returning('event_id')
          .executeTakeFirst()
        return added !== undefined
      }),
    async log(row) {
      await db
        .insertInto('commands')
        .values({
          request_id: row.requestId,
          at: quirks.now,
          // of now: a command that links accounts changes whose it is
          user_id: sql<UserId>`(select user_id from accounts where id = ${row.accountId})`,
          account_id: row.accountId,
          command: row.command,
          outcome: row.outcome,
          job_id: row.jobId,
        })
        .execute()
    },
    async recentWords(owner, limit) {
      const rows = await db
        .selectFrom('jobs')
        .select('words')
        .where('user_id', '=', owner)
        .where('words', '<>', '')
        .groupBy('words')
        .orderBy((eb) => eb.fn.max('created_at'), 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => row.words)
    },
  }
}
