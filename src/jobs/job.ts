import type { Waiting } from '../crawl/store.ts'
import type { ErrorCode } from '../errors.ts'
import type { AccountId, JobId, UserId } from '../ids.ts'
import type { QueueHint } from '../queue/queue.ts'
import type { Format } from '../results/format.ts'
import type { Coverage } from '../sites/product.ts'
import type { JobState } from './states.ts'

/** What a person asked for. */
export interface JobRequest {
  site: string
  /** NFC, single spaces; empty for the front list. */
  words: string
  url: string | null
  limit: number
  format: Format
  isPrivate: boolean
}

/** What quotas count hosts by: the address's host, else the shop's name. */
export const hostOf = ({ site, url }: Pick<JobRequest, 'site' | 'url'>): string =>
  url !== null && URL.canParse(url) ? new URL(url).host : site

/** Where the person typed: set at submit, for ever. The adapter alone knows what the texts mean. */
export interface Place {
  platform: string
  workspace: string
  channel: string
  /** The thread they typed in, if any. */
  thread: string | null
  /** A direct message with the bot. */
  isDirect: boolean
}

/** Where the job lives in chat, once its root message is posted. */
export interface Thread {
  platform: string
  workspace: string
  channel: string
  /** Slack thread_ts, Discord thread id; null where threads are not allowed (replies in the channel then). */
  thread: string | null
  /** The root message's id. */
  root: string
}

/** One crawl that a user asked for, as stored. */
export interface Job {
  id: JobId
  userId: UserId
  accountId: AccountId
  request: JobRequest
  state: JobState
  /** Why a job ended early though nothing failed: 'limit', 'page_limit', 'repeats', 'end', 'nothing'. */
  stopReason: string | null
  /** Of the error that ended it or sent it back to the queue. */
  code: ErrorCode | null
  facts: unknown
  priority: number
  /** A queued job runs from then on: epoch milliseconds of the database's clock, as every time here. */
  runAt: number
  attempt: number
  /** What the next claim adds to `attempt`: 0 after a wait that costs none. */
  nextCharge: number
  takeovers: number
  fence: number
  /** Raised by every change that people can see. */
  version: number
  products: number
  pages: number
  failedPages: number
  bytes: number
  /**
   * The largest total that the shop named, summed over lists; null when unknown, and while lists that are still to be
   * opened could make it larger: unless it reaches the limit already.
   */
  total: number | null
  coverage: Coverage
  routes: Record<string, number>
  warnings: Record<string, number>
  waiting: Waiting | null
  place: Place
  thread: Thread | null
  /** The progress message's id in the thread. */
  progressId: string | null
  retryOf: JobId | null
  /** Of the command that asked for it: follows a person's request through the log. */
  requestId: string | null
  createdAt: number
  startedAt: number | null
  /** Of the last checkpoint. */
  checkpointAt: number | null
  finishedAt: number | null
  /** When its words and products were removed. */
  clearedAt: number | null
  /** When the row was read. The process's own clock may differ: what is left until `runAt` counts from here. */
  readAt: number
}

/** The hint that a queued job is due at its time. */
export const hintOf = ({ id: jobId, priority, runAt, fence, readAt }: Job): QueueHint => ({
  ...{ jobId, priority, runAt, fence },
  inMs: runAt - readAt,
})
