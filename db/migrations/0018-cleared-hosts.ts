import { type Kysely, sql } from 'kysely'

/** The hosts of cleared jobs, which quotas count for a day: the index by which those are found whose day is over. */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createIndex('jobs_cleared_hosts')
    .on('jobs')
    .columns(['created_at'])
    .where(sql`cleared_at is not null and host <> site and host <> ''` as never)
    .execute()
}
