import { Refusal } from '../../src/errors.ts'

/** What an error of pg or of the server means for the one who asked. */
export type Trouble =
  /** Another transaction was in the way; the server has undone ours. */
  | 'race'
  /** It took too long: a lock, or all connections in use. The server has undone ours. */
  | 'slow'
  /** The server could not be reached, or the connection broke. What was under way may have been done. */
  | 'away'

const RACES = new Set(['40001', '40P01'])
/** query_canceled (statement_timeout), lock_not_available, too_many_connections. */
const SLOW = new Set(['57014', '55P03', '53300'])
/** Shut down, starting up, crashed, idle in transaction for too long, and a standby that takes no writes. */
const AWAY = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '25006'])
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNABORTED',
  'ENOENT', // the socket file of a server that is not up
])
/** pg 8 gives these no code. */
const BROKEN =
  /^(?:Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed)/i
/** The way there is not as the address asks: no TLS, a certificate that does not hold, a file of certificates not there. */
const UNSAFE_CODE = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_)/
const UNSAFE = /^(?:The server does not support SSL|ENOENT: no such file|EACCES: permission denied, open)/
const ALL_IN_USE = 'timeout exceeded when trying to connect'

const codeOf = (error: unknown): string => {
  const { code, errors } = error as { code?: string; errors?: { code?: string }[] }
  return code ?? errors?.[0]?.code ?? '' // several addresses of one name give an AggregateError
}

const isUnsafe = (error: unknown): boolean =>
  UNSAFE_CODE.test(codeOf(error)) || (error instanceof Error && UNSAFE.test(error.message))

/** @returns undefined for what trying again cannot cure */
export function troubleOf(error: unknown): Trouble | undefined {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : ''
  if (isUnsafe(error)) return undefined
  if (RACES.has(code)) return 'race'
  if (SLOW.has(code) || message === ALL_IN_USE) return 'slow'
  if (AWAY.has(code) || NETWORK.has(code) || code.startsWith('08') || BROKEN.test(message)) return 'away'
  return undefined
}

/** A passing trouble as a Refusal, once patience is at its end. */
export const refusalOf = (trouble: Trouble, server: string, cause: unknown): Refusal =>
  trouble === 'away'
    ? new Refusal('store.unreachable', { server }, { cause })
    : new Refusal('store.busy', {}, { cause })

/** What the world did to the database, as a Refusal; anything else (a broken constraint, wrong SQL) stays as thrown. */
export function explain(error: unknown, server: string): unknown {
  const code = codeOf(error)
  const options = { cause: error }
  if (code === '53100') return new Refusal('store.disk_full', { path: server }, options)
  if (code.startsWith('28') || code === '3D000' || code === '42501' || code === '3F000' || isUnsafe(error))
    return new Refusal('store.denied', { server, cause: (error as Error).message }, options)
  if (code === 'XX001' || code === 'XX002') return new Refusal('store.corrupt', { path: server }, options)
  return error
}
