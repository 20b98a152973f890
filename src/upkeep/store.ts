import type { FileId, JobId, UserId } from '../ids.ts'
import type { Format } from '../results/format.ts'

/** The part of storage that src/upkeep needs: the administrator's door, so no function takes whose rows to see. */
export interface UpkeepStore {
  /** Ended jobs that are older than `ms` and still have their words and products, oldest first. */
  due(ms: number, limit: number): Promise<DueJob[]>
  /**
   * Removes words, products, pages, kept copies and file rows of these ended jobs. Their rows stay for the totals.
   * One transaction.
   */
  clear(jobs: readonly JobId[]): Promise<void>
  /** Removes copies of pages whose time is over, and requests to shops older than a week. @returns how many */
  expire(limit: number): Promise<number>
  /** How much is kept. Bytes are those of result files on disk. */
  sizes(): Promise<Sizes>
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
  files: number
  fileBytes: number
}
