import { type Clock, rest } from '../clock.ts'
import type { Duties } from '../duty.ts'
import { isPassing } from '../errors.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Forgetting } from './forget.ts'
import type { DueJob, UpkeepStore } from './store.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Jobs cleared in one transaction, and rows removed in one statement: commands wait for no more than that. */
const JOBS_A_BATCH = 5
const ROWS_A_BATCH = 500
/** Between two batches commands have the database to themselves. */
const PAUSE_MS = 50

export interface RetentionParts {
  store: UpkeepStore
  /** Removes files from disk; those that are gone already are no mistake. */
  removeFiles(files: DueJob['files']): Promise<void>
  /** Removes files that belong to nobody from this process's own disk: others may have removed their rows. */
  sweepFiles(signal: AbortSignal): Promise<void>
  /** Goes on with people whose removal was interrupted. */
  forgetting: Pick<Forgetting, 'resume'>
  clock: Clock
  /** One process of several removes. */
  duties: Duties
  emit: Emit
  /** RETENTION_DAYS. */
  days: number
  faultId(): string
}

/** Removes what is too old and what is left of forgotten people, at start and once a day. */
export interface Retention {
  /** One whole round. A round that was killed goes on where it stopped. @returns how many jobs were cleared */
  run(signal?: AbortSignal): Promise<number>
  start(): void
  /** Looks for files of nobody alone, now and once a day; a start does it too. */
  startSweep(): void
  stop(): Promise<void>
}

/** Retention over storage. */
export function createRetention(parts: RetentionParts): Retention {
  const stopped = new AbortController()
  let running: Promise<void> | undefined
  let sweeping: Promise<void> | undefined
  const startSweep = (): void => {
    sweeping ??= daily(parts, stopped.signal, () => parts.sweepFiles(stopped.signal))
  }
  return {
    run: (signal = stopped.signal) => run(parts, signal),
    start: () => {
      running ??= begin(parts, stopped.signal)
      startSweep()
    },
    startSweep,
    stop: async () => {
      stopped.abort()
      await Promise.all([running, sweeping])
    },
  }
}

async function begin(parts: RetentionParts, signal: AbortSignal): Promise<void> {
  const rounds = (held: AbortSignal) => daily(parts, held, () => run(parts, held))
  await parts.duties.during('upkeep', rounds, signal)
}

/** A round that failed is tried again in an hour. */
async function daily(parts: RetentionParts, signal: AbortSignal, round: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    const pauseMs = await round().then(
      () => DAY_MS,
      (error: unknown) => {
        if (!signal.aborted && !isPassing(error)) parts.emit('fault', { id: parts.faultId(), where: 'upkeep', error })
        return HOUR_MS
      },
    )
    await rest(parts.clock, pauseMs, signal)
  }
}

async function run(parts: RetentionParts, signal: AbortSignal): Promise<number> {
  const people = await parts.forgetting.resume(signal)
  if (people > 0) parts.emit('upkeep.swept', { what: 'people who were being forgotten', count: people })
  const jobs = await clearOldJobs(parts, signal)
  if (jobs > 0) parts.emit('upkeep.swept', { what: 'old jobs', count: jobs })
  const rows = await expireRows(parts, signal)
  if (rows > 0) parts.emit('upkeep.swept', { what: 'old log rows and kept pages', count: rows })
  return jobs
}

/** Files go before their rows: whoever is killed between finds the rows again. And after, for one written meanwhile. */
async function clearOldJobs({ store, removeFiles, clock, days }: RetentionParts, signal: AbortSignal): Promise<number> {
  let cleared = 0
  while (!signal.aborted) {
    const jobs = await store.due(days * DAY_MS, JOBS_A_BATCH)
    if (jobs.length === 0) break
    const files = jobs.flatMap((job) => job.files)
    await removeFiles(files)
    await store.clear(jobs.map(({ id }) => id))
    await removeFiles(files)
    cleared += jobs.length
    await rest(clock, PAUSE_MS, signal)
  }
  return cleared
}

async function expireRows({ store, clock, days }: RetentionParts, signal: AbortSignal): Promise<number> {
  let removed = 0
  while (!signal.aborted) {
    const count = await store.expire(days * DAY_MS, ROWS_A_BATCH)
    removed += count
    if (count === 0) break
    await rest(clock, PAUSE_MS, signal)
  }
  return removed
}
