import type { UpdateResult } from 'kysely'
import { type Lease, StaleLease } from '../../src/crawl/store.ts'
import type { Db, Quirks, Tx } from '../database.ts'
import type { JobRow } from '../tables.ts'
import { fixedQuery } from './fixed-query.ts'
import { isHeldBy } from './jobs-rows.ts'

/**
 * The row of a job, locked for this transaction by a write that changes nothing: PostgreSQL would otherwise let a
 * takeover in between, and `for update` is not SQLite's.
 * @throws StaleLease
 */
export async function holdJob(tx: Tx, quirks: Quirks, lease: Lease): Promise<JobRow> {
  const [row] = await touchHeld(tx, quirks, lease)
  if (!row) throw new StaleLease(lease.jobId)
  return row
}

const touchHeld = fixedQuery<Lease, JobRow>((db, slot) =>
  db
    .updateTable('jobs')
    .set((eb) => ({ fence: eb.ref('fence') }))
    .where(isHeldBy({ jobId: slot('jobId'), fence: slot('fence'), holder: slot('holder') }))
    .returningAll(),
)

/** @throws StaleLease when an update under a lease found no row */
export function mustHaveHeld(lease: Lease, result: UpdateResult): void {
  if (result.numUpdatedRows === 0n) throw new StaleLease(lease.jobId)
}

/** The row of a job, for reading. @throws StaleLease */
export async function heldJob(db: Db, lease: Lease): Promise<JobRow> {
  const row = await db.selectFrom('jobs').selectAll().where(isHeldBy(lease)).executeTakeFirst()
  if (!row) throw new StaleLease(lease.jobId)
  return row
}
