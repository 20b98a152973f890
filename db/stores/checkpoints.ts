import type { Checkpoint, Checkpointed, Lease, NewPage } from '../../src/crawl/store.ts'
import { addCoverage } from '../../src/sites/coverage.ts'
import type { Quirks, Tx } from '../database.ts'
import type { FrontierRow, JobRow, ListRow } from '../tables.ts'
import { clean, fromJson, toFlag, toJson, toJsonOrNull } from './columns.ts'
import { fixedQuery } from './fixed-query.ts'
import { holdJob } from './leases.ts'
import { type NewProduct, newProduct } from './products-rows.ts'

/** Pages in a row without a new id after which a list has ended. */
export const BARREN_PAGES = 2

type ReadPage = Pick<FrontierRow, 'kind' | 'list'>

/** The checkpoint of one page, in a transaction of the caller's. @throws StaleLease */
export async function writeCheckpoint(
  tx: Tx,
  quirks: Quirks,
  lease: Lease,
  checkpoint: Checkpoint,
): Promise<Checkpointed> {
  const job = await holdJob(tx, quirks, lease)
  const page = await closePage(tx, quirks, lease, checkpoint)
  if (!page) return unchanged(job) // written before: the answer to a commit was lost, or its list ended meanwhile
  const before = await readList(tx, quirks, lease, page.list)
  const stored = await storeProducts(tx, quirks, job, checkpoint)
  const fresh = page.kind === 'list' ? await countFresh(tx, quirks, lease, page.list, checkpoint.ids) : stored.length
  const list = judgeList(before, page, checkpoint, fresh)
  if (!isSameList(before, list)) await writeList(tx, lease, list)
  const products = job.products + stored.length
  const isFull = products >= job.product_limit
  const open = isFull ? 0 : await openNext(tx, quirks, lease, job, list, checkpoint.next)
  if (isFull) await skipOpenPages(tx, lease)
  const total = before.total === list.total ? job.total : await sumTotals(tx, lease, job.product_limit)
  await writeCounters(tx, quirks, lease, job, checkpoint, { stored, total, discovered: job.discovered + open })
  return { fresh, stored: stored.length, products, pages: job.pages + (checkpoint.outcome === 'done' ? 1 : 0), isFull }
}

const unchanged = (job: JobRow): Checkpointed => ({
  fresh: 0,
  stored: 0,
  products: job.products,
  pages: job.pages,
  isFull: job.products >= job.product_limit,
})

async function closePage(tx: Tx, quirks: Quirks, lease: Lease, page: Checkpoint): Promise<ReadPage | undefined> {
  const { key, outcome, status, bytes, route, failure } = page
  const [row] = await closeOpen(tx, quirks, {
    ...{ job_id: lease.jobId, url_key: key, state: outcome, status, bytes, route },
    ...{ code: failure?.code ?? null, facts: toJsonOrNull(failure?.facts) },
  })
  return row
}

type ClosedPage = Pick<FrontierRow, 'job_id' | 'url_key' | 'state' | 'status' | 'bytes' | 'route' | 'code' | 'facts'>

const closeOpen = fixedQuery<ClosedPage, ReadPage>((db, slot, { now }) =>
  db
    .updateTable('frontier')
    .set((eb) => ({
      ...{ state: slot('state'), status: slot('status'), bytes: slot('bytes'), route: slot('route') },
      ...{ code: slot('code'), facts: slot('facts'), tries: eb('tries', '+', 1), done_at: now },
    }))
    .where('job_id', '=', slot('job_id'))
    .where('url_key', '=', slot('url_key'))
    .where('state', '=', 'open')
    .returning(['kind', 'list']),
)

async function readList(tx: Tx, quirks: Quirks, lease: Lease, list: number): Promise<ListRow> {
  const [row] = await listOf(tx, quirks, { job_id: lease.jobId, list })
  return row ?? { job_id: lease.jobId, list, barren: 0, is_ended: 0, total: null }
}

const listOf = fixedQuery<Pick<ListRow, 'job_id' | 'list'>, ListRow>((db, slot) =>
  db.selectFrom('lists').selectAll().where('job_id', '=', slot('job_id')).where('list', '=', slot('list')),
)

/** Most pages change nothing about their list: then its row stays as it is, or absent. */
const isSameList = (one: ListRow, other: ListRow): boolean =>
  one.barren === other.barren && one.is_ended === other.is_ended && one.total === other.total

