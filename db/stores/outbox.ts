import { type RawBuilder, sql } from 'kysely'
import type { Entry, OutboxStore } from '../../src/chat/store.ts'
import type { JobId } from '../../src/ids.ts'
import type { Place, Thread } from '../../src/jobs/job.ts'
import type { Database, Db, Quirks, Tx } from '../database.ts'
import type { OutboxRow } from '../tables.ts'
import { noteForClosing } from './closings.ts'
import { fromJsonOrNull, toFlag, toJson } from './columns.ts'
import { readAt } from './jobs-rows.ts'
import { behind, digest, view } from './shown.ts'

const SETTLED = { holder: null, hold_until: null }
/** Longer ago than anything that is stored. */
const NEVER_MS = 1e14

/** What jobs owe to chat. */
export function createOutboxStore({ db, quirks, transaction, awayAgoMs }: Database): OutboxStore {
  return {
    claim: (platforms, holder, limit, holdMs) => {
      const wanted = { holder, limit, holdMs, awayAgoMs: Math.round(awayAgoMs?.() ?? NEVER_MS) }
      return transaction((tx) => claim(tx, quirks, platforms, wanted))
    },
    takeOver: (platforms, holder) => takeOver(db, quirks, platforms, holder),
    nextDueInMs: (platforms) => nextDueInMs(db, quirks, platforms),
    sent: (entry, platformId) => markSent(db, quirks, entry, platformId),
    async retry(entry, inMs, cause, isUncertain) {
      await db
        .updateTable('outbox')
        .set((eb) => ({
          ...SETTLED,
          run_at: eb(quirks.now, '+', Math.round(inMs)),
          cause,
          is_uncertain: toFlag(isUncertain),
        }))
        .where('id', '=', entry.id)
        .where('state', '=', 'pending')
        .where('attempts', '=', entry.attempts) // else the hold ran out, and another process has it now
        .execute()
    },
    async drop(entry, cause) {
      await db
        .updateTable('outbox')
        .set({ ...SETTLED, state: 'dropped', cause })
        .where('id', '=', entry.id)
        .where('state', '=', 'pending')
        .where('attempts', '=', entry.attempts)
        .execute()
    },
    opened: (entry, thread) => transaction((tx) => markOpened(tx, quirks, entry, thread)),
    view: (jobId) => view(db, quirks, jobId),
    digest: (jobId) => digest(db, jobId),
    behind: (platforms, limit, isWorkerless = false) => behind(db, quirks, platforms, { limit, isWorkerless }),
    showing: (jobId) => markShowing(db, quirks, jobId),
    shown: (jobId, version, progressId, isWorkerless = false) =>
      markShown(db, quirks, { jobId, version, progressId, isWorkerless }),
    async progressLost(jobId) {
      const none = { progress_id: null, shown_at: null, shown_version: 0 }
      await db.updateTable('jobs').set(none).where('id', '=', jobId).execute()
    },
    settle: async (platform, jobId) => void (await settle(db, quirks, platform, sql`(${jobId})`)),
    settleEnded: (platform, ms) =>
      settle(db, quirks, platform, sql`(select id from jobs where finished_at < ${quirks.now} - ${ms})`),
  }
}

/** A time of showing without a message's id says that one was tried. */
async function markShowing(db: Db, quirks: Quirks, jobId: JobId): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ shown_at: quirks.now })
    .where('id', '=', jobId)
    .where('progress_id', 'is', null)
    .execute()
}

interface Shown {
  jobId: JobId
  version: number
  progressId: string
  isWorkerless: boolean
}

async function markShown(db: Db, quirks: Quirks, { jobId, version, progressId, isWorkerless }: Shown): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('jobs')
    .set((eb) => ({
      shown_version: eb
        .case()
        .when('shown_version', '<', version)
        .then(sql<number>`${version}`) // kysely would write the number into the text: a statement for each version
        .else(eb.ref('shown_version'))
        .end(),
      shown_at: quirks.now,
      is_shown_workerless: toFlag(isWorkerless),
      progress_id: progressId,
    }))
    .where('id', '=', jobId)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) await noteForClosing(db, jobId, { progress_id: progressId })
}

/** Marks what a platform's jobs still owe as sent. @returns how many entries */
async function settle(db: Db, quirks: Quirks, platform: string, jobs: RawBuilder<unknown>): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('outbox')
    .set({ ...SETTLED, state: 'sent', sent_at: quirks.now })
    .where('platform', '=', platform)
    .where('state', '=', 'pending')
    .where(sql<boolean>`job_id in ${jobs}`)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/** The first unsent entry of every thread, for these platforms. */
