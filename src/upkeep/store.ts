import type { AccountId, FileId, JobId, UserId } from '../ids.ts'
import type { Actor } from '../jobs/act.ts'
import type { Job } from '../jobs/job.ts'
import type { Format } from '../results/format.ts'
import type { Account } from '../users/user.ts'

/** The part of storage that src/upkeep needs: the administrator's door, so no function takes whose rows to see. */
export interface UpkeepStore {
  /** Ended jobs that are older than `ms` and still have their words and products, oldest first. */
  due(ms: number, limit: number): Promise<DueJob[]>
  /**
   * Removes words, products, pages, kept copies, requests to shops, file rows and what chat was told of these ended
   * jobs. Their rows stay for the totals, with the host while quotas count it (a day). One transaction.
   */
  clear(jobs: readonly JobId[]): Promise<void>
  /**
   * Removes commands older than `ms`, requests to shops older than that or a week, copies of pages, codes and notices
   * whose time is over, robots.txt files that have been stale for a day, and hosts of cleared jobs that no quota counts
   * any more. At most `limit` of each. @returns how many
   */
  expire(ms: number, limit: number): Promise<number>
  /** How much is kept. Reads whole tables: not for every request. */
  sizes(): Promise<Sizes>
}

/** How a person is forgotten. */
export interface ForgetWish {
  /** The accounts that did not ask are told, each where it is. */
  tellOthers: boolean
  /** An administrator who does it: then it stands in the audit list. */
  actor?: Actor
}

/** A person who was cut off from their data. */
export interface Begun {
  user: UserId
  /** As they were. */
  accounts: Account[]
  /** How many of them are told. */
  told: number
  /** The active job, which ended by it. */
  cancelled: Job | undefined
}

/**
 * The part of storage that forgets people. `begin` cuts a person off; the functions that remove touch nobody else, so
 * that they may be run again whenever a process died between them.
 */
export interface ForgetStore {
  /**
   * In one transaction: the active job is cancelled, nothing that is owed to chat is sent any more, names and
   * identities leave the accounts, codes and notices end; threads that show a job as it was are owed a last change.
   * @returns undefined when the account is not there, or is being forgotten already
   */
  begin(account: AccountId, wish: ForgetWish): Promise<Begun | undefined>
  /** Users that were cut off and are not wholly removed, the longest first. */
  waiting(limit: number): Promise<UserId[]>
  /** Under which users' ids files may lie on disk: the user's, and those that it was before linking. */
  folders(user: UserId): Promise<UserId[]>
  /** @returns how many were removed; 0 = none is left */
  removeJobs(user: UserId, limit: number): Promise<number>
  removeCommands(user: UserId, limit: number): Promise<number>
  /** Removes what is left of the user: their accounts and the user itself. */
  finish(user: UserId): Promise<void>
  /** What a person would lose. Bytes are those of result files. */
  holdings(user: UserId): Promise<{ jobs: number; bytes: number }>
  /**
   * Clears one ended job of its owner, as retention does. @returns its files on disk, or undefined when the job is not
   * theirs, not ended, or cleared already
   */
  discard(owner: UserId, id: JobId): Promise<DueJob['files'] | undefined>
}

/** A job whose time is over, with its files on disk. */
export interface DueJob {
  id: JobId
  files: { id: FileId; userId: UserId; format: Format }[]
}

/** What storage holds. */
export interface Sizes {
  /** Jobs whose words and products are still kept. */
  jobsKept: number
  /** Result files, and their bytes on disk. */
  files: number
  fileBytes: number
  databaseBytes: number
}

/** A row as people read it: times as ISO 8601, JSON as what it holds. */
export type ExportedRow = Record<string, unknown>

/** The part of storage that tells everything about one person. Rows stand under the names of their tables and columns. */
export interface ExportStore {
  /** All but their jobs. */
  about(user: UserId): Promise<Record<string, ExportedRow[]>>
  /** Oldest first. */
  jobs(user: UserId): Promise<JobId[]>
  /** A job's row (under `jobs`) and all that hangs on it; undefined when it is not theirs. */
  job(user: UserId, id: JobId): Promise<Record<string, ExportedRow[]> | undefined>
}
