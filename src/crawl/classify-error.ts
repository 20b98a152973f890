import { Refusal } from '../errors.ts'
import { HTTP_LIMITS, type HttpLimits } from './http-limits.ts'

/** What is known about an exchange that failed. */
export interface FailedExchange {
  /** The host really asked. */
  host: string
  /** The public address. */
  url: string
  /** Whether the head of an answer had come: then a closed connection means a cut page. */
  hasHead: boolean
  /** A proxy is set for other clients; crawls go direct, and a failed connection may be due to that. */
  isBehindProxy: boolean
  limits?: HttpLimits
}

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTCONN',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_HTTP_PARSER',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])
const TLS = /CERT|^ERR_(TLS|SSL)|^UNABLE_TO_|SELF_SIGNED|^EPROTO$|^HOSTNAME_MISMATCH$|^INVALID_CA$|^INVALID_PURPOSE$/

/** The whole exchange took too long. */
export class ExchangeTimeout extends Error {
  override readonly name = 'ExchangeTimeout'
}

/**
 * Turns what undici, Node's sockets, TLS or zlib threw into a Refusal. What is none of the world's doing is given back
 * as it is: a bug stays a Fault.
 */
export function classifyError(error: unknown, exchange: FailedExchange): unknown {
  if (error instanceof Refusal) return withProxyHint(error, exchange)
  const code = codeOf(error)
  const { host, url } = exchange
  const seconds = secondsOf(error, code, exchange.limits ?? HTTP_LIMITS)
  if (seconds !== undefined) return new Refusal('page.timeout', { host, seconds }, { cause: error })
  if (TLS.test(code)) return new Refusal('page.tls', { host, cause: code }, { cause: error })
  if (!NETWORK.has(code)) return error
  if (exchange.hasHead) return new Refusal('page.truncated', { url }, { cause: error })
  return new Refusal('page.network', { host, cause: code, proxyHint: exchange.isBehindProxy }, { cause: error })
}

/** Whether the connection broke under a request, as it does when a kept one was closed by the server meanwhile. */
export const isBrokenConnection = (error: unknown): boolean =>
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error))

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  // undici 7 looks its parser's codes up by number in a table by name: they are undefined.
  if (error.name === 'HTTPParserError') return 'UND_ERR_HTTP_PARSER'
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

function secondsOf(error: unknown, code: string, limits: HttpLimits): number | undefined {
  if (error instanceof ExchangeTimeout) return limits.wholeMs / 1_000
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return limits.connectMs / 1_000
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return limits.headersMs / 1_000
  if (code === 'UND_ERR_BODY_TIMEOUT') return limits.idleMs / 1_000
  return undefined
}

function withProxyHint(refusal: Refusal, { isBehindProxy }: FailedExchange): Refusal {
  if (refusal.code !== 'page.network' || !isBehindProxy) return refusal
  const facts = (refusal as Refusal<'page.network'>).facts
  return new Refusal('page.network', { ...facts, proxyHint: true }, { cause: refusal })
}
