import type { JobId } from '../ids.ts'

/** One edit of a job's progress at a time, so that no older state is written over a newer one. */
export interface Lanes {
  /** Runs when nothing else runs for this job, and keeps others out meanwhile. */
  run<T>(job: JobId, work: () => Promise<T>): Promise<T>
  has(job: JobId): boolean
}

/** Lanes in memory: the pacer and the outbox of one process share them. */
export function createLanes(): Lanes {
  const tails = new Map<JobId, Promise<unknown>>()
  return {
    async run(job, work) {
      const before = tails.get(job)
      const mine = (before ?? Promise.resolve()).then(work, work)
      const tail = mine.catch(() => undefined)
      tails.set(job, tail)
      try {
        return await mine
      } finally {
        if (tails.get(job) === tail) tails.delete(job)
      }
    },
    has: (job) => tails.has(job),
  }
}
