import { getDomain } from 'tldts'
import { LIMITS } from '../limits.ts'
import { absoluteUrl, isFollowable, normalizeUrl } from '../url.ts'
import type { Outline } from './outline.ts'

/**
 * Whether two addresses belong to one site: the same registrable domain (`www.shop.co.kr` and `m.shop.co.kr`); for
 * addresses without a domain (IP addresses, local names) the same host and port.
 */
export function isSameSite(a: URL, b: URL): boolean {
  if (a.host === b.host) return true
  const domain = getDomain(a.hostname, { allowPrivateDomains: true })
  return domain !== null && domain === getDomain(b.hostname, { allowPrivateDomains: true })
}

/** Path segments that shop systems put before a product's own part. */
const PRODUCT_SEGMENT =
  /\/(?:products?|prod|items?|itm|goods|dp|p|pd|pdp|ip|details?|sku|produkte?|productos?|produits?|prodotto|artikel|상품)\/[^/?]{1,300}/i
/** A number or a code at the end: `/name-p12345.html`, `/name,p571345`, `/12345678.html`, `/s99277508/`. */
const NUMBERED_END = /(?:[-,_.]p-?\d{3,15}|\/\d{5,20}|[-_,.]s?\d{6,20})(?:[,.][a-z0-9]{1,12})?\/?$/i
const PRODUCT_PARAMETER =
  /^(?:goods_?(?:no|id|code|seq)|products?_?(?:no|id|code)|item_?(?:no|id|code)|prd_?(?:no|id|cd)|pid|sku|branduid|it_id|pno|gno)$/i
const NO_PRODUCT =
  /\/(?:cart|basket|checkout|login|logout|register|account|my-?page|wish-?list|compare|search|help|faq|about|contact|policy|privacy|terms|news|blog|press|careers?|jobs|review|board|category|categories|brand|event|cdn-cgi)(?:[/.]|$)/i
const FILE = /\.(?:jpe?g|png|gif|webp|svg|pdf|zip|css|js|json|xml|mp4)$/i

/** Whether an address looks like that of one product, told by the forms that shop systems use. */
export function isProductAddress(url: URL): boolean {
  const path = decodedPath(url)
  if (FILE.test(path) || NO_PRODUCT.test(path)) return false
  if (PRODUCT_SEGMENT.test(path) || NUMBERED_END.test(path)) return true
  return [...url.searchParams.keys()].some((name) => PRODUCT_PARAMETER.test(name))
}

function decodedPath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname)
  } catch {
    return url.pathname // a stray per cent sign
  }
}

/** Fewer pictures that lead to addresses of one form are no list of products. */
const MIN_PICTURED = 4

/**
 * Addresses of products that a page links to, on the same site, each once, in page order, at most 1,000. Where no
 * address has the form of a product's, the largest group of alike addresses behind pictures stands in.
 */
export function productLinks(outline: Outline, page: URL): string[] {
  const base = baseOf(outline, page)
  const own = normalizeUrl(page.href)
  const seen = new Set<string>([own])
  const written = new Set<string>()
  const links: { url: URL; isPictured: boolean }[] = []
  for (const { href, isPictured } of outline.links) {
    if (written.has(href)) continue // menus repeat themselves, and normalising costs more than a look
    written.add(href)
    const url = followable(href, base, page)
    if (url === null || url.pathname === '/' || seen.has(url.href)) continue
    seen.add(url.href)
    links.push({ url, isPictured })
  }
  const products = links.filter(({ url }) => isProductAddress(url))
  const chosen = products.length > 0 ? products : picturedGroup(links)
  return chosen.slice(0, LIMITS.links).map(({ url }) => url.href)
}

/** An address as written, resolved and normalised; null when it leaves the site or may not be followed. */
export function followable(href: string, base: URL, page: URL): URL | null {
  const absolute = absoluteUrl(href, base)
  if (absolute === null || !isFollowable(absolute)) return null
  const url = new URL(normalizeUrl(absolute))
  return isSameSite(url, page) ? url : null
}

/** `<base href>` of a page, else its address. */
export function baseOf(outline: Outline, page: URL): URL {
  const written = absoluteUrl(outline.base, page)
  return written === null ? page : new URL(written)
}

function picturedGroup(links: { url: URL; isPictured: boolean }[]): { url: URL; isPictured: boolean }[] {
  const groups = new Map<string, { url: URL; isPictured: boolean }[]>()
  for (const link of links) {
    if (!link.isPictured || NO_PRODUCT.test(link.url.pathname) || FILE.test(link.url.pathname)) continue
    const form = formOf(link.url)
    groups.set(form, [...(groups.get(form) ?? []).slice(0, LIMITS.links), link])
  }
  const largest = [...groups.values()].reduce((best, group) => (group.length > best.length ? group : best), [])
  return largest.length >= MIN_PICTURED ? largest : []
}

/** Addresses of one form differ in their last segment and in the values of their parameters only. */
const formOf = (url: URL): string =>
  `${url.host}${url.pathname.replace(/[^/]+\/?$/, '*')}?${[...url.searchParams.keys()].join('&')}`

const PAGE_PARAMETER = /^(?:page|paged|p|pg|page_?(?:no|num|number|index)|cpage|current_?page|pagina|seite|strona)$/i
/** A cheap look before an address is resolved. */
const MAY_BE_NUMBERED = /[?&;]p[a-z_]{0,12}=\d|[?&;](?:current_?page|cpage|seite|strona)=\d|\/page[/-]\d/i
const PAGE_IN_PATH = /\/page[/-](\d{1,6})(?=\/|$)/i

/**
 * The address of the list's next page: `rel=next`, else the anchor that is this address with the next higher page number
 * (a parameter such as `page`, or `/page/2` in the path). Null at the end.
 */
export function nextPage(outline: Outline, page: URL): string | null {
  const base = baseOf(outline, page)
  const own = normalizeUrl(page.href)
  const told = outline.next === null ? null : followable(outline.next, base, page)
  if (told !== null && told.href !== own) return told.href
  const here = numbered(new URL(own))
  let next: { number: number; href: string } | null = null
  for (const { href } of outline.links) {
    if (!MAY_BE_NUMBERED.test(href)) continue
    const url = followable(href, base, page)
    const there = url === null ? null : numbered(url)
    if (url === null || there?.number == null || there.rest !== here.rest) continue
    const isNearer = there.number > (here.number ?? 1) && (next === null || there.number < next.number)
    if (isNearer) next = { number: there.number, href: url.href }
  }
  return next?.href ?? null
}

/** The page number in an address, and what the address is without it. */
function numbered(url: URL): { number: number | null; rest: string } {
  const rest = new URL(url)
  let number: number | null = null
  for (const [name, value] of url.searchParams) {
    if (!PAGE_PARAMETER.test(name) || !/^\d{1,6}$/.test(value)) continue
    number ??= Number(value)
    rest.searchParams.delete(name)
  }
  const inPath = PAGE_IN_PATH.exec(rest.pathname)
  if (inPath) {
    number ??= Number(inPath[1])
    rest.pathname = rest.pathname.replace(PAGE_IN_PATH, '')
  }
  return { number, rest: rest.href.replace(/[/?]+$/, '') }
}
