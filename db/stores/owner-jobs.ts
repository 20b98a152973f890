import { sql } from 'kysely'
import type { Clock } from '../../src/clock.ts'
import { Refusal } from '../../src/errors.ts'
import { type AccountId, type JobId, newId, type UserId } from '../../src/ids.ts'
import type { Place } from '../../src/jobs/job.ts'
import { isEnded } from '../../src/jobs/states.ts'
import type { Created, HistoryPage, JobDraft, OwnerJobs, Usage } from '../../src/jobs/store.ts'
import type { Database, Db, Quirks, Tx } from '../database.ts'
import { userOf } from './account-locks.ts'
import { endedColumns, settleEnded } from './endings.ts'
import { isActive, newJob, type ReadJob, readAt, toJob } from './jobs-rows.ts'
import { oweCopyTo, oweOpen } from './owed.ts'

/** The owner's door to jobs. */
export function createOwnerJobs({ db, quirks, transaction }: Database, clock: Clock): OwnerJobs {
  return {
    create: (_, draft) => transaction((tx) => createJob(tx, quirks, clock, draft)),
    replace: (_, cancelled, draft) =>
      transaction(async (tx) => {
        const owner = await userOf(tx, quirks, draft.accountId)
        const former = await cancelJob(tx, quirks, clock, owner, cancelled)
        if (!former) return undefined
        const { job } = await createJob(tx, quirks, clock, draft)
        return { cancelled: toJob(former), job }
      }),
    async active(owner) {
      const row = await activeOf(db, quirks, owner)
      return row && toJob(row)
    },
    async job(owner, id) {
      const row = await jobOf(db, quirks, owner, id)
      return row && toJob(row)
    },
    history: (owner, limit, after) => history(db, quirks, owner, limit, after),
    async lastEnded(owner) {
      const row = await db
        .selectFrom('jobs')
        .selectAll()
        .select(readAt(quirks))
        .where('user_id', '=', owner)
        .where('finished_at', 'is not', null)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row && toJob(row)
    },
    cancel: (owner, id) =>
      transaction(async (tx) => {
        const row = await cancelJob(tx, quirks, clock, owner, id)
        return row && toJob(row)
      }),
    usage: (owner, sinceMs) => readUsage(db, quirks, owner, sinceMs),
    async oldestResultAt(owner) {
      const row = await db
        .selectFrom('files')
        .innerJoin('jobs', 'jobs.id', 'files.job_id')
        .select((eb) => eb.fn.min('jobs.finished_at').as('at'))
        .where('files.user_id', '=', owner)
        .executeTakeFirst()
      return row?.at == null ? null : Number(row.at)
    },
    isBehind: (place, count) => isBehind(db, place, count),
    oweCopy: (owner, id, format, place) =>
      transaction(async (tx) => {
        const job = await jobOf(tx, quirks, owner, id)
        if (!job || !isEnded(job.state) || job.products === 0) return false
        const accountId = (await accountAt(tx, owner, place)) ?? job.account_id
        await oweCopyTo(tx, quirks, clock, job, { format, place, accountId })
        return true
      }),
  }
}

