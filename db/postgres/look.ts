import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { Refusal } from '../../src/errors.ts'
import { type Connection, type DatabaseLook, LookFailed } from '../../src/upkeep/check-storage.ts'
import { migrationNames } from '../migrations/index.ts'
import type { Tables } from '../tables.ts'
import { explain } from './errors.ts'
import { COMMAND_STATEMENT_MS, LOOKS, OLDEST_VERSION, WORKER_CONNECT_MS } from './limits.ts'
import { clientOptions, createPool, serverOf } from './pool.ts'
import { migrationsOf, refuseNewer } from './schema.ts'

/**
 * Looks at a PostgreSQL database over one connection, and changes nothing.
 * @throws Refusal `store.denied`, `store.newer`; LookFailed; the signal's reason as cause of a LookFailed
 */
export async function lookAtPostgres(url: string, signal: AbortSignal): Promise<DatabaseLook> {
  const server = serverOf(url)
  const kind = { connections: 1, statementMs: COMMAND_STATEMENT_MS, connectMs: WORKER_CONNECT_MS }
  const pool = createPool(url, kind, () => undefined)
  let connection: Connection | undefined
  pool.on('connect', (client) => {
    connection = connectionOf(server, client as PostgresClient)
  })
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  const tooLong = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  try {
    const facts = await Promise.race([factsOf(db, server), tooLong])
    const { version, number, isUnicode, missing, isNew, mayMake, ms } = facts
    return {
      schema: { place: server, missing, isNew, mayMake },
      server: {
        connection: connection!,
        version: `PostgreSQL ${version}`,
        isTooOld: number < OLDEST_VERSION,
        isUnicode,
        ms,
      },
    }
  } catch (error) {
    const explained = signal.aborted ? signal.reason : explain(error, server)
    throw explained instanceof Refusal ? explained : new LookFailed(server, explained)
  } finally {
    tooLong.catch(() => undefined)
    void db.destroy().catch(() => undefined) // a connection that hangs holds up nobody
  }
}

/** What the driver makes of an address and of the environment (PGPASSWORD, PGSSLMODE). */
interface PostgresClient {
  host: string
  ssl: unknown
  password?: unknown
}

function connectionOf(server: string, { host, ssl, password }: PostgresClient): Connection {
  const isVerified = (ssl as { rejectUnauthorized?: boolean } | undefined)?.rejectUnauthorized !== false
  return { server, host, isEncrypted: Boolean(ssl), isVerified, hasPassword: Boolean(password) }
}

/** How a database would be reached, as far as that is known without connecting (a password file is not read). */
export const connectionToPostgres = (url: string): Connection =>
  connectionOf(serverOf(url), new pg.Client(clientOptions(url, 0)) as pg.Client & PostgresClient)

async function factsOf(db: Kysely<Tables>, server: string) {
  const { rows } = await sql<{ version: string; number: number; isUnicode: boolean; mayMake: boolean }>`
    select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
      current_setting('server_encoding') = 'UTF8' as "isUnicode",
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as "mayMake"`.execute(db)
  const found = await migrationsOf(db)
  refuseNewer(found, server)
  const missing = migrationNames().length - found.length
  return { ...rows[0]!, missing, isNew: found.length === 0, ms: await latencyOf(db) }
}

/** The quickest of a few questions: the first ones may meet a server that has other things to do. */
async function latencyOf(db: Kysely<Tables>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let look = 0; look < LOOKS; look++) {
    const startedAt = performance.now()
    await sql`select 1`.execute(db)
    least = Math.min(least, performance.now() - startedAt)
  }
  return least
}
