import { nextPage, productLinks } from '../../extract/links.ts'
import type { Outline } from '../../extract/outline.ts'
import { readSitemap, sitemapRequests } from '../../extract/sitemap.ts'
import { LIMITS } from '../../limits.ts'
import type { ProductDraft } from '../../product.ts'
import type { Ask, Page, Reading, SiteRequest } from '../../site.ts'

/** Steps from the start page to a page that is still read. */
const MAX_DEPTH = 10

/** Nothing was read: the next route has its turn. */
export const NOTHING: Reading = { products: [] }

/** What a list gives: its rows, the details to fetch, and the list's next page. */
export function listReading(page: Page, outline: Outline, products: ProductDraft[], details: string[]): Reading {
  if (products.length === 0 && details.length === 0) return NOTHING
  const requests = details.slice(0, LIMITS.links).map((url, index) => detailRequest(page.request, url, index))
  const following = nextPage(outline, page.url)
  const next: SiteRequest[] =
    following === null ? [] : [{ ...page.request, url: following, page: page.request.page + 1 }]
  return {
    products,
    ids: [...products.map((product) => product.id), ...details],
    next: [...next, ...requests].filter((request) => (request.depth ?? 0) <= MAX_DEPTH),
  }
}

/** Every detail is a list of its own: two broken ones in a row would else end the list that named them. */
function detailRequest(from: SiteRequest, url: string, index: number): SiteRequest {
  const list = from.list + 1 + (from.page - 1) * LIMITS.links + index
  return { method: 'GET', url, kind: 'detail', group: from.group, list, page: from.page, depth: (from.depth ?? 0) + 1 }
}

/** A page without any product data: its links to products; where the shop's front page has none, the sitemaps. */
export function readLinks(page: Page, outline: Outline): Reading {
  const details = productLinks(outline, page.url)
  if (details.length > 0) return listReading(page, outline, [], details)
  return isFrontPage(page) ? { products: [], next: sitemapsOf(page) } : NOTHING
}

/** A search or a category that shows nothing must not become the whole shop. */
function isFrontPage({ url, request }: Page): boolean {
  const isStart = (request.depth ?? 0) === 0 && request.page === 1
  return isStart && url.search === '' && url.pathname.split('/').filter(Boolean).length <= 1
}

/** robots.txt names the sitemaps; `/sitemap.xml` is the usual place. */
function sitemapsOf(page: Page): SiteRequest[] {
  return ['/robots.txt', '/sitemap.xml'].map((path) => ({
    method: 'GET',
    url: new URL(path, page.url).href,
    kind: 'sitemap',
    group: page.request.group + 1,
    list: page.request.list,
    page: 1,
    depth: 1,
  }))
}

/** Sitemaps name pages and further sitemaps; without words not more than the limit needs. */
export function readSitemapPage(page: Page, ask: Ask): Reading {
  const reading = readSitemap(page.text, page.url)
  if (reading === null) return NOTHING
  const limit = ask.words === '' ? ask.limit : null
  const next = sitemapRequests(reading, page.url, page.request, limit)
  return { products: [], ids: [page.url.href], next } // with ids: one that names nothing was understood too
}
