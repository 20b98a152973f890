import { type Kysely, sql } from 'kysely'

/** Shops whose products are less filled than usual, for the administrator's view. */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createIndex('coverage_memory_fallen')
    .on('coverage_memory')
    .columns(['updated_at', 'name', 'route'])
    .where(sql`falls > 0` as never)
    .execute()
}
