import {
  type ExpressionBuilder,
  type ExpressionWrapper,
  type Insertable,
  type RawBuilder,
  type SqlBool,
  sql,
} from 'kysely'
import type { Lease, Waiting } from '../../src/crawl/store.ts'
import type { JobId, UserId } from '../../src/ids.ts'
import { hostOf, type Job, type JobRequest, type Place, type Thread } from '../../src/jobs/job.ts'
import { ACTIVE } from '../../src/jobs/states.ts'
import type { JobDraft } from '../../src/jobs/store.ts'
import type { Coverage } from '../../src/sites/product.ts'
import type { Quirks } from '../database.ts'
import type { JobRow, Tables } from '../tables.ts'
import { clean, fromJson, fromJsonOrNull, toJson, toJsonOrNull } from './columns.ts'

/** A job's row, and the database's time when it was read. */
export type ReadJob = JobRow & { read_at: number }

/** The column beside a job's own that `toJob` needs. */
export const readAt = ({ now }: Quirks) => now.as('read_at')

/** A row as the rooms know it. */
export function toJob(row: ReadJob): Job {
  return {
    id: row.id,
    userId: row.user_id,
    accountId: row.account_id,
    request: fromJson<JobRequest>(row.request),
    state: row.state,
    stopReason: row.stop_reason,
    code: row.code,
    facts: fromJsonOrNull<unknown>(row.facts),
    priority: row.priority,
    runAt: row.run_at,
    attempt: row.attempt,
    nextCharge: row.next_charge,
    takeovers: row.takeovers,
    fence: row.fence,
    version: row.version,
    products: row.products,
    pages: row.pages,
    failedPages: row.failed_pages,
    bytes: row.bytes,
    total: row.total,
    coverage: fromJson<Coverage>(row.coverage),
    routes: fromJson<Record<string, number>>(row.routes),
    warnings: fromJson<Record<string, number>>(row.warnings),
    waiting: fromJsonOrNull<Waiting>(row.waiting),
    place: fromJson<Place>(row.place),
    thread: fromJsonOrNull<Thread>(row.thread),
    progressId: row.progress_id,
    retryOf: row.retry_of,
    requestId: row.request_id,
    createdAt: row.created_at,
    startedAt: row.started_at,
    checkpointAt: row.checkpoint_at,
    finishedAt: row.finished_at,
    clearedAt: row.cleared_at,
    readAt: row.read_at,
  }
}

/** The row of a new job: queued, due now. */
export function newJob(
  id: JobId,
  owner: UserId,
  draft: JobDraft,
  threadKey: string,
  quirks: Quirks,
): Insertable<Tables['jobs']> {
  return {
    id,
    user_id: owner,
    account_id: draft.accountId,
    ...requestColumns(draft.request),
    place: toJson(draft.place),
    platform: draft.place.platform,
    thread: toJsonOrNull(draft.retry?.thread),
    thread_key: threadKey,
    retry_of: draft.retry?.of ?? null,
    request_id: draft.requestId ?? null,
    priority: draft.priority,
    run_at: quirks.now as never,
    created_at: quirks.now as never,
    ...UNTOUCHED,
  }
}

const requestColumns = (request: JobRequest) => ({
  request: toJson({ ...request, words: clean(request.words) }),
  site: request.site,
  words: clean(request.words),
  host: hostOf(request),
  product_limit: request.limit,
})

/** What a job looks like before anything was done. */
const UNTOUCHED = {
  progress_id: null,
  cleared_at: null,
  shown_version: 0,
  shown_at: null,
  is_shown_workerless: 0,
  state: 'queued',
  stop_reason: null,
  code: null,
  facts: null,
  attempt: 0,
  next_charge: 1,
  takeovers: 0,
  fence: 0,
  holder: null,
  lease_until: null,
  version: 1,
  products: 0,
  pages: 0,
  failed_pages: 0,
  bytes: 0,
  total: null,
  coverage: toJson({ products: 0 }),
  routes: '{}',
  warnings: '{}',
  waiting: null,
  discovered: 0,
  started_at: null,
  checkpoint_at: null,
  finished_at: null,
} as const

type JobsFilter = (eb: ExpressionBuilder<Tables, 'jobs'>) => ExpressionWrapper<Tables, 'jobs', SqlBool>

/**
 * Rows in an active state. The states stand in the text, not in parameters: only so do both databases see that the
 * partial index answers it.
 */
export const isActive: JobsFilter = (eb) =>
  eb(eb.ref('jobs.state'), 'in', sql<JobRow['state']>`(${sql.join(ACTIVE.map((state) => sql.lit(state)))})`)

/** Rows of shops that no administrator has paused. */
export const isSiteOpen: JobsFilter = (eb) =>
  eb.not(eb.exists(eb.selectFrom('paused_sites').select('site').whereRef('paused_sites.site', '=', 'jobs.site')))

/** The row that a lease still holds; none when the job was taken over, requeued, cancelled or finished. */
export const isHeldBy =
  (lease: Lease | { [Part in keyof Lease]: RawBuilder<Lease[Part]> }): JobsFilter =>
  (eb) =>
    eb.and([
      eb('jobs.id', '=', lease.jobId),
      eb('jobs.state', '=', 'running'),
      eb('jobs.fence', '=', lease.fence),
      eb('jobs.holder', '=', lease.holder),
    ])
