import type { Thread } from '../jobs/job.ts'
import { threadName } from './calls.ts'
import { GONE_THREADS } from './limits.ts'

/** Threads that answered "gone": nothing is sent there again, as platforms ban those who repeat. */
export interface GoneThreads {
  add(thread: Thread): void
  has(thread: Thread): boolean
}

/** Remembers the newest thousand; after a restart each may be asked once more. */
export function createGoneThreads(): GoneThreads {
  const names = new Set<string>()
  return {
    add(thread) {
      names.add(threadName(thread))
      if (names.size > GONE_THREADS) names.delete(names.values().next().value!)
    },
    has: (thread) => names.has(threadName(thread)),
  }
}
