import { stat } from 'node:fs/promises'
import { systemClock } from '../clock.ts'
import { backupStore, restoreStore } from '../main.ts'
import { DONE } from './exit-codes.ts'
import type { Program } from './program.ts'

/**
 * `shopcrawl backup FILE`: copies the live database. Where there is none, none is made.
 * @throws Refusal `backup.…`, and the store's
 */
export async function backup({ config, locale, say, tell }: Program, path: string): Promise<number> {
  await backupStore({ dataDir: config.dataDir, target: path })
  tell(say(locale, 'cli.backed_up', { path, size: (await stat(path)).size }))
  return DONE
}

/**
 * `shopcrawl restore FILE`: puts a backup in the place of the database; the former one is kept beside it.
 * @throws Refusal `restore.invalid`, `owner.taken`, and the store's
 */
export async function restore({ config, locale, say, tell }: Program, path: string): Promise<number> {
  const { former } = await restoreStore({ dataDir: config.dataDir, backup: path, clock: systemClock })
  tell(say(locale, 'cli.restored', { path, former }))
  return DONE
}
