import { sql } from 'kysely'
import type { CommandStore } from '../../src/commands/store.ts'
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
        .columns(['request_id', 'at', 'user_id', 'account_id', 'command', 'outcome', 'job_id'])
        .expression(
          (eb) =>
            eb
              .selectFrom('accounts as a')
              .innerJoin('users as u', 'u.id', 'a.user_id')
              .select((it) => [
                it.val(row.requestId).as('request_id'),
                quirks.now.as('at'),
                'a.user_id', // of now: a command that links accounts changes whose it is
                'a.id as account_id',
                it.val(row.command).as('command'),
                it.val(row.outcome).as('outcome'),
                it.val(row.jobId).as('job_id'),
              ])
              .where('a.id', '=', row.accountId)
              .where('u.deleted_at', 'is', null), // nothing of a person who was just forgotten
        )
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
