import type { Lease } from '../crawl/store.ts'
import type { ErrorCode } from '../errors.ts'
import type { AccountId, JobId, UserId } from '../ids.ts'
import type { QueueHint } from '../queue/queue.ts'
import type { Actor } from './act.ts'
import type { Job, JobRequest, Place, Thread } from './job.ts'

/** A job before it is stored. */
export interface JobDraft {
  accountId: AccountId
  request: JobRequest
  place: Place
  priority: number
  /** Of the command that asks. */
  requestId?: string
  /** The failed job that this one tries again: same thread, no new root. */
  retry?: { of: JobId; thread: Thread | null }
}

/** What a user has used. */
export interface Usage {
  jobs: { createdAt: number; host: string; pages: number }[]
  /** Of all result files that are kept. */
  bytes: number
  /** When it was read, by the database's clock, as `createdAt` is. */
  readAt: number
}

/** A page of a person's jobs, newest first, keyed by (createdAt, id). */
export interface HistoryPage {
  jobs: Job[]
  next: { createdAt: number; id: JobId } | null
}

/** What became of a wish for a job. */
export interface Created {
  kind: 'created' | 'active'
  job: Job
}

/** The owner's door: every function takes the user's id and filters by it. */
export interface OwnerJobs {
  /**
   * Stores a job with its outbox entry "open", in one transaction. The rule is the index jobs_one_active_per_user:
   * this only asks it, by inserting. The job is the account's user's as it is then: the account may just have been
   * linked to another, and then `owner` is a user of yesterday.
   * @returns the job, or the one that is already active
   * @throws Refusal `user.blocked` when an administrator has blocked the user meanwhile
   */
  create(owner: UserId, draft: JobDraft): Promise<Created>
  /**
   * Cancels the named active job and stores the draft, in one transaction. Undefined when that job is not active.
   * @throws Refusal `user.blocked`
   */
  replace(owner: UserId, cancelled: JobId, draft: JobDraft): Promise<{ cancelled: Job; job: Job } | undefined>
  active(owner: UserId): Promise<Job | undefined>
  /** The owner's job, or undefined. Another's job and no job look alike, so ids tell nothing. */
  job(owner: UserId, id: JobId): Promise<Job | undefined>
  history(owner: UserId, limit: number, after?: { createdAt: number; id: JobId }): Promise<HistoryPage>
  /** Newest ended job, for `result` without an id. */
  lastEnded(owner: UserId): Promise<Job | undefined>
  /**
   * Ends an active job as cancelled, with its last word and (when it has products) its file, in one transaction.
   * @returns the job as it is now, or undefined when it was not active or is not the owner's
   */
  cancel(owner: UserId, id: JobId): Promise<Job | undefined>
  /** What counts against the quotas: jobs of the last `sinceMs` (not the console's), oldest first; bytes of files. */
  usage(owner: UserId, sinceMs: number): Promise<Usage>
  /** When the oldest job ended whose result files are kept; null without files. */
  oldestResultAt(owner: UserId): Promise<number | null>
  /** Whether at least `count` messages and files wait to be sent to the workspace of a place, whosever they are. */
  isBehind(place: Place, count: number): Promise<boolean>
  /** Owes a copy of an ended job's result in another format to the place given (outbox kind `copy`). */
  oweCopy(owner: UserId, id: JobId, format: import('../results/format.ts').Format, place: Place): Promise<boolean>
}

/** How an attempt ended. */
export type Ending =
  | { state: 'succeeded'; stopReason: string }
  | { state: 'failed'; code: ErrorCode; facts: unknown; stopReason: string | null }

/** The worker's door: keyed by lease, no user at hand. */
export interface WorkerJobs {
  /** Queued rows that are due within `withinMs`, for the sweep, those that are to run first. */
  due(withinMs: number, limit: number): Promise<QueueHint[]>
  /**
   * Takes a due, queued job: running, one more attempt (unless the last requeue did not charge it), fence + 1.
   * @returns the job and its lease, or undefined when somebody else was first or it is not due
   */
  claim(id: JobId, holder: string, leaseMs: number): Promise<{ job: Job; lease: Lease } | undefined>
  /** @returns false when the lease is lost: the worker stops */
  renew(lease: Lease, leaseMs: number): Promise<boolean>
  /** Back to queued, not before `inMs`; `charge` counts the attempt. @throws StaleLease */
  requeue(lease: Lease, next: { inMs: number; charge: boolean; code: ErrorCode | null; facts: unknown }): Promise<Job>
  /** Terminal state, last word and file owed, in one transaction. @throws StaleLease */
  finish(lease: Lease, ending: Ending): Promise<Job>
  /**
   * Running jobs whose lease has run out (or, with `holder`, every running job of any other holder: a new owner of an
   * embedded database) go back to queued; one taken over `maxTakeovers` times without a checkpoint between fails as
   * `crawl.worker_crashed`. @returns them as they are now
   */
  rescue(maxTakeovers: number, all?: { exceptHolder: string }): Promise<Job[]>
}

/** A shop that an administrator has paused. */
export interface PausedSite {
  site: string
  /** Epoch milliseconds. */
  since: number
}

/**
 * The administrator's door: any job, shop and user. Every act and its row of the audit list are one transaction; an act
 * that changes nothing leaves none.
 */
export interface OverrideJobs {
  job(id: JobId): Promise<Job | undefined>
  /** Ends an active job as cancelled, with its last words. @returns undefined when it is not active */
  cancel(id: JobId, actor: Actor): Promise<Job | undefined>
  /** A failed job once more, for its owner, in its thread. @returns undefined when it is not a failed one @throws Refusal `user.blocked` */
  retry(id: JobId, actor: Actor): Promise<Created | undefined>
  /** @param priority −10…10, higher first @returns undefined when the job is not active */
  prioritise(id: JobId, priority: number, actor: Actor): Promise<Job | undefined>
  /** Holds every active job of a shop in the queue, without charging an attempt. @returns those held, or undefined when it was paused already */
  pauseSite(site: string, actor: Actor): Promise<Job[] | undefined>
  /** Lets a shop's jobs go on. @returns the jobs that waited, or undefined when it was not paused */
  resumeSite(site: string, actor: Actor): Promise<Job[] | undefined>
  pausedSites(): Promise<PausedSite[]>
  /** Blocks a user and cancels the active job. @returns undefined when there is no such user, or it was blocked already */
  blockUser(id: UserId, actor: Actor): Promise<{ cancelled: Job | undefined } | undefined>
  /** @returns false when there is no such user, or it was not blocked */
  unblockUser(id: UserId, actor: Actor): Promise<boolean>
  /** The row alone: the queue is no part of the database. */
  noteQueueChange(what: string, actor: Actor): Promise<void>
  isUser(id: UserId): Promise<boolean>
}
