import { localCurrency } from '../../extract/currency.ts'
import { type FoundProduct, mergeFound, rowOf } from '../../extract/found-product.ts'
import { baseOf, followable } from '../../extract/links.ts'
import { microdataIn } from '../../extract/microdata.ts'
import { readOpenGraph } from '../../extract/open-graph.ts'
import type { Outline } from '../../extract/outline.ts'
import { readSchema, type SchemaReading } from '../../extract/schema-product.ts'
import type { ProductDraft } from '../../product.ts'
import type { Page, Reading } from '../../site.ts'
import { normalizeUrl } from '../../url.ts'
import { listReading, NOTHING } from './requests.ts'

/** What one source of a page tells of its products. */
export type Found = Omit<SchemaReading, 'breadcrumb'> & { breadcrumb?: string | null }

/** What is known of the page beside that source. */
export interface Surroundings {
  outline: Outline
  base: URL
  local: string | null
  /** The page's own address: canonical, else as it answered. */
  address: URL
}

function surroundingsOf(page: Page, outline: Outline): Surroundings {
  const base = baseOf(outline, page.url)
  const canonical = outline.canonical ?? outline.metas.get('og:url')?.[0] ?? null
  const told = canonical === null ? null : followable(canonical, base, page.url)
  return { outline, base, local: localCurrency(page.url.hostname), address: told ?? page.url }
}

/** One page read from one source, the others filling what that one lacks. */
export function readFrom(page: Page, outline: Outline, find: (around: Surroundings) => Found): Reading {
  const around = surroundingsOf(page, outline)
  const told = find(around)
  const found = { ...told, products: told.products.filter((product) => product.name !== null) }
  const main = mainProduct(found, page, around)
  if (main !== null) {
    const row = rowOf(completed(main, found, page, around), around.address)
    return row === undefined ? NOTHING : { products: [row] }
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
    const row = product.price === null && link !== null ? undefined : rowOf(product, null)
    if (row) products.push(row)
    else if (link !== null) details.add(link.href)
  }
  for (const link of found.links) {
    const url = followable(link, around.base, page.url)
    if (url !== null && normalizeUrl(page.url.href) !== url.href) details.add(url.href)
  }
  return listReading(page, around.outline, products, [...details])
}
