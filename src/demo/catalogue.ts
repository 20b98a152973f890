import { fold } from '../sites/extract/text.ts'
import { ELECTRONICS, MALLS, SHELVES, type Shelf } from './vocabulary.ts'

/** One product of a replica shop, as every form of its pages shows it. */
export interface CatalogueItem {
  /** 13 digits. */
  id: string
  name: string
  brand: string
  siteNo: string
  siteName: string
  /** Won. */
  price: number
  originalPrice: number | null
  /** Whole percent, as the shop prints it. */
  discountRate: number | null
  /** Of 5; null without reviews. */
  rating: number | null
  reviewCount: number
  isSoldOut: boolean
  categoryId: string
  category: string
}

/** What a replica shop sells. */
export interface Catalogue {
  items: CatalogueItem[]
  /** What the shop's search finds: every word in name, brand or category. In the catalogue's order. */
  matching(words: string): CatalogueItem[]
  inCategory(id: string): CatalogueItem[]
  /** The list of special prices. */
  specials(): CatalogueItem[]
  byId(id: string): CatalogueItem | undefined
}

/** Products on the special-price list, at most. */
const SPECIALS = 60

/**
 * A catalogue of Korean goods: the same options give the same goods. Of 100 products about 46 are electronics,
 * and about 30 have 노트북 in their names.
 */
export function createCatalogue({ products = 2_000, seed = 1 }: { products?: number; seed?: number } = {}): Catalogue {
  const random = randomFrom(seed)
  const items = Array.from({ length: products }, (_, index) => itemAt(index, random))
  const ids = new Map(items.map((item) => [item.id, item]))
  return {
    items,
    matching: (words) => {
      const wanted = fold(words).split(/\s+/).filter(Boolean)
      return items.filter((item) => {
        const text = fold(`${item.name}\n${item.brand}\n${item.category}`)
        return wanted.every((word) => text.includes(word))
      })
    },
    inCategory: (id) => items.filter(({ categoryId }) => categoryId === id),
    specials: () => items.filter(({ discountRate }) => (discountRate ?? 0) >= 20).slice(0, SPECIALS),
    byId: (id) => ids.get(id),
  }
}

function itemAt(index: number, random: () => number): CatalogueItem {
  const shelf = shelfAt(random)
  const pick = <T>(list: T[]): T => list[Math.floor(random() * list.length)]!
  const brand = pick(shelf.brands)
  const model = `${String.fromCharCode(65 + (index % 26))}${100 + (index % 900)}`
  const suffix = shelf.id === ELECTRONICS ? ` ${model}` : ''
  const name = `${random() < 0.1 ? '[행사] ' : ''}${pick(shelf.kinds)} ${pick(shelf.nouns)} ${pick(shelf.sizes)}${suffix}`
  const listed = priceIn(shelf, random)
  const rate = random() < 0.4 ? 5 + Math.floor(random() * 40) : null
  const reviewCount = random() < 0.15 ? 0 : Math.floor(random() ** 3 * 60_000) + 1
  const [siteNo, siteName] = shelf.id === ELECTRONICS ? pick(MALLS) : MALLS[0]!
  return {
    id: String(1_000_000_000_000 + index * 7_919 + 171_213),
    name,
    brand,
    siteNo,
    siteName,
    price: rate === null ? listed : Math.max(10, Math.round((listed * (100 - rate)) / 1_000) * 10),
    originalPrice: rate === null ? null : listed,
    discountRate: rate,
    rating: reviewCount === 0 ? null : Math.round(35 + random() * 15) / 10,
    reviewCount,
    isSoldOut: random() < 0.05,
    categoryId: shelf.id,
    category: shelf.path.join(' > '),
  }
}

/** Every shelf as often as its share. */
const PLACES = SHELVES.flatMap((shelf) => Array.from({ length: shelf.share }, () => shelf))

const shelfAt = (random: () => number): Shelf => PLACES[Math.floor(random() * PLACES.length)]!

function priceIn({ prices: [from, to] }: Shelf, random: () => number): number {
  return Math.round((from * (to / from) ** random()) / 100) * 100 + (random() < 0.5 ? 0 : 90) // cheap goods are many
}

/** Numbers in [0, 1) that only depend on the seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
