import type { JobId, UserId } from '../../src/ids.ts'
import type { JobRequest } from '../../src/jobs/job.ts'
import { isEnded } from '../../src/jobs/states.ts'
import type { Locale } from '../../src/messages/locale.ts'
import type { ResultFacts, ResultFile, ResultStore } from '../../src/results/store.ts'
import type { Database, Tx } from '../database.ts'
import type { FileRow, JobRow } from '../tables.ts'
import { fromJson } from './columns.ts'
import { toProduct } from './products-rows.ts'

/** Results of owners. `standard` is for users who have chosen no language, where none is asked for. */
export function createResultStore({ db, transaction }: Database, standard: Locale): ResultStore {
  return {
    async facts(owner, jobId, locale) {
      const row = await db
        .selectFrom('jobs')
        .innerJoin('users', 'users.id', 'jobs.user_id')
        .selectAll('jobs')
        .select('users.locale')
        .where('jobs.user_id', '=', owner)
        .where('jobs.id', '=', jobId)
        .where('jobs.cleared_at', 'is', null)
        .executeTakeFirst()
      return row && toFacts(row, row.locale ?? locale ?? standard)
    },
    async products(owner, jobId, afterPosition, limit) {
      const rows = await db
        .selectFrom('products')
        .innerJoin('jobs', 'jobs.id', 'products.job_id')
        .selectAll('products')
        .where('jobs.user_id', '=', owner)
        .where('products.job_id', '=', jobId)
        .where('products.position', '>', afterPosition)
        .orderBy('products.position')
        .limit(limit)
        .execute()
      return rows.map(toProduct)
    },
    async file(owner, jobId, format) {
      const row = await db
        .selectFrom('files')
        .selectAll()
        .where('user_id', '=', owner)
        .where('job_id', '=', jobId)
        .where('format', '=', format)
        .executeTakeFirst()
      return row && toFile(row)
    },
    keep: (file) =>
      transaction(async (tx) => {
        if (!(await isTheirs(tx, file.userId, file.jobId))) return false
        const { id, user_id, name, bytes, rows, created_at, ...key } = fileRow(file)
        const values = { id, user_id, name, bytes, rows, created_at }
        await tx
          .insertInto('files')
          .values({ ...key, ...values })
          .onConflict((conflict) => conflict.columns(['job_id', 'format']).doUpdateSet(values))
          .execute()
        return true
      }),
    async fileIds(owner) {
      const rows = await db.selectFrom('files').select('id').where('user_id', '=', owner).execute()
      return rows.map(({ id }) => id)
    },
  }
}

/**
 * Whether a job still is this user's and has its products: accounts may have been linked or split, the job cleared or
 * forgotten, while its rows were read. A write that changes nothing holds the row until the file is noted.
 */
async function isTheirs(tx: Tx, owner: UserId, id: JobId): Promise<boolean> {
  const job = await tx
    .updateTable('jobs')
    .set((eb) => ({ fence: eb.ref('fence') }))
    .where('id', '=', id)
    .where('user_id', '=', owner)
    .where('cleared_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return job !== undefined
}

function toFacts(row: JobRow, locale: Locale): ResultFacts | undefined {
  const { state, finished_at } = row
  if (!isEnded(state) || finished_at === null) return undefined
  const request = fromJson<JobRequest>(row.request)
  return {
    jobId: row.id,
    userId: row.user_id,
    site: request.site,
    words: request.words,
    url: request.url,
    limit: request.limit,
    state,
    stopReason: row.stop_reason,
    code: row.code,
    codeFacts: row.facts === null ? undefined : fromJson(row.facts),
    pages: row.pages,
    failedPages: row.failed_pages,
    products: row.products,
    coverage: fromJson(row.coverage),
    routes: fromJson(row.routes),
    warnings: fromJson(row.warnings),
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: finished_at,
    locale,
  }
}

const toFile = (row: FileRow): ResultFile => ({
  id: row.id,
  userId: row.user_id,
  jobId: row.job_id,
  format: row.format,
  name: row.name,
  bytes: row.bytes,
  rows: row.rows,
  createdAt: row.created_at,
})

const fileRow = (file: ResultFile): FileRow => ({
  id: file.id,
  user_id: file.userId,
  job_id: file.jobId,
  format: file.format,
  name: file.name,
  bytes: file.bytes,
  rows: file.rows,
  created_at: file.createdAt,
})
