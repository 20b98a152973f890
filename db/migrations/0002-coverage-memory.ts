import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../database.ts'

// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
type AnyDb = Kysely<any>

/** How well the products of each shop and route usually are filled, remembered over jobs. */
export async function up(db: AnyDb, { id, clustered }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('coverage_memory')
    .addColumn('name', id as never, (c) => c.notNull())
    .addColumn('route', id as never, (c) => c.notNull())
    .addColumn('jobs', 'integer', (c) => c.notNull())
    .addColumn('shares', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('coverage_memory_each_once', ['name', 'route'])
    .addCheckConstraint('coverage_memory_has_jobs', sql`jobs > 0`)
    .modifyEnd(clustered as never)
    .execute()
  await db.schema.createIndex('coverage_memory_age').on('coverage_memory').columns(['updated_at']).execute()
}
