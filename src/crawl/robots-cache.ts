import { setMaxListeners } from 'node:events'
import type { Clock } from '../clock.ts'
import { isPassing, isRefusal, Refusal } from '../errors.ts'
import {
  MAX_REDIRECTS,
  ROBOTS_BYTES,
  ROBOTS_FORBIDDEN_TTL_MS,
  ROBOTS_KEPT,
  ROBOTS_KEPT_SIZE,
  ROBOTS_TTL_MS,
  ROBOTS_UNREACHABLE_TTL_MS,
} from './http-limits.ts'
import type { Errand, PoliteTransport } from './polite-transport.ts'
import { parseLocation } from './raw-address.ts'
import { isRedirect } from './redirects.ts'
import { type RobotsEntry, readRobotsFile } from './robots-file.ts'
import { createRobotsMemory } from './robots-memory.ts'
import type { RobotsStore } from './store.ts'
import { textOf } from './transport.ts'

type RobotsErrand = Omit<Errand, 'robots' | 'delayMs'>

/** robots.txt files by origin: in memory, in the store, else fetched; each fetched once for all who wait for it. */
export interface RobotsCache {
  /** @param actual an address really asked @param url the public one, for the log */
  load(actual: URL, url: URL, errand: RobotsErrand): Promise<RobotsEntry>
  /** From memory or the store alone; undefined when it is not there or stale. */
  known(actual: URL): Promise<RobotsEntry | undefined>
  close(): void
}

export interface RobotsCacheOptions {
  store: RobotsStore
  transport: PoliteTransport
  clock: Clock
  productToken: string
}

interface Fetched {
  /** 0 when no answer came. */
  status: number
  body: string
}

export function createRobotsCache({ store, transport, clock, productToken }: RobotsCacheOptions): RobotsCache {
  const memory = createRobotsMemory({ entries: ROBOTS_KEPT, size: ROBOTS_KEPT_SIZE })
  const loading = new Map<string, Promise<RobotsEntry>>()
  const closing = new AbortController()
  setMaxListeners(0, closing.signal) // every file on its way listens: no leak, whatever their number

  const keep = (origin: string, { status, body }: Fetched, ttlMs: number): RobotsEntry => {
    const entry = entryOf(status, body, productToken)
    memory.keep(origin, entry, clock.monotonic() + ttlMs)
    return entry
  }

  const fromStore = async (origin: string): Promise<RobotsEntry | undefined> => {
    const row = await store.get(origin)
    if (!row || row.isStale) return undefined
    const ttlMs = ttlOf(row.status)
    const leftMs = row.fetchedAt + ttlMs - clock.now()
    return keep(origin, row, Math.min(Math.max(leftMs, 0), ttlMs))
  }

  const known = async ({ origin }: URL): Promise<RobotsEntry | undefined> =>
    memory.get(origin, clock.monotonic()) ?? (await fromStore(origin))

  const refresh = async (actual: URL, url: URL, errand: RobotsErrand): Promise<RobotsEntry> => {
    const { origin } = actual
    const fetched = await fetchRobots(transport, actual, url, { ...errand, signal: closing.signal })
    const ttlMs = ttlOf(fetched.status)
    const entry = keep(origin, fetched, ttlMs)
    // A cache that cannot be written costs a request after the next start, no more.
    await store.put({ origin, ...fetched, ttlMs }).catch(() => undefined)
    return entry
  }

  const load = async (actual: URL, url: URL, errand: RobotsErrand): Promise<RobotsEntry> =>
    (await known(actual)) ?? (await refresh(actual, url, errand))

  return {
    known,
    async load(actual, url, errand) {
      const underway =
        loading.get(actual.origin) ?? load(actual, url, errand).finally(() => loading.delete(actual.origin))
      loading.set(actual.origin, underway)
      return await unlessAborted(underway, errand.signal)
    },
    close: () => closing.abort(new Error('the service is closing')),
  }
}

function entryOf(status: number, body: string, productToken: string): RobotsEntry {
  if (status >= 200 && status < 300) return { kind: 'read', file: readRobotsFile(body, productToken) }
  if (status === 401 || status === 403) return { kind: 'forbidden' }
  if (isUnreachable(status)) return { kind: 'unreachable' }
  return { kind: 'read', file: readRobotsFile('', productToken) }
}

/** No answer, an error of the server, or "too many requests": for now nothing may be asked (RFC 9309 §2.3.1.4). */
const isUnreachable = (status: number): boolean => status === 0 || status >= 500 || status === 429

function ttlOf(status: number): number {
  if (isUnreachable(status)) return ROBOTS_UNREACHABLE_TTL_MS
  return status === 401 || status === 403 ? ROBOTS_FORBIDDEN_TTL_MS : ROBOTS_TTL_MS
}

/** What a sixth redirect counts as: an absent file (RFC 9309 §2.3.1.2). */
const ABSENT: Fetched = { status: 404, body: '' }

/** @throws Refusal what trying again cannot cure: no such host, bad TLS, a forbidden address; and a host's long rest */
async function fetchRobots(transport: PoliteTransport, actual: URL, url: URL, errand: RobotsErrand): Promise<Fetched> {
  let target = new URL('/robots.txt', actual)
  let shown = new URL('/robots.txt', url)
  try {
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const answer = await transport.send(outgoingTo(target, shown), { ...errand, robots: 'robots.txt' })
      const location = textOf(answer.headers.location)
      if (!isRedirect(answer.status, location)) {
        // Packed files may still be longer once they are unpacked.
        return { status: answer.status, body: new TextDecoder().decode(answer.body.subarray(0, ROBOTS_BYTES)) }
      }
      target = parseLocation(location, target)
      shown = target
    }
    return ABSENT
  } catch (error) {
    if (isUnanswered(error)) return { status: 0, body: '' }
    throw error
  }
}

const outgoingTo = (actual: URL, shown: URL) => ({
  method: 'GET' as const,
  actual,
  url: shown.href,
  headers: { accept: 'text/plain, */*;q=0.5' },
  cutAt: ROBOTS_BYTES,
})

function isUnanswered(error: unknown): boolean {
  if (isRefusal(error, 'page.rate_limited')) return false
  const isGarbage = ['page.encoding', 'page.bomb', 'page.too_large'].includes((error as Refusal).code)
  return error instanceof Refusal && (isPassing(error) || isGarbage)
}

/** One caller's end does not end what others wait for. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
