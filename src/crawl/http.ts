import type { HostLine, HostRule } from '../budget/host-line.ts'
import type { Clock } from '../clock.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import type { Emit } from '../telemetry/events.ts'
import type { FetchPage } from './fetch.ts'
import { createFetcher } from './fetcher.ts'
import { createGuard, type Guard, type GuardOptions } from './guard.ts'
import { HTTP_LIMITS, type HttpLimits } from './http-limits.ts'
import { createPoliteTransport } from './polite-transport.ts'
import { createPoliteness, type Politeness } from './politeness.ts'
import { createRobots, type Robots } from './robots.ts'
import type { RequestRecord, RobotsStore } from './store.ts'
import { type Answer, createTransport, type Transport } from './transport.ts'

/** What an operator may set. */
export interface ShopHttpSettings extends Omit<GuardOptions, 'limits'> {
  /** Sent with every request; the part before the slash is what robots.txt groups are chosen by. */
  userAgent: string
  /** Requests a second for one host. */
  rate: number
  /** Requests at once for one host. */
  concurrency: number
  /** Sites or hosts whose owners have permitted this crawler. */
  permissions: readonly string[]
  /** HTTPS_PROXY is set: crawls go direct all the same, and a failed connection says so. */
  isBehindProxy?: boolean
  /** Smaller ones for tests. */
  limits?: HttpLimits
}

export interface ShopHttpParts {
  sites: SiteRegistry
  /** Opens the line at every host: this process's own, or the one of all processes. */
  openLine: (rule: HostRule) => HostLine
  clock: Clock
  emit: Emit
  robotsStore: RobotsStore
  log: (record: RequestRecord) => void
  /** Sees the head of every answer, for those who look at more than the body. */
  onAnswer?: (actual: URL, answer: Answer) => void
}

/** Everything that speaks HTTP to shops, put together. */
export interface ShopHttp {
  fetchPage: FetchPage
  guard: Guard
  robots: Robots
  politeness: Politeness
  /** Ends what is underway and closes all connections. */
  close(): Promise<void>
}

/** @throws RangeError for a malformed `address:port` pair */
export function createShopHttp(settings: ShopHttpSettings, parts: ShopHttpParts): ShopHttp {
  const limits = settings.limits ?? HTTP_LIMITS
  const guard = createGuard({ ...settings, limits })
  const { rate, concurrency } = settings
  const politeness = createPoliteness({ line: parts.openLine({ rate, concurrency }), clock: parts.clock })
  const plain = createTransport({ ...settings, guard, limits, connections: settings.concurrency + 1 })
  const transport = createPoliteTransport({ ...parts, guard, politeness, transport: watched(plain, parts.onAnswer) })
  const robots = createRobots({ ...settings, ...parts, store: parts.robotsStore, transport })
  return {
    guard,
    robots,
    politeness,
    fetchPage: createFetcher({ ...parts, guard, robots, transport }),
    async close() {
      robots.close()
      await plain.close()
    },
  }
}

function watched(transport: Transport, onAnswer: ShopHttpParts['onAnswer']): Transport {
  if (!onAnswer) return transport
  return {
    ...transport,
    async send(outgoing, signal) {
      const answer = await transport.send(outgoing, signal)
      onAnswer(outgoing.actual, answer)
      return answer
    },
  }
}
