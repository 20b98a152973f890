import type { Kysely } from 'kysely'

/** Stale robots.txt files are removed by this index: without it SQLite would read every file to learn its time. */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.createIndex('robots_stale').on('robots').columns(['stale_at']).execute()
}
