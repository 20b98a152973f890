import { type Kysely, sql } from 'kysely'

/**
 * What the administrator's view is searched by: jobs of a shop in a state, accounts by their id on a platform. The first
 * is of both columns in one text: beside the indices of each, SQLite would take one of those.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create index jobs_of_site_and_state on jobs ((site || ' ' || state), created_at, id)`.execute(db)
  await db.schema.createIndex('accounts_by_external_id').on('accounts').columns(['external_id']).execute()
}
