import type { Emit } from '../telemetry/events.ts'
import type { Job } from './job.ts'

/** Tells telemetry that a job has ended. */
export const tellEnded = (emit: Emit, job: Job): void =>
  emit('job.ended', {
    job: job.id,
    user: job.userId,
    site: job.request.site,
    state: job.state,
    ...(job.code ? { code: job.code } : {}),
    products: job.products,
    pages: job.pages,
    ms: (job.finishedAt ?? job.createdAt) - job.createdAt,
  })
