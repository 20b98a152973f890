import type { Clock } from '../clock.ts'
import type { JobId } from '../ids.ts'
import { backoff } from './backoff.ts'
import type { Pace } from './platform.ts'
import type { Behind } from './store.ts'

/** Jobs remembered before those that were shown longest ago are forgotten. */
const REMEMBERED = 5_000

/** What this process did for the progress messages of jobs; the row holds what outlives it. */
export interface ShownNotes {
  /** Milliseconds until this job's message may be posted or edited; 0 = now. */
  dueInMs(row: Behind, pace: Pace): number
  /** Names the job's progress message: by it the platform finds one whose answer was lost. */
  keyOf(id: JobId): string
  /** A post or edit arrived. */
  succeeded(id: JobId, pace: Pace): void
  /** It failed; it may have arrived all the same. */
  failed(id: JobId): void
  /** Its message was deleted: the next one is another message. */
  lost(id: JobId): void
}

interface Note {
  /** By the monotonic clock. */
  notBefore: number
  failures: number
  losses: number
}

/** Notes in memory, from the start of a process on. */
export function createShownNotes({ clock, random }: { clock: Clock; random: () => number }): ShownNotes {
  const notes = new Map<JobId, Note>()

  const change = (id: JobId, changes: Partial<Note>): void => {
    const note = { notBefore: 0, failures: 0, losses: 0, ...notes.get(id), ...changes }
    notes.delete(id)
    notes.set(id, note)
    if (notes.size > REMEMBERED) notes.delete(notes.keys().next().value!)
  }

  return {
    dueInMs(row, pace) {
      const note = notes.get(row.job.id)
      if (note) return Math.max(0, note.notBefore - clock.monotonic())
      const [since, pause] = row.job.progressId ? [row.shownAt, pace.editMs] : [row.job.createdAt, pace.progressAfterMs]
      // bounded by the pause: somebody may have set the database's clock back
      return since === null ? 0 : Math.min(pause, Math.max(0, since + pause - row.job.readAt))
    },
    keyOf(id) {
      const losses = notes.get(id)?.losses
      return losses ? `${id}-${losses.toString(36)}` : id
    },
    succeeded: (id, pace) => change(id, { notBefore: clock.monotonic() + pace.editMs, failures: 0 }),
    failed(id) {
      const failures = (notes.get(id)?.failures ?? 0) + 1
      change(id, { notBefore: clock.monotonic() + backoff(failures, random), failures })
    },
    lost: (id) => change(id, { losses: ((notes.get(id)?.losses ?? 0) + 1) % 36 }),
  }
}
