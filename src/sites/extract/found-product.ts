import { draftOf } from '../draft.ts'
import type { ProductDraft } from '../product.ts'
import { normalizeUrl } from '../url.ts'

/** What markup tells of one product, before it is decided which of its keys is its id. Absent values are null. */
export interface FoundProduct extends Omit<ProductDraft, 'id' | 'name' | 'discountRate'> {
  name: string | null
  sku: string | null
  gtin: string | null
  mpn: string | null
}

/** A product of which nothing is known. */
export const nothingFound = (): FoundProduct => ({
  name: null,
  sku: null,
  gtin: null,
  mpn: null,
  brand: null,
  seller: null,
  price: null,
  originalPrice: null,
  currency: null,
  rating: null,
  reviewCount: null,
  inStock: null,
  url: null,
  imageUrl: null,
  category: null,
})

/** Fields that only make sense together: a price of one source never meets the currency or original of another. */
const TOGETHER: readonly (readonly (keyof FoundProduct)[])[] = [
  ['price', 'originalPrice', 'currency'],
  ['rating', 'reviewCount'],
]

/** The first source's fields, and those of the later ones where it has none. */
export function mergeFound(first: FoundProduct, ...later: FoundProduct[]): FoundProduct {
  const merged = { ...first }
  for (const other of later) {
    const taken = new Set(TOGETHER.filter((group) => hasMain(merged, group)).flat())
    for (const key of Object.keys(merged) as (keyof FoundProduct)[]) {
      if (merged[key] === null && !taken.has(key)) Object.assign(merged, { [key]: other[key] })
    }
    if (merged.currency === null && merged.price === other.price) merged.currency = other.currency
    if (merged.originalPrice === null && merged.price !== null && merged.price === other.price) {
      merged.originalPrice = other.originalPrice
    }
  }
  return merged
}

const hasMain = (found: FoundProduct, group: readonly (keyof FoundProduct)[]): boolean => found[group[0]!] !== null

/**
 * One row: the id is the sku, else the gtin, else the mpn, else the path (with its query) of the product's address.
 * @param address that of the page, where the page is about this one product
 * @returns undefined for a product without a name, or with nothing to know it by
 */
export function rowOf(found: FoundProduct, address: URL | null): ProductDraft | undefined {
  const { sku, gtin, mpn, name, ...fields } = found
  const url = found.url ?? address?.href ?? null
  return draftOf({ ...fields, id: sku ?? gtin ?? mpn ?? pathOf(url) ?? '', name: name ?? '', url })
}

function pathOf(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null
  const { pathname, search } = new URL(normalizeUrl(url))
  return pathname === '/' && search === '' ? null : pathname + search
}
