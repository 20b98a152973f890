import { TooComplex } from '../markup.ts'
import { absoluteUrl } from '../url.ts'
import { attributeIn, parseJson, scripts } from './embedded-state.ts'
import { type FoundProduct, nothingFound } from './found-product.ts'
import { type Price, ratingOfFive, readCount, readPrice } from './price.ts'
import { isItem, listOf, type SchemaItem, stockOf, textOf } from './schema-values.ts'

/** Texts in a page that tell of a state worth searching. */
export const STATE_MARKERS = [
  '__NEXT_DATA__',
  '__INITIAL_STATE__',
  '__PRELOADED_STATE__',
  '__APOLLO_STATE__',
  '__NUXT__',
  'application/json',
]

/** A state assigned in a script: `window.__INITIAL_STATE__ = {…}`. */
const ASSIGNED = /(?:window\s*(?:\.|\[['"])\s*)?__[A-Z][A-Z_]{2,30}__(?:['"]\])?\s*=\s*(?=[[{])/g

/**
 * Every JSON state that a page carries: scripts of type `application/json`, `__NEXT_DATA__` and its like, and plain JSON
 * that is assigned to a `window.__NAME__`. What is JavaScript and no JSON (`__NUXT__` as a function) is left out.
 */
export function statesIn(html: string): unknown[] {
  const states: unknown[] = []
  for (const script of scripts(html)) {
    const type = attributeIn(script.attributes, 'type')?.toLowerCase() ?? ''
    if (type === 'application/json') keep(states, script.content)
    else if (/^(?:|module|(?:text|application)\/javascript)$/.test(type)) {
      for (const match of script.content.matchAll(ASSIGNED)) {
        keep(states, jsonAt(script.content, match.index + match[0].length))
      }
    }
  }
  return states
}

function keep(states: unknown[], text: string): void {
  try {
    const value = parseJson(text)
    if (value !== null && typeof value === 'object') states.push(value)
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error // the page's other states may still be read
  }
}

const BRACKETS_AND_QUOTES = /["[\]{}]/g
const REST_OF_STRING = /[^"\\]*(?:\\[\s\S][^"\\]*)*"/y

/** The JSON value that begins at `start`, up to the bracket that closes it; an empty text when none does. */
function jsonAt(text: string, start: number): string {
  let depth = 0
  BRACKETS_AND_QUOTES.lastIndex = start
  for (let match = BRACKETS_AND_QUOTES.exec(text); match; match = BRACKETS_AND_QUOTES.exec(text)) {
    if (match[0] === '"') {
      REST_OF_STRING.lastIndex = match.index + 1
      if (!REST_OF_STRING.test(text)) return ''
      BRACKETS_AND_QUOTES.lastIndex = REST_OF_STRING.lastIndex
      continue
    }
    depth += match[0] === '{' || match[0] === '[' ? 1 : -1
    if (depth === 0) return text.slice(start, match.index + 1)
  }
  return ''
}

/** Objects looked at in one page's states. */
const MAX_OBJECTS = 200_000

/**
 * Searches states for products: the array (or object of objects) with the most entries that have a name, a price and a
 * key or an address. Where there is none, a single such object under a name like `product` or `goodsInfo`.
 */
export function readStates(
  states: unknown[],
  base: URL,
  local: string | null,
): { listed: FoundProduct[]; single: FoundProduct | null } {
  let best: SchemaItem[] = []
  let single: SchemaItem | null = null
  const seen = new Set<object>()
  const open: unknown[] = states.toReversed()
  while (open.length > 0 && seen.size < MAX_OBJECTS) {
    const value = open.pop()
    if (value === null || typeof value !== 'object' || seen.has(value)) continue
    seen.add(value)
    const entries = Object.entries(value)
    const alike = entries.map(([, entry]) => entry).filter((entry) => isItem(entry) && looksLikeProduct(entry))
    if (alike.length >= 2 && alike.length > best.length && alike.length * 2 >= entries.length)
      best = alike as SchemaItem[]
    for (const [key, entry] of entries.toReversed()) {
      if (SINGLE_NAME.test(key) && isItem(entry) && looksLikeProduct(entry)) single ??= entry
      open.push(entry)
    }
  }
  return {
    listed: best.map((entry) => readEntry(entry, base, local)),
    single: single && readEntry(single, base, local),
  }
}

const SINGLE_NAME = /^(?:product|item|goods|prd)(?:detail|info|data|vo|item)?s?$/i

const NAMES = 'name productname goodsname goodsnm itemname itemnm prdname prdnm displayname title producttitle'.split(
  ' ',
)
const PRICES =
  'saleprice salesprice finalprice discountedprice discountprice sellprice sellingprice sellprc currentprice bestprice lowprice priceamount price prices pricing priceinfo'.split(
    ' ',
  )
const ORIGINALS =
  'originalprice originprice listprice regularprice compareatprice normalprice consumerprice retailprice strikeoutprice strikethroughprice wasprice marketprice msrp baseprice'.split(
    ' ',
  )
const KEYS =
  'sku skuid productid productno productcode goodsid goodsno goodscode itemid itemno itemcode prdno id code'.split(' ')
const ADDRESSES = 'url producturl itemurl goodsurl detailurl link href permalink path producthref canonicalurl'.split(
  ' ',
)
const PICTURES =
  'image imageurl imgurl img thumbnail thumbnailurl thumb mainimage mainimageurl primaryimage images imagesrc photo picture'.split(
    ' ',
  )

/** Keys of one object by their plain form: lower case, without `_` and `-`. */
type Plain = Map<string, unknown>

function plainKeys(item: SchemaItem): Plain {
  const plain: Plain = new Map()
  for (const [key, value] of Object.entries(item)) {
    const name = key.toLowerCase().replace(/[_-]/g, '')
    if (value !== null && value !== '' && !plain.has(name)) plain.set(name, value)
  }
  return plain
}

function pick(plain: Plain, names: string[]): unknown {
  const name = names.find((it) => plain.has(it))
  return name === undefined ? undefined : plain.get(name)
}

function looksLikeProduct(item: SchemaItem): boolean {
  const keys = Object.keys(item)
  if (keys.length < 3 || keys.length > 400) return false
  const plain = plainKeys(item)
  const isKnown = pick(plain, KEYS) !== undefined || pick(plain, ADDRESSES) !== undefined
  return isKnown && typeof pick(plain, NAMES) === 'string' && priceIn(pick(plain, PRICES), null, null) !== null
}

/** A price as a number, a text, or an object that holds them under names of its own. */
function priceIn(value: unknown, currency: string | null, local: string | null, names = AMOUNTS): Price | null {
  const entry = listOf(value)[0]
  if (!isItem(entry)) return readPrice(entry, { currency, local })
  const plain = plainKeys(entry)
  const told = textOf(pick(plain, CURRENCIES)) ?? currency
  for (const name of names) {
    const inner = plain.get(name)
    if (inner === undefined) continue
    const price = isItem(inner) ? readPrice(textOf(pick(plainKeys(inner), AMOUNTS)), { currency: told, local }) : null
    const read = price ?? readPrice(inner, { currency: told, local })
    if (read) return read
  }
  return null
}

const AMOUNTS = 'sale saleprice current currentprice final finalprice discounted selling amount value price min'.split(
  ' ',
)
const ORIGINAL_AMOUNTS =
  'original originalprice list listprice regular regularprice normal was base compareatprice'.split(' ')
const CURRENCIES = ['currency', 'currencycode', 'pricecurrency', 'currencyiso']

function readEntry(item: SchemaItem, base: URL, local: string | null): FoundProduct {
  const plain = plainKeys(item)
  const currency = textOf(pick(plain, CURRENCIES))
  const written = pick(plain, PRICES)
  const price = priceIn(written, currency, local)
  const original =
    priceIn(pick(plain, ORIGINALS), currency, local) ??
    priceIn(isItem(written) ? written : null, currency, local, ORIGINAL_AMOUNTS)
  const hundredth = isInCents(plain, written) ? 100 : 1
  return {
    ...nothingFound(),
    name: textOf(pick(plain, NAMES)),
    sku: textOf(pick(plain, KEYS)),
    gtin: textOf(pick(plain, ['gtin', 'gtin13', 'ean', 'barcode'])),
    brand: textOf(pick(plain, ['brand', 'brandname', 'brandnm', 'vendor', 'manufacturer', 'makername'])),
    seller: textOf(pick(plain, ['seller', 'sellername', 'mallname', 'storename'])),
    price: price && price.amount / hundredth,
    originalPrice: original && original.amount / hundredth,
    currency: price?.currency ?? null,
    rating: ratingOfFive(
      textOf(pick(plain, ['rating', 'ratingvalue', 'averagerating', 'reviewscore', 'reviewrating', 'score'])),
    ),
    reviewCount: readCount(pick(plain, ['reviewcount', 'reviewscount', 'reviewcnt', 'ratingcount', 'totalreviews'])),
    inStock: stockIn(plain),
    url: addressIn(pick(plain, ADDRESSES), base),
    imageUrl: addressIn(pick(plain, PICTURES), base),
    category: textOf(pick(plain, ['category', 'categoryname', 'categorynm', 'producttype'])),
  }
}

/** Shopify's product JSON counts in hundredths, told by its own spelling beside whole numbers. */
const isInCents = (plain: Plain, price: unknown): boolean =>
  plain.has('compareatpricemin') && plain.has('pricevaries') && Number.isInteger(price)

function stockIn(plain: Plain): boolean | null {
  const soldOut = pick(plain, ['soldout', 'issoldout', 'soldoutyn', 'outofstock', 'isoutofstock'])
  if (/^(?:true|y|yes|1)$/i.test(String(soldOut))) return false
  if (/^(?:false|n|no|0)$/i.test(String(soldOut))) return true
  return stockOf(pick(plain, ['instock', 'isinstock', 'available', 'isavailable', 'availability', 'stockstatus']))
}

function addressIn(value: unknown, base: URL): string | null {
  for (const entry of listOf(value)) {
    const written = isItem(entry) ? pick(plainKeys(entry), [...ADDRESSES, 'src', ...PICTURES]) : entry
    const url = typeof written === 'string' && /[/.]/.test(written) ? absoluteUrl(written, base) : null
    if (url !== null) return url
  }
  return null
}
