import { localCurrency } from '../extract/currency.ts'
import { draftOf, type FoundProduct, mergeFound } from '../extract/found-product.ts'
import { readJsonLd } from '../extract/json-ld.ts'
import { baseOf, followable, nextPage, productLinks } from '../extract/links.ts'
import { microdataIn } from '../extract/microdata.ts'
import { readOpenGraph } from '../extract/open-graph.ts'
import { type Outline, outlineOf, readOutline } from '../extract/outline.ts'
import { readSchema, type SchemaReading } from '../extract/schema-product.ts'
import { readStates, STATE_MARKERS, statesIn } from '../extract/state-products.ts'
import { LIMITS } from '../limits.ts'
import type { ProductDraft } from '../product.ts'
import type { Page, Reading, Site, SiteRequest } from '../site.ts'
import { normalizeUrl } from '../url.ts'

/** Steps from the start page to a page that is still read. */
const MAX_DEPTH = 10

/** What one source of a page tells of its products. */
type Found = Omit<SchemaReading, 'breadcrumb'> & { breadcrumb?: string | null }

/** What is known of the page beside that source. */
interface Surroundings {
  outline: Outline
  base: URL
  local: string | null
  /** The page's own address: canonical, else as it answered. */
  address: URL
}

const NOTHING: Reading = { products: [] }

function surroundingsOf(page: Page, outline: Outline): Surroundings {
  const base = baseOf(outline, page.url)
  const canonical = outline.canonical ?? outline.metas.get('og:url')?.[0] ?? null
  const told = canonical === null ? null : followable(canonical, base, page.url)
  return { outline, base, local: localCurrency(page.url.hostname), address: told ?? page.url }
}

/** One page read from one source, the others filling what that one lacks. */
function readFrom(page: Page, outline: Outline, find: (around: Surroundings) => Found): Reading {
  const around = surroundingsOf(page, outline)
  const told = find(around)
  const found = { ...told, products: told.products.filter((product) => product.name !== null) }
  const main = mainProduct(found, page, around)
  if (main !== null) {
    const row = draftOf(completed(main, found, page, around), around.address)
    return row === null ? NOTHING : { products: [row] }
  }
  return page.request.kind === 'detail' ? NOTHING : readList(found, page, around)
}

/** The product that the page is about; null for a list. Several products with one name are variants of one. */
function mainProduct(found: Found, page: Page, around: Surroundings): FoundProduct | null {
  const isDetail = page.request.kind === 'detail'
  const own = found.products.filter((product) => isAt(product, page, around))
  if (own.length > 0 && (isDetail || own.length < found.products.length || isOne(own))) return asOne(own)
  if (!isDetail && found.listed.length + found.links.length > 0) return null
  if (found.products.length > 0 && (isDetail || isOne(found.products))) return asOne(found.products)
  return isDetail ? (found.listed.find((product) => isAt(product, page, around)) ?? null) : null
}

const isOne = (products: FoundProduct[]): boolean => products.every((it) => it.name === products[0]!.name)

function asOne(products: FoundProduct[]): FoundProduct {
  const first = products[0]!
  return mergeFound(first, ...products.filter((product) => product.name === first.name))
}

function isAt(product: FoundProduct, page: Page, around: Surroundings): boolean {
  if (product.url === null) return false
  const url = normalizeUrl(product.url)
  return url === normalizeUrl(around.address.href) || url === normalizeUrl(page.url.href)
}

/** Fills what the source lacks from the page's microdata, OpenGraph tags and breadcrumb. */
function completed(main: FoundProduct, found: Found, page: Page, around: Surroundings): FoundProduct {
  const graph = readOpenGraph(around.outline, around.base, around.local)
  const marked = page.has('itemprop') ? readSchema(microdataIn(page.dom()), around.base, around.local) : null
  const alike = marked?.products.length === 1 ? marked.products : []
  const filled = mergeFound(main, ...alike, ...(graph.isProduct ? [graph.product] : []))
  filled.imageUrl ??= graph.product.imageUrl
  filled.category ??= categoryOf(found.breadcrumb ?? marked?.breadcrumb ?? null, filled.name)
  return filled
}

/** A breadcrumb usually ends with the product itself. */
function categoryOf(breadcrumb: string | null, name: string | null): string | null {
  const crumbs = breadcrumb?.split(' > ') ?? []
  const path = crumbs.at(-1) === name ? crumbs.slice(0, -1) : crumbs
  return path.join(' > ') || null
}

/** A list: products with a price are rows, the others and mere addresses are details to fetch. */
function readList(found: Found, page: Page, around: Surroundings): Reading {
  const products: ProductDraft[] = []
  const details = new Set<string>()
  for (const product of [...found.products, ...found.listed]) {
    const link = product.url === null ? null : followable(product.url, around.base, page.url)
    const row = product.price === null && link !== null ? null : draftOf(product, null)
    if (row) products.push(row)
    else if (link !== null) details.add(link.href)
  }
  for (const link of found.links) {
    const url = followable(link, around.base, page.url)
    if (url !== null && normalizeUrl(page.url.href) !== url.href) details.add(url.href)
  }
  return listReading(page, around, products, [...details])
}

