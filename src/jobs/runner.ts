import { setMaxListeners } from 'node:events'
import type { Lease } from '../crawl/store.ts'
import { StaleLease } from '../crawl/store.ts'
import type { CrawlTask } from '../crawl/task.ts'
import { Refusal } from '../errors.ts'
import type { JobId } from '../ids.ts'
import { linkSignal } from '../linked-signal.ts'
import { hintOf, type Job } from './job.ts'
import { keepLease } from './lease.ts'
import { LEASE_MS, SWEEP_MS } from './limits.ts'
import { repeat, tellTrouble } from './repeat.ts'
import { keepRescuing, rescue } from './rescue.ts'
import { decide } from './retry.ts'
import type { RunnerParts } from './runner-parts.ts'
import type { Ending } from './store.ts'
import { sweep } from './sweep.ts'
import { tellEnded } from './tell-ended.ts'

/** Runs jobs. */
export interface Runner {
  /** `takeAll`: a new owner of an embedded database takes every running row at once. */
  start(options: { takeAll: boolean }): Promise<void>
  /** Finishes the pages in hand, puts its jobs back into the queue without charging an attempt, and resolves. */
  stop(): Promise<void>
}

/** How long a job may go on with the page in hand after the process was asked to close. */
const DRAIN_MS = 4_000

/** A runner over its parts. */
export function createRunner(parts: RunnerParts): Runner {
  const closing = new AbortController()
  const hardStop = new AbortController()
  setMaxListeners(0, hardStop.signal) // every running job listens
  const loops: Promise<void>[] = []
  return {
    start: async ({ takeAll }) => {
      await rescue(parts, takeAll ? { exceptHolder: parts.holder } : undefined)
      await sweep(parts)
      const run = (id: string, interrupt: AbortSignal) =>
        attempt(parts, id as JobId, { interrupt, hardStop: hardStop.signal, closing: closing.signal })
      parts.queue.consume(run, parts.concurrency)
      loops.push(repeat(parts, SWEEP_MS, closing.signal, () => sweep(parts)))
      loops.push(keepRescuing(parts, closing.signal))
    },
    stop: async () => {
      closing.abort(new Error('closing'))
      const timer = setTimeout(() => hardStop.abort(new Drained()), DRAIN_MS)
      await parts.queue.stop()
      clearTimeout(timer)
      await Promise.all(loops)
    },
  }
}

/** The process closes down and the page in hand did not end in time. */
class Drained extends Error {
  override readonly name = 'Drained'
}

/** What can end an attempt from outside. */
interface Signals {
  /** The job was cancelled: its row is ended already. */
  interrupt: AbortSignal
  /** The process must end now. */
  hardStop: AbortSignal
  /** The process closes down: the page in hand may be finished. */
  closing: AbortSignal
}

/** One attempt of one job: claim, crawl, and the end of it. */
async function attempt(parts: RunnerParts, id: JobId, signals: Signals): Promise<void> {
  if (signals.closing.aborted || signals.interrupt.aborted || (parts.only && parts.only !== id)) return
  const claimed = await claim(parts, id)
  if (!claimed) return
  const { job, lease } = claimed
  parts.emit('job.claimed', {
    job: id,
    user: job.userId,
    ...(job.requestId === null ? {} : { requestId: job.requestId }),
    site: job.request.site,
    attempt: job.attempt,
    fence: lease.fence,
    waitMs: job.readAt - job.runAt,
  })
  parts.changed(id)
  const keeper = keepLease(parts, lease)
  const link = linkSignal(signals.interrupt, signals.hardStop, keeper.lost)
  try {
    const reason = await parts.crawl(taskOf(parts, job, lease, link.signal, signals.closing))
    if (reason === 'drained') await backToQueue(parts, lease, { inMs: 0, charge: false, error: null })
    else await end(parts, job, lease, { state: 'succeeded', stopReason: reason })
  } catch (error) {
    if (!signals.interrupt.aborted) await failed(parts, job, lease, error)
  } finally {
    link.release()
    keeper.stop()
    parts.changed(id)
  }
}

/** A full disk or a busy database: the row stays queued, and the sweep brings it again. */
async function claim(parts: RunnerParts, id: JobId): ReturnType<RunnerParts['store']['claim']> {
  try {
    return await parts.store.claim(id, parts.holder, LEASE_MS)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    tellTrouble(parts, 'runner', error)
    return undefined
  }
}

const taskOf = (parts: RunnerParts, job: Job, lease: Lease, signal: AbortSignal, closing: AbortSignal): CrawlTask => ({
  lease,
  userId: job.userId,
  site: job.request.site,
  ask: { words: job.request.words, url: job.request.url, limit: job.request.limit, today: parts.today() },
  signal,
  isDraining: () => closing.aborted,
})

/** What an attempt's error means. A lost lease or a cancelled job is somebody else's to write. */
async function failed(parts: RunnerParts, job: Job, lease: Lease, error: unknown): Promise<void> {
  try {
    if (error instanceof Drained) return await backToQueue(parts, lease, { inMs: 0, charge: false, error: null })
    if (error instanceof Refusal) return await refused(parts, job, lease, error)
    if (error instanceof StaleLease) return parts.emit('job.lease_lost', { job: job.id, fence: lease.fence })
    const id = parts.faultId()
    parts.emit('fault', { id, where: 'crawl', error, job: job.id, user: job.userId })
    await finish(parts, lease, { state: 'failed', code: 'internal', facts: { id }, stopReason: null })
  } catch (again) {
    if (again instanceof StaleLease) return parts.emit('job.lease_lost', { job: job.id, fence: lease.fence })
    tellTrouble(parts, 'runner', again, job) // the lease runs out, and the job is rescued
  }
}

async function refused(parts: RunnerParts, job: Job, lease: Lease, error: Refusal): Promise<void> {
  const decision = decide(error, job.attempt, parts.clock.now())
  if (decision.kind === 'requeue') return backToQueue(parts, lease, { ...decision, error })
  await end(parts, job, lease, { state: 'failed', code: error.code, facts: error.facts, stopReason: null })
}

/** An end in the shop's hands or the job's own: what it says of the shop is looked at first. */
async function end(parts: RunnerParts, job: Job, lease: Lease, ending: Ending): Promise<void> {
  await parts.review(job, lease)
  await finish(parts, lease, ending)
}

async function finish(parts: RunnerParts, lease: Lease, ending: Ending): Promise<void> {
  tellEnded(parts.emit, await parts.store.finish(lease, ending))
}

async function backToQueue(
  parts: RunnerParts,
  lease: Lease,
  next: { inMs: number; charge: boolean; error: Refusal | null },
): Promise<void> {
  const job = await parts.store.requeue(lease, {
    inMs: next.inMs,
    charge: next.charge,
    code: next.error?.code ?? null,
    facts: next.error?.facts ?? null,
  })
  parts.emit('job.requeued', {
    job: job.id,
    user: job.userId,
    site: job.request.site,
    code: next.error?.code ?? 'drained',
    runAt: job.runAt,
    charged: next.charge,
  })
  await parts.queue.push(hintOf(job)).catch(() => undefined)
}
