import { type FoundProduct, mergeFound, nothingFound } from './found-product.ts'
import { readOffers } from './schema-offers.ts'
import {
  addressOf,
  gradesOf,
  isItem,
  listOf,
  property,
  type SchemaItem,
  stockOf,
  textOf,
  typesOf,
} from './schema-values.ts'

/** What a page's schema.org items tell. */
export interface SchemaReading {
  /** Products that stand on their own. */
  products: FoundProduct[]
  /** Products inside an ItemList, in its order. */
  listed: FoundProduct[]
  /** Addresses that an ItemList names without telling of a product there. */
  links: string[]
  /** Names of the breadcrumb, joined by ` > `; null without one. */
  breadcrumb: string | null
}

const PRODUCT_TYPES = new Set(
  'Product IndividualProduct ProductModel SomeProducts ProductGroup Vehicle Car Book'.split(' '),
)
const LIST_TYPES = new Set(['ItemList', 'OfferCatalog', 'ProductCollection'])

/** Properties that lead from an item to the product that the page is about; those to related products are not here. */
const PATHS = ['@graph', 'mainEntity', 'mainEntityOfPage', 'about', 'itemOffered', 'hasPart']

/** More items are not looked at; a list of 1,000 products has about 4,000. */
const MAX_ITEMS = 50_000

/**
 * Reads products out of schema.org items. References by `@id` are followed, circles end, each product comes once.
 * Variants of a ProductGroup are one product: the group's fields, the lowest price of those in stock.
 * @param base address that relative ones stand on
 * @param local ISO code of the money of the page's country
 */
export function readSchema(values: unknown[], base: URL, local: string | null): SchemaReading {
  const byId = indexById(values)
  const resolve = (item: SchemaItem): SchemaItem => fuller(item, byId)
  const reading: SchemaReading = { products: [], listed: [], links: [], breadcrumb: null }
  const seen = new Set<unknown>()
  const open: { value: unknown; isListed: boolean }[] = [{ value: values, isListed: false }]
  while (open.length > 0 && seen.size < MAX_ITEMS) {
    const { value, isListed } = open.pop()!
    if (Array.isArray(value)) {
      for (const entry of value.toReversed()) open.push({ value: entry, isListed })
      continue
    }
    if (isListed && typeof value === 'string') pushLink(addressOf(value, base), reading.links)
    const item = isItem(value) ? resolve(value) : null
    if (item === null || seen.has(item)) continue
    seen.add(item)
    const types = typesOf(item)
    if (isProduct(item, types)) {
      const product = readProduct(item, base, local, resolve, seen)
      reading[isListed ? 'listed' : 'products'].push(product)
    } else if (types.includes('BreadcrumbList')) reading.breadcrumb ??= breadcrumbOf(item)
    else for (const next of inside(item, types, isListed, base, reading.links).toReversed()) open.push(next)
  }
  return reading
}

function isProduct(item: SchemaItem, types: string[]): boolean {
  if (!types.some((type) => PRODUCT_TYPES.has(type))) return false
  return !types.includes('Book') || property(item, 'offers') !== undefined // a book review is no product
}

/** The items to look at inside one that is no product; addresses that a list only names go into `links`. */
function inside(
  item: SchemaItem,
  types: string[],
  isListed: boolean,
  base: URL,
  links: string[],
): { value: unknown; isListed: boolean }[] {
  const isList = types.some((type) => LIST_TYPES.has(type)) || property(item, 'itemListElement') !== undefined
  const found = PATHS.map((path) => ({ value: property(item, path), isListed })).filter(
    ({ value }) => typeof value === 'object',
  )
  if (types.includes('AggregateRating')) found.push({ value: rated(item), isListed })
  if (types.includes('ListItem')) {
    const target = property(item, 'item')
    if (!listOf(target).some(isItem)) pushLink(addressOf([property(item, 'url'), target].flat(), base), links)
    else found.push({ value: target, isListed: true })
  } else if (isList) {
    found.push({ value: listOf(property(item, 'itemListElement')), isListed: true })
  } else if (isListed && types.length === 0) pushLink(addressOf(item, base), links)
  return found.filter(({ value }) => value !== undefined)
}

/** A grade may hold the product that it is of, instead of the other way round. */
function rated(grade: SchemaItem): SchemaItem | undefined {
  const product = listOf(property(grade, 'itemReviewed')).find(isItem)
  return product && { ...product, aggregateRating: property(product, 'aggregateRating') ?? grade }
}

function pushLink(link: string | null, links: string[]): void {
  if (link !== null) links.push(link)
}

