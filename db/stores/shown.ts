import { sql } from 'kysely'
import type { Behind, JobView, OutboxStore } from '../../src/chat/store.ts'
import type { JobId } from '../../src/ids.ts'
import type { Thread } from '../../src/jobs/job.ts'
import type { Locale } from '../../src/messages/locale.ts'
import type { Db, Quirks } from '../database.ts'
import type { AccountRow } from '../tables.ts'
import { fromJson, toFlag } from './columns.ts'
import { isActive, type ReadJob, readAt, toJob } from './jobs-rows.ts'
import { toProduct } from './products-rows.ts'

/** Products that a last word shows. */
const FIRST_PRODUCTS = 5

const views = (db: Db, quirks: Quirks) =>
  db
    .selectFrom('jobs')
    .innerJoin('accounts', 'accounts.id', 'jobs.account_id')
    .innerJoin('users', 'users.id', 'jobs.user_id')
    .selectAll('jobs')
    .select(readAt(quirks))
    .select([
      'accounts.user_id as account_user',
      'accounts.platform as account_platform',
      'accounts.workspace as account_workspace',
      'accounts.external_id as account_external',
      'accounts.name as account_name',
      'users.locale as user_locale',
    ])

type ViewRow = ReadJob & {
  account_user: AccountRow['user_id']
  account_platform: string
  account_workspace: string
  account_external: string
  account_name: string
  user_locale: Locale | null
}

const toView = (row: ViewRow): JobView => ({
  job: toJob(row),
  owner: {
    account: {
      id: row.account_id,
      userId: row.account_user,
      platform: row.account_platform,
      workspace: row.account_workspace,
      externalId: row.account_external,
      name: row.account_name,
    },
    locale: row.user_locale,
  },
  mayHaveProgress: row.progress_id === null && row.shown_at !== null,
})

/** A job with what its messages need. */
export async function view(db: Db, quirks: Quirks, jobId: JobId): Promise<JobView | undefined> {
  const row = await views(db, quirks).where('jobs.id', '=', jobId).executeTakeFirst()
  return row && toView(row)
}

/**
 * Active jobs whose thread shows an older version than the row has, or queued ones that are told otherwise than now
 * whether there are workers; the one not shown for longest first.
 */
export async function behind(
  db: Db,
  quirks: Quirks,
  platforms: string[],
  { limit, isWorkerless }: { limit: number; isWorkerless: boolean },
): Promise<Behind[]> {
  const rows = await views(db, quirks)
    .where(isActive)
    .where('jobs.thread', 'is not', null)
    .where(quirks.isIn('jobs.platform', platforms))
    .where((eb) =>
      eb.or([
        eb('jobs.version', '>', eb.ref('jobs.shown_version')),
        eb('jobs.state', '=', sql.lit<'queued'>('queued')).and('jobs.is_shown_workerless', '<>', toFlag(isWorkerless)),
      ]),
    )
    .orderBy((eb) => eb.fn.coalesce('jobs.shown_at', 'jobs.created_at'))
    .orderBy('jobs.id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    ...toView(row),
    thread: fromJson<Thread>(row.thread!),
    shownVersion: row.shown_version,
    shownAt: row.shown_at,
  }))
}

/** The first products of a job and its price range, in the currency that most of its products have. */
export async function digest(db: Db, jobId: JobId): ReturnType<OutboxStore['digest']> {
  const first = await db
    .selectFrom('products')
    .selectAll()
    .where('job_id', '=', jobId)
    .orderBy('position')
    .limit(FIRST_PRODUCTS)
    .execute()
  const range = await db
    .selectFrom('products')
    .select((eb) => ['currency', eb.fn.min('price').as('lowest'), eb.fn.max('price').as('highest')])
    .where('job_id', '=', jobId)
    .where('price', 'is not', null)
    .groupBy('currency')
    .orderBy((eb) => eb.fn.countAll(), 'desc')
    .orderBy('currency')
    .limit(1)
    .executeTakeFirst()
  return {
    first: first.map(toProduct),
    lowest: range?.lowest ?? null,
    highest: range?.highest ?? null,
    currency: range?.currency ?? null,
  }
}
