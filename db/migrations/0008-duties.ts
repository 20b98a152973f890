import type { Kysely } from 'kysely'
import type { ColumnTypes } from '../database.ts'

/** What one of several processes does at a time, and whose it is. */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>, { id, clustered }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('duties')
    .addColumn('duty', id as never, (c) => c.primaryKey())
    .addColumn('holder', id as never, (c) => c.notNull())
    .addColumn('held_until', 'bigint', (c) => c.notNull())
    .modifyEnd(clustered as never)
    .execute()
}
