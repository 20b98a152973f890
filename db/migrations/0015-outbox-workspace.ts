import { type Kysely, sql } from 'kysely'

/**
 * Where in a platform an entry goes to, and the index by which a backlog there is seen. What waits from before has no
 * workspace and counts for none.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('outbox')
    .addColumn('workspace', 'text', (c) => c.notNull().defaultTo(''))
    .execute()
  await db.schema
    .createIndex('outbox_owed')
    .on('outbox')
    .columns(['platform', 'workspace'])
    .where(sql`state = 'pending'` as never)
    .execute()
}
