import type { ParsedPage, ParseInput } from '../../src/crawl/parse.ts'
import { parsePage } from '../../src/crawl/parse-page.ts'
import type { Ask, Site, SiteRequest } from '../../src/sites/site.ts'

/** An ask without words, unless the test says more. */
export const askFor = (more: Partial<Ask> = {}): Ask => ({
  words: '',
  url: null,
  limit: 100,
  today: '2026-11-24',
  ...more,
})

/** A GET of a list's first page, unless the test says more. */
export const requestFor = (url: string, more: Partial<SiteRequest> = {}): SiteRequest => ({
  method: 'GET',
  url,
  kind: 'list',
  group: 0,
  list: 0,
  page: 1,
  ...more,
})

/** Parses a page as the pool would, the fast route compared with the slow one. */
export function parse(site: Site, body: string | Uint8Array, more: Partial<ParseInput> = {}): ParsedPage {
  const url = more.url ?? more.request?.url ?? site.origin
  return parsePage(site, {
    site: site.name,
    request: requestFor(url),
    url,
    status: 200,
    contentType: 'text/html; charset=utf-8',
    body: new Uint8Array(typeof body === 'string' ? Buffer.from(body) : body),
    ask: askFor(),
    distrusted: [],
    compare: true,
    isSuspect: false,
    floors: {},
    ...more,
  })
}
