import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Refusal } from '../errors.ts'
import { FILE_MODE } from './folder.ts'
import { type LinkKey, linkKey, newLinkSecret } from './links.ts'

/** The key's file in DATA_DIR. */
const NAME = 'files.key'

/** The keys that links are signed with: the first one signs, all are read. */
export interface LinkKeys {
  /** @throws Refusal `store.unwritable` where the key can be neither read nor made */
  all(): readonly [LinkKey, ...LinkKey[]]
}

/**
 * The key of a deployment: FILES_KEY, else one of its own, made when it is first needed and kept in the data folder,
 * readable by the owner alone.
 */
export function createLinkKeys({ secret, dir }: { secret: string | null; dir: string }): LinkKeys {
  let keys: readonly [LinkKey, ...LinkKey[]] | undefined
  return {
    all() {
      keys ??= [linkKey(secret ?? keptSecret(join(dir, NAME)))]
      return keys
    },
  }
}

function keptSecret(path: string): string {
  try {
    return writeNew(path, newLinkSecret())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(path, error)
  }
  const kept = readFileSync(path, 'utf8').trim()
  if (kept.length < 24) throw unusable(path, new Error('cut')) // a guessable key signs for everybody
  return kept
}

function writeNew(path: string, secret: string): string {
  const file = openSync(path, 'wx', FILE_MODE)
  try {
    writeSync(file, `${secret}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return secret
}

const unusable = (path: string, cause: unknown): Refusal =>
  new Refusal('store.unwritable', { path, cause: (cause as NodeJS.ErrnoException).code ?? String(cause) }, { cause })
