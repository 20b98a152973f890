/** The states a job can be in, and the ones that follow each (docs/states.md has the picture). */
const NEXT = {
  queued: ['running', 'cancelled', 'failed'],
  running: ['queued', 'succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
} as const

export type JobState = keyof typeof NEXT

/** Whether a job may go from one state to another; the invariants of the tests hold every stored change against it. */
export const mayFollow = (from: JobState, to: JobState): boolean => (NEXT[from] as readonly JobState[]).includes(to)

/** A user has at most one job in these: the index jobs_one_active_per_user holds it. */
export const ACTIVE = ['queued', 'running'] as const satisfies readonly JobState[]

/** The states that never change. */
export const ENDED = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly JobState[]

export type EndedState = (typeof ENDED)[number]

export const isEnded = (state: JobState): state is EndedState => (ENDED as readonly JobState[]).includes(state)
