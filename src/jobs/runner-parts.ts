import type { Clock } from '../clock.ts'
import type { Lease } from '../crawl/store.ts'
import type { CrawlTask, StopReason } from '../crawl/task.ts'
import type { JobId } from '../ids.ts'
import type { Queue } from '../queue/queue.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Job } from './job.ts'
import type { WorkerJobs } from './store.ts'

/** What the runner stands on. */
export interface RunnerParts {
  store: WorkerJobs
  queue: Queue
  crawl(task: CrawlTask): Promise<StopReason>
  /** Looks over what an attempt has stored, before its job ends. @throws StaleLease */
  review(job: Job, lease: Lease): Promise<void>
  clock: Clock
  emit: Emit
  /** This process, in leases. */
  holder: string
  /** Jobs at once. */
  concurrency: number
  /** Run this job alone (a one-shot command line); undefined: every due job. */
  only?: JobId
  /** Today in TIME_ZONE, yyyy-mm-dd. */
  today(): string
  faultId(): string
  /** Something that people see has changed. */
  changed(jobId: JobId): void
}
