import { MAX_TAKEOVERS, SWEEP_AHEAD_MS, SWEEP_ROWS } from './limits.ts'
import type { RunnerParts } from './runner-parts.ts'
import { isEnded } from './states.ts'
import { tellEnded } from './tell-ended.ts'

/** Hands out queued rows that the queue does not know: after a start, from another process, after a lost hint. */
export async function sweep(parts: RunnerParts): Promise<void> {
  const { store, queue, only } = parts
  for (const hint of await store.due(SWEEP_AHEAD_MS, SWEEP_ROWS)) {
    if (only && hint.jobId !== only) continue
    try {
      await queue.push(hint)
    } catch (error) {
      if (queue.trouble() === null) throw error
      return // it is away, and has said so: a later sweep hands the rows out
    }
  }
}

/** Takes jobs back from workers that are gone (`exceptHolder`: from everybody else, by a new owner). */
export async function rescue(parts: RunnerParts, all?: { exceptHolder: string }): Promise<void> {
  const rescued = await parts.store.rescue(MAX_TAKEOVERS, all)
  for (const job of rescued) {
    parts.emit('job.rescued', { job: job.id, takeovers: job.takeovers })
    if (isEnded(job.state)) tellEnded(parts.emit, job)
    parts.changed(job.id)
  }
}
