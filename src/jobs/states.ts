/** The states a job can be in, and the ones that follow each (docs/states.md has the picture). */
export const NEXT = {
  queued: ['running', 'cancelled', 'failed'],
  running: ['queued', 'succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
} as const

export type JobState = keyof typeof NEXT

/** The states that may follow `S`; none for an ended job, so that a move out of one does not compile. */
export type NextState<S extends JobState> = (typeof NEXT)[S][number]

/** A user has at most one job in these: the index jobs_one_active_per_user holds it. */
export const ACTIVE = ['queued', 'running'] as const satisfies readonly JobState[]

/** The states that never change. */
export const ENDED = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly JobState[]

export type EndedState = (typeof ENDED)[number]

export const isEnded = (state: JobState): state is EndedState => (ENDED as readonly JobState[]).includes(state)
