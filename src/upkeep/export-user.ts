import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { Refusal } from '../errors.ts'
import type { UserId } from '../ids.ts'
import type { ExportedRow, ExportStore } from './store.ts'

/** The file is for whoever made it alone. */
const MODE = 0o600

/** What was written. */
export interface Exported {
  jobs: number
  size: number
}

/**
 * Writes everything that is stored about a user as one JSON object: the rows of each table, then the jobs one after the
 * other with all that hangs on each. The file gets its name once it is whole.
 * @param path a name that is not there yet
 * @throws Refusal `backup.exists`, `out.unwritable`, `store.disk_full`
 */
export async function exportUser(store: ExportStore, user: UserId, path: string, now: number): Promise<Exported> {
  await claim(path)
  const beside = `${path}.${randomBytes(8).toString('hex')}.part`
  try {
    const file = await open(beside, 'wx', MODE)
    const jobs = await write(store, user, file, now).finally(() => file.close())
    await rename(beside, path)
    return { jobs, size: (await stat(path)).size }
  } catch (error) {
    await rm(beside, { force: true })
    await rm(path, { force: true })
    throw refusalOf(error, path)
  }
}

/** An empty file under the name: whoever makes it has it. */
async function claim(path: string): Promise<void> {
  try {
    await open(path, 'wx', MODE).then((file) => file.close())
  } catch (error) {
    throw refusalOf(error, path)
  }
}

function refusalOf(error: unknown, path: string): unknown {
  const cause = (error as NodeJS.ErrnoException).code ?? ''
  if (cause === 'EEXIST') return new Refusal('backup.exists', { path }, { cause: error })
  if (cause === 'ENOSPC' || cause === 'EDQUOT') return new Refusal('store.disk_full', { path }, { cause: error })
  const isOfTheDisk = (error as NodeJS.ErrnoException).syscall !== undefined
  return isOfTheDisk ? new Refusal('out.unwritable', { path, cause }, { cause: error }) : error
}

/** One row a line. A job is read as a whole, so that memory holds one at a time. */
async function write(store: ExportStore, user: UserId, file: FileHandle, now: number): Promise<number> {
  const say = (text: string) => file.write(text)
  await say(`{"exported_at": ${JSON.stringify(new Date(now).toISOString())}`)
  for (const [table, rows] of Object.entries(await store.about(user)))
    await say(`,\n${JSON.stringify(table)}: ${lines(rows)}`)
  await say(',\n"jobs": [')
  let count = 0
  for (const id of await store.jobs(user)) {
    const parts = await store.job(user, id)
    if (!parts) continue // it went meanwhile
    const [job] = parts.jobs!
    const hanging = Object.entries(parts).filter(([table]) => table !== 'jobs')
    const members = hanging.map(([table, rows]) => `${JSON.stringify(table)}: ${lines(rows)}`)
    await say(`${count === 0 ? '' : ','}\n{"job": ${JSON.stringify(job)},\n${members.join(',\n')}}`)
    count += 1
  }
  await say('\n]}\n')
  await file.sync()
  return count
}

const lines = (rows: ExportedRow[]): string =>
  rows.length === 0 ? '[]' : `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}]`
