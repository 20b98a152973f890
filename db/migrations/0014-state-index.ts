import { type Kysely, sql } from 'kysely'

/**
 * The administrator's list of jobs in a state keeps its index, but by an expression: by the plain column SQLite, which has
 * no statistics here, took it for failures and active jobs too, and read all jobs in a state instead of a few rows.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.dropIndex('jobs_of_state').execute()
  await sql`create index jobs_in_state on jobs ((state || ''), created_at, id)`.execute(db)
}
