import type { Config } from '../config.ts'
import { crawl } from '../crawl/engine.ts'
import { portOf } from '../crawl/guard.ts'
import type { ShopHttpSettings } from '../crawl/http.ts'
import { createParser } from '../crawl/parser.ts'
import { reviewCoverage } from '../crawl/review.ts'
import type { JobId } from '../ids.ts'
import { createRunner, type Runner } from '../jobs/runner.ts'
import { faultId } from '../telemetry/fault-id.ts'
import { about } from '../version.ts'
import type { BuildOptions, Ground } from './ground.ts'

/** The honest name sent with every request. */
function userAgentOf(config: Config): string {
  const { version, homepage } = about()
  const contact = config.publicUrl ?? homepage
  return config.userAgent ?? `shopcrawl/${version}${contact ? ` (+${contact})` : ''}`
}

/** How shops are asked. */
export const httpSettings = (config: Config, options: BuildOptions): ShopHttpSettings => ({
  userAgent: userAgentOf(config),
  rate: config.crawlRate,
  concurrency: config.crawlConcurrency,
  permissions: config.robotsPermission,
  allowAddresses: config.allowAddresses,
  ports: config.crawlPorts,
  blockHosts: config.blockHosts,
  isBehindProxy: Boolean(process.env.HTTPS_PROXY ?? process.env.https_proxy),
  ...options.http,
})

/** What the kept robots.txt says of a shop's own lists: allowed, forbidden, or not known yet. */
export async function isListAllowed({ sites, http, today }: Ground, name: string): Promise<boolean | undefined> {
  const site = sites.get(name)
  const start = site?.start({ words: '', url: null, limit: 1, today: today() })[0]
  if (!start) return undefined
  return http.robots.known(new URL(start.url), name).then(
    (answer) => (answer ? true : undefined),
    () => false,
  )
}

/** Runs jobs: all that are due, or one alone. */
export function openRunner(ground: Ground, only: JobId | undefined): Runner {
  const { config, options, clock, sites, store, pool, queue, http, holder, changed, today } = ground
  const { emit } = options.telemetry
  const { frontier, evidence, coverage } = store
  const crawling = {
    ...{
      frontier,
      evidence,
      coverage,
      sites,
      clock,
      emit,
      changed,
      fetchPage: http.fetchPage,
      parsePage: createParser({ pool, worker: options.parseWorker }),
    },
    complain: (url: string, site: string, cause: string) => {
      const actual = sites.actual(site, new URL(url))
      http.politeness.complain(`${actual.hostname}:${portOf(actual)}`, cause)
    },
    pagesPerJob: config.pagesPerJob,
  }
  return createRunner({
    ...{ store: store.workerJobs, queue, clock, emit, holder, today, faultId, changed },
    crawl: (task) => crawl(crawling, task),
    review: async ({ request: { site, url } }, lease) => {
      const known = sites.get(site)
      if (known) await reviewCoverage(crawling, lease, known, url)
    },
    concurrency: config.crawlJobs,
    ...(only && { only }),
  })
}
