import type { JobId, UserId } from '../ids.ts'
import type { Locale } from '../messages/locale.ts'
import type { Format } from './format.ts'
import type { ResultFile } from './store.ts'
import type { Written } from './write-file.ts'

/** A result file that is on disk now. */
export interface OpenResult extends ResultFile {
  path: string
  contentType: string
}

/** Result files of users, written from the stored products; the file is a cache of them. */
export interface Results {
  /**
   * The file of an ended job of this owner, written (anew) when it is missing, cut or of another size than noted.
   * @param locale of its words, where the owner has chosen none and it is written now
   * @returns undefined when the job is not the owner's, not ended, or has no products
   * @throws Refusal `store.disk_full`, `store.unwritable`
   */
  open(owner: UserId, jobId: JobId, format: Format, locale?: Locale): Promise<OpenResult | undefined>
}

/** How much of a sweep there is. */
export interface Sweep {
  /** Other machines may be writing there: then only old temporary files go. */
  isShared?: boolean
  /** Aborted, the rest is left for the next time. */
  signal?: AbortSignal
}

/** Where a person wants a result, and how. */
export interface Export {
  path: string
  format: Format
  /** Of its words, where the owner has chosen none. */
  locale?: Locale
}

/** Results of the process that holds the folder: it also writes where a person says, and removes. */
export interface ResultFiles extends Results {
  /**
   * Writes an ended job's products to a path of the person's choice, in one step: a file there before is replaced once
   * the new one is whole. A job without products gives the headers alone.
   * @returns undefined when the job is not the owner's or not ended
   * @throws Refusal `out.unwritable`, `store.disk_full`
   */
  exportTo(owner: UserId, jobId: JobId, to: Export): Promise<Written | undefined>
  /**
   * The same under a name that nobody chose: what is there already stays, and the file takes the next free name
   * (`a.csv`, `a-2.csv`, …).
   * @returns where it is, too
   */
  exportNew(owner: UserId, jobId: JobId, to: Export): Promise<(Written & { path: string }) | undefined>
  /** Removes one file from disk; it may be gone already. Its row is the caller's. */
  remove(file: Pick<ResultFile, 'id' | 'userId' | 'format'>): Promise<void>
  /** Removes files from a user's folder that are no longer theirs: linking and splitting move rows, not files. */
  tidy(owner: UserId): Promise<void>
  /** Removes temporary files that a killed process left. It asks the database nothing: a start may wait for it. */
  sweepTemporary(how?: Sweep): Promise<void>
  /** The same, and files that are no longer their folder's user's, and empty folders: a query a user. */
  sweep(how?: Sweep): Promise<void>
  /** Removes all files of a user from disk. */
  removeAll(owner: UserId): Promise<void>
}