function readProduct(
  item: SchemaItem,
  base: URL,
  local: string | null,
  resolve: (item: SchemaItem) => SchemaItem,
  seen: Set<unknown>,
): FoundProduct {
  const own = readFields(item, base, local, resolve)
  const variants: FoundProduct[] = []
  for (const variant of listOf(property(item, 'hasVariant')).filter(isItem).map(resolve)) {
    if (seen.has(variant)) continue
    seen.add(variant)
    variants.push(readFields(variant, base, local, resolve))
  }
  return variants.length === 0 ? own : mergeFound(own, cheapest(variants), ...variants)
}

function cheapest(variants: FoundProduct[]): FoundProduct {
  const inStock = variants.filter((variant) => variant.inStock === true)
  const pool = inStock.length > 0 ? inStock : variants
  return pool.reduce((low, it) => ((it.price ?? Infinity) < (low.price ?? Infinity) ? it : low))
}

const GTINS = ['gtin', 'gtin13', 'gtin14', 'gtin12', 'gtin8', 'isbn', 'ean']

function readFields(
  item: SchemaItem,
  base: URL,
  local: string | null,
  resolve: (item: SchemaItem) => SchemaItem,
): FoundProduct {
  const offers = readOffers(property(item, 'offers'), base, local, resolve)
  const named = (name: string) => listOf(property(item, name)).map((value) => (isItem(value) ? resolve(value) : value))
  const isGroup = typesOf(item).includes('ProductGroup')
  return {
    ...nothingFound(),
    ...gradesOf(named('aggregateRating')),
    name: textOf(property(item, 'name')),
    sku:
      textOf(property(item, 'sku')) ?? (isGroup ? textOf(property(item, 'productGroupID')) : null) ?? productId(item),
    gtin: GTINS.map((name) => textOf(property(item, name))).find((gtin) => gtin !== null) ?? null,
    mpn: textOf(property(item, 'mpn')),
    brand: unlabelled(textOf(named('brand')) ?? textOf(named('manufacturer'))),
    seller: offers.seller,
    price: offers.price,
    originalPrice: offers.originalPrice,
    currency: offers.currency,
    inStock: offers.inStock ?? stockOf(property(item, 'availability')),
    url: addressOf(property(item, 'url'), base) ?? offers.url ?? addressFromId(item, base),
    imageUrl: addressOf(named('image'), base),
    category: categoryOf(named('category')) ?? offers.category,
  }
}

/** Some shops mark the label too: `Brand: Acme`. */
const unlabelled = (brand: string | null): string | null => brand?.replace(/^[^:]{1,40}:\s+(?=\S)/, '') ?? null

/** `productID` may say what kind it is of: `sku:123`, `isbn:978…`. */
function productId(item: SchemaItem): string | null {
  return textOf(property(item, 'productID'))?.replace(/^[a-z0-9]{2,8}:/i, '') ?? null
}

/** An `@id` is an address only where it is a page of its own, not a place in one (`…#product`). */
function addressFromId(item: SchemaItem, base: URL): string | null {
  const id = item['@id']
  return typeof id === 'string' && /^(?:https?:)?\/\//.test(id) && !id.includes('#') ? addressOf(id, base) : null
}

function categoryOf(values: unknown[]): string | null {
  const names = values.map(textOf).filter((name) => name !== null)
  return names.length > 0 ? names.join(' > ') : null
}

function breadcrumbOf(list: SchemaItem): string | null {
  const names = listOf(property(list, 'itemListElement'))
    .filter(isItem)
    .map((entry) => textOf(property(entry, 'name')) ?? textOf(listOf(property(entry, 'item')).filter(isItem)))
    .filter((name) => name !== null)
  return names.length > 0 ? names.slice(0, 20).join(' > ') : null
}

/** Items by `@id`; of several with the same one, that with the most properties. */
function indexById(values: unknown[]): Map<string, SchemaItem> {
  const byId = new Map<string, SchemaItem>()
  const seen = new Set<unknown>()
  const open: unknown[] = [values]
  while (open.length > 0 && seen.size < MAX_ITEMS) {
    const value = open.pop()
    if (value === null || typeof value !== 'object' || seen.has(value)) continue
    seen.add(value)
    if (isItem(value) && typeof value['@id'] === 'string') {
      const known = byId.get(value['@id'])
      if (!known || Object.keys(known).length < Object.keys(value).length) byId.set(value['@id'], value)
    }
    for (const inner of Object.values(value)) open.push(inner) // no spread: a page may hold more than a call takes
  }
  return byId
}

/** A reference is an item with nothing but its `@id` (and type): it stands for the item that tells more. */
function fuller(item: SchemaItem, byId: Map<string, SchemaItem>): SchemaItem {
  const id = item['@id']
  const isReference = typeof id === 'string' && Object.keys(item).every((key) => key === '@id' || key === '@type')
  return isReference ? (byId.get(id) ?? item) : item
}
