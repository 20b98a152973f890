import type { Stopwatch } from './stopwatch.ts'
import type { Waiting } from './store.ts'
import type { CrawlParts, CrawlTask } from './task.ts'

/** Says in the job's row what it waits for, and stops the job's own clocks meanwhile. */
export interface WaitingNote {
  /** Null: it goes on. Never throws; a note that could not be written is lost. */
  report(waiting: Waiting | null): void
  /** Nothing is waited for any more; resolves when the last note is written. */
  clear(): Promise<void>
}

/** A note that writes only when the reason changes. */
export function createWaitingNote(parts: CrawlParts, task: CrawlTask, clocks: Stopwatch[]): WaitingNote {
  let shown: Waiting | null = null
  let writing = Promise.resolve()
  const report = (waiting: Waiting | null) => {
    for (const clock of clocks) waiting ? clock.hold() : clock.go()
    if (waiting?.for === shown?.for && waiting?.host === shown?.host) return
    shown = waiting
    writing = writing
      .then(() => parts.frontier.waiting(task.lease, waiting))
      .then(() => parts.changed(task.lease.jobId))
      .catch(() => undefined) // a lost lease or a full disk shows at the next checkpoint
  }
  return {
    report,
    clear: () => {
      if (!task.signal.aborted) report(null)
      return writing
    },
  }
}
