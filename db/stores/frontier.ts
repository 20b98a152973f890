import { sql } from 'kysely'
import type { FrontierStore, Lease, NewPage, OpenPage, PageFailure } from '../../src/crawl/store.ts'
import { StaleLease } from '../../src/crawl/store.ts'
import type { SiteRequest } from '../../src/sites/site.ts'
import type { Database, Db, Quirks, Tx } from '../database.ts'
import type { FrontierRow } from '../tables.ts'
import { newPage, writeCheckpoint } from './checkpoints.ts'
import { fromJson, fromJsonOrNull, toJsonOrNull } from './columns.ts'
import { fixedQuery } from './fixed-query.ts'
import { isHeldBy } from './jobs-rows.ts'
import { heldJob, holdJob, mustHaveHeld } from './leases.ts'

/** The worker's door for pages. */
export function createFrontierStore({ db, quirks, transaction }: Database): FrontierStore {
  return {
    seed: (lease, pages) => transaction((tx) => seed(tx, quirks, lease, pages)),
    heads: (lease, limit) => readHeads(db, quirks, lease, limit),
    checkpoint: (lease, page) =>
      quirks.checkpoint?.(db, quirks, lease, page) ?? transaction((tx) => writeCheckpoint(tx, quirks, lease, page)),
    postpone: (lease, key, inMs) =>
      transaction(async (tx) => {
        await holdJob(tx, quirks, lease)
        await tx
          .updateTable('frontier')
          .set((eb) => ({ tries: eb('tries', '+', 1), not_before: eb(quirks.now, '+', Math.round(inMs)) }))
          .where('job_id', '=', lease.jobId)
          .where('url_key', '=', key)
          .where('state', '=', 'open')
          .execute()
      }),
    async waiting(lease, waiting) {
      const result = await db
        .updateTable('jobs')
        .set({ waiting: toJsonOrNull(waiting), version: sql<number>`version + 1` })
        .where(isHeldBy(lease))
        .executeTakeFirst()
      mustHaveHeld(lease, result)
    },
    async progress(lease) {
      const job = await heldJob(db, lease)
      const failed = () =>
        db
          .selectFrom('frontier')
          .select(['code', 'facts'])
          .where('job_id', '=', lease.jobId)
          .where('state', '=', 'failed')
          .orderBy('done_at')
          .orderBy('seq')
          .limit(1)
      const broken = failed().where('kind', '=', 'list').where('code', '!=', 'page.not_found')
      const origins = await db
        .selectFrom('frontier')
        .select(quirks.originIn('request').as('origin'))
        .distinct()
        .where('job_id', '=', lease.jobId)
        .execute()
      return {
        products: job.products,
        pages: job.pages,
        failedPages: job.failed_pages,
        coverage: fromJson(job.coverage),
        failure: toFailure(await failed().executeTakeFirst()),
        brokenList: toFailure(await broken.executeTakeFirst()),
        origins: origins.map(({ origin }) => origin),
      }
    },
  }
}

const toFailure = (row: Pick<FrontierRow, 'code' | 'facts'> | undefined): PageFailure | null =>
  row?.code ? { code: row.code, facts: fromJsonOrNull(row.facts) } : null

async function seed(tx: Tx, quirks: Quirks, lease: Lease, pages: NewPage[]): Promise<void> {
  const job = await holdJob(tx, quirks, lease)
  if (job.discovered > 0) return
  const rows = pages.map((page, seq) => newPage(lease, page, seq))
  await quirks.insertMany(tx, 'frontier', rows)
  await tx.updateTable('jobs').set({ discovered: rows.length }).where('id', '=', lease.jobId).execute()
}

/** One statement for the lease and its pages: a lease without pages gives one row of nulls, a lost lease none. */
async function readHeads(db: Db, quirks: Quirks, lease: Lease, limit: number): Promise<OpenPage[]> {
  const rows = await openPages(db, quirks, { ...lease, limit })
  if (rows.length === 0) throw new StaleLease(lease.jobId)
  return rows.flatMap((row) =>
    row.url_key === null
      ? []
      : [
          {
            key: row.url_key,
            request: fromJson<SiteRequest>(row.request!),
            tries: row.tries!,
            dueInMs: Math.max(0, Number(row.due_in_ms)),
          },
        ],
  )
}

type Head = { [Column in 'url_key' | 'request' | 'tries']: FrontierRow[Column] | null } & { due_in_ms: number | null }

const openPages = fixedQuery<Lease & { limit: number }, Head>((db, slot, { now }) =>
  db
    .selectFrom('jobs')
    .leftJoin('frontier as f', (join) =>
      join.onRef('f.job_id', '=', 'jobs.id').on('f.state', '=', sql.lit<'open'>('open')),
    )
    .select(['f.url_key', 'f.request', 'f.tries'])
    .select((eb) => eb(eb.ref('f.not_before'), '-', now).as('due_in_ms'))
    .where(isHeldBy({ jobId: slot('jobId'), fence: slot('fence'), holder: slot('holder') }))
    .orderBy('f.list_group')
    .orderBy('f.page')
    .orderBy('f.list')
    .orderBy('f.seq')
    .limit(slot('limit')),
)
