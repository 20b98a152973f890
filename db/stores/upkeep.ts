import { sql } from 'kysely'
import type { JobId } from '../../src/ids.ts'
import type { JobRequest } from '../../src/jobs/job.ts'
import type { DueJob, UpkeepStore } from '../../src/upkeep/store.ts'
import type { Database, Db, Quirks, Tx } from '../database.ts'
import { fromJson, toJson } from './columns.ts'

/** How long requests to shops are kept. */
const REQUESTS_KEPT_MS = 7 * 24 * 3_600_000
/** Everything that hangs on a job and goes with its words. */
const PARTS = ['products', 'frontier', 'lists', 'seen', 'evidence', 'files'] as const

/** What retention reads and removes, in small steps. */
export function createUpkeepStore({ db, quirks, transaction }: Database): UpkeepStore {
  return {
    due: (ms, limit) => due(db, quirks, ms, limit),
    clear: (jobs) =>
      transaction(async (tx) => {
        for (const job of jobs) await clearJob(tx, quirks, job)
      }),
    expire: (limit) =>
      transaction(async (tx) => {
        const pages = await tx
          .deleteFrom('evidence')
          .where('id', 'in', (eb) =>
            eb.selectFrom('evidence').select('id').where('expires_at', '<=', quirks.now).limit(limit),
          )
          .executeTakeFirst()
        const requests = await tx
          .deleteFrom('request_log')
          .where('id', 'in', (eb) =>
            eb
              .selectFrom('request_log')
              .select('id')
              .where('at', '<=', sql<number>`${quirks.now} - ${REQUESTS_KEPT_MS}`)
              .limit(limit),
          )
          .executeTakeFirst()
        return Number(pages.numDeletedRows + requests.numDeletedRows)
      }),
    sizes: async () => {
      const { rows } = await sql<{ jobs: number; files: number; bytes: number }>`select
        (select count(*) from jobs where finished_at is not null and cleared_at is null) as jobs,
        (select count(*) from files) as files,
        (select coalesce(sum(bytes), 0) from files) as bytes`.execute(db)
      const { jobs, files, bytes } = rows[0]!
      return { jobsKept: Number(jobs), files: Number(files), fileBytes: Number(bytes) }
    },
  }
}

async function due(db: Db, quirks: Quirks, ms: number, limit: number): Promise<DueJob[]> {
  const jobs = await db
    .selectFrom('jobs')
    .select('id')
    .where('finished_at', 'is not', null)
    .where('cleared_at', 'is', null)
    .where('finished_at', '<=', sql<number>`${quirks.now} - ${ms}`)
    .orderBy('finished_at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return Promise.all(
    jobs.map(async ({ id }) => {
      const files = await db.selectFrom('files').select(['id', 'user_id', 'format']).where('job_id', '=', id).execute()
      return { id, files: files.map((file) => ({ id: file.id, userId: file.user_id, format: file.format })) }
    }),
  )
}

/** The row stays with its counts; what the person typed and what was found goes. */
async function clearJob(tx: Tx, quirks: Quirks, id: JobId): Promise<void> {
  const row = await tx
    .selectFrom('jobs')
    .select('request')
    .where('id', '=', id)
    .where('finished_at', 'is not', null)
    .executeTakeFirst()
  if (!row) return
  const request = { ...fromJson<JobRequest>(row.request), words: '', url: null }
  await tx
    .updateTable('jobs')
    .set({ request: toJson(request), words: '', host: '', facts: null, cleared_at: quirks.now })
    .where('id', '=', id)
    .execute()
  for (const table of PARTS) await tx.deleteFrom(table).where('job_id', '=', id).execute()
}
