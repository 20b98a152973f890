import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../database.ts'

// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
type AnyDb = Kysely<any>

/** Administrators: sessions, wrong tokens, what they did, shops they paused; and the indices of their view. */
export async function up(db: AnyDb, types: ColumnTypes): Promise<void> {
  await createAccess(db, types)
  await createAudit(db, types)
  await createPauses(db, types)
  await createIndices(db)
}

async function createAccess(db: AnyDb, { id }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('access_sessions')
    .addColumn('id_hash', id as never, (c) => c.notNull().primaryKey())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('token_mark', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('seen_at', 'bigint', (c) => c.notNull())
    .addCheckConstraint('access_sessions_role_is_known', sql`role in ('admin', 'viewer')`)
    .execute()
  await db.schema.createIndex('access_sessions_age').on('access_sessions').columns(['seen_at']).execute()
  await db.schema
    .createTable('access_attempts')
    .addColumn('id', id as never, (c) => c.notNull().primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('address', 'text', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('access_attempts_by_time').on('access_attempts').columns(['at']).execute()
  await db.schema.createIndex('access_attempts_of_address').on('access_attempts').columns(['address', 'at']).execute()
}

async function createAudit(db: AnyDb, { id }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('audit')
    .addColumn('id', id as never, (c) => c.notNull().primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('act', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('way', 'text', (c) => c.notNull())
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('job_id', id as never)
    .addColumn('user_id', id as never)
    .addColumn('site', 'text')
    .addColumn('facts', 'text')
    .execute()
  await db.schema.createIndex('audit_by_time').on('audit').columns(['at', 'id']).execute()
}

async function createPauses(db: AnyDb, { clustered }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('paused_sites')
    .addColumn('site', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('paused_sites_each_once', ['site'])
    .modifyEnd(clustered as never)
    .execute()
}

async function createIndices(db: AnyDb): Promise<void> {
  const active = sql`state in ('queued', 'running')`
  await db.schema.createIndex('jobs_by_time').on('jobs').columns(['created_at', 'id']).execute()
  await db.schema.createIndex('jobs_of_state').on('jobs').columns(['state', 'created_at', 'id']).execute()
  await db.schema.createIndex('jobs_of_site').on('jobs').columns(['site', 'created_at', 'id']).execute()
  await db.schema
    .createIndex('jobs_active_by_time')
    .on('jobs')
    .columns(['created_at', 'id'])
    .where(active as never)
    .execute()
  await db.schema
    .createIndex('jobs_retries')
    .on('jobs')
    .columns(['retry_of'])
    .where(sql`retry_of is not null` as never)
    .execute()
  await db.schema.createIndex('accounts_by_seen').on('accounts').columns(['seen_at', 'id']).execute()
  await db.schema.createIndex('accounts_by_name').on('accounts').columns(['name', 'id']).execute()
  await db.schema.createIndex('request_log_of_job').on('request_log').columns(['job_id', 'at']).execute()
}
