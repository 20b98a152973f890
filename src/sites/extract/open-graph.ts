import { absoluteUrl } from '../url.ts'
import { type FoundProduct, nothingFound } from './found-product.ts'
import type { Outline } from './outline.ts'
import { type Price, readPrice } from './price.ts'
import { stockOf } from './schema-values.ts'
import { tidyOrNull } from './text.ts'

/** What a page's OpenGraph tags tell. */
export interface OpenGraphReading {
  product: FoundProduct
  /** Whether they say that the page is about one product: its type, or a price. */
  isProduct: boolean
}

/**
 * Reads the OpenGraph product tags (`product:…`, and `og:…` as shop systems write them). With a sale price the plain one
 * is the original.
 */
export function readOpenGraph(outline: Outline, base: URL, local: string | null): OpenGraphReading {
  const first = (...names: string[]): string | null => {
    for (const name of names) {
      const text = tidyOrNull(outline.metas.get(name)?.[0])
      if (text !== null) return text
    }
    return null
  }
  const amount = (...kinds: string[]): Price | null => {
    for (const kind of kinds) {
      const currency = first(`${kind}:currency`, 'product:price:currency', 'og:price:currency', 'product:currency')
      const price = readPrice(first(`${kind}:amount`), { currency, local })
      if (price) return price
    }
    return null
  }
  const plain = amount('product:price', 'og:price')
  const sale = amount('product:sale_price', 'og:sale_price')
  const price = sale ?? plain
  const original = amount('product:original_price', 'og:original_price', 'og:standard_price') ?? (sale ? plain : null)
  const product: FoundProduct = {
    ...nothingFound(),
    name: first('og:title', 'product:name'),
    sku: first('product:retailer_item_id', 'og:sku', 'product:sku'),
    gtin: first('product:gtin', 'product:ean', 'product:upc', 'product:isbn', 'og:upc', 'og:isbn'),
    mpn: first('product:mfr_part_no', 'product:retailer_part_no', 'og:mpn'),
    brand: first('product:brand', 'og:brand'),
    price: price?.amount ?? null,
    originalPrice: original && original.currency === price?.currency ? original.amount : null,
    currency: price?.currency ?? null,
    inStock: stockOf(first('product:availability', 'og:availability')),
    url: absoluteUrl(first('og:url'), base),
    imageUrl: absoluteUrl(first('og:image', 'og:image:url', 'og:image:secure_url'), base),
    category: categoryOf(first('product:category')),
  }
  const type = first('og:type')?.toLowerCase() ?? ''
  return { product, isProduct: /^(?:og:)?product(?:\.item)?$/.test(type) || price !== null }
}

/** Some shops put a number there: a key of their own. */
const categoryOf = (text: string | null): string | null => (text !== null && /\D/.test(text) ? text : null)
