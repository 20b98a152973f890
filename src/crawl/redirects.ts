import { getDomain } from 'tldts'
import { Refusal } from '../errors.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import { parseLocation } from './raw-address.ts'

/** One step of a fetch: the request as it is, or as redirects have made it. */
export interface Hop {
  method: 'GET' | 'POST'
  /** The public address. */
  url: URL
  body?: string
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Whether an answer sends the reader elsewhere. */
export const isRedirect = (status: number, location: string): boolean => REDIRECTS.has(status) && location !== ''

/**
 * Where a redirect leads. A POST becomes a GET but for 307 and 308 (RFC 9110 §15.4; what browsers do at 301 and 302).
 * @throws Refusal of a `url.…` code for a target that cannot be
 */
export function nextHop(hop: Hop, status: number, location: string, site: string, sites: SiteRegistry): Hop {
  const target = parseLocation(location, sites.actual(site, hop.url))
  const url = sites.published(site, target, hop.url)
  url.hash = ''
  const isKept = hop.method === 'GET' || status === 307 || status === 308
  return isKept ? { ...hop, url } : { method: 'GET', url }
}

/**
 * A redirect may move within the shop: to another of its own hosts, or within the registrable domain of the address
 * asked for (by the public suffix list, so neighbours under co.kr or github.io are strangers).
 * @throws Refusal `page.redirect_left` naming the target
 */
export function checkStays(requested: URL, target: URL, siteName: string, sites: SiteRegistry): void {
  const isOwnHost = (sites.get(siteName)?.hosts.length ?? 0) > 0 && sites.siteOf(target).name === siteName
  if (isOwnHost || domainOf(target) === domainOf(requested)) return
  throw leftTo(requested, target)
}

/** @throws Refusal `page.redirect_left` when the address that answered is no page of the shop any more */
export function checkArrived(requested: URL, arrived: URL, siteName: string, sites: SiteRegistry): void {
  if (sites.get(siteName)?.stays?.(arrived) === false) throw leftTo(requested, arrived)
}

const leftTo = (requested: URL, target: URL): Refusal =>
  new Refusal('page.redirect_left', { url: requested.href, target: target.href })

const domainOf = ({ hostname }: URL): string => getDomain(hostname, { allowPrivateDomains: true }) ?? hostname