const threadHeads = (db: Db, quirks: Quirks, platforms: string[]) =>
  db
    .selectFrom('outbox as o')
    .where('o.state', '=', sql.lit<'pending'>('pending'))
    .where(quirks.isIn('o.platform', platforms))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('outbox as p')
            .select('p.id')
            .whereRef('p.thread_key', '=', 'o.thread_key')
            .whereRef('p.seq', '<', 'o.seq')
            .where('p.state', '=', sql.lit<'pending'>('pending')),
        ),
      ),
    )

interface Claim {
  holder: string
  limit: number
  holdMs: number
  /** How long ago the server was away. */
  awayAgoMs: number
}

async function claim(tx: Tx, quirks: Quirks, platforms: string[], wanted: Claim): Promise<Entry[]> {
  const { holder, limit, holdMs, awayAgoMs } = wanted
  const due = await threadHeads(tx, quirks, platforms)
    .select('o.id')
    .where('o.run_at', '<=', quirks.now)
    .where((eb) => eb.or([eb('o.hold_until', 'is', null), eb('o.hold_until', '<=', quirks.now)]))
    .orderBy((eb) => eb.case('o.kind').when('open').then(2).when('edit').then(1).else(0).end())
    .orderBy('o.run_at')
    .orderBy('o.id')
    .limit(limit)
    .execute()
  if (due.length === 0) return []
  const rows = await tx
    .updateTable('outbox')
    .set((eb) => ({
      holder,
      hold_until: eb(quirks.now, '+', holdMs),
      attempts: eb('attempts', '+', 1),
      // Whoever held it last never said how it went; and a replica that took over may not know that it was sent.
      is_uncertain: eb
        .case()
        .when(
          eb.or([
            eb('holder', 'is not', null),
            eb.exists(
              eb
                .selectFrom('jobs')
                .select('jobs.id')
                .whereRef('jobs.id', '=', 'outbox.job_id')
                .where('jobs.created_at', '<=', sql<number>`${quirks.now} - ${awayAgoMs}`),
            ),
          ]),
        )
        .then(1)
        .else(eb.ref('is_uncertain'))
        .end(),
    }))
    .where(
      quirks.isIn(
        'id',
        due.map((row) => row.id),
      ),
    )
    .where('state', '=', 'pending')
    // Again: another instance may have claimed it since the first statement (PostgreSQL).
    .where((eb) => eb.or([eb('hold_until', 'is', null), eb('hold_until', '<=', quirks.now)]))
    .returningAll()
    .returning(readAt(quirks))
    .execute()
  const order = new Map(due.map((row, at) => [row.id, at]))
  return rows.sort((a, b) => order.get(a.id)! - order.get(b.id)!).map(toEntry)
}

const toEntry = (row: OutboxRow & { read_at: number }): Entry => ({
  id: row.id,
  jobId: row.job_id,
  userId: row.user_id,
  accountId: row.account_id,
  kind: row.kind,
  platform: row.platform,
  threadKey: row.thread_key,
  seq: row.seq,
  attempts: row.attempts,
  place: fromJsonOrNull<Place>(row.place),
  format: row.format,
  isUncertain: row.is_uncertain !== 0,
  createdAt: row.created_at,
  readAt: row.read_at,
})

/** The holder's name stays: claim() takes from it that the entry is uncertain. */
async function takeOver(db: Db, quirks: Quirks, platforms: string[], holder: string): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ hold_until: quirks.now })
    .where('state', '=', 'pending')
    .where('holder', '!=', holder)
    .where(quirks.isIn('platform', platforms))
    .execute()
}

async function nextDueInMs(db: Db, quirks: Quirks, platforms: string[]): Promise<number | undefined> {
  const row = await threadHeads(db, quirks, platforms)
    .select((eb) => [
      eb(
        eb
          .case()
          .when(eb('o.hold_until', '>', eb.ref('o.run_at')))
          .then(eb.ref('o.hold_until').$castTo<number>())
          .else(eb.ref('o.run_at'))
          .end(),
        '-',
        quirks.now,
      ).as('in_ms'),
    ])
    .orderBy('in_ms')
    .limit(1)
    .executeTakeFirst()
  return row && Math.max(0, Number(row.in_ms))
}

async function markSent(db: Db, quirks: Quirks, entry: Entry, platformId: string): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ ...SETTLED, state: 'sent', sent_at: quirks.now, platform_id: platformId, cause: null })
    .where('id', '=', entry.id)
    .where('state', '=', 'pending')
    .execute()
}

async function markOpened(tx: Tx, quirks: Quirks, entry: Entry, thread: Thread): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('jobs')
    .set({ thread: toJson(thread), version: sql<number>`version + 1` })
    .where('id', '=', entry.jobId)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) await noteForClosing(tx, entry.jobId, { thread: toJson(thread) })
  await markSent(tx, quirks, entry, thread.root)
}
