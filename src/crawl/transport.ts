import type { IncomingHttpHeaders } from 'node:http'
import { Agent, type Dispatcher } from 'undici'
import { Refusal } from '../errors.ts'
import { classifyError, ExchangeTimeout, isBrokenConnection } from './classify-error.ts'
import { looksCut } from './cut-page.ts'
import { ACCEPTED_CODINGS, decodeBody } from './decode-body.ts'
import type { Guard } from './guard.ts'
import { DISCARD_BYTES, HTTP_LIMITS, type HttpLimits, KEEP_ALIVE_MS } from './http-limits.ts'
import { readBody } from './read-body.ts'

/** One HTTP request as it goes out. */
export interface Outgoing {
  method: 'GET' | 'POST'
  /** Where it is really sent. */
  actual: URL
  /** The public address, for errors and logs. */
  url: string
  headers: Record<string, string>
  body?: string
  /** Reads at most so many bytes and calls the rest cut, instead of refusing a body above the limits. */
  cutAt?: number
}

/** An answer whose body is unpacked. Bodies of statuses that nobody reads are empty. */
export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Uint8Array<ArrayBuffer>
  /** Bytes of the body on the wire. */
  wireBytes: number
  /** The body ended without a known length and looks cut. */
  isSuspect: boolean
}

/** Sends single requests: no manners, no redirects. All limits, the guard's connections, no second try but one. */
export interface Transport {
  /**
   * A GET whose kept connection turned out to be closed is sent once more for free.
   * @throws Refusal of a `page.…`, `address.…` or `url.…` code; the signal's reason
   */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<Answer>
  close(): Promise<void>
}

export interface TransportOptions {
  guard: Guard
  /** Connections to one origin at most. */
  connections: number
  userAgent: string
  isBehindProxy?: boolean
  limits?: HttpLimits
}

export function createTransport(options: TransportOptions): Transport {
  const { guard, userAgent, limits = HTTP_LIMITS, isBehindProxy = false } = options
  const agent = createAgent(options, limits)

  const exchange = async (outgoing: Outgoing, signal: AbortSignal, onHead: () => void): Promise<Answer> => {
    const answer = await agent.request({
      origin: outgoing.actual.origin,
      path: outgoing.actual.pathname + outgoing.actual.search,
      method: outgoing.method,
      headers: { 'accept-encoding': ACCEPTED_CODINGS, ...outgoing.headers, 'user-agent': userAgent },
      body: outgoing.body ?? null,
      signal,
    })
    onHead()
    return await read(answer, outgoing, limits)
  }

  const sendOnce = async (outgoing: Outgoing, signal: AbortSignal, mayResend: boolean): Promise<Answer> => {
    const before = guard.connectionsTo(outgoing.actual).opened
    let hasHead = false
    try {
      return await exchange(outgoing, signal, () => {
        hasHead = true
      })
    } catch (error) {
      const isReused = guard.connectionsTo(outgoing.actual).opened === before
      const isStale = isReused && !hasHead && isBrokenConnection(error) && outgoing.method === 'GET'
      if (mayResend && isStale && !signal.aborted) return await sendOnce(outgoing, signal, false)
      throw classifyError(error, { host: outgoing.actual.host, url: outgoing.url, hasHead, isBehindProxy, limits })
    }
  }

  return {
    async send(outgoing, signal) {
      signal.throwIfAborted()
      const limit = new AbortController()
      const timer = setTimeout(() => limit.abort(new ExchangeTimeout()), limits.wholeMs)
      const pass = () => limit.abort(signal.reason)
      signal.addEventListener('abort', pass)
      try {
        return await sendOnce(outgoing, limit.signal, true)
      } catch (error) {
        throw signal.aborted ? signal.reason : error
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', pass)
      }
    },
    close: () => agent.destroy(),
  }
}

function createAgent({ guard, connections }: TransportOptions, limits: HttpLimits): Agent {
  return new Agent({
    connect: guard.connector,
    connections,
    pipelining: 1,
    headersTimeout: limits.headersMs,
    bodyTimeout: limits.idleMs,
    maxHeaderSize: limits.headBytes,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
  })
}

/** Bodies that somebody reads: pages, and refusals that may be block pages. */
const isRead = (status: number): boolean => (status >= 200 && status < 300) || status === 401 || status === 403

async function read(answer: Dispatcher.ResponseData, outgoing: Outgoing, limits: HttpLimits): Promise<Answer> {
  const { statusCode: status, headers } = answer
  if (!isRead(status)) {
    await answer.body.dump({ limit: DISCARD_BYTES }).catch(() => undefined)
    return { status, headers, body: new Uint8Array(0), wireBytes: 0, isSuspect: false }
  }
  const wire = await readWire(answer, outgoing, limits)
  const encoding = textOf(headers['content-encoding'])
  const body = await decodeBody({ url: outgoing.url, bytes: wire.bytes, encoding, isCut: wire.isCut }, limits)
  const hasKnownEnd = 'content-length' in headers || 'transfer-encoding' in headers || encoding !== ''
  const isSuspect = !hasKnownEnd && body.length > 0 && looksCut(body, textOf(headers['content-type']))
  return { status, headers, body, wireBytes: wire.bytes.length, isSuspect }
}

async function readWire(answer: Dispatcher.ResponseData, { url, cutAt }: Outgoing, limits: HttpLimits) {
  const length = Number(answer.headers['content-length'] ?? Number.NaN)
  const isTooLarge = length > limits.wireBytes
  const wire =
    isTooLarge && cutAt === undefined
      ? undefined
      : await readBody(answer.body, cutAt ?? limits.wireBytes, known(length))
  if (wire && (!wire.isCut || cutAt !== undefined)) return wire
  answer.body.on('error', () => undefined).destroy()
  throw new Refusal('page.too_large', { url, megabytes: limits.wireBytes / 2 ** 20 })
}

const known = (length: number): number | undefined => (Number.isSafeInteger(length) ? length : undefined)

/** A header as one text; empty when absent. */
export const textOf = (header: string | string[] | undefined): string =>
  Array.isArray(header) ? header.join(', ') : (header ?? '')
