import { statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { systemClock } from '../clock.ts'
import { isRefusal, Refusal } from '../errors.ts'
import { moveStore } from '../main.ts'
import { DONE } from './exit-codes.ts'
import type { Program } from './program.ts'

/** The options of `shopcrawl migrate`, as typed. */
export interface MigrateFlags {
  from: string
  to: string
}

const FROM = 'sqlite:./data'
const TO = 'postgres://user:password@127.0.0.1:5432/shopcrawl'

/**
 * `shopcrawl migrate --from sqlite:PATH --to postgres://…`: copies all data and holds both against each other. PATH is
 * a DATA_DIR, or the database file in it.
 * @throws Refusal `args.database`, `move.…`, and the stores'
 */
export async function migrate({ telemetry, locale, say, tell }: Program, { from, to }: MigrateFlags): Promise<number> {
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(from)?.[1]
  if (path === undefined) throw new Refusal('args.database', { option: '--from', expected: FROM })
  if (!URL.canParse(to) || !/^postgres(?:ql)?:$/.test(new URL(to).protocol))
    throw new Refusal('args.database', { option: '--to', expected: TO })
  const folder = basename(path) === 'shopcrawl.sqlite' ? dirname(resolve(path)) : resolve(path)
  if (isOtherFile(folder)) throw new Refusal('args.database', { option: '--from', expected: FROM })
  const counts = await moveStore({ from: folder, to, clock: systemClock, emit: telemetry.emit }).catch(tellOfTarget)
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
  tell(say(locale, 'cli.moved', { rows, jobs: counts.jobs ?? 0 }))
  return DONE
}

/** A file of another name: a backup, perhaps, which has to be restored into a folder first. */
const isOtherFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

/** The database that is moved to has no setting of its own: the sentence names the option. */
function tellOfTarget(error: unknown): never {
  if (isRefusal(error, 'store.denied')) throw new Refusal('move.target_denied', error.facts, { cause: error })
  throw error
}
