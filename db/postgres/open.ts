import { Kysely, PostgresDialect } from 'kysely'
import { Refusal } from '../../src/errors.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { troubleOf } from './errors.ts'
import {
  CLOSING_WAIT_MS,
  COMMAND_CONNECT_MS,
  COMMAND_CONNECTIONS,
  COMMAND_STATEMENT_MS,
  COMMAND_WAIT_MS,
  OPEN_WAIT_MS,
  WORKER_CONNECT_MS,
  WORKER_CONNECTIONS,
  WORKER_STATEMENT_MS,
} from './limits.ts'
import { createPool, serverOf } from './pool.ts'
import { postgresQuirks } from './quirks.ts'
import { migrate } from './schema.ts'
import { createSessions, type Engine, Interrupted, persist } from './session.ts'

/** An open PostgreSQL database. */
export interface OpenPostgres {
  /** Host, port and database, for sentences. */
  server: string
  /** For what a person waits for: refused as `store.busy` or `store.unreachable` after two seconds. */
  commands: Database
  /** For workers: they wait while the server is away, and do again what was lost. */
  workers: Database
  /** From here on workers wait no longer than commands do. */
  hurry(): void
  close(): Promise<void>
}

export interface PostgresOptions {
  /** `postgres://…` */
  url: string
  emit: Emit
  /** What SQL takes for now, epoch milliseconds: tests only. */
  time?: () => number
  /** Connections for commands, where the usual number is not right: tests only. */
  commandConnections?: number
}

/**
 * Opens the database and brings its schema up to date.
 * @throws Refusal `store.unreachable`, `store.denied`, `store.newer`, `store.disk_full`
 */
export async function openPostgres({ url, emit, time, commandConnections }: PostgresOptions): Promise<OpenPostgres> {
  const server = serverOf(url)
  let isClosing = false
  const commands: Engine = {
    pool: createPool(
      url,
      {
        connections: commandConnections ?? COMMAND_CONNECTIONS,
        statementMs: COMMAND_STATEMENT_MS,
        connectMs: COMMAND_CONNECT_MS,
      },
      emit,
    ),
    ...{ server, emit, patienceMs: () => COMMAND_WAIT_MS, repeatsWrites: false, ...(time && { time }) },
  }
  const workers: Engine = {
    pool: createPool(
      url,
      { connections: WORKER_CONNECTIONS, statementMs: WORKER_STATEMENT_MS, connectMs: WORKER_CONNECT_MS },
      emit,
    ),
    ...{ server, emit, repeatsWrites: true, ...(time && { time }) },
    patienceMs: () => (isClosing ? CLOSING_WAIT_MS : Number.POSITIVE_INFINITY),
  }
  const close = async (): Promise<void> => {
    await Promise.all([commands.pool.end(), workers.pool.end()])
  }
  try {
    const opening = { ...commands, patienceMs: () => OPEN_WAIT_MS }
    await persist(opening, () => migrate(createDatabase(opening).db, { url, server, emit }), judge)
  } catch (error) {
    await close()
    throw error
  }
  return {
    ...{ server, commands: createDatabase(commands), workers: createDatabase(workers), close },
    hurry: () => {
      isClosing = true
    },
  }
}

function createDatabase(engine: Engine): Database {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: createSessions(engine) }) })
  engine.pool.on('error', () => {
    engine.awayAt = performance.now()
  })
  return {
    ...{ db, quirks: postgresQuirks },
    awayAgoMs: () => (engine.awayAt === undefined ? undefined : performance.now() - engine.awayAt),
    transaction: (act) =>
      persist(
        engine,
        () => db.transaction().execute(act),
        (error) => judgeTransaction(error, engine.repeatsWrites),
      ),
  }
}

/** A transaction that was undone is done again whole. One whose commit nobody answered may stand. */
function judgeTransaction(error: unknown, repeatsWrites: boolean): ReturnType<typeof judge> {
  if (!(error instanceof Interrupted)) return undefined
  return { trouble: error.trouble, isFinal: error.isUncertain && !repeatsWrites }
}

/** What is waited for at the start: a server that is not there yet, or that starts up. */
function judge(error: unknown): { trouble: NonNullable<ReturnType<typeof troubleOf>>; isFinal: boolean } | undefined {
  if (error instanceof Refusal) return undefined
  const trouble = error instanceof Interrupted ? error.trouble : troubleOf(error)
  return trouble && { trouble, isFinal: false }
}
