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
  const { dataDir, databaseUrl } = config
  await backupStore({ dataDir, databaseUrl, target: path })
  tell(say(locale, 'cli.backed_up', { path, size: (await stat(path)).size }))
  return DONE
}

/**
 * `shopcrawl restore FILE`: puts a backup in the place of the database; the former one is kept beside it.
 * @throws Refusal `restore.invalid`, `owner.taken`, and the store's
 */
export async function restore({ config, locale, say, tell }: Program, path: string): Promise<number> {
  const { dataDir, databaseUrl } = config
  const { former } = await restoreStore({ dataDir, databaseUrl, backup: path, clock: systemClock })
  tell(say(locale, 'cli.restored', { path, former }))
  return DONE
}
