import { type Coverage, PRODUCT_FIELDS, type ProductDraft, type ProductField } from './product.ts'

export type CountedField = ProductField & keyof ProductDraft

/** What the crawl itself knows of a product, and no page shows. */
const OWN: readonly ProductField[] = ['site', 'page', 'position', 'crawledAt'] satisfies Exclude<
  ProductField,
  CountedField
>[]

/** Fields whose filling is counted: what a page shows of a product. */
const COUNTED = PRODUCT_FIELDS.filter((field): field is CountedField => !OWN.includes(field))

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
