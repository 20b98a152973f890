import { sql } from 'kysely'
import type { JobId } from '../../src/ids.ts'
import type { JobRequest } from '../../src/jobs/job.ts'
import type { DueJob, UpkeepStore } from '../../src/upkeep/store.ts'
import type { Database, Db, Quirks, Tx } from '../database.ts'
import { fromJson, toJson } from './columns.ts'
import { lockRequestLog } from './request-log.ts'

/** How long requests to shops are kept. */
const REQUESTS_KEPT_MS = 7 * 24 * 3_600_000
/** How long what was told, tried or offered is kept. */
const DAY_MS = 24 * 3_600_000
/** Kept robots.txt files are large (512 KiB): so many are removed in one transaction. */
const ROBOTS_A_BATCH = 20
/** Everything that hangs on a job and goes with its words. */
const PARTS = ['products', 'frontier', 'lists', 'seen', 'evidence', 'files'] as const

/** What retention reads and removes, in small steps. */
export function createUpkeepStore(database: Database): UpkeepStore {
  const { db, quirks, transaction } = database
  return {
    due: (ms, limit) => due(db, quirks, ms, limit),
    clear: (jobs) =>
      transaction(async (tx) => {
        for (const job of jobs) await clearJob(tx, quirks, job)
      }),
    expire: async (ms, limit) => {
      const removed = await transaction((tx) => expireLogs(tx, quirks, ms, limit))
      const hosts = await transaction((tx) => expireHosts(tx, quirks, limit))
      return removed + hosts + (await transaction((tx) => expireNotes(tx, quirks)))
    },
    sizes: async () => {
      const { rows } = await sql<{ jobs: number; files: number; bytes: number }>`select
        (select count(*) from jobs where finished_at is not null and cleared_at is null) as jobs,
        (select count(*) from files) as files,
        (select coalesce(sum(bytes), 0) from files) as bytes`.execute(db)
      const { jobs, files, bytes } = rows[0]!
      const databaseBytes = await quirks.databaseBytes(db)
      return { jobsKept: Number(jobs), files: Number(files), fileBytes: Number(bytes), databaseBytes }
    },
  }
}

async function due(db: Db, quirks: Quirks, ms: number, limit: number): Promise<DueJob[]> {
  const jobs = await db
    .selectFrom('jobs')
    .select('id')
    .where('finished_at', 'is not', null)
    .where('cleared_at', 'is', null)
    .where('finished_at', '<=', sql<number>`${quirks.now} - ${ms}`)
    .orderBy('finished_at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return Promise.all(jobs.map(async ({ id }) => ({ id, files: await filesOf(db, id) })))
}

/** A job's files on disk. */
export async function filesOf(db: Db, job: JobId): Promise<DueJob['files']> {
  const files = await db.selectFrom('files').select(['id', 'user_id', 'format']).where('job_id', '=', job).execute()
  return files.map((file) => ({ id: file.id, userId: file.user_id, format: file.format }))
}

/**
 * The row of an ended job stays with its counts; what the person typed and what was found goes, and what chat was told.
 * Its host stays while quotas count it, a shop's own name for ever.
 * @returns false when it has not ended, or was cleared before
 */
export async function clearJob(tx: Tx, quirks: Quirks, id: JobId): Promise<boolean> {
  await lockRequestLog(tx, quirks)
  const row = await tx
    .selectFrom('jobs')
    .select('request')
    .where('id', '=', id)
    .where('finished_at', 'is not', null)
    .where('cleared_at', 'is', null)
    .executeTakeFirst()
  if (!row) return false
  const request = { ...fromJson<JobRequest>(row.request), words: '', url: null }
  await tx
    .updateTable('jobs')
    .set({ request: toJson(request), words: '', host: countedHost(quirks), facts: null, cleared_at: quirks.now })
    .where('id', '=', id)
    .execute()
  for (const table of PARTS) await tx.deleteFrom(table).where('job_id', '=', id).execute()
  await tx.deleteFrom('request_log').where('job_id', '=', id).execute()
  await tx.deleteFrom('outbox').where('job_id', '=', id).where('state', '<>', 'pending').execute()
  return true
}

/** The host of a cleared job: removing a result buys no new crawls of a host within its day. */
const countedHost = ({ now }: Quirks) =>
  sql<string>`case when host = site or created_at > ${now} - ${sql.lit(DAY_MS)} then host else '' end`

/** Hosts of cleared jobs that no quota counts any more. The conditions stand in the text, as the index has them. */
async function expireHosts(tx: Tx, { now }: Quirks, limit: number): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('jobs')
    .set({ host: '' })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('jobs')
        .select('id')
        .where(sql<boolean>`cleared_at is not null and host <> site and host <> ''`)
        .where('created_at', '<=', sql<number>`${now} - ${DAY_MS}`)
        .limit(limit),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/** Kept pages, requests to shops, commands and robots.txt files whose time is over, at most `limit` of each. */
async function expireLogs(tx: Tx, quirks: Quirks, ms: number, limit: number): Promise<number> {
  const before = (kept: number) => sql<number>`${quirks.now} - ${kept}`
  const gone = [
    await tx
      .deleteFrom('evidence')
      .where('id', 'in', (eb) =>
        eb.selectFrom('evidence').select('id').where('expires_at', '<=', quirks.now).limit(limit),
      )
      .executeTakeFirst(),
    await tx
      .deleteFrom('request_log')
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('request_log')
          .select('id')
          .where('at', '<=', before(Math.min(ms, REQUESTS_KEPT_MS)))
          .limit(limit),
      )
      .executeTakeFirst(),
    await tx
      .deleteFrom('commands')
      .where('request_id', 'in', (eb) =>
        eb.selectFrom('commands').select('request_id').where('at', '<=', before(ms)).limit(limit),
      )
      .executeTakeFirst(),
    await tx
      .deleteFrom('robots')
      .where('origin', 'in', (eb) =>
        eb
          .selectFrom('robots')
          .select('origin')
          .where('stale_at', '<=', before(DAY_MS))
          .limit(Math.min(limit, ROBOTS_A_BATCH)),
      )
      .executeTakeFirst(),
  ]
  return gone.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0)
}

/** What lives for a day or less, and else goes only when the next of its kind comes. Small tables, but for event ids. */
async function expireNotes(tx: Tx, quirks: Quirks): Promise<number> {
  const yesterday = sql<number>`${quirks.now} - ${DAY_MS}`
  const gone = [
    await tx.deleteFrom('event_ids').where('expires_at', '<=', quirks.now).executeTakeFirst(),
    await tx.deleteFrom('link_codes').where('expires_at', '<=', quirks.now).executeTakeFirst(),
    await tx.deleteFrom('link_tries').where('at', '<=', yesterday).executeTakeFirst(),
    await tx.deleteFrom('notices').where('created_at', '<=', yesterday).executeTakeFirst(),
    await tx.deleteFrom('farewells').where('created_at', '<=', yesterday).executeTakeFirst(),
    await tx.deleteFrom('closings').where('created_at', '<=', yesterday).executeTakeFirst(),
    await tx.deleteFrom('last_buttons').where('shown_at', '<=', yesterday).executeTakeFirst(),
  ]
  return gone.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0)
}
