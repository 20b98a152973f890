import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openStore } from '../../db/index.ts'
import { systemClock } from '../../src/clock.ts'
import { type Look, POSTGRES_WATCHERS } from './invariants.ts'

/** The server of the tests: any database on it that may make databases. */
export const SERVER = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'

/** int8 as numbers, as the program reads them. */
const types = { getTypeParser: (oid: number) => (oid === 20 ? Number : pg.types.getTypeParser(oid)) }

const TOO_MANY_CONNECTIONS = '53300'

/** A connection; while other tests have all that the server gives, as soon as there is one again. */
async function connectTo(url: string): Promise<pg.Client> {
  for (;;) {
    const client = new pg.Client({ connectionString: url, types: types as pg.CustomTypesConfig })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return client
    } catch (error) {
      if ((error as { code?: string }).code !== TOO_MANY_CONNECTIONS) throw error
      await systemClock.sleep(100)
    }
  }
}

/** Runs SQL on one connection of its own. */
export async function runSql(url: string, ...texts: string[]): Promise<Record<string, unknown>[]> {
  const client = await connectTo(url)
  try {
    let rows: Record<string, unknown>[] = []
    for (const text of texts) rows = (await client.query(text)).rows
    return rows
  } finally {
    await client.end()
  }
}

/** Whether the server of the tests is there. */
export const hasPostgres: boolean = await runSql(SERVER, 'select 1').then(
  () => true,
  () => false,
)

/** A database of a test's own. */
export interface TestDatabase {
  url: string
  /** Ends every connection to it, and removes it. */
  drop(): Promise<void>
}

/** Makes an empty database. */
export async function makeDatabase(server = SERVER): Promise<TestDatabase> {
  const name = `shopcrawl_test_${randomBytes(6).toString('hex')}`
  const url = new URL(server)
  url.pathname = `/${name}`
  await runSql(server, `create database ${name}`)
  return {
    url: url.href,
    drop: async () => void (await runSql(server, `drop database if exists ${name} with (force)`)),
  }
}

/** Adds the test-only triggers to a database that was opened once. */
export const installPostgresWatchers = async (url: string): Promise<void> => void (await runSql(url, POSTGRES_WATCHERS))

/** Gives an empty database the schema and the test-only triggers. */
export async function prepareDatabase(url: string): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'shopcrawl-test-'))
  const options = { dataDir, databaseUrl: url, clock: systemClock, emit: () => undefined, locale: 'ko' } as const
  await (await openStore(options)).close()
  await installPostgresWatchers(url)
  rmSync(dataDir, { recursive: true, force: true })
}

/** Takes every row out of a database, whatever points to it; the schema stays. */
export async function emptyDatabase(url: string): Promise<void> {
  const tables = await runSql(url, `select tablename as name from pg_tables where schemaname = 'public'`)
  const names = tables.map(({ name }) => String(name)).filter((name) => !name.startsWith('kysely_'))
  const deletes = names.map((name) => `delete from "${name}"`).join(';')
  await runSql(url, `begin; set local session_replication_role = replica; ${deletes}; commit`)
}

/** Reads a database beside the program. */
export function lookAtPostgres(url: string): Look & { close(): Promise<void> } {
  const pool = new pg.Pool({ connectionString: url, types: types as pg.CustomTypesConfig, max: 1 })
  pool.on('error', () => undefined)
  return {
    rows: async (sql) => (await pool.query(sql)).rows,
    close: () => pool.end(),
  }
}
