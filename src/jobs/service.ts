import type { JobId, UserId } from '../ids.ts'
import type { Account, User } from '../users/user.ts'
import type { Job, JobRequest, Place } from './job.ts'
import type { QuotaUsage } from './quota.ts'
import type { HistoryPage } from './store.ts'

/** Who asks for a job. */
export interface Requester {
  user: User
  account: Account
  /** Of the command. */
  requestId?: string
}

/** The one job service: it enforces the rule, whatever platform a request came from. */
export interface Jobs {
  /**
   * Starts a job. @throws Refusal `job.active` (the running job's facts and link), `robots.forbidden` when the cached
   * file says so, `quota.…`, `chat.backlog`, `user.blocked`, `store.busy`, or what the address guard says of `url`
   */
  submit(who: Requester, request: JobRequest, place: Place): Promise<Job>
  /** Cancels the named active job and starts another, in one transaction. @throws as submit, and `job.unknown` */
  replace(who: Requester, cancelled: JobId, request: JobRequest, place: Place): Promise<Job>
  /** The active job, or undefined. */
  active(owner: UserId): Promise<Job | undefined>
  /** @throws Refusal `job.unknown`, for no job and another's job alike */
  job(owner: UserId, id: JobId): Promise<Job>
  /** Ends the active job (or the named one). @throws Refusal `job.none_active`, `job.unknown` */
  cancel(owner: UserId, id?: JobId): Promise<Job>
  /** A failed job once more: same thread. Without an id: the newest ended job. @throws `job.not_failed`, as submit */
  retry(who: Requester, id: JobId | undefined, place: Place): Promise<Job>
  /** The same request as a new job with a new root, here. @throws as submit, and `job.unknown` */
  again(who: Requester, id: JobId, place: Place): Promise<Job>
  /** What counts against the owner's quotas, for them and for administrators. */
  usageOf(owner: UserId): Promise<QuotaUsage>
  history(owner: UserId, limit: number, after?: HistoryPage['next']): Promise<HistoryPage>
  /** The named ended job, or the newest. @throws Refusal `job.unknown`, `job.still_active`, `job.no_products` */
  ended(owner: UserId, id?: JobId): Promise<Job>
}
