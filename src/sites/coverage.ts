import type { Coverage, ProductDraft, ProductField } from './product.ts'

/** Fields whose filling is counted: what a page shows of a product. */
const COUNTED = [
  'id',
  'name',
  'brand',
  'seller',
  'price',
  'originalPrice',
  'discountRate',
  'currency',
  'rating',
  'reviewCount',
  'inStock',
  'url',
  'imageUrl',
  'category',
] as const satisfies readonly (keyof ProductDraft & ProductField)[]

export type CountedField = (typeof COUNTED)[number]

/** How much of one route's products has each field, from 0 to 1. A field that is left out was never filled. */
export type Shares = Partial<Record<CountedField, number>>

/** Coverage with more products counted in. */
export function addCoverage(coverage: Coverage, products: Pick<ProductDraft, CountedField>[]): Coverage {
  const sum: Coverage = { ...coverage, products: coverage.products + products.length }
  for (const field of COUNTED) {
    const filled = products.filter((product) => product[field] !== null && product[field] !== '').length
    if (filled > 0) sum[field] = (sum[field] ?? 0) + filled
  }
  return sum
}

/** The share of the products that have each field. Empty without products. */
export function sharesOf(coverage: Coverage): Shares {
  if (coverage.products === 0) return {}
  return Object.fromEntries(COUNTED.map((field) => [field, (coverage[field] ?? 0) / coverage.products]))
}
