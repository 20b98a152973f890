import { sql } from 'kysely'
import type { Usual } from '../../src/crawl/drift.ts'
import type { CoverageStore, Lease } from '../../src/crawl/store.ts'
import type { JobId } from '../../src/ids.ts'
import type { CountedField } from '../../src/sites/coverage.ts'
import type { Coverage } from '../../src/sites/product.ts'
import type { Database, Db, Quirks, Tx } from '../database.ts'
import type { ProductRow } from '../tables.ts'
import { clean, fromJson, toJson } from './columns.ts'
import { holdJob } from './leases.ts'

/** How long a shop that nobody asks for is remembered. */
const KEPT_MS = 90 * 24 * 3_600_000

/** How well products are filled: of one job, and remembered over jobs. */
export function createCoverageStore({ db, quirks, transaction }: Database): CoverageStore {
  return {
    async usual(name) {
      const rows = await db.selectFrom('coverage_memory').selectAll().where('name', '=', clean(name)).execute()
      return Object.fromEntries(
        rows.map(({ route, jobs, shares, falls }) => [route, { jobs, shares: fromJson(shares), falls }]),
      )
    },
    ofJob: (jobId) => countFields(db, jobId),
    remember: (lease, name, usual) => transaction((tx) => remember(tx, quirks, lease, clean(name), usual)),
    warn: (lease, warnings) =>
      transaction(async (tx) => {
        const job = await holdJob(tx, quirks, lease)
        const all = { ...fromJson<Record<string, number>>(job.warnings), ...warnings }
        await tx
          .updateTable('jobs')
          .set({ warnings: toJson(all) })
          .where('id', '=', lease.jobId)
          .execute()
      }),
  }
}

async function remember(
  tx: Tx,
  quirks: Quirks,
  lease: Lease,
  name: string,
  usual: Record<string, Usual>,
): Promise<void> {
  await holdJob(tx, quirks, lease)
  for (const [route, { jobs, shares, falls }] of Object.entries(usual)) {
    const values = { jobs, shares: toJson(shares), falls, updated_at: quirks.now }
    await tx
      .insertInto('coverage_memory')
      .values({ name, route, ...values })
      .onConflict((conflict) => conflict.columns(['name', 'route']).doUpdateSet(values))
      .execute()
  }
  await tx.deleteFrom('coverage_memory').where('updated_at', '<=', sql<number>`${quirks.now} - ${KEPT_MS}`).execute()
}

/** Every counted field and its column; an absent value is null there. */
const COLUMNS = {
  id: 'product_id',
  name: 'name',
  brand: 'brand',
  seller: 'seller',
  price: 'price',
  originalPrice: 'original_price',
  discountRate: 'discount_rate',
  currency: 'currency',
  rating: 'rating',
  reviewCount: 'review_count',
  inStock: 'in_stock',
  url: 'url',
  imageUrl: 'image_url',
  category: 'category',
} as const satisfies Record<CountedField, keyof ProductRow>

async function countFields(db: Db, jobId: JobId): Promise<Record<string, Coverage>> {
  const rows = await db
    .selectFrom('products')
    .innerJoin('frontier', (join) =>
      join.onRef('frontier.job_id', '=', 'products.job_id').onRef('frontier.url_key', '=', 'products.page_key'),
    )
    .where('products.job_id', '=', jobId)
    .where('frontier.route', 'is not', null)
    .groupBy('frontier.route')
    .select('frontier.route')
    .select((eb) => eb.fn.countAll().as('products'))
    .select((eb) => Object.entries(COLUMNS).map(([field, column]) => eb.fn.count(`products.${column}`).as(field)))
    .execute()
  return Object.fromEntries(rows.map(({ route, ...counts }) => [route, numbersOf(counts)]))
}

/** PostgreSQL counts in bigint, which comes as text. */
const numbersOf = (counts: Record<string, number | string | bigint>): Coverage =>
  Object.fromEntries(Object.entries(counts).map(([field, count]) => [field, Number(count)])) as Coverage