/** Reads no more of the index outbox_owed than it asks for; the state stands in the text, as in isActive. */
async function isBehind(db: Db, { platform, workspace }: Place, count: number): Promise<boolean> {
  const row = await db
    .selectFrom('outbox')
    .select('platform')
    .where('state', '=', sql.lit<'pending'>('pending'))
    .where('platform', '=', platform)
    .where('workspace', '=', workspace)
    .offset(count - 1)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

const jobOf = (from: Db, quirks: Quirks, owner: UserId, id: JobId): Promise<ReadJob | undefined> =>
  from
    .selectFrom('jobs')
    .selectAll()
    .select(readAt(quirks))
    .where('user_id', '=', owner)
    .where('id', '=', id)
    .executeTakeFirst()

const activeOf = (db: Db, quirks: Quirks, owner: UserId): Promise<ReadJob | undefined> =>
  db
    .selectFrom('jobs')
    .selectAll()
    .select(readAt(quirks))
    .where('user_id', '=', owner)
    .where(isActive)
    .executeTakeFirst()

/** Asks the rule by inserting. Whoever is second is told the job that was first. @throws Refusal `user.blocked` */
export async function createJob(tx: Tx, quirks: Quirks, clock: Clock, draft: JobDraft): Promise<Created> {
  const owner = await userOf(tx, quirks, draft.accountId)
  if (await isBlocked(tx, owner)) throw new Refusal('user.blocked', { contact: null })
  const id = newId<JobId>(clock.now())
  const threadKey = await threadKeyOf(tx, owner, draft, id)
  for (;;) {
    const row = await tx
      .insertInto('jobs')
      .values(newJob(id, owner, draft, threadKey, quirks))
      // Without a target: SQLite refuses one for a partial index whose states are bound.
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .returning(readAt(quirks))
      .executeTakeFirst()
    if (row) {
      await oweOpen(tx, quirks, clock, row)
      return { kind: 'created' as const, job: toJob(row) }
    }
    const running = await activeOf(tx, quirks, owner)
    if (running) return { kind: 'active' as const, job: toJob(running) }
    // It ended between the two statements (only where other connections can write meanwhile): ask once more.
  }
}

/** A retry queues its words behind those of the job it repeats: they share a thread. */
async function threadKeyOf(tx: Tx, owner: UserId, draft: JobDraft, id: JobId): Promise<string> {
  if (!draft.retry?.thread) return id
  const former = await tx
    .selectFrom('jobs')
    .select('thread_key')
    .where('user_id', '=', owner)
    .where('id', '=', draft.retry.of)
    .executeTakeFirst()
  return former?.thread_key ?? id
}

/** A write that changes nothing holds the row: whoever blocks the user meanwhile waits, and finds the job to cancel. */
async function isBlocked(tx: Tx, owner: UserId): Promise<boolean> {
  const row = await tx
    .updateTable('users')
    .set((eb) => ({ blocked_at: eb.ref('blocked_at') }))
    .where('id', '=', owner)
    .returning('blocked_at')
    .executeTakeFirst()
  return row !== undefined && row.blocked_at !== null
}

/** Ends the owner's active job as cancelled, with its last words. Undefined when it is not active or not theirs. */
export async function cancelJob(
  tx: Tx,
  quirks: Quirks,
  clock: Clock,
  owner: UserId,
  id: JobId,
): Promise<ReadJob | undefined> {
  const row = await tx
    .updateTable('jobs')
    .set({ ...endedColumns(quirks, 'cancelled'), stop_reason: null, code: null, facts: null })
    .where('user_id', '=', owner)
    .where('id', '=', id)
    .where(isActive)
    .returningAll()
    .returning(readAt(quirks))
    .executeTakeFirst()
  if (row) await settleEnded(tx, quirks, clock, row)
  return row
}

async function history(
  db: Db,
  quirks: Quirks,
  owner: UserId,
  limit: number,
  after?: HistoryPage['next'],
): Promise<HistoryPage> {
  let query = db.selectFrom('jobs').selectAll().select(readAt(quirks)).where('user_id', '=', owner)
  if (after) {
    query = query.where((eb) =>
      eb.or([
        eb('created_at', '<', after.createdAt),
        eb.and([eb('created_at', '=', after.createdAt), eb('id', '<', after.id)]),
      ]),
    )
  }
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const next = rows.length > limit && last ? { createdAt: last.created_at, id: last.id } : null
  return { jobs: page.map(toJob), next }
}

async function readUsage(db: Db, quirks: Quirks, owner: UserId, sinceMs: number): Promise<Usage> {
  const jobs = db
    .selectFrom('jobs')
    .innerJoin('accounts', 'accounts.id', 'jobs.account_id')
    .select(['jobs.created_at', 'jobs.host', 'jobs.pages', 'jobs.failed_pages'])
    .where('jobs.user_id', '=', owner)
    .where('accounts.platform', '<>', 'console')
    .where((eb) => eb('jobs.created_at', '>', eb(quirks.now, '-', sinceMs)))
    .orderBy('jobs.created_at')
  const files = db
    .selectFrom('files')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number | string>('bytes'), eb.lit(0)).as('bytes'))
    .select(readAt(quirks))
    .where('user_id', '=', owner)
  const [rows, { bytes, read_at }] = await Promise.all([jobs.execute(), files.executeTakeFirstOrThrow()])
  return {
    jobs: rows.map((row) => ({
      createdAt: Number(row.created_at),
      host: row.host,
      pages: row.pages + row.failed_pages,
    })),
    bytes: Number(bytes),
    readAt: Number(read_at),
  }
}

/** The owner's account on the platform of a place, if they have one there. */
async function accountAt(tx: Tx, owner: UserId, place: Place): Promise<AccountId | undefined> {
  const row = await tx
    .selectFrom('accounts')
    .select('id')
    .where('user_id', '=', owner)
    .where('platform', '=', place.platform)
    .orderBy((eb) => eb.case().when('workspace', '=', place.workspace).then(0).else(1).end())
    .orderBy('id')
    .executeTakeFirst()
  return row?.id
}
