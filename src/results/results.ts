import type { JobId, UserId } from '../ids.ts'
import type { Format } from './format.ts'
import type { ResultFile } from './store.ts'

/** A result file that is on disk now. */
export interface OpenResult extends ResultFile {
  path: string
  contentType: string
}

/** Result files of users, written from the stored products; the file is a cache of them. */
export interface Results {
  /**
   * The file of an ended job of this owner, written (anew) when it is missing, cut or of another size than noted.
   * @returns undefined when the job is not the owner's, not ended, or has no products
   * @throws Refusal `store.disk_full`
   */
  open(owner: UserId, jobId: JobId, format: Format): Promise<OpenResult | undefined>
  /** Removes temporary files that a killed process left. */
  sweep(): Promise<void>
}
