import type { Budget } from '../../src/budget/budget.ts'
import { createInMemoryBudget } from '../../src/budget/in-memory.ts'
import { createInMemoryLine } from '../../src/budget/in-memory-line.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import type { FetchContext, FetchedPage } from '../../src/crawl/fetch.ts'
import { createShopHttp, type ShopHttp, type ShopHttpSettings } from '../../src/crawl/http.ts'
import { HTTP_LIMITS, type HttpLimits } from '../../src/crawl/http-limits.ts'
import type { RequestRecord, RobotsRow, RobotsStore } from '../../src/crawl/store.ts'
import { createRegistry } from '../../src/sites/registry.ts'
import type { Site, SiteRequest } from '../../src/sites/site.ts'
import type { Emit, EventName } from '../../src/telemetry/events.ts'

/** A site as data, with nothing to read: fetching asks only for its name and hosts. */
export function siteNamed(name: string, facts: Partial<Site> = {}): Site {
  return {
    name,
    label: { ko: name, en: name },
    aliases: [],
    example: name,
    origin: `https://www.${name}.test`,
    hosts: [],
    search: 'filter',
    start: () => [],
    routes: [],
    empty: [],
    blocked: [],
    ...facts,
  }
}

/** A robots store that lives in a Map, with the clock's time. */
export function robotsIn(rows: Map<string, RobotsRow & { ttlMs: number }>, clock: Clock = systemClock): RobotsStore {
  return {
    async get(origin) {
      const row = rows.get(origin)
      return row && { ...row, isStale: clock.now() >= row.fetchedAt + row.ttlMs }
    },
    async put(row) {
      rows.set(row.origin, { ...row, fetchedAt: clock.now(), isStale: false })
    },
  }
}

/** Small limits, so that a test of a limit takes a fraction of a second. */
export const SHORT_LIMITS: HttpLimits = {
  ...HTTP_LIMITS,
  connectMs: 400,
  headersMs: 300,
  idleMs: 300,
  wholeMs: 1_000,
  lookUpMs: 200,
}

export interface Bench extends ShopHttp {
  fetch(url: string, more?: Partial<SiteRequest>, context?: Partial<FetchContext>): Promise<FetchedPage>
  log: RequestRecord[]
  events: { name: EventName; facts: Record<string, unknown> }[]
  robotsRows: Map<string, RobotsRow & { ttlMs: number }>
}

export interface BenchOptions extends Partial<ShopHttpSettings> {
  sites?: Site[]
  origins?: Record<string, string>
  clock?: Clock
  budget?: Budget
  robotsRows?: Map<string, RobotsRow & { ttlMs: number }>
}

/** All of the crawl's HTTP, fast unless told otherwise, that may ask the given addresses only. */
export function createBench(options: BenchOptions = {}): Bench {
  const { clock = systemClock, sites = [], origins = {}, robotsRows = new Map() } = options
  const log: RequestRecord[] = []
  const events: Bench['events'] = []
  const emit: Emit = (name, facts) => events.push({ name, facts: facts as unknown as Record<string, unknown> })
  const budget = options.budget ?? createInMemoryBudget({ clock })
  const http = createShopHttp(
    {
      userAgent: 'shopcrawl/1.0 (+https://shopcrawl.test)',
      rate: 1_000,
      concurrency: 8,
      permissions: [],
      allowAddresses: [],
      ports: [80, 443],
      blockHosts: [],
      limits: HTTP_LIMITS,
      ...options,
    },
    {
      sites: createRegistry([...sites, siteNamed('web')], origins),
      openLine: (rule) => createInMemoryLine({ budget, clock, emit, ...rule }),
      clock,
      emit,
      robotsStore: robotsIn(robotsRows, clock),
      log: (record) => log.push(record),
    },
  )
  return {
    ...http,
    log,
    events,
    robotsRows,
    fetch: (url, more = {}, context = {}) =>
      http.fetchPage(
        { method: 'GET', url, kind: 'list', group: 0, list: 0, page: 1, ...more },
        { jobId: null, turn: 'minji', site: 'web', tryNumber: 1, signal: new AbortController().signal, ...context },
      ),
  }
}
