import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { basename, join, parse } from 'node:path'
import type { Upload } from '../../src/chat/platform.ts'

/** Names that are tried: `a.csv`, `a-2.csv`, …. */
const NAMES = 1_000

/**
 * Copies a file that was handed over into a folder under the name that people know it by; nothing there is replaced.
 * @returns where it is: where it lay before when the folder takes no copy
 */
export async function saveIn(folder: string, { path, name }: Pick<Upload, 'path' | 'name'>): Promise<string> {
  const { name: stem, ext } = parse(basename(name))
  for (let at = 1; at <= NAMES; at += 1) {
    const target = join(folder, at === 1 ? stem + ext : `${stem}-${at}${ext}`)
    try {
      await copyFile(path, target, constants.COPYFILE_EXCL)
      return target
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return path
    }
  }
  return path
}
