import { type CatalogueItem, createCatalogue } from '../../src/demo/catalogue.ts'
import type { ReplicaCall, ReplicaFront, ReplicaShelves } from '../../src/demo/front.ts'
import { ssgFront } from '../../src/demo/ssg/front.ts'
import type { ProductDraft } from '../../src/sites/product.ts'

/** The catalogue of the replica pages in the tests. */
export const catalogue = createCatalogue({ products: 800 })

/** A page of the replica shop, without a server. */
export function replicaPage(
  url: string,
  shelves: Partial<ReplicaShelves> = {},
  call: Partial<ReplicaCall> = {},
  front: ReplicaFront = ssgFront,
): string {
  const whole = { catalogue, pageBytes: 0, form: 'state' as const, offset: 0, origin: 'http://127.0.0.1', ...shelves }
  const asked = { at: 0, method: 'GET', path: url, headers: {}, body: '', status: 0, ...call }
  const answer = front(new URL(url, 'https://www.ssg.com'), asked, whole)
  if (!answer) throw new Error(`the replica has no page ${url}`)
  return Buffer.from(answer.body).toString()
}

/** What a parser should read of an item on every form of SSG's pages. */
export const shownOf = (item: CatalogueItem): Partial<ProductDraft> => ({
  id: item.id,
  name: item.name,
  brand: item.brand || null,
  price: item.price,
  originalPrice: item.originalPrice,
  discountRate: item.discountRate,
  currency: 'KRW',
  rating: item.rating,
  inStock: !item.isSoldOut,
})
