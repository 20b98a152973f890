import type { Kysely } from 'kysely'

// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
type AnyDb = Kysely<any>

/** How many jobs in a row a route's coverage has been below what is remembered of it. */
export async function up(db: AnyDb): Promise<void> {
  await db.schema
    .alterTable('coverage_memory')
    .addColumn('falls', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
}
