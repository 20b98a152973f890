import { sql } from 'kysely'
import type { AdminStore, DriftRow, JobFilter, OwnedJob } from '../../src/admin/store.ts'
import type { UserId } from '../../src/ids.ts'
import type { JobState } from '../../src/jobs/states.ts'
import type { Database, Db, Quirks } from '../database.ts'
import { readDetail } from './admin-job.ts'
import { ALWAYS, behind, paged } from './admin-lists.ts'
import { createAdminUsers } from './admin-users.ts'
import { toAuditEntry } from './audit.ts'
import { type ReadJob, readAt, toJob } from './jobs-rows.ts'

/** The administrator's door for reading. Every query begins at an index, whatever the tables hold. */
export function createAdminStore({ db, quirks }: Database): AdminStore {
  return {
    ...createAdminUsers({ db, quirks }),
    jobs: async (filter, limit, after) => {
      const rows = await behind(filtered(db, quirks, filter), 'j.created_at', 'j.id', after)
        .limit(limit + 1)
        .execute()
      return paged(rows.map(toOwned), limit, (job) => ({ at: job.createdAt, id: job.id }))
    },
    activeJobs: async (limit) => {
      const rows = await withOwner(db, quirks)
        .where(sql<boolean>`j.state in ('queued', 'running')`)
        .where('j.created_at', '<=', ALWAYS)
        .orderBy('j.created_at', 'desc')
        .orderBy('j.id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(toOwned)
    },
    job: async (id) => {
      const row = await withOwner(db, quirks).where('j.id', '=', id).executeTakeFirst()
      return row && readDetail(db, toOwned(row))
    },
    evidenceText: async (job, id) =>
      (await db.selectFrom('evidence').select('text').where('id', '=', id).where('job_id', '=', job).executeTakeFirst())
        ?.text,
    requestsOf: async (user, limit, after) => {
      const from = db.selectFrom('commands as c').selectAll('c').where('c.user_id', '=', user)
      const rows = await behind(from, 'c.at', 'c.request_id', after)
        .limit(limit + 1)
        .execute()
      const requests = rows.map((row) => ({
        requestId: row.request_id,
        at: row.at,
        command: row.command,
        outcome: row.outcome,
        job: row.job_id as OwnedJob['id'] | null,
      }))
      return paged(requests, limit, ({ at, requestId }) => ({ at, id: requestId }))
    },
    drifts: (limit) => drifts(db, limit),
    audit: async (limit, after) => {
      const rows = await behind(db.selectFrom('audit as a').selectAll('a'), 'a.at', 'a.id', after)
        .limit(limit + 1)
        .execute()
      return paged(rows.map(toAuditEntry), limit, ({ at, id }) => ({ at, id }))
    },
  }
}

/** The condition stands in the text, as the index has it. */
const drifts = (db: Db, limit: number): Promise<DriftRow[]> =>
  db
    .selectFrom('coverage_memory')
    .select(['name', 'route', 'falls', 'updated_at as at'])
    .where(sql<boolean>`falls > 0`)
    .where('updated_at', '<=', ALWAYS)
    .orderBy('updated_at', 'desc')
    .orderBy('name')
    .limit(limit)
    .execute()

type OwnedRow = ReadJob & { owner_name: string; owner_platform: string }

const withOwner = (db: Db, quirks: Quirks) =>
  db
    .selectFrom('jobs as j')
    .innerJoin('accounts as a', 'a.id', 'j.account_id')
    .selectAll('j')
    .select(readAt(quirks))
    .select(['a.name as owner_name', 'a.platform as owner_platform'])

function filtered(db: Db, quirks: Quirks, { user, site, state, from, to }: JobFilter) {
  let query = withOwner(db, quirks)
  if (user !== undefined) query = ofUser(query, user, site, state)
  else if (site !== undefined && state !== undefined)
    query = query.where(sql<boolean>`j.site || ' ' || j.state = ${`${site} ${state}`}`) // as the index has it
  else if (site !== undefined) query = query.where('j.site', '=', site)
  else if (state !== undefined) query = query.where(sql<boolean>`j.state || '' = ${state}`)
  if (from !== undefined) query = query.where('j.created_at', '>=', from)
  if (to !== undefined) query = query.where('j.created_at', '<', to)
  return query
}

type OwnedJobs = ReturnType<typeof withOwner>

/** A user's own jobs are few. The other fields offer no index here: SQLite would take a shop's, with all its jobs. */
function ofUser(jobs: OwnedJobs, user: UserId, site: string | undefined, state: JobState | undefined): OwnedJobs {
  let query = jobs.where('j.user_id', '=', user)
  if (site !== undefined) query = query.where(sql<boolean>`coalesce(j.site, '') = ${site}`)
  if (state !== undefined) query = query.where(sql<boolean>`coalesce(j.state, '') = ${state}`)
  return query
}

const toOwned = (row: OwnedRow): OwnedJob => ({
  ...toJob(row),
  owner: { id: row.user_id, name: row.owner_name, platform: row.owner_platform },
})
