import { sql } from 'kysely'
import type { Clock } from '../../src/clock.ts'
import type { RequestLogStore } from '../../src/crawl/store.ts'
import { type JobId, newId } from '../../src/ids.ts'
import type { Database, Quirks, Tx } from '../database.ts'
import { clean, cleanOrNull } from './columns.ts'

/** How long requests to shops are kept. */
const KEPT_MS = 7 * 24 * 3_600_000

/** Whoever removes jobs with their requests takes this lock, so that none is added to a job that is gone. */
export const lockRequestLog = (tx: Tx, quirks: Quirks): Promise<void> => quirks.lock(tx, 'request_log')

/** HTTP requests to shops; old ones go whenever new ones come. */
export function createRequestLogStore({ quirks, transaction }: Database, clock: Clock): RequestLogStore {
  return {
    async append(records) {
      if (records.length === 0) return
      const rows = records.map((record) => ({
        id: newId<string>(clock.now()),
        at: Math.round(record.at),
        job_id: record.jobId,
        host: record.host,
        url: clean(record.url),
        address_class: record.addressClass,
        robots: record.robots,
        try_number: record.tryNumber,
        status: record.status,
        bytes: record.bytes,
        ms: Math.round(record.ms),
        error: cleanOrNull(record.error),
      }))
      await transaction(async (tx) => {
        await tx.deleteFrom('request_log').where('at', '<=', sql<number>`${quirks.now} - ${KEPT_MS}`).execute()
        const gone = await goneJobs(tx, quirks, rows)
        await quirks.insertMany(
          tx,
          'request_log',
          rows.filter(({ job_id }) => job_id === null || !gone.has(job_id)),
        )
      })
    },
  }
}

/** Jobs of these rows whose words are no longer kept: forgotten, or cleared while their last page was on its way. */
async function goneJobs(tx: Tx, quirks: Quirks, rows: { job_id: JobId | null }[]): Promise<Set<JobId>> {
  const named = new Set(rows.flatMap(({ job_id }) => job_id ?? []))
  if (named.size === 0) return named
  await lockRequestLog(tx, quirks)
  const there = await tx
    .selectFrom('jobs')
    .select('id')
    .where(quirks.isIn('id', [...named]))
    .where('cleared_at', 'is', null)
    .execute()
  for (const { id } of there) named.delete(id)
  return named
}
