import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileId, isId, type JobId, type UserId } from '../ids.ts'
import type { Format } from './format.ts'
import type { ResultFile } from './store.ts'

/** Result files are their owner's alone. */
export const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

const ID_BYTES = 16
const TEMPORARY = /\.([0-9]+)-[0-9a-f]{16}\.part$/

/** Folder of a user's result files. @throws RangeError when the text is no id: a path is never made from a name */
export function userFolder(dir: string, owner: UserId): string {
  if (!isId(owner)) throw new RangeError('a folder is made from an id')
  return join(dir, 'files', owner)
}

/** Where a result file lies: `<dir>/files/<user>/<file>.<format>`. @throws RangeError when a text is no id */
export function resultPath(dir: string, file: Pick<ResultFile, 'id' | 'userId' | 'format'>): string {
  if (!isId(file.id)) throw new RangeError('a path is made from an id')
  return join(userFolder(dir, file.userId), `${file.id}.${file.format}`)
}

/** The id of a job's file in a format: always the same, so that processes that write it at once write one file. */
export const fileIdOf = (jobId: JobId, format: Format): FileId =>
  createHash('sha256').update(`${jobId}.${format}`).digest().subarray(0, ID_BYTES).toString('base64url') as FileId

/** A name beside `path` that nobody uses; it tells which process made it. */
export const temporaryBeside = (path: string): string => `${path}.${process.pid}-${randomBytes(8).toString('hex')}.part`

/** Removes result files from disk; those that are gone already are no mistake. */
export async function removeResultFiles(
  dir: string,
  files: readonly Pick<ResultFile, 'id' | 'userId' | 'format'>[],
): Promise<void> {
  for (const file of files) await rm(resultPath(dir, file), { force: true })
}

export const makeUserFolder = (dir: string, owner: UserId): Promise<unknown> =>
  mkdir(userFolder(dir, owner), { recursive: true, mode: FOLDER_MODE })

/** Size in bytes of a regular file, or undefined. */
export async function fileSize(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ? found.size : undefined
}

/** Makes a rename in this folder outlive a power cut. Windows cannot open folders and needs no such thing. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Removes temporary files below `<dir>/files` that nobody is writing.
 * @param isOurs whether this process is writing that path now; another living process's files are left
 * @param minAgeMs younger ones are left: where several machines share the folder, a process id tells nothing
 * @param signal aborted, the rest is left
 * @returns how many were removed
 */
export async function sweepTemporaryFiles(
  dir: string,
  { isOurs, minAgeMs, signal }: { isOurs: (path: string) => boolean; minAgeMs: number; signal?: AbortSignal },
): Promise<number> {
  const root = join(dir, 'files')
  let removed = 0
  for (const folder of await readdir(root).catch(() => [])) {
    if (signal?.aborted) break
    for (const name of await readdir(join(root, folder)).catch(() => [])) {
      const pid = Number(TEMPORARY.exec(name)?.[1] ?? Number.NaN)
      const path = join(root, folder, name)
      if (Number.isNaN(pid) || isOurs(path) || (pid !== process.pid && isAlive(pid))) continue
      if (await isYoungerThan(path, minAgeMs)) continue
      await rm(path, { force: true })
      removed += 1
    }
  }
  return removed
}

async function isYoungerThan(path: string, ms: number): Promise<boolean> {
  if (ms === 0) return false
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs < ms // the file's own clock
}

/** Users with a folder. */
export const owners = async (dir: string): Promise<UserId[]> =>
  (await readdir(join(dir, 'files')).catch(() => [])).filter(isId) as UserId[]

/** Removes a user's folder unless something is in it: its name is the last that would tell of a forgotten person. */
export const removeEmptyFolder = (dir: string, owner: UserId): Promise<void> =>
  rmdir(userFolder(dir, owner)).catch(() => undefined)

/**
 * Removes result files from a user's folder that are not among theirs. A file's row is stored before the file gets its
 * name, so the folder is read first.
 * @param known the ids of the files that are theirs now
 * @returns how many were removed
 */
export async function sweepStrays(
  dir: string,
  owner: UserId,
  known: () => Promise<readonly string[]>,
): Promise<number> {
  const folder = userFolder(dir, owner)
  const names = (await readdir(folder).catch(() => [])).filter((name) => !TEMPORARY.test(name))
  if (names.length === 0) return 0
  const theirs = new Set(await known())
  const strays = names.filter((name) => !theirs.has(name.split('.')[0]!))
  for (const name of strays) await rm(join(folder, name), { force: true })
  return strays.length
}
