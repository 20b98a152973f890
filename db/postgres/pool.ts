import pg from 'pg'
import type { Emit } from '../../src/telemetry/events.ts'
import { ANSWER_EXTRA_MS, IDLE_MS, IDLE_TRANSACTION_MS, KEEPALIVE } from './limits.ts'

/** int8: epoch milliseconds, counts and byte sums, all far below 2^53. */
const INT8 = 20
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
}

/** How one kind of connection behaves. */
export interface PoolKind {
  connections: number
  /** Bound of one statement; 0 = none. */
  statementMs: number
  /** How long to wait for a connection. */
  connectMs: number
}

/** Options of every connection of ours. */
export const clientOptions = (url: string, statementMs: number): pg.ClientConfig => ({
  connectionString: url,
  application_name: 'shopcrawl',
  keepAlive: true,
  options: KEEPALIVE,
  types,
  ...(statementMs > 0 && {
    statement_timeout: statementMs,
    query_timeout: statementMs + ANSWER_EXTRA_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
  }),
})

/** Connections that are made when they are needed. One that breaks while nobody uses it is told, and made anew. */
export function createPool(url: string, kind: PoolKind, emit: Emit): pg.Pool {
  const pool = new pg.Pool({
    ...clientOptions(url, kind.statementMs),
    max: kind.connections,
    connectionTimeoutMillis: kind.connectMs,
    idleTimeoutMillis: IDLE_MS,
  })
  pool.on('connect', (client) => client.on('error', () => undefined)) // in use, its statement tells
  pool.on('error', (error) => emit('store.retry', { cause: error.message, attempts: 1 }))
  return pool
}

/** What stands in sentences for a server: host, port and database, never who connects and with what. */
export function serverOf(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url)
  return `${searchParams.get('host') ?? (hostname || 'localhost')}:${port || 5432}${pathname}`
}
