import { type PriceHint, readPrice } from './price.ts'
import { addressOf, isItem, listOf, property, type SchemaItem, stockOf, textOf } from './schema-values.ts'

/** What a product's offers tell together. */
export interface OfferFacts {
  price: number | null
  originalPrice: number | null
  currency: string | null
  inStock: boolean | null
  seller: string | null
  url: string | null
  category: string | null
}

/** Kinds of a price in a PriceSpecification that stand for the price before a reduction. */
const ORIGINAL_TYPES = /(?:ListPrice|StrikethroughPrice|SRP|MSRP|RegularPrice)$/

/** More offers of one product are not looked at. */
const MAX_OFFERS = 200

/**
 * Reads Offer, AggregateOffer and lists of them. The price is the lowest of an offer that can be had, else the lowest;
 * an AggregateOffer's is its lowPrice. The product is in stock when one offer is. An offer that names a price and says
 * nothing of availability is one: schema.org's Offer is an offer to sell.
 * @param resolve gives the item that a reference (`@id` alone) stands for
 */
export function readOffers(
  value: unknown,
  base: URL,
  local: string | null,
  resolve: (item: SchemaItem) => SchemaItem,
): OfferFacts {
  const facts: OfferFacts[] = []
  const seen = new Set<SchemaItem>()
  const open = listOf(value).slice(0, MAX_OFFERS).reverse()
  while (open.length > 0 && facts.length < MAX_OFFERS) {
    const entry = open.pop()
    if (!isItem(entry)) continue
    const offer = resolve(entry)
    if (seen.has(offer)) continue
    seen.add(offer)
    open.push(...listOf(property(offer, 'offers')).slice(0, MAX_OFFERS).reverse())
    facts.push(readOffer(offer, base, local, resolve))
  }
  return together(facts)
}

function together(facts: OfferFacts[]): OfferFacts {
  const priced = facts.filter((offer) => offer.price !== null)
  const available = priced.filter((offer) => offer.inStock === true)
  const lowest = (available.length > 0 ? available : priced).reduce<OfferFacts | null>(
    (low, offer) => (low === null || offer.price! < low.price! ? offer : low),
    null,
  )
  const stocks = facts.map((offer) => offer.inStock).filter((stock) => stock !== null)
  return {
    price: lowest?.price ?? null,
    originalPrice: lowest?.originalPrice ?? null,
    currency: lowest?.currency ?? facts.find((offer) => offer.currency !== null)?.currency ?? null,
    inStock: stocks.length === 0 ? null : stocks.includes(true),
    seller: lowest?.seller ?? null,
    url: facts.find((offer) => offer.url !== null)?.url ?? null,
    category: facts.find((offer) => offer.category !== null)?.category ?? null,
  }
}

function readOffer(
  offer: SchemaItem,
  base: URL,
  local: string | null,
  resolve: (item: SchemaItem) => SchemaItem,
): OfferFacts {
  const specifications = listOf(property(offer, 'priceSpecification')).filter(isItem).map(resolve)
  const isOriginal = (item: SchemaItem) => ORIGINAL_TYPES.test(textOf(property(item, 'priceType')) ?? '')
  const asked = specifications.filter((item) => !isOriginal(item))
  const currency = [offer, ...specifications].map((item) => textOf(property(item, 'priceCurrency'))).find(Boolean)
  const hint: PriceHint = { currency, local }
  const price = firstPrice([offer, ...asked], ['price', 'lowPrice', 'minPrice'], hint)
  const original = firstPrice(specifications.filter(isOriginal), ['price', 'maxPrice'], hint)
  const stated = property(offer, 'availability')
  return {
    price: price?.amount ?? null,
    originalPrice: original?.amount ?? null,
    currency: price?.currency ?? null,
    inStock: listOf(stated).length === 0 && price !== null ? true : stockOf(stated),
    seller: textOf(property(offer, 'seller')) ?? textOf(property(offer, 'offeredBy')),
    url: addressOf(property(offer, 'url'), base),
    category: textOf(property(offer, 'category')),
  }
}

function firstPrice(items: SchemaItem[], names: string[], hint: PriceHint): ReturnType<typeof readPrice> {
  for (const item of items) {
    for (const name of names) {
      for (const value of listOf(property(item, name))) {
        const price = readPrice(isItem(value) ? textOf(value) : value, hint)
        if (price) return price
      }
    }
  }
  return null
}
