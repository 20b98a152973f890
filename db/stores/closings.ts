import { CLOSING_AFTER_MS } from '../../src/chat/limits.ts'
import type { ThreadNotice } from '../../src/chat/store.ts'
import { idWithin, type JobId, type NoticeId, type UserId } from '../../src/ids.ts'
import type { Thread } from '../../src/jobs/job.ts'
import type { Locale } from '../../src/messages/locale.ts'
import type { Db, Quirks, Tx } from '../database.ts'
import type { ClosingRow } from '../tables.ts'
import type { Claimed } from './claim-due.ts'
import { fromJsonOrNull } from './columns.ts'

/** Found again by whoever knows the job, while the row itself names none. */
const closingOf = (job: JobId): NoticeId => idWithin<NoticeId>(job, 'closing')

/**
 * Owes the last change of every thread that still shows a job of this person as it was: its final edit has not been
 * sent, and will not be. A root that is on its way counts too: its thread is noted when it has arrived.
 */
export async function oweClosings(tx: Tx, quirks: Quirks, user: UserId, locale: Locale | null): Promise<void> {
  const jobs = await tx
    .selectFrom('jobs')
    .innerJoin('outbox', 'outbox.job_id', 'jobs.id')
    .select(['jobs.id', 'jobs.platform', 'jobs.thread', 'jobs.progress_id'])
    .where('jobs.user_id', '=', user)
    .where('outbox.kind', '=', 'edit')
    .where('outbox.state', '=', 'pending')
    .where((eb) =>
      eb.or([
        eb('jobs.thread', 'is not', null),
        eb.exists(
          eb
            .selectFrom('outbox as root')
            .select('root.id')
            .whereRef('root.job_id', '=', 'jobs.id')
            .where('root.kind', '=', 'open')
            .where('root.holder', 'is not', null),
        ),
      ]),
    )
    .execute()
  for (const { id, ...shown } of jobs) {
    await tx
      .insertInto('closings')
      .values((eb) => ({
        ...{ id: closingOf(id), ...shown, locale, attempts: 0, created_at: quirks.now },
        run_at: eb(quirks.now, '+', CLOSING_AFTER_MS),
      }))
      .execute()
  }
}

/** A job's row goes: what it knows of its thread by now is what the closing needs. */
export async function keepForClosing(tx: Tx, job: JobId): Promise<void> {
  await tx
    .updateTable('closings')
    .set((eb) => ({
      thread: eb.selectFrom('jobs').select('thread').where('id', '=', job),
      progress_id: eb.selectFrom('jobs').select('progress_id').where('id', '=', job),
    }))
    .where('id', '=', closingOf(job))
    .execute()
}

/** What arrived in chat when its job was gone already. */
export async function noteForClosing(
  db: Db,
  job: JobId,
  shown: Partial<Pick<ClosingRow, 'thread' | 'progress_id'>>,
): Promise<void> {
  await db.updateTable('closings').set(shown).where('id', '=', closingOf(job)).execute()
}

/** A row as chat knows it. */
export const toThreadNotice = (row: Claimed<ClosingRow>): ThreadNotice => ({
  id: row.id,
  kind: 'thread',
  platform: row.platform,
  thread: fromJsonOrNull<Thread>(row.thread),
  progressId: row.progress_id,
  locale: row.locale,
  attempts: row.attempts,
  createdAt: row.created_at,
  readAt: row.read_at,
})
