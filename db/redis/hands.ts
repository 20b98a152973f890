import { type Job as BullJob, type Queue as BullQueue, Worker } from 'bullmq'
import type { HintData } from './bull.ts'
import type { RedisQueueParts } from './queue.ts'

/** A worker that does not renew its lock for so long has lost the hint; looked at every STALLED_MS (BullMQ's own: 30 s each). */
const LOCK_MS = 10_000
const STALLED_MS = 5_000
/** How often a hint may be handed out again: poison jobs are counted in the row, not here. */
const STALLED_COUNT = 1_000_000
/** Hints wait, a place is free, and none was taken for so long: the worker is wedged. */
const WEDGED_MS = 60_000
const WATCH_MS = 15_000

/** What takes hints out of Redis. */
export interface Hands {
  /** Null when all is well. */
  trouble(): string | null
  /** Takes nothing more; resolves when what is held has ended and Redis knows it. */
  stop(): Promise<void>
}

/** BullMQ's worker, and a watch over it: one that takes nothing although hints wait is replaced. */
export function createHands(
  parts: RedisQueueParts,
  openBull: () => Promise<BullQueue<HintData>>,
  concurrency: number,
  take: (jobId: string) => Promise<void>,
): Hands {
  const { link, clock, emit } = parts
  let busy = 0
  let movedAt = clock.monotonic()
  let isWedged = false
  const process = async ({ data }: BullJob<HintData>) => {
    busy += 1
    isWedged = false
    await take(data.jobId).finally(() => {
      busy -= 1
      movedAt = clock.monotonic()
    })
  }
  let worker = openWorker(parts, concurrency, process)
  const watch = async () => {
    if (busy >= concurrency || clock.monotonic() - movedAt < WEDGED_MS) return
    const { prioritized = 0, wait = 0 } = await link.answered(async () =>
      (await openBull()).getJobCounts('prioritized', 'wait'),
    )
    movedAt = clock.monotonic()
    if (prioritized + wait === 0) return
    isWedged = true
    emit('queue.wedged', { waiting: prioritized + wait })
    const former = worker
    worker = openWorker(parts, concurrency, process)
    void former.stop()
  }
  const watching = setInterval(() => void watch().catch(link.tell), WATCH_MS)
  return {
    trouble: () => (isWedged ? 'takes no jobs although some wait' : null),
    stop() {
      clearInterval(watching)
      return worker.stop()
    },
  }
}

function openWorker(
  { link, prefix }: RedisQueueParts,
  concurrency: number,
  process: (job: BullJob<HintData>) => Promise<void>,
): { stop(): Promise<void> } {
  const connection = link.patient()
  const worker = new Worker<HintData>('jobs', process, {
    connection,
    prefix,
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_MS,
    maxStalledCount: STALLED_COUNT,
  })
  worker.on('error', link.tell)
  return {
    async stop() {
      await worker.close().catch(link.tell)
      connection.disconnect()
    },
  }
}
