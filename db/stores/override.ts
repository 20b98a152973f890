import { sql } from 'kysely'
import type { Clock } from '../../src/clock.ts'
import type { JobId, UserId } from '../../src/ids.ts'
import type { Actor } from '../../src/jobs/act.ts'
import type { Job, Thread } from '../../src/jobs/job.ts'
import type { OverrideJobs } from '../../src/jobs/store.ts'
import type { Database, Quirks, Tx } from '../database.ts'
import type { JobRow } from '../tables.ts'
import { noteAct } from './audit.ts'
import { fromJson, fromJsonOrNull, toJson } from './columns.ts'
import { isActive, type ReadJob, readAt, toJob } from './jobs-rows.ts'
import { cancelJob, createJob } from './owner-jobs.ts'

const nextVersion = sql<number>`version + 1`

/** The administrator's door to jobs, shops and users. */
export function createOverrideJobs({ db, quirks, transaction }: Database, clock: Clock): OverrideJobs {
  const act = <T>(change: (tx: Tx, note: Note) => Promise<T>): Promise<T> =>
    transaction((tx) => change(tx, (facts) => noteAct(tx, quirks, clock, facts)))
  return {
    job: async (id) => {
      const row = await jobOf(db, quirks, id)
      return row && toJob(row)
    },
    cancel: (id, actor) =>
      act(async (tx, note) => {
        const row = await jobOf(tx, quirks, id)
        const ended = row && (await cancelJob(tx, quirks, clock, row.user_id, id))
        if (!ended) return undefined
        await note({ act: 'job.cancel', actor, ...about(ended) })
        return toJob(ended)
      }),
    retry: (id, actor) => act((tx, note) => retry(tx, quirks, clock, id, actor, note)),
    prioritise: (id, priority, actor) =>
      act(async (tx, note) => {
        const row = await tx
          .updateTable('jobs')
          .set({ priority })
          .where('id', '=', id)
          .where(isActive)
          .returningAll()
          .returning(readAt(quirks))
          .executeTakeFirst()
        if (!row) return undefined
        await note({ act: 'job.priority', actor, ...about(row), facts: { priority } })
        return toJob(row)
      }),
    pauseSite: (site, actor) => act((tx, note) => pauseSite(tx, quirks, site, actor, note)),
    resumeSite: (site, actor) => act((tx, note) => resumeSite(tx, quirks, site, actor, note)),
    pausedSites: () => db.selectFrom('paused_sites').select(['site', 'since']).orderBy('site').execute(),
    blockUser: (id, actor) => act((tx, note) => blockUser(tx, quirks, clock, id, actor, note)),
    unblockUser: (id, actor) =>
      act(async (tx, note) => {
        const { numUpdatedRows } = await tx
          .updateTable('users')
          .set({ blocked_at: null })
          .where('id', '=', id)
          .where('blocked_at', 'is not', null)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return false
        await note({ act: 'user.unblock', actor, user: id })
        return true
      }),
    noteQueueChange: (what, actor) => act((_tx, note) => note({ act: 'queue.change', actor, facts: { what } })),
    isUser: async (id) =>
      (await db
        .selectFrom('users')
        .select('id')
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .executeTakeFirst()) !== undefined,
  }
}

type Note = (note: Parameters<typeof noteAct>[3]) => Promise<void>

const about = (row: JobRow): { job: JobId; user: UserId; site: string } => ({
  job: row.id,
  user: row.user_id,
  site: row.site,
})

const jobOf = (from: Pick<Tx, 'selectFrom'>, quirks: Quirks, id: JobId): Promise<ReadJob | undefined> =>
  from.selectFrom('jobs').selectAll().select(readAt(quirks)).where('id', '=', id).executeTakeFirst()

async function retry(tx: Tx, quirks: Quirks, clock: Clock, id: JobId, actor: Actor, note: Note) {
  const former = await jobOf(tx, quirks, id)
  if (former?.state !== 'failed' || former.cleared_at !== null) return undefined
  const created = await createJob(tx, quirks, clock, {
    accountId: former.account_id,
    request: fromJson(former.request),
    place: fromJson(former.place),
    priority: 0,
    retry: { of: id, thread: fromJsonOrNull<Thread>(former.thread) },
  })
  if (created.kind === 'created')
    await note({ act: 'job.retry', actor, ...about(former), facts: { as: created.job.id } })
  return created
}

/** No claim is won while the row of `paused_sites` stands; what runs goes back to the queue, and its worker's lease is void. */
async function pauseSite(tx: Tx, quirks: Quirks, site: string, actor: Actor, note: Note): Promise<Job[] | undefined> {
  const paused = await tx
    .insertInto('paused_sites')
    .values({ site, since: quirks.now as never })
    .onConflict((conflict) => conflict.doNothing())
    .returning('site')
    .executeTakeFirst()
  if (!paused) return undefined
  const held = await tx
    .updateTable('jobs')
    .set((eb) => ({
      state: 'queued' as const,
      holder: null,
      lease_until: null,
      waiting: null,
      next_charge: eb.case().when('state', '=', 'running').then(0).else(eb.ref('next_charge')).end(),
      run_at: eb.case().when('state', '=', 'running').then(quirks.now).else(eb.ref('run_at')).end(),
      code: 'site.held' as const,
      facts: toJson({ site }),
      version: nextVersion,
    }))
    .where('site', '=', site)
    .where(isActive)
    .returningAll()
    .returning(readAt(quirks))
    .execute()
  await note({ act: 'site.pause', actor, site, facts: { held: held.length } })
  return held.map(toJob)
}

async function resumeSite(tx: Tx, quirks: Quirks, site: string, actor: Actor, note: Note): Promise<Job[] | undefined> {
  const { numDeletedRows } = await tx.deleteFrom('paused_sites').where('site', '=', site).executeTakeFirst()
  if (numDeletedRows === 0n) return undefined
  const waiting = await tx
    .updateTable('jobs')
    .set({ code: null, facts: null, version: nextVersion })
    .where('site', '=', site)
    .where(isActive)
    .where('code', '=', 'site.held')
    .returningAll()
    .returning(readAt(quirks))
    .execute()
  await note({ act: 'site.resume', actor, site, facts: { waiting: waiting.length } })
  return waiting.map(toJob)
}

async function blockUser(tx: Tx, quirks: Quirks, clock: Clock, id: UserId, actor: Actor, note: Note) {
  const { numUpdatedRows } = await tx
    .updateTable('users')
    .set({ blocked_at: quirks.now })
    .where('id', '=', id)
    .where('blocked_at', 'is', null)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return undefined
  const active = await tx.selectFrom('jobs').select('id').where('user_id', '=', id).where(isActive).executeTakeFirst()
  const row = active && (await cancelJob(tx, quirks, clock, id, active.id))
  await note({ act: 'user.block', actor, user: id, job: row?.id ?? null })
  return { cancelled: row && toJob(row) }
}
