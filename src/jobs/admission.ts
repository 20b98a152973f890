import type { Guard } from '../crawl/guard.ts'
import type { Robots } from '../crawl/robots.ts'
import { isPassing, Refusal } from '../errors.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import { checkDisk } from './disk.ts'
import type { JobRequest } from './job.ts'
import type { OverrideJobs } from './store.ts'

/** What is asked before a job is stored. No shop is asked anything: only what is known already can refuse. */
export interface AdmissionParts {
  sites: SiteRegistry
  guard: Guard
  robots: Robots
  /** Tells the shops that an administrator has paused. */
  store: Pick<OverrideJobs, 'pausedSites'>
  /** DATA_DIR. */
  folder: string
  /** Today in TIME_ZONE, yyyy-mm-dd. */
  today(): string
}

/**
 * Makes the check of a request before it becomes a job.
 * @throws Refusal (the returned function) of the guard's codes, `site.absent`, `site.paused`, `robots.forbidden`, `store.disk_full`
 */
export function createAdmission(parts: AdmissionParts): (request: JobRequest) => Promise<void> {
  return async (request) => {
    await checkDisk(parts.folder)
    const site = parts.sites.get(request.site)
    if (!site) throw new Refusal('site.absent', { site: request.site })
    const paused = await parts.store.pausedSites()
    if (paused.some((it) => it.site === site.name)) throw new Refusal('site.paused', { site: site.name })
    if (request.url !== null) await checkAddress(parts, site.name, request.url)
    const ask = { words: request.words, url: request.url, limit: request.limit, today: parts.today() }
    await checkRobots(
      parts,
      request.site,
      site.start(ask).map(({ url }) => new URL(url)),
    )
  }
}

/** A name that cannot be looked up right now is left to the crawl, which tries again. */
async function checkAddress({ guard, sites }: AdmissionParts, site: string, text: string): Promise<void> {
  const actual = sites.actual(site, guard.checkRaw(text))
  await guard.checkNames(actual).catch((error: unknown) => {
    if (!isPassing(error)) throw error
  })
}

/** Refuses only when every start page is forbidden: the lists that are allowed are a result. */
async function checkRobots({ robots }: AdmissionParts, site: string, starts: URL[]): Promise<void> {
  let forbidden: unknown
  for (const url of starts) {
    try {
      await robots.known(url, site)
      return
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      forbidden ??= error
    }
  }
  if (forbidden) throw forbidden
}
