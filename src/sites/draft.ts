import { discountRateOf } from './extract/price.ts'
import { tidy, tidyOrNull } from './extract/text.ts'
import type { ProductDraft } from './product.ts'

/** Longer names and ids are no names; the rest is cut. */
const MAX_NAME = 1_000
const MAX_ID = 200

/**
 * A product from what a route read, made consistent: a price above 0, an original above the price, a discount of 1–99
 * computed where the shop prints none, a rating within 5, texts on one line, null for everything absent.
 * @returns undefined without an id or a name
 */
export function draftOf(fields: Partial<ProductDraft>): ProductDraft | undefined {
  const id = tidy(fields.id ?? '').slice(0, MAX_ID)
  const name = tidy(fields.name ?? '').slice(0, MAX_NAME)
  if (id === '' || name === '') return undefined
  const price = above(fields.price, 0)
  const originalPrice = above(fields.originalPrice, price ?? 0)
  return {
    id,
    name,
    brand: tidyOrNull(fields.brand),
    seller: tidyOrNull(fields.seller),
    price,
    originalPrice,
    discountRate: rateOf(fields.discountRate, originalPrice, price),
    currency: price === null && originalPrice === null ? null : (fields.currency ?? null),
    rating: within(fields.rating, 5),
    reviewCount: fields.reviewCount ?? null,
    inStock: fields.inStock ?? null,
    url: fields.url ?? null,
    imageUrl: fields.imageUrl ?? null,
    category: tidyOrNull(fields.category),
  }
}

const above = (value: number | null | undefined, floor: number): number | null =>
  typeof value === 'number' && value > floor && Number.isFinite(value) ? value : null

const within = (value: number | null | undefined, top: number): number | null =>
  typeof value === 'number' && value > 0 && value <= top ? value : null

function rateOf(printed: number | null | undefined, original: number | null, price: number | null): number | null {
  const rate = printed === null || printed === undefined ? null : Math.round(printed)
  if (rate !== null && rate > 0 && rate < 100) return rate
  const computed = discountRateOf(original, price)
  return computed !== null && computed > 0 ? computed : null
}

/** Keeps the first of each id, in order. */
export function uniqueById(products: ProductDraft[]): ProductDraft[] {
  const seen = new Set<string>()
  return products.filter(({ id }) => !seen.has(id) && seen.add(id))
}
