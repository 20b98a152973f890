import type { Kysely } from 'kysely'

/** When sessions were begun at platforms' gateways. */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('chat_sessions')
    .addColumn('platform', 'text', (c) => c.notNull())
    .addColumn('begun_at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('chat_sessions_by_time').on('chat_sessions').columns(['platform', 'begun_at']).execute()
}
