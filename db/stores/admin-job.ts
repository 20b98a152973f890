import type { JobDetail, JobPage, OwnedJob } from '../../src/admin/store.ts'
import type { JobId } from '../../src/ids.ts'
import type { SiteRequest } from '../../src/sites/site.ts'
import type { Db } from '../database.ts'
import type { FrontierRow } from '../tables.ts'
import { fromJson, fromJsonOrNull } from './columns.ts'

/** Rows of each kind that a job's detail shows. */
const ROWS_MAX = 100

/** Everything about a job. */
export async function readDetail(db: Db, job: OwnedJob): Promise<JobDetail> {
  return {
    job,
    pages: await pagesOf(db, job.id),
    files: await filesOf(db, job.id),
    evidence: await evidenceOf(db, job.id),
    deliveries: await deliveriesOf(db, job.id),
    requests: await requestsOf(db, job.id),
    retries: (await db.selectFrom('jobs').select('id').where('retry_of', '=', job.id).limit(ROWS_MAX).execute()).map(
      ({ id }) => id,
    ),
  }
}

async function pagesOf(db: Db, id: JobId): Promise<JobPage[]> {
  const rows = await db
    .selectFrom('frontier')
    .selectAll()
    .where('job_id', '=', id)
    .orderBy((eb) => eb.case().when('state', '=', 'failed').then(0).when('state', '=', 'done').then(1).else(2).end())
    .orderBy('seq', 'desc')
    .limit(ROWS_MAX)
    .execute()
  return rows.map(toPage)
}

const toPage = (row: FrontierRow): JobPage => ({
  url: fromJson<SiteRequest>(row.request).url,
  kind: row.kind,
  page: row.page,
  state: row.state,
  tries: row.tries,
  status: row.status,
  bytes: row.bytes,
  route: row.route,
  code: row.code,
  facts: fromJsonOrNull<unknown>(row.facts),
  doneAt: row.done_at,
})

const filesOf = (db: Db, id: JobId): Promise<JobDetail['files']> =>
  db
    .selectFrom('files')
    .select(['format', 'name', 'bytes', 'rows', 'created_at as createdAt'])
    .where('job_id', '=', id)
    .execute()

const evidenceOf = (db: Db, id: JobId): Promise<JobDetail['evidence']> =>
  db
    .selectFrom('evidence')
    .select(['id', 'url', 'status', 'title', 'code', 'created_at as createdAt'])
    .where('job_id', '=', id)
    .orderBy('created_at')
    .limit(ROWS_MAX)
    .execute()

const deliveriesOf = (db: Db, id: JobId): Promise<JobDetail['deliveries']> =>
  db
    .selectFrom('outbox')
    .select(['kind', 'state', 'attempts', 'cause', 'sent_at as sentAt'])
    .where('job_id', '=', id)
    .orderBy('created_at')
    .orderBy('seq')
    .limit(ROWS_MAX)
    .execute()

const requestsOf = (db: Db, id: JobId): Promise<JobDetail['requests']> =>
  db
    .selectFrom('request_log')
    .select(['at', 'url', 'try_number as tryNumber', 'status', 'bytes', 'ms', 'robots', 'error'])
    .where('job_id', '=', id)
    .orderBy('at', 'desc')
    .limit(ROWS_MAX)
    .execute()
