import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { sql } from 'kysely'
import type { Clock } from '../src/clock.ts'
import { Refusal } from '../src/errors.ts'
import { newId } from '../src/ids.ts'
import type { Emit } from '../src/telemetry/events.ts'
import type { Database, Db } from './database.ts'
import { openPostgres } from './postgres/open.ts'
import { formOf, takeDatabaseLock } from './postgres/owner.ts'
import { LEFT_OUT } from './sqlite/backup.ts'
import { databasePath } from './sqlite/files.ts'
import { openSqlite } from './sqlite/open.ts'
import { takeOwnerLock } from './sqlite/owner.ts'
import { createOwnerNotes } from './stores/owner.ts'
import type { Tables } from './tables.ts'

/** Rows that travel at once. */
const BATCH = 500

type Row = Record<string, unknown>

/** A table of the source: parents come before those that point to them. */
interface Table {
  name: keyof Tables & string
  /** The primary key; empty where there is none. */
  key: string[]
}

export interface MoveOptions {
  /** The DATA_DIR that holds the SQLite file. */
  from: string
  /** `postgres://…` */
  to: string
  clock: Clock
  emit: Emit
}

/**
 * Copies all that a SQLite database holds, but for secrets, into a PostgreSQL database, and holds every row of both
 * against each other. It changes nothing that is there already, so it may be killed and run again.
 * @returns rows by table
 * @throws Refusal `file.unreadable`, `move.in_use`, `move.target_used`, `move.differs`, and the stores'
 */
export async function moveStore({ from, to, clock, emit }: MoveOptions): Promise<Record<string, number>> {
  const path = databasePath(from)
  if (!existsSync(path)) throw new Refusal('file.unreadable', { path, cause: 'ENOENT' })
  const lock = await takeOwnerLock(from, { waitMs: 0, clock })
  if (!lock) throw new Refusal('move.in_use', { place: from })
  const source = await openSqlite({ dataDir: from, clock, emit })
  try {
    const target = await openPostgres({ url: to, emit })
    try {
      const notes = createOwnerNotes(target.commands)
      const readForm = () => formOf(target.commands.db)
      const ask = { url: to, holder: newId<string>(clock.now()), notes, readForm, waitMs: 0, clock }
      const theirs = await takeDatabaseLock({ ...ask, form: 'alone' })
      if (!theirs) throw new Refusal('move.in_use', { place: target.server })
      return await moveTables(source.workers.db, target.commands, target.server).finally(() => theirs.release())
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
    lock.release()
  }
}

async function moveTables(source: Db, target: Database, server: string): Promise<Record<string, number>> {
  const tables = await tablesOf(source)
  await refuseStrangers(source, target.db, server)
  for (const table of tables) await copyTable(source, target, table)
  const counts: Record<string, number> = {}
  for (const table of tables) counts[table.name] = await compareTable(source, target.db, table)
  return counts
}

async function tablesOf(source: Db): Promise<Table[]> {
  const { rows } = await sql<{
    name: string
  }>`select name from sqlite_schema where type = 'table' order by name`.execute(source)
  const waiting = rows.map(({ name }) => name).filter((name) => !/^(?:kysely|sqlite)_/.test(name) && !isLeftOut(name))
  const tables: Table[] = []
  while (waiting.length > 0) {
    for (const name of [...waiting]) {
      const parents = await sql<{ table: string }>`select "table" from pragma_foreign_key_list(${name})`.execute(source)
      if (parents.rows.some(({ table }) => table !== name && waiting.includes(table))) continue
      const key = await sql<{
        name: string
      }>`select name from pragma_table_info(${name}) where pk > 0 order by pk`.execute(source)
      tables.push({ name: name as Table['name'], key: key.rows.map((column) => column.name) })
      waiting.splice(waiting.indexOf(name), 1)
    }
  }
  return tables
}

const isLeftOut = (name: string): boolean => LEFT_OUT.includes(name)

/** People that the source does not know: the target is somebody else's, or was in use since. */
async function refuseStrangers(source: Db, target: Db, server: string): Promise<void> {
  for await (const rows of pagesOf(target, { name: 'users', key: ['id'] })) {
    const ids = rows.map(({ id }) => id as Tables['users']['id'])
    const known = await source.selectFrom('users').select('id').where('id', 'in', ids).execute()
    if (known.length < ids.length) throw new Refusal('move.target_used', { server })
  }
}

/** The rows of a table in the order of its key, page by page; all at once where it has none. */
async function* pagesOf(db: Db, { name, key }: Table): AsyncGenerator<Row[]> {
  const columns = sql.join(key.map((column) => sql.ref(column)))
  if (key.length === 0) {
    const { rows } = await sql<Row>`select * from ${sql.table(name)}`.execute(db)
    if (rows.length > 0) yield rows
    return
  }
  let after = sql``
  for (;;) {
    const query = sql<Row>`select * from ${sql.table(name)} ${after} order by ${columns} limit ${sql.lit(BATCH)}`
    const { rows } = await query.execute(db)
    const last = rows.at(-1)
    if (!last) return
    yield rows
    after = sql`where (${columns}) > (${sql.join(key.map((column) => last[column]))})`
  }
}

async function copyTable(source: Db, target: Database, table: Table): Promise<void> {
  for await (const rows of pagesOf(source, table)) {
    await target.transaction(async (tx) => {
      if (table.key.length === 0 && (await hasRows(tx, table))) return // all or none: nothing tells them apart
      await target.quirks.insertMany(tx, table.name, rows as never)
    })
  }
}

async function hasRows(db: Db, { name }: Table): Promise<boolean> {
  return (await sql`select 1 from ${sql.table(name)} limit 1`.execute(db)).rows.length > 0
}

/** Counts and checksums of both. @returns the count */
async function compareTable(source: Db, target: Db, table: Table): Promise<number> {
  const [ours, theirs] = [await digestOf(source, table), await digestOf(target, table)]
  if (ours.rows !== theirs.rows || ours.checksum !== theirs.checksum)
    throw new Refusal('move.differs', { table: table.name, rows: ours.rows, copied: theirs.rows })
  return ours.rows
}

async function digestOf(db: Db, table: Table): Promise<{ rows: number; checksum: string }> {
  const hash = createHash('sha256')
  let count = 0
  for await (const rows of pagesOf(db, table)) {
    const texts = rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))))
    for (const text of table.key.length > 0 ? texts : texts.sort()) hash.update(`${text}\n`)
    count += rows.length
  }
  return { rows: count, checksum: hash.digest('hex') }
}