function listReading(page: Page, around: Surroundings, products: ProductDraft[], details: string[]): Reading {
  if (products.length === 0 && details.length === 0) return NOTHING
  const requests = details.slice(0, LIMITS.links).map((url, index) => detailRequest(page.request, url, index))
  const following = nextPage(around.outline, page.url)
  const next = following === null ? [] : [{ ...page.request, url: following, page: page.request.page + 1 }]
  return {
    products,
    ids: [...products.map((product) => product.id), ...details],
    next: [...requests, ...next].filter((request) => (request.depth ?? 0) <= MAX_DEPTH),
  }
}

/** Every detail is a list of its own: two broken ones in a row would else end the list that named them. */
function detailRequest(from: SiteRequest, url: string, index: number): SiteRequest {
  const list = from.list + 1 + (from.page - 1) * LIMITS.links + index
  return { method: 'GET', url, kind: 'detail', group: from.group, list, page: from.page, depth: (from.depth ?? 0) + 1 }
}

const outlines = new WeakMap<Page, Outline>()

/** Each route of a page asks for it: made once. */
function outlineFor(page: Page): Outline {
  const known = outlines.get(page)
  if (known) return known
  const outline = readOutline(page.text)
  outlines.set(page, outline)
  return outline
}

const bySchema = (values: unknown[]) => (around: Surroundings) => readSchema(values, around.base, around.local)

function slowJsonLd(page: Page): unknown[] {
  const $ = page.dom()
  const scripts = [...$('script[type*="ld+json" i]')]
  return scripts.map((script) => readJsonLd($(script).text())).filter((value) => value !== undefined)
}

function byStates(states: unknown[]): (around: Surroundings) => Found {
  return (around) => {
    const { listed, single } = readStates(states, around.base, around.local)
    return { products: single ? [single] : [], listed: single ? [] : listed, links: [] }
  }
}

function byOpenGraph(around: Surroundings): Found {
  const { product, isProduct } = readOpenGraph(around.outline, around.base, around.local)
  const isTold = isProduct && product.name !== null && product.price !== null
  return { products: isTold ? [product] : [], listed: [], links: [] }
}

/** A page without any product data: its links to products; on the start page, when it has none, the sitemaps. */
function readLinks(page: Page, outline: Outline): Reading {
  const details = productLinks(outline, page.url)
  if (details.length > 0) return listReading(page, surroundingsOf(page, outline), [], details)
  const isStart = (page.request.depth ?? 0) === 0 && page.request.page === 1
  return isStart ? { products: [], next: sitemapRequests(page) } : NOTHING
}

/** robots.txt names the sitemaps; `/sitemap.xml` is the usual place. Both are read by crawl/sitemap.ts. */
function sitemapRequests(page: Page): SiteRequest[] {
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

const isSitemap = (url: string): boolean => /\/[^/?]*sitemap[^/?]*\.(?:xml|txt)(?:\.gz)?$/i.test(new URL(url).pathname)

/** Any shop by address: schema.org data first, then what else pages carry for machines. */
export default {
  name: 'web',
  label: { ko: '주소로 수집', en: 'Any address' },
  aliases: ['url', '주소'],
  example: 'https://shop.example.com/products',
  origin: 'https://example.com',
  hosts: [],
  search: 'filter',
  start: ({ url }) =>
    url === null
      ? []
      : [{ method: 'GET', url, kind: isSitemap(url) ? 'sitemap' : 'list', group: 0, list: 0, page: 1, depth: 0 }],
  routes: [
    {
      name: 'json-ld',
      fits: (page) => page.has('ld+json'),
      read: (page) => readFrom(page, outlineFor(page), bySchema(page.jsonLd())),
      readSlow: (page) => readFrom(page, outlineOf(page.dom()), bySchema(slowJsonLd(page))),
    },
    {
      name: 'microdata',
      fits: (page) => page.has('itemtype'),
      read: (page) => readFrom(page, outlineFor(page), bySchema(microdataIn(page.dom()))),
      readSlow: (page) => readFrom(page, outlineOf(page.dom()), bySchema(microdataIn(page.dom()))),
    },
    {
      name: 'embedded state',
      fits: (page) => STATE_MARKERS.some((marker) => page.has(marker)),
      read: (page) => readFrom(page, outlineFor(page), byStates(statesIn(page.text))),
    },
    {
      name: 'open graph',
      fits: (page) => page.has('product:price') || page.has('og:price') || page.has('product:sale_price'),
      read: (page) => readFrom(page, outlineFor(page), byOpenGraph),
      readSlow: (page) => readFrom(page, outlineOf(page.dom()), byOpenGraph),
    },
    {
      name: 'links',
      fits: (page) => page.request.kind === 'list' && page.has('<a'),
      read: (page) => readLinks(page, outlineFor(page)),
      readSlow: (page) => readLinks(page, outlineOf(page.dom())),
    },
  ],
  empty: [],
  blocked: [],
} satisfies Site
