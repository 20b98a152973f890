import type { JobId } from '../../src/ids.ts'
import type { Product } from '../../src/sites/product.ts'
import type { ProductRow } from '../tables.ts'
import { clean, cleanOrNull, fromFlagOrNull, toFlagOrNull } from './columns.ts'

/** A product before its position is known. */
export type NewProduct = Omit<Product, 'position'>

/** The row of a product as one page of a job showed it. */
export const newProduct = (jobId: JobId, pageKey: string, position: number, product: NewProduct): ProductRow => ({
  job_id: jobId,
  site: product.site,
  product_id: clean(product.id),
  position,
  page_key: pageKey,
  page: product.page,
  name: clean(product.name),
  brand: cleanOrNull(product.brand),
  seller: cleanOrNull(product.seller),
  price: product.price,
  original_price: product.originalPrice,
  discount_rate: product.discountRate,
  currency: cleanOrNull(product.currency),
  rating: product.rating,
  review_count: product.reviewCount,
  in_stock: toFlagOrNull(product.inStock),
  url: cleanOrNull(product.url),
  image_url: cleanOrNull(product.imageUrl),
  category: cleanOrNull(product.category),
  crawled_at: Date.parse(product.crawledAt),
})

/** A row as results know it. */
export const toProduct = (row: ProductRow): Product => ({
  site: row.site,
  id: row.product_id,
  name: row.name,
  brand: row.brand,
  seller: row.seller,
  price: row.price,
  originalPrice: row.original_price,
  discountRate: row.discount_rate,
  currency: row.currency,
  rating: row.rating,
  reviewCount: row.review_count,
  inStock: fromFlagOrNull(row.in_stock),
  url: row.url,
  imageUrl: row.image_url,
  category: row.category,
  page: row.page,
  position: row.position,
  crawledAt: new Date(row.crawled_at).toISOString(),
})
