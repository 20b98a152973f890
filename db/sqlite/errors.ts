import { Refusal } from '../../src/errors.ts'
import { Sqlite } from './driver.ts'

const codeOf = (error: unknown): string => (error instanceof Sqlite.SqliteError ? error.code : '')

/** Another process (or an older snapshot) holds what is needed; the same again later can succeed. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))

/** The file is no SQLite database at all. */
export const isForeign = (error: unknown): boolean => codeOf(error) === 'SQLITE_NOTADB'

/**
 * What the world did to the file, as a Refusal; anything else (a broken constraint, wrong SQL) stays as thrown.
 * SQLITE_IOERR_SHMSIZE is the wal-index that cannot grow: a full disk too.
 */
export function explain(error: unknown, path: string): unknown {
  const code = codeOf(error)
  const options = { cause: error }
  if (/^SQLITE_(FULL|IOERR_SHMSIZE)/.test(code)) return new Refusal('store.disk_full', { path }, options)
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return new Refusal('store.corrupt', { path }, options)
  if (/^SQLITE_(READONLY|CANTOPEN|PERM)/.test(code))
    return new Refusal('store.unwritable', { path, cause: code }, options)
  if (/^SQLITE_IOERR/.test(code)) return new Refusal('store.unwritable', { path, cause: 'EIO' }, options) // a disk that fails
  return error
}
