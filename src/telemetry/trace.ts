/** Who a job belongs to, and which command asked for it. */
interface Origin {
  user?: string
  requestId?: string
}

/** Jobs whose origin is remembered; the longest silent is forgotten first. */
const JOBS_MAX = 10_000

/**
 * Remembers who asked for each job, so that every line about a job carries the user and the command's request id, and
 * one id follows a request from the command to the last message. Claims tell it again after a restart.
 */
export function createTrace() {
  const origins = new Map<string, Origin>()
  return (facts: object): object => {
    const { job, user, requestId } = facts as { job?: unknown; user?: string; requestId?: string }
    if (typeof job !== 'string') return facts
    const origin = { ...origins.get(job), ...(user ? { user } : {}), ...(requestId ? { requestId } : {}) }
    origins.delete(job)
    origins.set(job, origin)
    if (origins.size > JOBS_MAX) origins.delete(origins.keys().next().value!)
    return { ...origin, ...facts }
  }
}
