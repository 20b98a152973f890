import type { Kysely } from 'kysely'
import type { ColumnTypes } from '../database.ts'

/** What the buttons that a person saw last stand for: `press` may be heard by another process than the one that showed them. */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>, { id, clustered }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('last_buttons')
    .addColumn('platform', 'text', (c) => c.notNull())
    .addColumn('external_id', id as never, (c) => c.notNull())
    .addColumn('commands', 'text', (c) => c.notNull())
    .addColumn('shown_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('last_buttons_one_of_a_person', ['platform', 'external_id'])
    .modifyEnd(clustered as never)
    .execute()
}
