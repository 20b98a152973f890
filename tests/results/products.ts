import { type JobId, newId, type UserId } from '../../src/ids.ts'
import type { ResultFacts } from '../../src/results/store.ts'
import { PRODUCT_FIELDS, type Product } from '../../src/sites/product.ts'

export const owner = newId<UserId>(1_795_000_000_000)
export const job = newId<JobId>(1_795_000_000_000)

/** A product with every field filled, unless said. */
export const product = (position: number, changed: Partial<Product> = {}): Product => ({
  site: 'ssg',
  id: `10006${position}`,
  name: `그램 16 노트북 ${position}`,
  brand: 'LG전자',
  seller: '이마트몰',
  price: 1_299_000 + position,
  originalPrice: 1_599_000.5,
  discountRate: 19,
  currency: 'KRW',
  rating: 4.75,
  reviewCount: 1_234,
  inStock: position % 2 === 0,
  url: `https://www.ssg.com/item/itemView.ssg?itemId=${position}&siteNo=6001`,
  imageUrl: `https://sitem.ssgcdn.com/${position}.jpg`,
  category: '노트북 > LG',
  page: 1,
  position,
  crawledAt: '2026-11-24T06:30:15.250Z',
  ...changed,
})

export const products = (count: number): Product[] => Array.from({ length: count }, (_, index) => product(index + 1))

/** Facts of a job that succeeded at 15:30 in Seoul on 24 November 2026, unless said. */
export const factsOf = (rows: readonly Product[], changed: Partial<ResultFacts> = {}): ResultFacts => ({
  jobId: job,
  userId: owner,
  site: 'ssg',
  words: '노트북',
  url: null,
  limit: 100,
  state: 'succeeded',
  stopReason: 'end',
  code: null,
  pages: 3,
  failedPages: 0,
  products: rows.length,
  coverage: {
    products: rows.length,
    ...Object.fromEntries(PRODUCT_FIELDS.map((field) => [field, rows.filter((row) => row[field] !== null).length])),
  },
  routes: { 'embedded state': 3 },
  warnings: { 'seller missing': 2 },
  createdAt: Date.UTC(2026, 10, 24, 6, 28),
  startedAt: Date.UTC(2026, 10, 24, 6, 29),
  finishedAt: Date.UTC(2026, 10, 24, 6, 30),
  locale: 'ko',
  ...changed,
})
