import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../database.ts'

/** Who is to be told that their data is gone, and the indices by which people are forgotten and what they keep is summed. */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>, { id }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('farewells')
    .addColumn('id', id as never, (c) => c.notNull().primaryKey())
    .addColumn('platform', 'text', (c) => c.notNull())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('external_id', 'text', (c) => c.notNull())
    .addColumn('asked_on', 'text', (c) => c.notNull())
    .addColumn('locale', 'text')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('run_at', 'bigint', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addCheckConstraint('farewells_locale_is_known', sql`locale is null or locale in ('ko', 'en')`)
    .execute()
  await db.schema
    .createIndex('users_forgotten')
    .on('users')
    .columns(['deleted_at', 'id'])
    .where(sql`deleted_at is not null and merged_into is null` as never)
    .execute()
  await db.schema.createIndex('files_bytes_of_user').on('files').columns(['user_id', 'bytes']).execute()
  await db.schema.dropIndex('files_of_user').execute()
  for (const table of ['jobs', 'outbox', 'commands'])
    await db.schema.createIndex(`${table}_of_account`).on(table).column('account_id').execute()
}
