import { gunzipSync } from 'node:zlib'
import { addCoverage } from '../sites/coverage.ts'
import { LIMITS } from '../sites/limits.ts'
import { checkMarkup, TooComplex } from '../sites/markup.ts'
import { createPage } from '../sites/page.ts'
import type { ProductDraft } from '../sites/product.ts'
import type { Page, Reading, Route, Site, SiteRequest } from '../sites/site.ts'
import { isFollowable } from '../sites/url.ts'
import { absenceOn } from './blocked.ts'
import { fallenIn } from './drift.ts'
import { EVIDENCE_BYTES, SITEMAP_LINKS, UNPACKED_BYTES } from './limits.ts'
import { isGzip, isNoPage } from './magic-bytes.ts'
import type { ParsedPage, ParseInput } from './parse.ts'
import { wordsFilter } from './words-filter.ts'

/** What the routes made of a page. */
interface Attempt {
  reading: Reading | undefined
  route: Route | undefined
  differs: boolean
  tooComplex: TooComplex['what'] | undefined
}

/**
 * Reads a fetched page by the routes of its site, in order, and says what it is. Pure, and made for the CPU pool. A bad
 * page is a verdict, never an error.
 */
export function parsePage(site: Site, input: ParseInput): ParsedPage {
  const started = performance.now()
  const parsed = judge(site, input)
  return { ...parsed, parseMs: performance.now() - started }
}

const NOTHING = {
  ...{ route: null, expected: null, products: [], ids: [], next: [], total: null, warnings: {}, warned: {} },
  title: '',
}

function judge(site: Site, input: ParseInput): Omit<ParsedPage, 'parseMs'> {
  const nothing = { ...NOTHING, routeRank: site.routes.length }
  if (input.isSuspect) return { ...nothing, verdict: 'truncated' }
  const body = unpacked(input)
  if (isNoPage(body)) return { ...nothing, verdict: 'not_a_page' }
  const page = createPage({ ...input, body })
  try {
    const attempt = input.status < 400 ? tryRoutes(site, page, input) : NO_ATTEMPT
    return verdictOf(site, page, input, attempt)
  } catch (error) {
    if (error instanceof TooComplex) return failure(site, page, 'too_complex', { what: error.what })
    return failure(site, page, 'unreadable') // e.g. RangeError: too deep for a recursion somewhere below
  }
}

const NO_ATTEMPT: Attempt = { reading: undefined, route: undefined, differs: false, tooComplex: undefined }

/** The body as routes see it. Sitemaps may come packed; a bomb stays packed and is then no page. */
export function unpacked(input: Pick<ParseInput, 'request' | 'body'>): Uint8Array {
  if (input.request.kind !== 'sitemap' || !isGzip(input.body)) return input.body
  try {
    return gunzipSync(input.body, { maxOutputLength: UNPACKED_BYTES })
  } catch {
    return input.body
  }
}

/** The first route that reads products; else the first that understood the page as a list of links. */
function tryRoutes(site: Site, page: Page, input: ParseInput): Attempt {
  const attempt: Attempt = { ...NO_ATTEMPT }
  for (const route of site.routes) {
    const read = tryRoute(route, page, input)
    if (read === undefined) continue
    if (read instanceof TooComplex) {
      attempt.tooComplex ??= read.what
      continue
    }
    attempt.differs ||= read.differs
    const isBetter = read.reading.products.length > 0
    if (isBetter || (attempt.reading === undefined && isUnderstood(read.reading))) {
      attempt.reading = read.reading
      attempt.route = route
    }
    if (isBetter) break
  }
  return attempt
}

const isUnderstood = ({ next, ids }: Reading): boolean => (next?.length ?? 0) > 0 || (ids?.length ?? 0) > 0

/** Undefined when the route does not fit, or fails at this page as no page should make it. */
function tryRoute(route: Route, page: Page, input: ParseInput) {
  try {
    if (!route.fits(page)) return undefined
    if (!route.readSlow) return { reading: route.read(page, input.ask), differs: false }
    if (input.distrusted.includes(route.name)) return { reading: route.readSlow(page, input.ask), differs: false }
    const reading = route.read(page, input.ask)
    return input.compare ? compared(reading, route.readSlow, page, input) : { reading, differs: false }
  } catch (error) {
    return error instanceof TooComplex ? error : undefined
  }
}

