import { SaxesParser } from 'saxes'
import type { SiteRequest } from '../site.ts'
import { followable, isProductAddress } from './links.ts'
import { decodeEntities } from './text.ts'

/** Limits of sitemaps (sitemaps.org: 50,000 addresses and 50 MB a file; the rest is our own). */
export const SITEMAP_LIMITS = {
  addresses: 50_000,
  /** Characters of one file, unpacked. */
  characters: 50 * 1024 * 1024,
  /** An index inside an index inside an index is the last. */
  levels: 3,
  /** Files that one robots.txt or index may name. */
  sitemaps: 500,
}

/** What a sitemap file holds, as written. */
export interface SitemapReading {
  /** Pages of a `urlset`, or of a text file. */
  pages: string[]
  /** Further sitemaps: of a `sitemapindex`, or of robots.txt. */
  sitemaps: string[]
}

/**
 * Reads a sitemap: XML (urlset or index), a text file of addresses, or the `Sitemap:` lines of robots.txt. Broken XML is
 * read as far as it has whole `<loc>` elements. A document type is refused, and with it every entity of its own.
 * @returns null when it is none of these, declares a document type, or is too long
 */
export function readSitemap(text: string, url: URL): SitemapReading | null {
  if (text.length > SITEMAP_LIMITS.characters) return null
  if (url.pathname.endsWith('/robots.txt')) return { pages: [], sitemaps: linesOf(text, /^\s*sitemap\s*:\s*(\S+)/i) }
  if (/^[\s\ufeff]*</.test(text)) return readXml(text)
  const pages = linesOf(text, /^\s*(https?:\/\/\S+)\s*$/i)
  return pages.length > 0 ? { pages, sitemaps: [] } : null
}

function linesOf(text: string, pattern: RegExp): string[] {
  const found: string[] = []
  for (const line of text.split(/\r\n|\r|\n/)) {
    const match = line.length < 4_096 ? pattern.exec(line) : null
    if (match) found.push(match[1]!)
    if (found.length >= SITEMAP_LIMITS.addresses) break
  }
  return found
}

/** Ends a parser that has seen enough. */
class Enough extends Error {}

function readXml(text: string): SitemapReading | null {
  const reading: SitemapReading = { pages: [], sitemaps: [] }
  const parser = new SaxesParser()
  const path: string[] = []
  let isOurs = false
  let hasDoctype = false
  let loc = ''
  parser.on('doctype', () => {
    hasDoctype = true
    throw new Enough()
  })
  parser.on('opentag', ({ name }) => {
    path.push(localName(name))
    isOurs ||= path[0] === 'urlset' || path[0] === 'sitemapindex'
    if (!isOurs || path.length > 16) throw new Enough()
    loc = ''
  })
  parser.on('text', (piece) => {
    if (path.at(-1) === 'loc' && loc.length < 4_096) loc += piece
  })
  parser.on('cdata', (piece) => {
    if (path.at(-1) === 'loc' && loc.length < 4_096) loc += piece
  })
  parser.on('closetag', () => {
    const list = listFor(path, reading)
    if (list && loc.trim() !== '') list.push(loc.trim())
    path.pop()
    if (reading.pages.length + reading.sitemaps.length >= SITEMAP_LIMITS.addresses) throw new Enough()
  })
  try {
    parser.write(text).close()
  } catch (error) {
    if (error instanceof Enough) return hasDoctype || !isOurs ? null : reading
    return isOurs ? readLoosely(text) : null
  }
  return isOurs ? reading : null
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1).toLowerCase()

function listFor(path: string[], reading: SitemapReading): string[] | null {
  if (path.length !== 3 || path[2] !== 'loc') return null
  if (path[1] === 'url') return reading.pages
  return path[1] === 'sitemap' ? reading.sitemaps : null
}

/** Broken XML: whole `<loc>` elements by plain search; of the entities only XML's own. */
function readLoosely(text: string): SitemapReading | null {
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) return null
  const found: string[] = []
  for (let at = text.indexOf('<loc>'); at !== -1 && found.length < SITEMAP_LIMITS.addresses; ) {
    const end = text.indexOf('<', at + 5)
    if (end === -1) break
    const loc = decodeEntities(text.slice(at + 5, Math.min(end, at + 4_096))).trim()
    if (loc !== '' && text.startsWith('</loc>', end)) found.push(loc)
    at = text.indexOf('<loc>', end)
  }
  const isIndex = text.slice(0, 4_096).toLowerCase().includes('<sitemapindex')
  return isIndex ? { pages: [], sitemaps: found } : { pages: found, sitemaps: [] }
}

/** Pages asked of one sitemap for each product that the person wants: some of them will be no products. */
const PAGES_PER_PRODUCT = 3

/** Pages asked of one sitemap at most; no job may read more. */
const MAX_PAGES = 10_000

/**
 * The requests that a sitemap leads to: further sitemaps (those named after products first) to three levels, and pages
 * that look like products', else all but the start page when none does. Only addresses of the same site. The pages of
 * one sitemap come before the next sitemap.
 * @param request that of the sitemap; its `depth` counts the levels from 1
 * @param limit products wanted; null asks for all pages, because words will leave most of them out
 */
export function sitemapRequests(
  reading: SitemapReading,
  url: URL,
  request: SiteRequest,
  limit: number | null,
): SiteRequest[] {
  const level = request.depth ?? 0
  const here = (written: string): URL | null => followable(written, url, url)
  const sitemaps = reading.sitemaps.map(here).filter((it) => it !== null)
  sitemaps.sort((a, b) => Number(namesProducts(b)) - Number(namesProducts(a)))
  const deeper = sitemaps.slice(0, level > SITEMAP_LIMITS.levels ? 0 : SITEMAP_LIMITS.sitemaps)
  const pages = reading.pages.map(here).filter((it) => it !== null && it.pathname !== '/') as URL[]
  const products = namesProducts(url) ? pages : pages.filter(isProductAddress)
  const chosen = (products.length > 0 ? products : pages).slice(
    0,
    Math.min(MAX_PAGES, (limit ?? MAX_PAGES) * PAGES_PER_PRODUCT),
  )
  return [
    ...deeper.map(
      (it, index): SiteRequest => ({ ...request, url: it.href, depth: level + 1, page: request.page + 1 + index }),
    ),
    ...chosen.map((it, index): SiteRequest => detailOf(it, request, index)),
  ]
}

const PRODUCT_FILE = /(?:^|[^a-z])(?:products?|goods|items?|produkte?|artikel)(?:[^a-z]|$)/i

/** `products.xml`, `sitemap_products_1.xml`; not `sitemap.xml`, which only holds the word item. */
const namesProducts = (url: URL): boolean => PRODUCT_FILE.test(url.pathname.split('/').at(-1)!)

/** Each page is a list of its own, or two that are no products would end the list of all others. */
const detailOf = (url: URL, request: SiteRequest, index: number): SiteRequest => ({
  method: 'GET',
  url: url.href,
  kind: 'detail',
  group: request.group,
  list: request.list + 1 + index,
  page: request.page,
  depth: (request.depth ?? 0) + 1,
})
