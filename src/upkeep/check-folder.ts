import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { checkDisk } from '../jobs/disk.ts'
import type { Locale } from '../messages/locale.ts'
import type { Say } from '../messages/say.ts'
import { type Check, causeOf, type Finding } from './finding.ts'

/** Types of statfs(2) that are network file systems: NFS, SMB, CIFS, SMB2, AFS, Ceph, 9p. */
const NETWORK_TYPES = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x00c36400, 0x01021997])
/** Permissions of the group and of others. */
const OTHERS = 0o077

/** DATA_DIR: whether it can be written to, who can read it, where it lies, what is free. */
export const checkFolder =
  (folder: string, say: Say): Check =>
  async ({ locale }) => {
    const path = resolve(folder)
    const found = await stat(path).catch((error) => (error.code === 'ENOENT' ? null : Promise.reject(error)))
    if (found === null) return [await newFolder(path, say, locale)]
    const cause = await tryWriting(path)
    if (cause !== null) {
      return [{ verdict: 'failure', sentence: say(locale, 'check.folder_unwritable', { path, cause }) }]
    }
    const { bavail, bsize, type } = await statfs(path)
    const isFull = await checkDisk(path).then(
      () => false,
      () => true,
    )
    const facts = { path, size: bavail * bsize }
    return [
      isFull
        ? { verdict: 'warning', sentence: say(locale, 'check.folder_full', facts) }
        : { verdict: 'pass', sentence: say(locale, 'check.folder_ok', facts) },
      ...(NETWORK_TYPES.has(type)
        ? [{ verdict: 'warning', sentence: say(locale, 'check.folder_network', { path }) } as const]
        : []),
      ...((await isOpenToOthers(path))
        ? [{ verdict: 'warning', sentence: say(locale, 'check.folder_open', { path }) } as const]
        : []),
    ]
  }

/** A folder that is made at the first start: its nearest parent must let it. */
async function newFolder(path: string, say: Say, locale: Locale): Promise<Finding> {
  for (let parent = dirname(path); ; parent = dirname(parent)) {
    const cause = await access(parent, constants.W_OK | constants.X_OK).then(
      () => null,
      (error: NodeJS.ErrnoException) => error.code ?? '',
    )
    if (cause === 'ENOENT' && parent !== dirname(parent)) continue
    return cause === null
      ? { verdict: 'pass', sentence: say(locale, 'check.folder_new', { path }) }
      : { verdict: 'failure', sentence: say(locale, 'check.folder_unwritable', { path, cause }) }
  }
}

/** Makes a file in a folder and removes it: permissions alone do not tell. @returns why it cannot, or null */
export async function tryWriting(path: string): Promise<string | null> {
  const file = join(path, `check-${randomUUID()}`)
  try {
    await writeFile(file, '', { mode: 0o600 })
    return null
  } catch (error) {
    return causeOf(error)
  } finally {
    await rm(file, { force: true }).catch(() => undefined)
  }
}

/** Whether others may read the folder and something in it. Looks at names and modes alone: it opens no file. */
async function isOpenToOthers(path: string): Promise<boolean> {
  if (((await stat(path)).mode & OTHERS) === 0) return false
  const names = await readdir(path)
  const modes = await Promise.all(
    names.map((name) =>
      stat(join(path, name)).then(
        ({ mode }) => mode,
        () => 0,
      ),
    ),
  )
  return names.length === 0 || modes.some((mode) => (mode & OTHERS) !== 0)
}
