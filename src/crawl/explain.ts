import { charsetOf, decodeText } from '../sites/charset.ts'
import { addCoverage } from '../sites/coverage.ts'
import { readOutline } from '../sites/extract/outline.ts'
import { TooComplex } from '../sites/markup.ts'
import { createPage } from '../sites/page.ts'
import type { Coverage, ProductDraft } from '../sites/product.ts'
import type { Ask, Page, Reading, Route, Site } from '../sites/site.ts'
import { absoluteUrl } from '../sites/url.ts'
import { createWatchedPage, type Unfit } from './explain-fit.ts'
import { isNoPage } from './magic-bytes.ts'
import type { ParsedPage, ParseInput } from './parse.ts'
import { parsePage, unpacked } from './parse-page.ts'

/** A fetched or saved page; what a job remembers of others has no part in it. */
export type PageToExplain = Omit<ParseInput, 'distrusted' | 'compare' | 'floors'>

/** Everything that `shopcrawl try` tells of a page beside its answer's head. */
export interface Explanation {
  /** WHATWG's name, lower case. */
  charset: string
  /** Each route of the site in order; none for a body that is no page. */
  routes: RouteReport[]
  /** What a crawl makes of the page, the fast road compared with the slow one. */
  page: ParsedPage
}

/** What one route makes of a page. */
export type RouteReport = { name: string } & (
  | { kind: 'unfit'; why: Unfit }
  | { kind: 'too_complex'; what: TooComplex['what'] }
  /** It threw something that it should not have: a bug of the route. */
  | { kind: 'failed'; cause: string }
  | ({ kind: 'read'; slow: Comparison } & Read)
)

/** What a route read, in numbers. */
interface Read {
  products: number
  next: number
  total: number | null
  coverage: Coverage
  first: ProductDraft | null
  warnings: Record<string, number>
}

/** The fast road against the slow one: `absent` where a route has only one, `beyond` where a DOM would be too complex. */
export type Comparison = { kind: 'same' | 'absent' | 'beyond' } | ({ kind: 'differs' } & Difference)

/** How many products each road read, and the first place where they differ (null: their number alone). */
interface Difference {
  fast: number
  slow: number
  at: { id: string; field: string; byFast: string; bySlow: string } | null
}

/**
 * Says what each route of a site makes of a page, and what a crawl would. Every route is tried, also after one that
 * read products. Throws for no page, whatever it holds.
 */
export function explainPage(site: Site, input: PageToExplain): Explanation {
  const body = unpacked(input)
  const parsed = parsePage(site, { ...input, distrusted: [], compare: true, floors: {} })
  const charset = charsetOf(body, input.contentType)
  if (isNoPage(body)) return { charset, routes: [], page: parsed }
  const page = createPage({ ...input, body })
  return { charset, routes: site.routes.map((route) => explainRoute(route, page, input.ask)), page: parsed }
}

function explainRoute(route: Route, page: Page, ask: Ask): RouteReport {
  const { name } = route
  try {
    const watched = createWatchedPage(page)
    if (!route.fits(watched.page)) return { name, kind: 'unfit', why: watched.why() }
    const reading = route.read(page, ask)
    return { name, kind: 'read', ...readOf(reading), slow: compare(route, reading, page, ask) }
  } catch (error) {
    if (error instanceof TooComplex) return { name, kind: 'too_complex', what: error.what }
    return { name, kind: 'failed', cause: String(error) }
  }
}

/** How many products each code warns of; codes that warn of none are left out. */
export const countsOf = (warned: Record<string, string[]>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(warned).flatMap(([code, ids]) => (ids.length > 0 ? [[code, new Set(ids).size]] : [])),
  )

const readOf = ({ products, next = [], total, warned = {} }: Reading): Read => ({
  products: products.length,
  next: next.length,
  total: total ?? null,
  coverage: addCoverage({ products: 0 }, products),
  first: products[0] ?? null,
  warnings: countsOf(warned),
})

function compare(route: Route, { products }: Reading, page: Page, ask: Ask): Comparison {
  if (!route.readSlow) return { kind: 'absent' }
  let slow: ProductDraft[]
  try {
    slow = route.readSlow(page, ask).products
  } catch (error) {
    if (error instanceof TooComplex) return { kind: 'beyond' }
    throw error
  }
  if (JSON.stringify(slow) === JSON.stringify(products)) return { kind: 'same' }
  return { kind: 'differs', fast: products.length, slow: slow.length, at: firstDifference(products, slow) }
}

function firstDifference(fast: ProductDraft[], slow: ProductDraft[]): Difference['at'] {
  for (const [index, product] of fast.entries()) {
    const other = slow[index]
    const field = other && (Object.keys(product) as (keyof ProductDraft)[]).find((it) => product[it] !== other[it])
    if (other && field) return { id: product.id, field, byFast: String(product[field]), bySlow: String(other[field]) }
  }
  return null
}

/**
 * The public address that a saved page names as its own: canonical, else og:url.
 * @returns null when it names none, or cannot be read
 */
export function addressIn(body: Uint8Array, contentType: string): string | null {
  try {
    const outline = readOutline(decodeText(body, contentType))
    const told = outline.canonical ?? outline.metas.get('og:url')?.[0]
    return told && URL.canParse(told) ? absoluteUrl(told, new URL(told)) : null
  } catch (error) {
    if (error instanceof TooComplex) return null
    throw error
  }
}
