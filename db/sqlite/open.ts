import { setTimeout as pause } from 'node:timers/promises'
import { Kysely } from 'kysely'
import type { Clock } from '../../src/clock.ts'
import { isRefusal, Refusal } from '../../src/errors.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { type Connection, openConnection } from './connection.ts'
import { createSqliteDialect } from './dialect.ts'
import { createEngine, type Engine } from './engine.ts'
import { explain, isBusy } from './errors.ts'
import { databasePath, prepareFile, prepareFolder } from './files.ts'
import { BUSY_PAUSE_MS, COMMAND_WAIT_MS, OPEN_WAIT_MS } from './limits.ts'
import { sqliteQuirks } from './quirks.ts'
import { inspectFile, migrate } from './schema.ts'

/** An open SQLite database. */
export interface OpenSqlite {
  path: string
  /** For what a person waits for: refused as `store.busy` after two seconds. */
  commands: Database
  /** For workers: a write waits as long as it must. */
  workers: Database
  /** Closes the file after the transaction that runs now. Whatever still writes afterwards fails. */
  close(): Promise<void>
}

/**
 * Opens (or makes) the database of a DATA_DIR and brings its schema up to date.
 * @throws Refusal `store.unwritable`, `store.corrupt`, `store.newer`, `store.disk_full`, `store.locked`
 */
export async function openSqlite(options: { dataDir: string; clock: Clock; emit: Emit }): Promise<OpenSqlite> {
  const path = databasePath(options.dataDir)
  prepareFolder(options.dataDir)
  prepareFile(path)
  inspectFile(path)
  const engine = await openEngine(path, options)
  const close = (): Promise<void> => closeEngine(engine)
  try {
    const opening = createDatabase(engine, OPEN_WAIT_MS)
    await opening.transaction(async () => {}) // a file that may not be written shows here, not at the first job
    await migrate(opening.db)
  } catch (error) {
    await close()
    throw isRefusal(error, 'store.busy') ? new Refusal('store.locked', { path }, { cause: error }) : error
  }
  const commands = createDatabase(engine, COMMAND_WAIT_MS)
  return { path, commands, workers: createDatabase(engine, Number.POSITIVE_INFINITY), close }
}

/** Another process may be making the same file: SQLite then answers "busy" without waiting. */
async function openEngine(path: string, parts: { clock: Clock; emit: Emit }): Promise<Engine> {
  const deadline = performance.now() + OPEN_WAIT_MS
  for (;;) {
    try {
      return tryEngine(path, parts)
    } catch (error) {
      if (!isBusy(error)) throw explain(error, path)
      if (performance.now() >= deadline) throw new Refusal('store.locked', { path }, { cause: error })
    }
    await pause(BUSY_PAUSE_MS * (1 + Math.random()))
  }
}

function tryEngine(path: string, { clock, emit }: { clock: Clock; emit: Emit }): Engine {
  let heldAt: number | undefined
  const opened: Connection[] = []
  const connect = (now: () => number): Connection => {
    const connection = openConnection(path, now)
    opened.push(connection)
    return connection
  }
  try {
    const writer = connect(() => heldAt ?? clock.now())
    writer.file.pragma('journal_mode = wal')
    writer.file.pragma('secure_delete = on') // what was removed is overwritten, not only taken off the lists
    const reader = connect(() => clock.now())
    reader.file.pragma('query_only = on')
    const holdTime = (isHeld: boolean): void => {
      heldAt = isHeld ? clock.now() : undefined
    }
    return createEngine({ path, writer, reader, emit, holdTime })
  } catch (error) {
    for (const connection of opened) connection.file.close()
    throw error
  }
}

function createDatabase(engine: Engine, limitMs: number): Database {
  const db = new Kysely<Tables>({ dialect: createSqliteDialect(engine, limitMs) })
  return {
    db,
    quirks: sqliteQuirks,
    transaction: (act) => db.transaction().execute(act),
    scrub: () => scrub(engine),
  }
}

/** The log of writes still holds former pages: it is put into the file and cut. Another process that reads keeps it. */
async function scrub(engine: Engine): Promise<void> {
  await engine.turns.take(Number.POSITIVE_INFINITY)
  try {
    if (!engine.isClosed) engine.writer.file.pragma('wal_checkpoint(truncate)')
  } catch (error) {
    if (!isBusy(error)) throw explain(error, engine.path)
  } finally {
    engine.turns.give()
  }
}

async function closeEngine(engine: Engine): Promise<void> {
  if (engine.isClosed) return
  await engine.turns.take(Number.POSITIVE_INFINITY)
  engine.isClosed = true
  engine.reader.file.close()
  engine.writer.file.close()
  engine.turns.give()
}
