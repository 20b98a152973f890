import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Emit, EventName, Events } from './events.ts'
import { createGauges, type State } from './gauges.ts'

const PREFIX = 'shopcrawl_'
/** Seconds: from a fast page to the longest wait of a request. */
const FAST = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Seconds: from a small job to the longest that may run. */
const SLOW = [1, 5, 15, 60, 300, 900, 3_600, 7_200]
/** Different values that one label may have; what comes after them counts as "other". */
const MAX_LABEL_VALUES = 100
const MS_IN_SECOND = 1_000

/** Counts of a process for Prometheus. Labels are shops, states, codes and kinds: never people, jobs or words. */
export interface Metrics {
  /** Counts an event. Never throws. */
  observe: Emit
  /** From now on each reading also tells what `read` gives. */
  readState(read: () => Promise<State>): void
  /** The metrics in the text form that Prometheus reads. */
  text(): Promise<string>
  readonly contentType: string
}

/** What each event counts; the others are for the log alone. */
type Counting = { [E in EventName]?: (facts: Events[E]) => void }

/** Counters and histograms with a bound on the values of each label. */
function createMeter(registry: Registry) {
  const seen = new Map<string, Set<string>>()
  const bounded = <L extends string>(metric: string, labels: Record<L, string>): Record<L, string> =>
    Object.fromEntries(
      Object.entries<string>(labels).map(([label, value]) => {
        const values = seen.get(`${metric} ${label}`) ?? new Set<string>()
        seen.set(`${metric} ${label}`, values)
        if (!values.has(value) && values.size >= MAX_LABEL_VALUES) return [label, 'other']
        values.add(value)
        return [label, value]
      }),
    ) as Record<L, string>
  return {
    counter: <L extends string>(name: string, help: string, ...labelNames: L[]) => {
      const counter = new Counter({ name: PREFIX + name, help, labelNames, registers: [registry] })
      return (labels: Record<L, string>, count = 1) => counter.inc(bounded(name, labels), count)
    },
    gauge: <L extends string>(name: string, help: string, ...labelNames: L[]) => {
      const gauge = new Gauge({ name: PREFIX + name, help, labelNames, registers: [registry] })
      return (labels: Record<L, string>, value: number) => gauge.set(bounded(name, labels), value)
    },
    /** Takes milliseconds, tells seconds. */
    timer: <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]) => {
      const histogram = new Histogram({ name: PREFIX + name, help, labelNames, buckets, registers: [registry] })
      return (labels: Record<L, string>, ms: number) => histogram.observe(bounded(name, labels), ms / MS_IN_SECOND)
    },
  }
}

type Meter = ReturnType<typeof createMeter>

function countJobs({ counter, timer }: Meter): Counting {
  const submitted = counter('jobs_submitted_total', 'Jobs that people asked for.', 'site')
  const ended = counter('jobs_ended_total', 'Jobs that ended, by how.', 'site', 'state')
  const requeued = counter('jobs_requeued_total', 'Jobs sent back to the queue, by why.', 'site', 'code')
  const rescued = counter('jobs_rescued_total', 'Jobs taken from workers that were gone.')
  const lost = counter('leases_lost_total', 'Times that a worker found its job taken.')
  const waited = timer('job_wait_seconds', 'Time from due to claimed.', FAST, 'site')
  const took = timer('job_seconds', 'Time from claimed to ended.', SLOW, 'site', 'state')
  return {
    'job.submitted': ({ site }) => submitted({ site }),
    'job.claimed': ({ site, waitMs }) => waited({ site }, waitMs),
    'job.requeued': ({ site, code }) => requeued({ site, code }),
    'job.rescued': () => rescued({}),
    'job.lease_lost': () => lost({}),
    'job.ended': ({ site, state, ms }) => {
      ended({ site, state })
      took({ site, state }, ms)
    },
  }
}

