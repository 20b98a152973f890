import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Refusal } from '../../src/errors.ts'

/** The database of a DATA_DIR. */
export const databasePath = (dataDir: string): string => join(dataDir, 'shopcrawl.sqlite')

/** The file whose lock says who owns a DATA_DIR. Only db/sqlite/owner.ts opens it. */
export const ownerLockPath = (dataDir: string): string => join(dataDir, 'owner.lock')

/** The system's code of an error (ENOENT, EACCES …), else its text. */
export const causeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)

/**
 * Makes the folder (0700) where it is absent.
 * @throws Refusal `store.unwritable` when it cannot be made, is no folder or may not be written; `store.disk_full`
 */
export function prepareFolder(dataDir: string): void {
  try {
    makeFolders(resolve(dataDir))
    if (!statSync(dataDir).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    if (causeOf(error) === 'ENOSPC') throw new Refusal('store.disk_full', { path: dataDir }, { cause: error })
    throw new Refusal('store.unwritable', { path: dataDir, cause: causeOf(error) }, { cause: error })
  }
}

/** One level at a time: Node 20's recursive mkdirSync never ends below /proc, which says ENOENT to every mkdir. */
function makeFolders(path: string): void {
  if (existsSync(path)) return
  const above = dirname(path)
  if (above !== path) makeFolders(above)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (causeOf(error) !== 'EEXIST') throw error // another process made it just now
  }
}

/**
 * Makes an empty file for its owner alone (0600) where it is absent; SQLite gives its side files the same mode.
 * @throws Refusal `store.unwritable`, `store.disk_full`
 */
export function prepareFile(path: string): void {
  try {
    if (existsSync(path)) {
      // Not opened here: closing it would free SQLite's locks on it (POSIX fcntl).
      if (statSync(path).isFile()) return
      throw Object.assign(new Error('not a file'), { code: 'EISDIR' })
    }
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    if (causeOf(error) === 'ENOSPC') throw new Refusal('store.disk_full', { path }, { cause: error })
    throw new Refusal('store.unwritable', { path, cause: causeOf(error) }, { cause: error })
  }
}
