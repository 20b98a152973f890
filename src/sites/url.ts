import { createHash } from 'node:crypto'
import normalize from 'normalize-url'
import { LIMITS } from './limits.ts'
import type { SiteRequest } from './site.ts'

/** Parameters that tell where a visitor came from, or who they are, and change nothing on the page. */
const TRACKING = [
  /^utm_/i,
  /^(?:fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|igshid|mc_cid|mc_eid|_ga|_gl|n_media|n_query|n_rank)$/i,
  /^(?:n_ad_group|n_ad|n_keyword_id|n_keyword|n_campaign_type|NaPm|ckwhere|tracking_id|trackingcode)$/i,
  /^(?:phpsessid|jsessionid|aspsessionid\w*|sessionid|session_id)$/i,
]

/**
 * An address in the one form that its like share: no fragment, no tracking or session parameters, parameters sorted,
 * default port dropped. Path, scheme and host stay as they are. An address that cannot be normalised stays as it is.
 */
export function normalizeUrl(url: string): string {
  try {
    return normalize(url.replace(/;jsessionid=[^?#/]*/i, ''), {
      stripHash: true,
      stripWWW: false,
      stripAuthentication: false,
      stripTextFragment: true,
      removeQueryParameters: TRACKING,
      removeTrailingSlash: false,
      removeSingleSlash: false,
      removeDirectoryIndex: false,
      sortQueryParameters: true,
    })
  } catch {
    return url
  }
}

/**
 * The key under which a request stands in a job's frontier: the same page asked twice has one key.
 * @returns 128 bits of SHA-256 over method, normalised public address and body, as base64url (22 characters)
 */
export function urlKey(request: Pick<SiteRequest, 'method' | 'url' | 'body'>): string {
  const parts = [request.method, normalizeUrl(request.url), request.body ?? '']
  return createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16).toString('base64url')
}

/**
 * `shop.com.` names the same host as `shop.com`: with its dot it would have a budget, a quota and a robots.txt of its
 * own. Addresses from outside lose it where they are read.
 */
export function withoutRootDot(url: URL): URL {
  const bare = new URL(url)
  if (bare.hostname.length > 1) bare.hostname = bare.hostname.replace(/\.$/, '')
  return bare
}

/** Whether an address found on a page may be followed at all: http or https, no user name, within the limits. */
export function isFollowable(url: string): boolean {
  if (url.length > LIMITS.urlLength || !URL.canParse(url)) return false
  const parsed = new URL(url)
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return false
  return parsed.username === '' && parsed.password === '' && !isTrap(parsed)
}

/** A path that is too deep or repeats a segment: pages that link to themselves a level deeper for ever. */
function isTrap(url: URL): boolean {
  const segments = url.pathname.split('/').filter((segment) => segment !== '')
  if (segments.length > LIMITS.pathDepth) return true
  const counts = new Map<string, number>()
  for (const segment of segments) {
    const count = (counts.get(segment) ?? 0) + 1
    if (count > LIMITS.segmentRepeats) return true
    counts.set(segment, count)
  }
  return false
}

/**
 * An address as a page writes it (relative, `//host`, with entities already decoded) made absolute.
 * @returns null when it is none, or neither http nor https
 */
export function absoluteUrl(written: string | null | undefined, base: URL): string | null {
  const trimmed = written?.trim()
  if (!trimmed || trimmed.length > LIMITS.urlLength || !URL.canParse(trimmed, base.href)) return null
  const url = withoutRootDot(new URL(trimmed, base))
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null
}