function countPages({ counter, timer, gauge }: Meter): Counting {
  const fetched = counter('pages_fetched_total', 'Answers of shops, by status.', 'site', 'status')
  const received = counter('page_bytes_total', 'Bytes of pages.', 'site')
  const fetch = timer('page_fetch_seconds', 'Time of one request to a shop.', FAST, 'site')
  const parse = timer('page_parse_seconds', 'Time to read one page.', FAST, 'site')
  const store = timer('page_store_seconds', 'Time to store one page.', FAST, 'site')
  const products = counter('products_total', 'Products that were stored.', 'site')
  const failed = counter('pages_failed_total', 'Pages that failed, by why.', 'site', 'code', 'final')
  const routes = counter('pages_by_route_total', 'Pages read, by route.', 'site', 'route')
  const fallbacks = counter('route_fallbacks_total', 'Pages that a lesser route read.', 'site', 'route')
  const differing = counter('route_differs_total', 'Pages that two routes read differently.', 'site')
  const fallen = counter(
    'coverage_falls_total',
    'Jobs in which far fewer products had a field.',
    'site',
    'route',
    'field',
  )
  const shares = gauge(
    'coverage_share',
    'Share of the last job’s products that have a field.',
    'site',
    'route',
    'field',
  )
  const again = counter('page_retries_total', 'Pages that are tried once more.', 'site', 'code')
  const refused = counter('robots_refused_total', 'Requests that robots.txt forbids.', 'site')
  const slowed = counter('hosts_slowed_total', 'Times that a host was slowed down.', 'cause')
  return {
    'page.fetched': ({ site, status, bytes, ms }) => {
      fetched({ site, status: String(status) })
      received({ site }, bytes)
      fetch({ site }, ms)
    },
    'page.stored': ({ site, route, products: stored, parseMs, storeMs }) => {
      routes({ site, route })
      products({ site }, stored)
      parse({ site }, parseMs)
      store({ site }, storeMs)
    },
    'page.failed': ({ site, code, final }) => {
      failed({ site, code, final: String(final) })
      if (!final) again({ site, code })
    },
    'coverage.measured': ({ site, route, shares: all }) => {
      for (const [field, share] of Object.entries(all)) shares({ site, route, field }, share)
    },
    'route.fallback': ({ site, route }) => fallbacks({ site, route }),
    'route.differs': ({ site }) => differing({ site }),
    'coverage.fell': ({ site, route, field }) => fallen({ site, route, field }),
    'robots.refused': ({ site }) => refused({ site }),
    'host.slowed': ({ cause }) => slowed({ cause }),
  }
}

function countChat({ counter, timer }: Meter): Counting {
  const answered = counter('commands_total', 'Commands answered, by outcome.', 'command', 'outcome')
  const answer = timer('command_seconds', 'Time to answer a command.', FAST, 'command')
  const sent = counter('outbox_sent_total', 'Messages delivered.', 'kind')
  const delivery = timer('outbox_seconds', 'Time from owed to delivered.', FAST, 'kind')
  const retried = counter('outbox_retries_total', 'Deliveries put off.', 'kind')
  const dropped = counter('outbox_dropped_total', 'Messages given up.', 'kind')
  const edited = counter('chat_edits_total', 'Progress messages edited.', 'platform')
  const called = counter(
    'chat_calls_total',
    'Calls to a platform for threads, by outcome.',
    'platform',
    'call',
    'outcome',
  )
  const calling = timer('chat_call_seconds', 'Time of one call to a platform.', FAST, 'platform', 'call')
  const limited = counter('chat_limited_total', 'Times that a platform asked to wait.', 'platform')
  const failed = counter('chat_failed_total', 'Failures of a platform.', 'platform')
  return {
    'command.answered': ({ command, outcome, ms }) => {
      answered({ command, outcome })
      answer({ command }, ms)
    },
    'outbox.sent': ({ kind, ms }) => {
      sent({ kind })
      delivery({ kind }, ms)
    },
    'outbox.retry': ({ kind }) => retried({ kind }),
    'outbox.dropped': ({ kind }) => dropped({ kind }),
    'chat.edited': ({ platform }) => edited({ platform }),
    'chat.called': ({ platform, call, outcome, ms }) => {
      called({ platform, call, outcome })
      calling({ platform, call }, ms)
    },
    'chat.limited': ({ platform }) => limited({ platform }),
    'chat.failed': ({ platform }) => failed({ platform }),
  }
}

function countRest({ counter, timer }: Meter): Counting {
  const results = counter('results_written_total', 'Result files written.', 'format')
  const bytes = counter('result_bytes_total', 'Bytes of result files.', 'format')
  const writing = timer('result_seconds', 'Time to write a result file.', FAST, 'format')
  const blocked = counter('loop_blocked_total', 'Times that the main thread was blocked for over a second.')
  const busy = counter('store_retries_total', 'Times that the database was busy.')
  const faults = counter('faults_total', 'Bugs met.', 'where')
  return {
    'result.written': ({ format, bytes: size, ms }) => {
      results({ format })
      bytes({ format }, size)
      writing({ format }, ms)
    },
    'loop.blocked': () => blocked({}),
    'store.retry': () => busy({}),
    fault: ({ where }) => faults({ where }),
  }
}

/** Metrics of this process (prom-client, a registry of its own), with those of Node itself. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: PREFIX })
  const meter = createMeter(registry)
  const counting: Counting = { ...countJobs(meter), ...countPages(meter), ...countChat(meter), ...countRest(meter) }
  const gauges = createGauges(registry, PREFIX)
  return {
    observe: (name, facts) => {
      try {
        counting[name]?.(facts)
      } catch {
        // a fact that cannot be counted is no reason to stop work
      }
    },
    readState: gauges.readState,
    text: async () => {
      await gauges.refresh()
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}
