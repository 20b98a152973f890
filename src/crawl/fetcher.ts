import { Refusal } from '../errors.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import type { SiteRequest } from '../sites/site.ts'
import type { FetchContext, FetchedPage, FetchPage } from './fetch.ts'
import type { Guard } from './guard.ts'
import { MAX_REDIRECTS } from './http-limits.ts'
import { HOSTS_PER_JOB } from './limits.ts'
import { isRateLimit, type PoliteAnswer, type PoliteTransport } from './polite-transport.ts'
import { checkArrived, checkStays, type Hop, isRedirect, nextHop } from './redirects.ts'
import { headersOf } from './request-headers.ts'
import type { Robots } from './robots.ts'
import { textOf } from './transport.ts'

export interface FetcherParts {
  sites: SiteRegistry
  guard: Guard
  robots: Robots
  transport: PoliteTransport
}

/** Fetches pages as fetch.ts promises: each hop through guard, robots.txt and the host's budget. */
export function createFetcher(parts: FetcherParts): FetchPage {
  const { sites } = parts
  return async (request, context) => {
    const requested = new URL(request.url)
    const seen = new Set<string>()
    let hop: Hop = { method: request.method, url: requested, ...(request.body !== undefined && { body: request.body }) }
    let ms = 0
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      seen.add(keyOf(hop))
      const answer = await ask(parts, request, hop, context)
      ms += answer.ms
      const location = textOf(answer.headers.location)
      if (!isRedirect(answer.status, location)) {
        if (hops > 0) checkArrived(requested, hop.url, context.site, sites)
        return pageOf(hop.url, answer, ms)
      }
      hop = nextHop(hop, answer.status, location, context.site, sites)
      parts.guard.check(sites.actual(context.site, hop.url))
      checkStays(requested, hop.url, context.site, sites)
      if (context.admitsRedirect?.(hop.url) === false) throw tooManyHosts(requested, hop.url)
      if (seen.has(keyOf(hop))) break
    }
    throw new Refusal('page.redirect_loop', { url: request.url })
  }
}

const tooManyHosts = (requested: URL, target: URL): Refusal =>
  new Refusal('page.redirect_hosts', { url: requested.href, host: target.hostname, max: HOSTS_PER_JOB })

const keyOf = (hop: Hop): string => `${hop.method} ${hop.url.href}`

async function ask(parts: FetcherParts, request: SiteRequest, hop: Hop, context: FetchContext): Promise<PoliteAnswer> {
  const actual = parts.sites.actual(context.site, hop.url)
  parts.guard.checkHost(hop.url.hostname)
  parts.guard.check(actual)
  const robots = await parts.robots.check(hop.url, context.site, context)
  const headers = headersOf(request.headers, hop.body !== undefined)
  return await parts.transport.send(
    { method: hop.method, actual, url: hop.url.href, headers, ...(hop.body !== undefined && { body: hop.body }) },
    { ...context, robots: robots.verdict, delayMs: robots.delayMs },
  )
}

/** @throws Refusal for every status but good ones, and 401 and 403, whose pages tell more than their number */
function pageOf(url: URL, answer: PoliteAnswer, ms: number): FetchedPage {
  const { status, body } = answer
  const contentType = textOf(answer.headers['content-type'])
  if (isRateLimit(status)) throw new Refusal('page.rate_limited', { host: url.hostname, retryAt: answer.retryAt })
  if (status === 404 || status === 410) throw new Refusal('page.not_found', { url: url.href, status })
  const isRefused = status === 401 || status === 403
  if (!isRefused && (status < 200 || status >= 300)) throw new Refusal('page.status', { url: url.href, status })
  if (!isRefused && body.length === 0) throw new Refusal('page.not_a_page', { url: url.href, contentType })
  return { status, url: url.href, contentType, body, bytes: body.length, ms, isSuspect: answer.isSuspect }
}
