import { sql } from 'kysely'
import type { Clock } from '../../src/clock.ts'
import type { EndedState } from '../../src/jobs/states.ts'
import type { Quirks, Tx } from '../database.ts'
import type { JobRow } from '../tables.ts'
import { countEnded } from './ended-jobs.ts'
import { oweLastWords } from './owed.ts'

/** What every ended job's row has in common, beside how it ended. */
export const endedColumns = (quirks: Quirks, state: EndedState) => ({
  state,
  holder: null,
  lease_until: null,
  waiting: null,
  finished_at: quirks.now,
  version: sql<number>`version + 1`,
})

/** What an end brings with it, in the same transaction: last words, its count; the ids that its lists have shown go. */
export async function settleEnded(tx: Tx, quirks: Quirks, clock: Clock, job: JobRow): Promise<void> {
  await oweLastWords(tx, quirks, clock, job)
  await countEnded(tx, job)
  await tx.deleteFrom('seen').where('job_id', '=', job.id).execute()
}
