import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../database.ts'

// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
type AnyDb = Kysely<any>

/** Counters of ended jobs, kept with each end, and the indices that the administrator's numbers are read by. */
export async function up(db: AnyDb, types: ColumnTypes): Promise<void> {
  await createCounters(db, types)
  await countJobsOfBefore(db)
  await createIndices(db)
}

async function createCounters(db: AnyDb, { id, clustered }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('ended_jobs')
    .addColumn('state', id as never, (c) => c.notNull())
    .addColumn('site', id as never, (c) => c.notNull())
    .addColumn('jobs', 'bigint', (c) => c.notNull())
    .addColumn('products', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('ended_jobs_by_state', ['state', 'site'])
    .modifyEnd(clustered as never)
    .execute()
  await db.schema
    .createTable('ended_jobs_by_time')
    .addColumn('slot', 'bigint', (c) => c.notNull())
    .addColumn('state', id as never, (c) => c.notNull())
    .addColumn('site', id as never, (c) => c.notNull())
    .addColumn('jobs', 'bigint', (c) => c.notNull())
    .addColumn('products', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('ended_jobs_by_slot', ['slot', 'state', 'site'])
    .modifyEnd(clustered as never)
    .execute()
}

/** Slots of 15 minutes: every time zone's days begin at the start of one. */
async function countJobsOfBefore(db: AnyDb): Promise<void> {
  await sql`insert into ended_jobs (state, site, jobs, products)
    select state, site, count(*), sum(products) from jobs where finished_at is not null group by state, site`.execute(
    db,
  )
  await sql`insert into ended_jobs_by_time (slot, state, site, jobs, products)
    select finished_at - finished_at % 900000, state, site, count(*), sum(products)
    from jobs where finished_at is not null group by finished_at - finished_at % 900000, state, site`.execute(db)
}

async function createIndices(db: AnyDb): Promise<void> {
  const active = sql`state in ('queued', 'running')`
  await db.schema
    .createIndex('jobs_active_by_state')
    .on('jobs')
    .columns(['state', 'site'])
    .where(active as never)
    .execute()
  await db.schema
    .createIndex('jobs_durations')
    .on('jobs')
    .columns(['finished_at', 'started_at'])
    .where(sql`finished_at is not null` as never)
    .execute()
  await db.schema
    .createIndex('jobs_failures')
    .on('jobs')
    .columns(['finished_at', 'code', 'site', 'id'])
    .where(sql`state = 'failed'` as never)
    .execute()
  await db.schema
    .createIndex('outbox_backlog')
    .on('outbox')
    .columns(['platform', 'created_at'])
    .where(sql`state = 'pending'` as never)
    .execute()
  await db.schema
    .createIndex('users_living')
    .on('users')
    .columns(['created_at', 'id'])
    .where(sql`deleted_at is null` as never)
    .execute()
  await db.schema.createIndex('commands_people').on('commands').columns(['at', 'user_id']).execute()
  await db.schema.dropIndex('commands_by_time').execute()
}
