import ipaddr from 'ipaddr.js'
import { isRefusal, Refusal } from '../errors.ts'
import type { Locale } from '../messages/locale.ts'
import { type Say, sayRefusal } from '../messages/say.ts'
import { ASK_MS, askSignal, type Check, causeOf, type Finding } from './finding.ts'

/** How a server is reached. */
export interface Connection {
  /** Host and port, and the name of a database; never who connects and with what. */
  server: string
  /** A name, an address, or the path of a socket. */
  host: string
  isEncrypted: boolean
  /** The server's certificate is checked; meant only where the connection is encrypted. */
  isVerified: boolean
  hasPassword: boolean
}

/** What a look at a server found; nothing was changed by it. */
export interface ServerLook {
  connection: Connection
  version: string
  isTooOld: boolean
  /** Of a small question, there and back. */
  ms: number
}

/** How the tables of a database stand to this program. */
export interface SchemaLook {
  /** Where the data is, for sentences. */
  place: string
  /** Steps that the next start makes; 0: it is up to date. */
  missing: number
  /** Nothing was ever stored there. */
  isNew: boolean
  /** The program may make tables. */
  mayMake: boolean
}

/** What a look at the database found. */
export interface DatabaseLook {
  schema: SchemaLook
  /** Undefined: a file of this machine. */
  server?: ServerLook & {
    /** Texts in any language can be stored. */
    isUnicode: boolean
  }
}

export interface RedisLook extends ServerLook {
  /** What it does when its memory is full. */
  evictionPolicy: string
}

/** A crawl waits for the database several times a page, and for Redis once a request: from here on it is felt. */
const SLOW_MS = 30

/**
 * The database, as the next start will find it.
 * @param look undefined: there is none yet @throws Refusal `store.…`, errors of the driver
 */
export const checkDatabase =
  (look: (signal: AbortSignal) => Promise<DatabaseLook | undefined>, say: Say): Check =>
  async (context) => {
    const { locale } = context
    try {
      const found = await look(askSignal(context))
      if (found === undefined) return []
      const { schema, server } = found
      return [
        ...(server ? serverFindings('DATABASE_URL', server, say, locale) : []),
        schemaFinding(schema, say, locale),
      ]
    } catch (error) {
      context.signal.throwIfAborted()
      return [{ verdict: 'failure', sentence: failureOf('DATABASE_URL', error, say, locale) }]
    }
  }

/** Redis, where the settings name one. */
export const checkRedis =
  (look: (signal: AbortSignal) => Promise<RedisLook>, say: Say): Check =>
  async (context) => {
    const { locale } = context
    try {
      const found = await look(askSignal(context))
      const { evictionPolicy: policy, connection } = found
      const findings = serverFindings('REDIS_URL', found, say, locale)
      if (policy === 'noeviction') return findings
      const sentence = say(locale, 'check.redis_evicts', { server: connection.server, policy })
      return [...findings, { verdict: 'warning', sentence }]
    } catch (error) {
      context.signal.throwIfAborted()
      return [{ verdict: 'failure', sentence: failureOf('REDIS_URL', error, say, locale) }]
    }
  }

/** A server could not be looked at: where it is, and what it or the network said. */
export class LookFailed extends Error {
  readonly server: string
  constructor(server: string, cause: unknown) {
    super(causeOf(cause), { cause })
    this.name = 'LookFailed'
    this.server = server
  }
}

function failureOf(name: string, error: unknown, say: Say, locale: Locale): string {
  if (error instanceof Refusal && !isRefusal(error, 'store.unreachable')) return sayRefusal(say, locale, error)
  if (!(error instanceof LookFailed)) throw error
  const isLate = (error.cause as Error).name === 'TimeoutError'
  const cause = isLate ? say(locale, 'check.no_answer', { seconds: ASK_MS / 1_000 }) : error.message
  return say(locale, 'check.server_silent', { name, server: error.server, cause })
}

function serverFindings(name: string, look: ServerLook & { isUnicode?: boolean }, say: Say, locale: Locale): Finding[] {
  const { connection, version, isTooOld, isUnicode = true } = look
  const facts = { name, server: connection.server, version, ms: Math.round(look.ms) }
  const first: Finding = isTooOld
    ? { verdict: 'failure', sentence: say(locale, 'check.server_old', facts) }
    : look.ms > SLOW_MS
      ? { verdict: 'warning', sentence: say(locale, 'check.server_slow', facts) }
      : { verdict: 'pass', sentence: say(locale, 'check.server_ok', facts) }
  const further: Finding[] = isUnicode
    ? []
    : [{ verdict: 'failure', sentence: say(locale, 'check.not_unicode', facts) }]
  return [first, ...further, ...connectionFindings(name, connection, say, locale)]
}

/** On the way to another machine others may listen, and on that machine others may connect. */
export function connectionFindings(name: string, connection: Connection, say: Say, locale: Locale): Finding[] {
  const { host, server, isEncrypted, isVerified, hasPassword } = connection
  if (isHere(host)) return []
  const facts = { name, server }
  const findings: Finding[] = []
  if (!isEncrypted) findings.push({ verdict: 'warning', sentence: say(locale, 'check.server_plain', facts) })
  else if (!isVerified) findings.push({ verdict: 'warning', sentence: say(locale, 'check.server_unverified', facts) })
  if (!hasPassword) findings.push({ verdict: 'warning', sentence: say(locale, 'check.server_open', facts) })
  return findings
}

/** This very machine, by its loopback or by a socket's path. */
function isHere(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '')
  if (bare === '' || bare === 'localhost' || bare.startsWith('/')) return true
  return ipaddr.isValid(bare) && ipaddr.process(bare).range() === 'loopback'
}

function schemaFinding({ place, missing, isNew, mayMake }: SchemaLook, say: Say, locale: Locale): Finding {
  if (missing === 0) return { verdict: 'pass', sentence: say(locale, 'check.schema_ok', { place }) }
  if (!mayMake) return { verdict: 'failure', sentence: say(locale, 'check.schema_denied', { place }) }
  const sentence = isNew
    ? say(locale, 'check.schema_new', { place })
    : say(locale, 'check.schema_behind', { place, steps: missing })
  return { verdict: 'note', sentence }
}
