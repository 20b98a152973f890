import type { SiteRequest } from '../sites/site.ts'

/** What a site may set; everything else is ours. */
const ALLOWED = ['accept', 'content-type', 'referer', 'origin', 'x-requested-with']
/** Field values of RFC 9110 §5.5 without its obsolete bytes. */
const PLAIN = /^[\t\x20-\x7e]*$/

const DEFAULTS = {
  accept: 'text/html, application/xhtml+xml, application/json;q=0.9, */*;q=0.8',
  'accept-language': 'ko',
}

/**
 * The headers of a page's request: the site's own where they are allowed and plain text, with our defaults.
 * @param hasBody without one (a POST that a redirect made a GET) there is no content type to tell
 */
export function headersOf(headers: SiteRequest['headers'], hasBody: boolean): Record<string, string> {
  const own = Object.entries(headers ?? {})
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name, value]) => ALLOWED.includes(name) && PLAIN.test(value) && (hasBody || name !== 'content-type'))
  return { ...DEFAULTS, ...Object.fromEntries(own) }
}
