import type { Kysely } from 'kysely'

/** Whether a job's progress message says that no worker is there: that changes without the job's own version. */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('jobs')
    .addColumn('is_shown_workerless', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
}
