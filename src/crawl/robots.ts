import type { Clock } from '../clock.ts'
import { isRefusal, Refusal } from '../errors.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import type { Emit } from '../telemetry/events.ts'
import { MAX_CRAWL_DELAY_SECONDS } from './http-limits.ts'
import type { Errand, PoliteTransport } from './polite-transport.ts'
import { createRobotsCache } from './robots-cache.ts'
import type { RobotsEntry } from './robots-file.ts'
import type { RobotsStore } from './store.ts'
import { tellWaiting } from './waiting.ts'

const PERMISSION_SETTING = 'ROBOTS_PERMISSION'

/** What a host's robots.txt lets us do. */
export interface RobotsAnswer {
  /** `permitted`: its owner has permitted this crawler; the file was read for its delay only. */
  verdict: 'allowed' | 'permitted'
  /** Its Crawl-delay; 0 when it names none. */
  delayMs: number
}

/** Asks robots.txt (RFC 9309) of the address really asked. Every host has its own file. */
export interface Robots {
  /**
   * Fetches the file when it is not known.
   * @param url the public address
   * @throws Refusal `robots.forbidden`, `robots.delay` (lasting), `robots.unreachable` (passing); and what a look-up, TLS
   *   or the guard refuse
   */
  check(url: URL, site: string, errand: Omit<Errand, 'robots' | 'delayMs'>): Promise<RobotsAnswer>
  /** The same from the cache alone, for the answer at submit; undefined when the file is not known. */
  known(url: URL, site: string): Promise<RobotsAnswer | undefined>
  /** Ends fetches of robots.txt that are underway. */
  close(): void
}

export interface RobotsOptions {
  store: RobotsStore
  transport: PoliteTransport
  sites: SiteRegistry
  clock: Clock
  emit: Emit
  /** Its part before the slash is the product token that groups are chosen by. */
  userAgent: string
  /** Names of sites, or hosts, whose owners have permitted this crawler. */
  permissions: readonly string[]
}

export function createRobots(options: RobotsOptions): Robots {
  const { sites, clock } = options
  const cache = createRobotsCache({ ...options, productToken: options.userAgent.split('/')[0]!.trim() })
  const permitted = new Set(options.permissions.map((name) => name.toLowerCase()))

  // `web` is no shop whose owner could have permitted anything.
  const isPermitted = (site: string, ...urls: URL[]): boolean =>
    (site !== 'web' && permitted.has(site)) ||
    urls.some((url) => permitted.has(url.hostname) || permitted.has(url.host))

  const judge = (entry: RobotsEntry, url: URL, site: string): RobotsAnswer => {
    const actual = sites.actual(site, url)
    const host = actual.host
    if (isPermitted(site, url, actual)) return { verdict: 'permitted', ...readDelay(entry, host) }
    if (entry.kind === 'unreachable') throw new Refusal('robots.unreachable', { host })
    if (entry.kind === 'forbidden' || !entry.file.isAllowed(actual)) {
      throw new Refusal('robots.forbidden', { host, setting: PERMISSION_SETTING })
    }
    return { verdict: 'allowed', ...readDelay(entry, host) }
  }

  return {
    async check(url, site, errand) {
      const actual = sites.actual(site, url)
      const waiting = { for: 'robots', host: url.hostname, ms: null } as const
      const entry = await tellWaiting(clock, errand.onWaiting, waiting, () => cache.load(actual, url, errand)).catch(
        // The owner's word stands, whether or not the file can be read.
        (error) => (mayGoWithout(error) && isPermitted(site, url, actual) ? UNREAD : Promise.reject(error)),
      )
      try {
        return judge(entry, url, site)
      } catch (error) {
        if (isRefusal(error, 'robots.forbidden')) options.emit('robots.refused', { site, host: error.facts.host })
        throw error
      }
    },
    async known(url, site) {
      const entry = await cache.known(sites.actual(site, url))
      return entry && entry.kind !== 'unreachable' ? judge(entry, url, site) : undefined
    },
    close: cache.close,
  }
}

const UNREAD: RobotsEntry = { kind: 'unreachable' }

const mayGoWithout = (error: unknown): boolean => error instanceof Refusal && !isRefusal(error, 'page.rate_limited')

function readDelay(entry: RobotsEntry, host: string): Pick<RobotsAnswer, 'delayMs'> {
  if (entry.kind !== 'read') return { delayMs: 0 }
  const seconds = entry.file.delaySeconds ?? 0
  if (seconds > MAX_CRAWL_DELAY_SECONDS) {
    throw new Refusal('robots.delay', { host, seconds, max: MAX_CRAWL_DELAY_SECONDS })
  }
  return { delayMs: seconds * 1_000 }
}
