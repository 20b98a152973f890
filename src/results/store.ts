import type { ErrorCode } from '../errors.ts'
import type { FileId, JobId, UserId } from '../ids.ts'
import type { Locale } from '../messages/locale.ts'
import type { Coverage, Product } from '../sites/product.ts'
import type { Format } from './format.ts'

/** What the summary sheet and the file name tell of a job. */
export interface ResultFacts {
  jobId: JobId
  userId: UserId
  site: string
  words: string
  url: string | null
  limit: number
  state: 'succeeded' | 'failed' | 'cancelled'
  stopReason: string | null
  code: ErrorCode | null
  /** Facts of `code`, for its sentence; without them the code stands alone. */
  codeFacts?: unknown
  pages: number
  failedPages: number
  products: number
  coverage: Coverage
  /** Which route read how many pages. */
  routes: Record<string, number>
  warnings: Record<string, number>
  createdAt: number
  startedAt: number | null
  finishedAt: number
  locale: Locale
}

/** A file of a result on disk. Its path is made from its id and owner, never from a name. */
export interface ResultFile {
  id: FileId
  userId: UserId
  jobId: JobId
  format: Format
  /** What people see: `ssg_노트북_20261124-1530.xlsx`. */
  name: string
  bytes: number
  rows: number
  createdAt: number
}

/** The part of storage that src/results needs. Every read filters by the owner. */
export interface ResultStore {
  /** Facts of an ended job of this owner, or undefined. `locale`: where the owner has chosen none. */
  facts(owner: UserId, jobId: JobId, locale?: Locale): Promise<ResultFacts | undefined>
  /** Products after `position`, at most `limit`, by position. */
  products(owner: UserId, jobId: JobId, afterPosition: number, limit: number): Promise<Product[]>
  /** The file row of a job in a format, or undefined. */
  file(owner: UserId, jobId: JobId, format: Format): Promise<ResultFile | undefined>
  /**
   * Keeps a written file; a former row of the same job and format is replaced.
   * @returns false when the job has meanwhile become another user's (by linking) or its products went: nothing is kept
   */
  keep(file: ResultFile): Promise<boolean>
  /** The files that this user has now. */
  fileIds(owner: UserId): Promise<FileId[]>
}
