import { sql } from 'kysely'
import type { Clock } from '../../src/clock.ts'
import { type Lease, StaleLease } from '../../src/crawl/store.ts'
import type { JobId } from '../../src/ids.ts'
import type { Job } from '../../src/jobs/job.ts'
import type { Ending, WorkerJobs } from '../../src/jobs/store.ts'
import type { Database, Db, Quirks, Tx } from '../database.ts'
import { toJsonOrNull } from './columns.ts'
import { endedColumns, settleEnded } from './endings.ts'
import { isHeldBy, isSiteOpen, type ReadJob, readAt, toJob } from './jobs-rows.ts'

const nextVersion = sql<number>`version + 1`
const FREE = { holder: null, lease_until: null, waiting: null }

/** The worker's door to jobs. */
export function createWorkerJobs({ db, quirks, transaction }: Database, clock: Clock): WorkerJobs {
  return {
    due: (withinMs, limit) => listDue(db, quirks, withinMs, limit),
    claim: (id, holder, leaseMs) => claim(db, quirks, id, holder, leaseMs),
    async renew(lease, leaseMs) {
      const { numUpdatedRows } = await db
        .updateTable('jobs')
        .set((eb) => ({ lease_until: eb(quirks.now, '+', leaseMs) }))
        .where(isHeldBy(lease))
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    async requeue(lease, next) {
      const row = await db
        .updateTable('jobs')
        .set((eb) => ({
          ...FREE,
          state: 'queued' as const,
          run_at: eb(quirks.now, '+', Math.round(next.inMs)),
          next_charge: next.charge ? 1 : 0,
          code: next.code,
          facts: toJsonOrNull(next.facts),
          version: nextVersion,
        }))
        .where(isHeldBy(lease))
        .returningAll()
        .returning(readAt(quirks))
        .executeTakeFirst()
      if (!row) throw new StaleLease(lease.jobId)
      return toJob(row)
    },
    finish: (lease, ending) => transaction(async (tx) => toJob(await finish(tx, quirks, clock, lease, ending))),
    rescue: (maxTakeovers, all) => transaction((tx) => rescue(tx, quirks, clock, maxTakeovers, all?.exceptHolder)),
  }
}

async function listDue(db: Db, quirks: Quirks, withinMs: number, limit: number) {
  const rows = await db
    .selectFrom('jobs')
    .select(['id', 'priority', 'run_at', 'fence'])
    .select(readAt(quirks))
    .where('state', '=', sql.lit<'queued'>('queued'))
    .where((eb) => eb('run_at', '<=', eb(quirks.now, '+', withinMs)))
    .where(isSiteOpen)
    .orderBy('priority', 'desc')
    .orderBy('run_at')
    .limit(limit)
    .execute()
  return rows.map(({ id, priority, run_at, fence, read_at }) => ({
    ...{ jobId: id, priority, runAt: run_at, fence },
    inMs: run_at - read_at,
  }))
}

async function claim(db: Db, quirks: Quirks, id: JobId, holder: string, leaseMs: number) {
  const row = await db
    .updateTable('jobs')
    .set((eb) => ({
      state: 'running' as const,
      holder,
      lease_until: eb(quirks.now, '+', leaseMs),
      fence: eb('fence', '+', 1),
      attempt: eb('attempt', '+', eb.ref('next_charge')),
      next_charge: 1,
      waiting: null,
      started_at: eb.fn.coalesce('started_at', quirks.now),
      version: nextVersion,
    }))
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .where('run_at', '<=', quirks.now)
    .where(isSiteOpen)
    .returningAll()
    .returning(readAt(quirks))
    .executeTakeFirst()
  return row && { job: toJob(row), lease: { jobId: row.id, holder, fence: row.fence } }
}

async function finish(tx: Tx, quirks: Quirks, clock: Clock, lease: Lease, ending: Ending): Promise<ReadJob> {
  const why =
    ending.state === 'failed' ? { code: ending.code, facts: toJsonOrNull(ending.facts) } : { code: null, facts: null }
  const row = await tx
    .updateTable('jobs')
    .set({ ...endedColumns(quirks, ending.state), ...why, stop_reason: ending.stopReason })
    .where(isHeldBy(lease))
    .returningAll()
    .returning(readAt(quirks))
    .executeTakeFirst()
  if (!row) throw new StaleLease(lease.jobId)
  if (ending.state === 'succeeded') await skipOpenPages(tx, row.id)
  await settleEnded(tx, quirks, clock, row)
  return row
}

/** A job that succeeded with pages left (its limit, its page limit) will never read them. */
const skipOpenPages = (tx: Tx, id: JobId) =>
  tx.updateTable('frontier').set({ state: 'skipped' }).where('job_id', '=', id).where('state', '=', 'open').execute()

async function rescue(tx: Tx, quirks: Quirks, clock: Clock, maxTakeovers: number, exceptHolder?: string) {
  const lost = await tx
    .selectFrom('jobs')
    .select(['id', 'fence', 'holder', 'takeovers', 'lease_until'])
    .where('state', '=', sql.lit<'running'>('running'))
    .where((eb) =>
      exceptHolder === undefined ? eb('lease_until', '<=', quirks.now) : eb('holder', '<>', exceptHolder),
    )
    .orderBy('id')
    .execute()
  const rescued: Job[] = []
  for (const { id, fence, holder, takeovers, lease_until } of lost) {
    const failed = takeovers >= maxTakeovers
    const row = await tx
      .updateTable('jobs')
      .set(failed ? crashed(quirks, takeovers + 1) : takenBack(quirks, takeovers + 1))
      .where(isHeldBy({ jobId: id, fence, holder: holder! }))
      .where('lease_until', '=', lease_until)
      .returningAll()
      .returning(readAt(quirks))
      .executeTakeFirst()
    if (!row) continue // renewed or ended meanwhile (only where other connections can write)
    if (failed) await settleEnded(tx, quirks, clock, row)
    rescued.push(toJob(row))
  }
  return rescued
}

const crashed = (quirks: Quirks, times: number) => ({
  ...endedColumns(quirks, 'failed'),
  takeovers: times,
  code: 'crawl.worker_crashed' as const,
  facts: toJsonOrNull({ times }),
  stop_reason: null,
})

/** A worker that died is no failed attempt of the job: the next claim does not charge one. */
const takenBack = (quirks: Quirks, takeovers: number) => ({
  ...FREE,
  state: 'queued' as const,
  run_at: quirks.now,
  takeovers,
  next_charge: 0,
  version: nextVersion,
})
