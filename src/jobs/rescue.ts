import { MAX_TAKEOVERS, RESCUE_MS } from './limits.ts'
import { repeat } from './repeat.ts'
import type { RunnerParts } from './runner-parts.ts'
import { isEnded } from './states.ts'
import type { WorkerJobs } from './store.ts'
import { tellEnded } from './tell-ended.ts'

/** No queue among them: each worker's sweep hands out what was put back. */
export interface RescueParts extends Pick<RunnerParts, 'clock' | 'emit' | 'faultId' | 'changed'> {
  store: Pick<WorkerJobs, 'rescue'>
}

/** Takes jobs back from workers that are gone (`exceptHolder`: from everybody else, by a new owner). */
export async function rescue(parts: RescueParts, all?: { exceptHolder: string }): Promise<void> {
  const rescued = await parts.store.rescue(MAX_TAKEOVERS, all)
  for (const job of rescued) {
    parts.emit('job.rescued', { job: job.id, takeovers: job.takeovers })
    if (isEnded(job.state)) tellEnded(parts.emit, job)
    parts.changed(job.id)
  }
}

/**
 * Looks for leases that ran out until the signal aborts; never throws. Workers do, and bots, so that a job whose worker
 * was the last one waits in the queue, and says so, instead of seeming to run.
 */
export const keepRescuing = (parts: RescueParts, signal: AbortSignal): Promise<void> =>
  repeat(parts, RESCUE_MS, signal, () => rescue(parts))
