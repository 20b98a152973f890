import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../database.ts'

/** Threads of forgotten crawls whose messages are still to be taken back. */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>, { id }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('closings')
    .addColumn('id', id as never, (c) => c.notNull().primaryKey())
    .addColumn('platform', 'text', (c) => c.notNull())
    .addColumn('thread', 'text')
    .addColumn('progress_id', 'text')
    .addColumn('locale', 'text')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('run_at', 'bigint', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addCheckConstraint('closings_locale_is_known', sql`locale is null or locale in ('ko', 'en')`)
    .execute()
}
