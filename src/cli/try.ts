import { addressIn, explainPage } from '../crawl/explain.ts'
import type { FetchedPage } from '../crawl/fetch.ts'
import { Refusal } from '../errors.ts'
import { build } from '../main.ts'
import { isoDay } from '../messages/format.ts'
import { sayRefusal } from '../messages/say.ts'
import { loadSites, type SiteRegistry } from '../sites/registry.ts'
import type { Ask, Site, SiteRequest } from '../sites/site.ts'
import { normalizeUrl } from '../sites/url.ts'
import { exitCodeOf, exitCodeOfJob } from './exit-codes.ts'
import type { Program } from './program.ts'
import { listenForEnd } from './signals.ts'
import { readAddressOf, readSavedPage } from './try-target.ts'
import { exitCodeFor, tellExplanation } from './try-words.ts'

/** The options of `shopcrawl try`, as typed. */
export interface TryFlags {
  site?: string
  url?: string
}

/** A page to explain, and where it came from. */
interface Candidate {
  site: Site
  ask: Ask
  request: SiteRequest
  fetched: Pick<FetchedPage, 'status' | 'url' | 'contentType' | 'body' | 'isSuspect'>
  isFile: boolean
  /** Nobody told the address of a file. */
  isAssumed: boolean
}

/** Stands for an address that a file does not tell. */
const NO_ADDRESS = 'https://example.com/'

/**
 * `shopcrawl try URL|FILE`: fetches one page with all that a crawl asks for, or reads a saved one, and says on standard
 * output what each route of its shop makes of it.
 * @returns 0 when a route read it or the shop says that it has nothing, 1 when none did, 2 for wrong use
 * @throws Refusal `site.unknown`, `file.unreadable`, `url.…`, `page.too_large`, `page.bomb`
 */
export async function tryPage(program: Program, target: string, flags: TryFlags): Promise<number> {
  const address = await readAddressOf(target)
  if (address !== null && flags.url !== undefined)
    throw new Refusal('args.unexpected', { word: '--url', command: 'try' })
  const candidate =
    address === null ? await savedPage(program, target, flags) : await fetchedPage(program, address, flags)
  if (typeof candidate === 'number') return candidate
  const { site, ask, request, fetched, isFile, isAssumed } = candidate
  const explanation = explainPage(site, { site: site.name, request, ask, ...fetched })
  const { url, contentType, status, body } = fetched
  const head = { url, isAssumed, contentType, status: isFile ? null : status, size: body.length }
  const instead = address !== null && normalizeUrl(request.url) !== normalizeUrl(address) ? request : null
  tellExplanation(program, site, { ...head, given: address ?? url, instead, kind: request.kind }, explanation)
  return exitCodeFor(explanation)
}

const askFor = ({ config }: Program, url: string, limit = 100): Ask => ({
  words: '',
  url,
  limit,
  today: isoDay(Date.now(), config.timeZone),
})

/** @throws Refusal `site.unknown` */
function namedSite(sites: SiteRegistry, name: string): Site {
  const found = sites.resolve(name)?.site
  if (!found) throw new Refusal('site.unknown', { word: name, suggestion: sites.nearest(name) })
  return found
}

const plainRequest = (url: string): SiteRequest => ({
  ...{ method: 'GET', url, kind: 'list', group: 0, list: 0, page: 1 },
})

/** What a crawl of this address asks for first. */
const firstRequest = (site: Site, ask: Ask, url: string): SiteRequest => site.start(ask)[0] ?? plainRequest(url)

async function savedPage(program: Program, path: string, flags: TryFlags): Promise<Candidate> {
  const sites = await loadSites({ origins: program.config.siteOrigins })
  const named = flags.site === undefined ? undefined : namedSite(sites, flags.site)
  const told = flags.url === undefined ? null : await readAddressOf(flags.url)
  if (flags.url !== undefined && told === null) throw new Refusal('url.invalid', { url: flags.url })
  const { body, contentType } = await readSavedPage(path)
  const own = told ?? addressIn(body, contentType)
  const url = own ?? named?.origin ?? NO_ADDRESS
  const site = named ?? sites.siteOf(new URL(url))
  const ask = askFor(program, url)
  const first = firstRequest(site, ask, url)
  // The page in the file is the address's own, whatever a crawl asks for in its place.
  const request = normalizeUrl(first.url) === normalizeUrl(url) ? first : { ...plainRequest(url), kind: first.kind }
  const fetched = { status: 200, url, contentType, body, isSuspect: false }
  return { site, ask, request, fetched, isFile: true, isAssumed: own === null }
}

/** @returns the exit code where the page could not be fetched */
async function fetchedPage(program: Program, address: string, flags: TryFlags): Promise<Candidate | number> {
  const { config, telemetry, locale, say, tell } = program
  const house = await build(config, { telemetry, platforms: [] })
  const end = listenForEnd()
  try {
    const { sites } = house
    const site = flags.site === undefined ? sites.siteOf(new URL(address)) : namedSite(sites, flags.site)
    const ask = askFor(program, address)
    const request = firstRequest(site, ask, address)
    const fetched = await house.http.fetchPage(request, {
      jobId: null,
      turn: 'try',
      site: sites.siteOf(new URL(request.url)).name, // manners are the host's, whoever reads the page
      tryNumber: 1,
      signal: end.signal,
      onWaiting: (waiting) => waiting && tell(say(locale, `waiting.${waiting.for}`, waiting)),
    })
    return { site, ask, request, fetched, isFile: false, isAssumed: false }
  } catch (error) {
    if (end.signal.aborted) return end.exitCode()
    if (!(error instanceof Refusal)) throw error
    tell(sayRefusal(say, locale, error))
    return error.code === 'address.forbidden' ? exitCodeOfJob(error.code, error.facts, address) : exitCodeOf(error)
  } finally {
    await house.stop()
    end.release()
  }
}
