import { sql } from 'kysely'
import type { ErrorCode } from '../../src/errors.ts'
import type { JobId, UserId } from '../../src/ids.ts'
import type { EndedState, JobState } from '../../src/jobs/states.ts'
import type { Backlog, Day, ErrorGroup, HourRow, Snapshot, StatsStore } from '../../src/stats/store.ts'
import type { Database, Db, Quirks } from '../database.ts'
import type { Json } from '../tables.ts'
import { fromJsonOrNull } from './columns.ts'

/** A user who sent a command within this is active. */
const ACTIVE_MS = 24 * 3_600_000

/**
 * The administrator's numbers. States stand in the text and not in parameters: SQLite uses a partial index only then.
 * Each query reads counters, or the part of an index that it asks for; tests/stores/stats-plans.test.ts holds it.
 */
export function createStatsStore({ db, quirks }: Database): StatsStore {
  return {
    snapshot: (days) => snapshot(db, quirks, days),
    hours: (from, to) => hours(db, from, to),
    errors: (from, limit) => errors(db, from, limit),
    backlog: async () => {
      const { rows } = await sql<Backlog>`
        select platform, count(*) as entries, ${quirks.now} - min(created_at) as "oldestMs" from outbox
        where state = 'pending' group by platform`.execute(db)
      return rows.map((row) => ({ ...row, entries: Number(row.entries), oldestMs: Number(row.oldestMs) }))
    },
    requestsByUser: async (from, limit) => {
      const { rows } = await sql<{ user: UserId; requests: number; last_at: number }>`
        select user_id as "user", count(*) as requests, max(at) as last_at from commands
        where at >= ${from} group by user_id order by requests desc, user_id limit ${limit}`.execute(db)
      return rows.map((row) => ({ user: row.user, requests: Number(row.requests), lastAt: Number(row.last_at) }))
    },
  }
}

interface SnapshotRow {
  part: 'users' | 'active' | 'jobs' | 'days'
  state: string
  site: string
  day: string
  jobs: number
  products: number
}

/**
 * One statement, so that all counts are of one moment on both databases. `user_id || ''`: the plain column would have
 * SQLite walk all commands in the order of their users.
 */
async function snapshot(db: Db, quirks: Quirks, days: readonly Day[]): Promise<Snapshot> {
  const { rows } = await sql<SnapshotRow>`
    select 'users' as part, '' as state, '' as site, '' as day, count(*) as jobs, 0 as products from users u
      where deleted_at is null and created_at <= ${quirks.now}
      and exists (select 1 from accounts a where a.user_id = u.id)
    union all
    select 'active', '', '', '', count(distinct user_id || ''), 0 from commands
      where at > ${quirks.now} - ${ACTIVE_MS}
    union all
    select 'jobs', state, site, '', count(*), 0 from jobs where state in ('queued', 'running') group by state, site
    union all
    select 'jobs', state, site, '', jobs, products from ended_jobs where state in ('succeeded', 'failed', 'cancelled')
    ${sql.join(days.map(endedOn), sql` `)}`.execute(db)
  const of = (part: SnapshotRow['part']) =>
    rows
      .filter((row) => row.part === part)
      .map((row) => ({ ...row, jobs: Number(row.jobs), products: Number(row.products) }))
  return {
    users: of('users')[0]!.jobs,
    activeUsers: of('active')[0]!.jobs,
    jobs: of('jobs').map(({ state, site, jobs, products }) => ({ state: state as JobState, site, jobs, products })),
    days: of('days').map(({ day, state, jobs, products }) => ({ day, state: state as EndedState, jobs, products })),
  }
}

/** A part of the snapshot's statement: what ended on one day. */
const endedOn = ({ day, from, to }: Day) => sql`
    union all
    select 'days', state, '', ${day}, sum(jobs), sum(products) from ended_jobs_by_time
      where slot >= ${from} and slot < ${to} group by state`

async function hours(db: Db, from: number, to: number): Promise<HourRow[]> {
  const counts = sql<Omit<HourRow, 'p95Ms'>>`
    select slot - slot % 3600000 as hour, sum(jobs) as jobs, sum(products) as products,
      sum(case when state = 'failed' then jobs else 0 end) as errors
    from ended_jobs_by_time where slot >= ${from} and slot < ${to} group by slot - slot % 3600000 order by hour`
  const durations = sql<{ hour: number; ms: number }>`
    select hour, min(ms) as ms from (
      select hour, ms, cume_dist() over (partition by hour order by ms) as share from (
        select finished_at - finished_at % 3600000 as hour, finished_at - started_at as ms from jobs
        where finished_at is not null and finished_at >= ${from} and finished_at < ${to} and started_at is not null
      ) begun
    ) ranked where share >= 0.95 group by hour`
  const [counted, ranked] = await Promise.all([counts.execute(db), durations.execute(db)])
  const p95 = new Map(ranked.rows.map((row) => [Number(row.hour), Number(row.ms)]))
  return counted.rows.map((row) => ({
    hour: Number(row.hour),
    jobs: Number(row.jobs),
    products: Number(row.products),
    errors: Number(row.errors),
    p95Ms: p95.get(Number(row.hour)) ?? null,
  }))
}

interface ErrorRow {
  code: ErrorCode
  site: string
  count: number
  id: JobId
  user_id: UserId
  finished_at: number
  facts: Json | null
}

async function errors(db: Db, from: number, limit: number): Promise<ErrorGroup[]> {
  const { rows } = await sql<ErrorRow>`
    select g.code, g.site, g.count, j.id, j.user_id, j.finished_at, j.facts from (
      select code, site, id, count(*) over (partition by code, site) as count,
        row_number() over (partition by code, site order by finished_at desc, id desc) as place
      from jobs where state = 'failed' and finished_at >= ${from}
    ) g join jobs j on j.id = g.id where g.place = 1 order by g.count desc, g.code, g.site limit ${limit}`.execute(db)
  return rows.map((row) => ({
    code: row.code,
    site: row.site,
    count: Number(row.count),
    last: { job: row.id, user: row.user_id, at: Number(row.finished_at), facts: fromJsonOrNull<unknown>(row.facts) },
  }))
}