/** The slow reading where the two differ: it asks the whole page. */
function compared(reading: Reading, readSlow: NonNullable<Route['readSlow']>, page: Page, input: ParseInput) {
  try {
    const slow = readSlow(page, input.ask)
    const isSame = JSON.stringify(slow.products) === JSON.stringify(reading.products)
    return isSame ? { reading, differs: false } : { reading: slow, differs: true }
  } catch {
    return { reading, differs: false } // too complex for a DOM: nothing to compare with
  }
}

function verdictOf(site: Site, page: Page, input: ParseInput, attempt: Attempt): Omit<ParsedPage, 'parseMs'> {
  const { reading, route } = attempt
  if (reading && reading.products.length > 0) return readPage(site, page, input, attempt, 'products')
  if (input.request.kind === 'sitemap' && reading) return readPage(site, page, input, attempt, 'sitemap')
  const absence = absenceOn(page, site)
  if (absence === 'empty') return { ...readPage(site, page, input, attempt, 'empty'), route: route?.name ?? null }
  if (absence !== undefined) return failure(site, page, absence)
  if (reading && page.status < 400) return readPage(site, page, input, attempt, 'products')
  if (attempt.tooComplex) return failure(site, page, 'too_complex', { what: attempt.tooComplex })
  checkMarkup(page.text) // a page that no route looked at may still be one that nobody can read
  return failure(site, page, 'unreadable')
}

function readPage(
  site: Site,
  page: Page,
  input: ParseInput,
  { reading = { products: [] }, route, differs }: Attempt,
  verdict: 'products' | 'empty' | 'sitemap',
): Omit<ParsedPage, 'parseMs'> {
  const products = matching(site, input, reading.products)
  const lacks = fallenIn(input.floors[route?.name ?? ''] ?? {}, addCoverage({ products: 0 }, products))
  return {
    verdict,
    route: route?.name ?? null,
    ...rankOf(site, page, route),
    products,
    ids: reading.ids ?? reading.products.map(({ id }) => id),
    next: followable(reading.next ?? [], verdict === 'sitemap' ? SITEMAP_LINKS : LIMITS.links),
    total: isFiltered(site, input) ? null : (reading.total ?? null),
    warnings: {},
    warned: { ...reading.warned, 'text.garbled': garbled(products) },
    title: titleOf(page),
    ...(differs && { differs }),
    ...(lacks.length > 0 && { lacks }),
    ...((differs || lacks.length > 0) && { evidence: evidenceOf(page) }),
  }
}

/** A true zero has no route, and is no fall. */
function rankOf(site: Site, page: Page, route: Route | undefined): Pick<ParsedPage, 'routeRank' | 'expected'> {
  const expected = site.routes.findIndex((it) => it.expects?.(page) === true)
  if (expected === -1) return { routeRank: 0, expected: null }
  const rank = route ? site.routes.indexOf(route) - expected : 0
  return { routeRank: Math.max(0, rank), expected: site.routes[expected]!.name }
}

function failure(
  site: Site,
  page: Page,
  verdict: ParsedPage['verdict'],
  facts: { what?: TooComplex['what'] } = {},
): Omit<ParsedPage, 'parseMs'> {
  const nothing = { ...NOTHING, routeRank: site.routes.length }
  return { ...nothing, verdict, title: titleOf(page), evidence: evidenceOf(page), ...facts }
}

/**
 * A shop that searches itself has done so, but not inside the list of an address that a person gave. How many a list has
 * then tells nothing of how many match.
 */
const isFiltered = (site: Site, { ask }: ParseInput): boolean =>
  ask.words !== '' && (site.search === 'filter' || ask.url !== null)

const matching = (site: Site, input: ParseInput, products: ProductDraft[]): ProductDraft[] =>
  isFiltered(site, input) ? products.filter(wordsFilter(input.ask.words)) : products

function followable(requests: SiteRequest[], limit: number): SiteRequest[] {
  return requests.filter(({ url }) => isFollowable(url)).slice(0, limit)
}

/** Products whose names hold the sign for an unreadable character: the page's charset is not the one it was read by. */
const garbled = (products: ProductDraft[]): string[] =>
  products.filter(({ name }) => name.includes('\ufffd')).map(({ id }) => id)

function titleOf(page: Page): string {
  try {
    return page.title()
  } catch {
    return ''
  }
}

/** The decoded page, at most a MiB of UTF-8. */
function evidenceOf(page: Page): string {
  const text = page.text.slice(0, EVIDENCE_BYTES)
  if (text.length * 3 <= EVIDENCE_BYTES) return text
  const bytes = Buffer.from(text)
  return bytes.byteLength <= EVIDENCE_BYTES
    ? text
    : new TextDecoder().decode(bytes.subarray(0, EVIDENCE_BYTES), { stream: true })
}
