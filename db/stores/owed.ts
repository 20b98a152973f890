import type { Clock } from '../../src/clock.ts'
import { type EntryId, idWithin, newId } from '../../src/ids.ts'
import type { Job, JobRequest, Place } from '../../src/jobs/job.ts'
import type { Format } from '../../src/results/format.ts'
import type { Quirks, Tx } from '../database.ts'
import type { JobRow, OutboxRow } from '../tables.ts'
import { fromJson, toJson } from './columns.ts'

type NewEntry = Pick<OutboxRow, 'kind' | 'platform' | 'workspace' | 'account_id' | 'thread_key' | 'format' | 'place'>

/** Owes the root message of a new job. A retry owes it too: chat then posts none, but the first word stays counted. */
export const oweOpen = (tx: Tx, quirks: Quirks, clock: Clock, job: JobRow): Promise<void> =>
  owe(tx, quirks, clock, job, [entry(job, 'open')])

/** Owes all that an ended job owes: last word, file when it has products, final edits; in the order they are sent. */
export async function oweLastWords(tx: Tx, quirks: Quirks, clock: Clock, job: JobRow): Promise<void> {
  const { format } = fromJson<JobRequest>(job.request)
  const file = job.products > 0 ? [entry(job, 'file', format)] : []
  await owe(tx, quirks, clock, job, [entry(job, 'final'), ...file, entry(job, 'edit')])
}

/** Owes a copy to the place where somebody asked for it. One that already waits there is enough. */
export async function oweCopyTo(
  tx: Tx,
  quirks: Quirks,
  clock: Clock,
  job: JobRow,
  copy: { format: Format; place: Place; accountId: Job['accountId'] },
): Promise<void> {
  const thread_key = `copy ${toJson([copy.place.platform, copy.place.workspace, copy.place.channel, copy.place.thread])}`
  await quirks.lock(tx, thread_key)
  const waiting = await tx
    .selectFrom('outbox')
    .select('id')
    .where('job_id', '=', job.id)
    .where('kind', '=', 'copy')
    .where('state', '=', 'pending')
    .where('format', '=', copy.format)
    .where('thread_key', '=', thread_key)
    .executeTakeFirst()
  if (waiting) return
  await owe(tx, quirks, clock, job, [
    {
      kind: 'copy',
      platform: copy.place.platform,
      workspace: copy.place.workspace,
      account_id: copy.accountId,
      thread_key,
      format: copy.format,
      place: toJson(copy.place),
    },
  ])
}

const entry = (job: JobRow, kind: OutboxRow['kind'], format: Format | null = null): NewEntry => ({
  kind,
  platform: job.platform,
  workspace: fromJson<Place>(job.place).workspace,
  account_id: job.account_id,
  thread_key: job.thread_key,
  format,
  place: null,
})

/** Appends entries of one thread: their `seq` go on where the thread's last one stands, without a gap. */
async function owe(tx: Tx, quirks: Quirks, clock: Clock, job: JobRow, entries: NewEntry[]): Promise<void> {
  await quirks.lock(tx, entries[0]!.thread_key)
  const { next } = await tx
    .selectFrom('outbox')
    .select((eb) => eb.fn.coalesce(eb(eb.fn.max('seq'), '+', 1), eb.lit(0)).as('next'))
    .where('thread_key', '=', entries[0]!.thread_key)
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('outbox')
    .values(
      entries.map((owed, at) => ({
        id: owed.kind === 'copy' ? newId<EntryId>(clock.now()) : idWithin<EntryId>(job.id, owed.kind),
        job_id: job.id,
        user_id: job.user_id,
        ...owed,
        seq: Number(next) + at,
        state: 'pending' as const,
        attempts: 0,
        is_uncertain: 0,
        run_at: quirks.now,
        holder: null,
        hold_until: null,
        platform_id: null,
        cause: null,
        created_at: quirks.now,
        sent_at: null,
      })),
    )
    .execute()
}