/** Ids that the list had not shown before; they are remembered. */
async function countFresh(tx: Tx, quirks: Quirks, lease: Lease, list: number, ids: string[]): Promise<number> {
  const rows = [...new Set(ids.map(clean))].map((product_id) => ({ job_id: lease.jobId, list, product_id }))
  return quirks.insertMany(tx, 'seen', rows)
}

/** What a page says of its list. Only a list's own pages that were read can end it: a failed page shows no ids. */
function judgeList(list: ListRow, page: ReadPage, checkpoint: Checkpoint, fresh: number): ListRow {
  const total = Math.max(list.total ?? 0, checkpoint.total ?? 0)
  const next = { ...list, total: list.total === null && checkpoint.total === null ? null : total }
  if (page.kind !== 'list' || checkpoint.outcome !== 'done') return next
  const barren = fresh > 0 ? 0 : list.barren + 1
  return { ...next, barren, is_ended: toFlag(list.is_ended === 1 || barren >= BARREN_PAGES) }
}

async function writeList(tx: Tx, lease: Lease, list: ListRow): Promise<void> {
  const { barren, is_ended, total } = list
  await tx
    .insertInto('lists')
    .values(list)
    .onConflict((conflict) => conflict.columns(['job_id', 'list']).doUpdateSet({ barren, is_ended, total }))
    .execute()
  if (is_ended === 0) return
  await tx // its details stay: they belong to products that it did show
    .updateTable('frontier')
    .set({ state: 'skipped' })
    .where('job_id', '=', lease.jobId)
    .where('list', '=', list.list)
    .where('kind', '=', 'list')
    .where('state', '=', 'open')
    .execute()
}

/** Stores the products that are new to the job, up to its limit, with positions that go on where the last one stood. */
async function storeProducts(tx: Tx, quirks: Quirks, job: JobRow, page: Checkpoint): Promise<NewProduct[]> {
  const room = job.product_limit - job.products
  if (page.products.length === 0 || room <= 0) return []
  const known = await knownProducts(tx, quirks, job, page.products)
  const fresh: NewProduct[] = []
  for (const product of page.products) {
    const key = keyOf(product.site, clean(product.id))
    if (known.has(key) || fresh.length >= room) continue
    known.add(key)
    fresh.push(product)
  }
  const rows = fresh.map((product, at) => newProduct(job.id, page.key, job.products + at + 1, product))
  await quirks.insertMany(tx, 'products', rows)
  return fresh
}

const keyOf = (site: string, id: string): string => `${site}\n${id}`

async function knownProducts(tx: Tx, quirks: Quirks, job: JobRow, products: NewProduct[]): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('products')
    .select(['site', 'product_id'])
    .where('job_id', '=', job.id)
    .where(quirks.isIn('site', [...new Set(products.map((product) => product.site))]))
    .where(
      quirks.isIn(
        'product_id',
        products.map((product) => clean(product.id)),
      ),
    )
    .execute()
  return new Set(rows.map((row) => keyOf(row.site, row.product_id)))
}

/** Puts pages into the frontier that it does not know yet and whose list goes on. @returns how many were offered */
async function openNext(
  tx: Tx,
  quirks: Quirks,
  lease: Lease,
  job: JobRow,
  own: ListRow,
  pages: NewPage[],
): Promise<number> {
  if (pages.length === 0) return 0
  const closed = await endedLists(tx, lease, own, pages)
  const rows = pages
    .filter(({ request }) => request.kind !== 'list' || !closed.has(request.list))
    .map((page, at) => newPage(lease, page, job.discovered + at))
  await quirks.insertMany(tx, 'frontier', rows)
  return rows.length
}

/** Which of the pages' lists have ended. @param own the list of the page that names them, as it is now */
async function endedLists(tx: Tx, lease: Lease, own: ListRow, pages: NewPage[]): Promise<Set<number>> {
  const isOwn = pages.every(({ request }) => request.kind !== 'list' || request.list === own.list)
  if (isOwn) return new Set(own.is_ended === 1 ? [own.list] : [])
  const ended = await tx
    .selectFrom('lists')
    .select('list')
    .where('job_id', '=', lease.jobId)
    .where('is_ended', '=', 1)
    .execute()
  return new Set(ended.map((row) => row.list))
}

