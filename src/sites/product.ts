/** What a parser reads of one product on one page. Absent values are null, never empty texts or zero. */
export interface ProductDraft {
  /** The shop's stable key (ssg itemId, samsung mdlCode, shinsegae goods code; web: sku, gtin, mpn or path). */
  id: string
  name: string
  brand: string | null
  seller: string | null
  /** In the currency's main unit. */
  price: number | null
  /** Before the reduction; null when not reduced. */
  originalPrice: number | null
  /** Whole percent 0–100; the shop's own where it prints one, else computed. */
  discountRate: number | null
  /** ISO 4217. */
  currency: string | null
  /** Of 5. */
  rating: number | null
  reviewCount: number | null
  inStock: boolean | null
  /** Absolute, http or https. */
  url: string | null
  imageUrl: string | null
  category: string | null
}

/** One row of a result. */
export interface Product extends ProductDraft {
  site: string
  /** The page within its list, from 1. */
  page: number
  /** Through the whole result, from 1. */
  position: number
  /** ISO 8601 UTC. */
  crawledAt: string
}

/** The columns of CSV and XLSX, and the key order of JSON. */
export const PRODUCT_FIELDS = [
  'site',
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
  'page',
  'position',
  'crawledAt',
] as const satisfies readonly (keyof Product)[]

export type ProductField = (typeof PRODUCT_FIELDS)[number]

/** How many products of a job have each field filled. */
export type Coverage = { products: number } & Partial<Record<ProductField, number>>
