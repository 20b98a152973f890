import { SWEEP_AHEAD_MS, SWEEP_ROWS } from './limits.ts'
import type { RunnerParts } from './runner-parts.ts'

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