/** The row of a page that nobody has fetched yet. */
export const newPage = (lease: Lease, { key, request }: NewPage, seq: number): FrontierRow => ({
  job_id: lease.jobId,
  url_key: key,
  request: toJson(request),
  kind: request.kind,
  list_group: request.group,
  list: request.list,
  page: request.page,
  seq,
  state: 'open',
  tries: 0,
  not_before: 0,
  status: null,
  bytes: 0,
  route: null,
  code: null,
  facts: null,
  done_at: null,
})

const skipOpenPages = (tx: Tx, lease: Lease) =>
  tx
    .updateTable('frontier')
    .set({ state: 'skipped' })
    .where('job_id', '=', lease.jobId)
    .where('state', '=', 'open')
    .execute()

/** Null while a list that nobody has opened could make it larger, unless it reaches the limit already. */
async function sumTotals(tx: Tx, lease: Lease, limit: number): Promise<number | null> {
  const { total } = await tx
    .selectFrom('lists')
    .select((eb) => eb.fn.sum<number | string | null>('total').as('total'))
    .where('job_id', '=', lease.jobId)
    .executeTakeFirstOrThrow()
  return total !== null && (Number(total) >= limit || !(await hasUnopenedList(tx, lease))) ? Number(total) : null
}

async function hasUnopenedList(tx: Tx, lease: Lease): Promise<boolean> {
  const row = await tx
    .selectFrom('frontier')
    .select('frontier.list')
    .where('frontier.job_id', '=', lease.jobId)
    .where('frontier.state', '=', 'open')
    .where('frontier.kind', '=', 'list')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('lists')
            .select('lists.list')
            .where('lists.job_id', '=', lease.jobId)
            .whereRef('lists.list', '=', 'frontier.list')
            .where('lists.total', 'is not', null),
        ),
      ),
    )
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

async function writeCounters(
  tx: Tx,
  quirks: Quirks,
  lease: Lease,
  job: JobRow,
  page: Checkpoint,
  now: { stored: NewProduct[]; total: number | null; discovered: number },
): Promise<void> {
  const isDone = page.outcome === 'done'
  await setCounters(tx, quirks, {
    id: lease.jobId,
    products: job.products + now.stored.length,
    pages: job.pages + (isDone ? 1 : 0),
    failed_pages: job.failed_pages + (isDone ? 0 : 1),
    bytes: job.bytes + page.bytes,
    total: now.total,
    discovered: now.discovered,
    coverage: toJson(addCoverage(fromJson(job.coverage), now.stored)),
    routes: toJson(addCounts(fromJson(job.routes), isDone && page.route !== null ? { [page.route]: 1 } : {})),
    warnings: toJson(addCounts(addCounts(fromJson(job.warnings), page.warnings), countWarned(page, now.stored))),
    version: job.version + 1,
  })
}

type Counters = Pick<
  JobRow,
  | 'id'
  | 'products'
  | 'pages'
  | 'failed_pages'
  | 'bytes'
  | 'total'
  | 'discovered'
  | 'coverage'
  | 'routes'
  | 'warnings'
  | 'version'
>

const setCounters = fixedQuery<Counters, unknown>((db, slot, { now }) =>
  db
    .updateTable('jobs')
    .set({
      ...{ products: slot('products'), pages: slot('pages'), failed_pages: slot('failed_pages') },
      ...{ bytes: slot('bytes'), total: slot('total'), discovered: slot('discovered'), version: slot('version') },
      ...{ coverage: slot('coverage'), routes: slot('routes'), warnings: slot('warnings'), checkpoint_at: now },
      takeovers: 0, // progress: the worker that died before was not killed by this job
    })
    .where('id', '=', slot('id')),
)

/** How many of the products stored now each code warns of: those beyond the limit, or known before, are no rows. */
function countWarned({ warned }: Checkpoint, stored: NewProduct[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [code, ids] of Object.entries(warned)) {
    const named = new Set(ids)
    const count = stored.filter(({ id }) => named.has(id)).length
    if (count > 0) counts[code] = count
  }
  return counts
}

function addCounts(sums: Record<string, number>, more: Record<string, number>): Record<string, number> {
  const result = { ...sums }
  for (const [name, count] of Object.entries(more)) result[name] = (result[name] ?? 0) + count
  return result
}
