import type { AccountId, EntryId, JobId, NoticeId, UserId } from '../ids.ts'
import type { Job, Place, Thread } from '../jobs/job.ts'
import type { Locale } from '../messages/locale.ts'
import type { Format } from '../results/format.ts'
import type { Account, AccountKey } from '../users/user.ts'

/**
 * What a job owes to chat. `open`: root message and thread; `final`: the last word; `file`: the job's own format;
 * `copy`: another format; `edit`: the final edits of root and progress message. A kind and an id, never a sentence.
 */
export type EntryKind = 'open' | 'final' | 'file' | 'copy' | 'edit'

export interface Entry {
  id: EntryId
  jobId: JobId
  userId: UserId
  accountId: AccountId
  kind: EntryKind
  platform: string
  /** Entries with the same key are sent in order of `seq`, one at a time. */
  threadKey: string
  seq: number
  /** Claims so far, this one included: the first try is 1. */
  attempts: number
  /** For `copy`: where the person asked for it; null for the others, which go to the job's thread. */
  place: Place | null
  /** For `file` and `copy`. */
  format: Format | null
  /** Whether an earlier try may have reached the platform. */
  isUncertain: boolean
  createdAt: number
  /** When it was claimed, by the same clock. */
  readAt: number
}

/** A job with what its messages need beside the row. */
export interface JobView {
  job: Job
  owner: { account: Account; locale: Locale | null }
  /** A progress message was sent whose answer nobody has: it may stand in the thread. */
  mayHaveProgress: boolean
}

/** A thread whose shown version is behind its job's row. */
export interface Behind extends JobView {
  thread: Thread
  shownVersion: number
  shownAt: number | null
}

/** The chat's door (a worker's: no user at hand). Times by the database's clock. */
export interface OutboxStore {
  /**
   * Claims the next due entries of these platforms, at most one a thread (the first unsent; a job's are stored in the
   * order open, final, file, edit), each for `holdMs`; nobody else gets them meanwhile. Last words and files go before
   * final edits, those before roots. Sets isUncertain for a claim that ran out.
   */
  claim(platforms: string[], holder: string, limit: number, holdMs: number): Promise<Entry[]>
  /**
   * Ends the claims of all other holders: for the one process of an embedded database, where they are dead. Their
   * entries become uncertain.
   */
  takeOver(platforms: string[], holder: string): Promise<void>
  /** Milliseconds until the next entry is due; undefined when none waits. */
  nextDueInMs(platforms: string[]): Promise<number | undefined>
  sent(entry: Entry, platformId: string): Promise<void>
  /** Again after `inMs`. `isUncertain`: the platform may have taken it. */
  retry(entry: Entry, inMs: number, cause: string, isUncertain: boolean): Promise<void>
  /** Given up, with the cause. */
  drop(entry: Entry, cause: string): Promise<void>
  /** The root is posted: the thread is the job's from now on; the entry `open` is sent, in one transaction. */
  opened(entry: Entry, thread: Thread): Promise<void>
  view(jobId: JobId): Promise<JobView | undefined>
  /** The first products, for the last word; and its price range. */
  digest(jobId: JobId): Promise<{
    first: import('../sites/product.ts').Product[]
    lowest: number | null
    highest: number | null
    currency: string | null
  }>
  /**
   * Active jobs with a thread whose shown version is behind, the longest unshown first; and queued ones whose message
   * says otherwise than now whether there are workers.
   */
  behind(platforms: string[], limit: number, isWorkerless?: boolean): Promise<Behind[]>
  /** The first progress message is about to be posted: from now on one may stand, whatever becomes of this process. */
  showing(jobId: JobId): Promise<void>
  /** The pacer posted or edited the progress message with this version. `isWorkerless`: there were no workers then. */
  shown(jobId: JobId, version: number, progressId: string, isWorkerless?: boolean): Promise<void>
  /** There is no progress message (a person deleted it, or it was refused): the next turn posts a new one. */
  progressLost(jobId: JobId): Promise<void>
  /** Marks the entries of a platform that nobody can deliver (the console of an ended process) as sent. */
  settle(platform: string, jobId: JobId): Promise<void>
  /** The same for all jobs of a platform that ended longer than `ms` ago. @returns how many entries */
  settleEnded(platform: string, ms: number): Promise<number>
}

/** Whom a message is for. */
export interface Addressee {
  account: AccountKey & { name: string }
  locale: Locale | null
}

interface NoticeBase {
  id: NoticeId
  /** Claims so far, this one included. */
  attempts: number
  createdAt: number
  /** When it was claimed, by the same clock. */
  readAt: number
}

/** An account was linked to theirs, which they may undo. */
export interface LinkedNotice extends NoticeBase {
  kind: 'linked'
  /** Whom it is told to. */
  owner: Addressee
  /** Whom it is about. */
  other: Pick<Account, 'platform' | 'name'>
}

/** Their data is gone, because a linked account of theirs wished it. Nothing else is known of them any more. */
export interface ForgottenNotice extends NoticeBase {
  kind: 'forgotten'
  /** Whom it is told to. */
  owner: Addressee
  /** The platform on which it was asked for. */
  askedOn: string
}

/** A thread shows a crawl whose person was forgotten: its root and its progress message are taken back. */
export interface ThreadNotice extends NoticeBase {
  kind: 'thread'
  platform: string
  /** Null where no root ever arrived. */
  thread: Thread | null
  /** The progress message's id, where there is one. */
  progressId: string | null
  /** In which the person was spoken to, if they chose one. */
  locale: Locale | null
}

/** Something that is told of no job: to a person directly, or where a forgotten crawl was told of. */
export type Notice = LinkedNotice | ForgottenNotice | ThreadNotice

/** The chat's door to notices; each is written in the transaction that it tells of. */
export interface NoticeStore {
  /** Takes notices that are due on these platforms; nobody else gets them for `holdMs`. */
  claim(platforms: string[], limit: number, holdMs: number): Promise<Notice[]>
  settle(notice: Pick<Notice, 'id' | 'kind'>, state: 'sent' | 'dropped', cause: string | null): Promise<void>
  /** Again after `inMs`. */
  retry(notice: Pick<Notice, 'id' | 'kind'>, inMs: number, cause: string): Promise<void>
}
