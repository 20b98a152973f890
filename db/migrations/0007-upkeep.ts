import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../database.ts'

// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
type AnyDb = Kysely<any>

/** What quotas count and logs follow a job by, and what retention has still to do. */
export async function up(db: AnyDb, { id }: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('jobs')
    .addColumn('request_id', id as never)
    .execute()
  await db.schema
    .alterTable('jobs')
    .addColumn('host', 'text', (c) => c.notNull().defaultTo(''))
    .execute()
  await db.schema.alterTable('jobs').addColumn('cleared_at', 'bigint').execute()
  await db.schema
    .createIndex('jobs_to_clear')
    .on('jobs')
    .columns(['finished_at', 'id'])
    .where(sql`finished_at is not null and cleared_at is null` as never)
    .execute()
}
