import type { EndedState } from '../../src/jobs/states.ts'
import type { Tx } from '../database.ts'
import type { JobRow } from '../tables.ts'

/** Length of a counter's slot: every time zone's days begin at the start of one. */
export const SLOT_MS = 15 * 60_000

/** Counts a job that has just ended, so that nobody has to count rows later. */
export async function countEnded(tx: Tx, job: JobRow): Promise<void> {
  const finishedAt = Number(job.finished_at)
  const count = { state: job.state as EndedState, site: job.site, jobs: 1, products: job.products }
  await tx
    .insertInto('ended_jobs')
    .values(count)
    .onConflict((conflict) =>
      conflict.columns(['state', 'site']).doUpdateSet((eb) => ({
        jobs: eb('ended_jobs.jobs', '+', 1),
        products: eb('ended_jobs.products', '+', job.products),
      })),
    )
    .execute()
  await tx
    .insertInto('ended_jobs_by_time')
    .values({ ...count, slot: finishedAt - (finishedAt % SLOT_MS) })
    .onConflict((conflict) =>
      conflict.columns(['slot', 'state', 'site']).doUpdateSet((eb) => ({
        jobs: eb('ended_jobs_by_time.jobs', '+', 1),
        products: eb('ended_jobs_by_time.products', '+', job.products),
      })),
    )
    .execute()
}
