import { crawl } from '../crawl/engine.ts'
import { createFirstPageSampler } from '../crawl/first-pages.ts'
import { portOf } from '../crawl/guard.ts'
import { createParser } from '../crawl/parser.ts'
import { reviewCoverage } from '../crawl/review.ts'
import type { Crew } from '../crew.ts'
import type { JobId } from '../ids.ts'
import { keepRescuing } from '../jobs/rescue.ts'
import { createRunner, type Runner } from '../jobs/runner.ts'
import { removeResultFiles } from '../results/folder.ts'
import { faultId } from '../telemetry/fault-id.ts'
import { createRetention, type Retention } from '../upkeep/retention.ts'
import type { Ground } from './ground.ts'

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
    comparesFirst: createFirstPageSampler(),
    pagesPerJob: config.pagesPerJob,
  }
  const runner = createRunner({
    ...{ store: store.workerJobs, queue, clock, emit, holder, today, faultId, changed },
    crawl: (task) => crawl(crawling, task),
    review: async ({ request: { site, url } }, lease) => {
      const known = sites.get(site)
      if (known) await reviewCoverage(crawling, lease, known, url)
    },
    concurrency: config.crawlJobs,
    ...(only && { only }),
  })
  return ground.crews && !only ? counted(runner, ground.crews.workers) : runner
}

/** Is one of the workers for as long as it takes jobs. */
function counted(runner: Runner, workers: Crew): Runner {
  const leaving = new AbortController()
  let being: Promise<void> = Promise.resolve()
  return {
    async start(options) {
      await runner.start(options)
      being = workers.join(leaving.signal)
    },
    async stop() {
      leaving.abort()
      await Promise.all([runner.stop(), being])
    },
  }
}

/** Takes jobs back from workers that are gone, where this process runs none itself. @returns what ends it */
export function openRescue({ options, clock, store, changed }: Ground): () => Promise<void> {
  const closing = new AbortController()
  const parts = { store: store.workerJobs, clock, emit: options.telemetry.emit, faultId, changed }
  const rescuing = keepRescuing(parts, closing.signal)
  return () => {
    closing.abort()
    return rescuing
  }
}

/** Removes results, log rows and kept pages whose time is over, and what is left of people who were forgotten. */
export const openRetention = (ground: Ground): Retention => {
  const { config, options, clock, store, duties, results, forgetting } = ground
  return createRetention({
    ...{ store: store.upkeep, clock, duties, emit: options.telemetry.emit, days: config.retentionDays, faultId },
    forgetting,
    removeFiles: (files) => removeResultFiles(config.dataDir, files),
    sweepFiles: (signal) => results.sweep({ isShared: ground.shared !== undefined, signal }),
  })
}
