import { absoluteUrl } from '../url.ts'
import { ratingOfFive, readCount } from './price.ts'
import { decodeEntities, tidyOrNull } from './text.ts'

/** A schema.org item, from JSON-LD or microdata: `@type`, `@id` and properties. */
export type SchemaItem = Record<string, unknown>

/** Longer names and ids are cut: no shop shows more. */
const MAX_TEXT = 1_000

export const isItem = (value: unknown): value is SchemaItem =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** A value or values as an array without empty ones. */
export const listOf = (value: unknown): unknown[] =>
  (Array.isArray(value) ? value : [value]).filter((entry) => entry !== null && entry !== undefined && entry !== '')

/** A property under its plain name, with the prefix `schema:`, or as a full IRI. */
export function property(item: SchemaItem, name: string): unknown {
  for (const key of [name, `schema:${name}`, `http://schema.org/${name}`, `https://schema.org/${name}`]) {
    if (Object.hasOwn(item, key)) return item[key]
  }
  return undefined
}

/** The names of an item's types, without vocabulary: `https://schema.org/Product` and `schema:Product` are `Product`. */
export function typesOf(item: SchemaItem): string[] {
  return listOf(item['@type'] ?? item.type)
    .filter((type) => typeof type === 'string')
    .map(lastPart)
}

const lastPart = (iri: string): string => iri.trim().slice(Math.max(iri.trim().search(/[^/#:]*$/), 0))

/** The first value that is a text: a text itself, a number, or an item's name or value. Entities decoded, one line. */
export function textOf(value: unknown): string | null {
  for (const entry of listOf(value)) {
    const text = isItem(entry) ? textOfItem(entry) : plainText(entry)
    if (text !== null) return text
  }
  return null
}

function textOfItem(item: SchemaItem): string | null {
  for (const key of ['name', '@value', 'value']) {
    const text = plainText(listOf(property(item, key))[0])
    if (text !== null) return text
  }
  return null
}

function plainText(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null
  if (typeof value !== 'string') return null
  return tidyOrNull(decodeEntities(value.slice(0, MAX_TEXT)).replace(/<[^<>]{0,200}>/g, ' '))
}

/** The first address among the values: texts, or items with `url`, `contentUrl` or `@id`. Absolute, http or https. */
export function addressOf(value: unknown, base: URL): string | null {
  for (const entry of listOf(value)) {
    const written = isItem(entry)
      ? (listOf(property(entry, 'url'))[0] ?? listOf(property(entry, 'contentUrl'))[0] ?? entry['@id'])
      : entry
    const url = typeof written === 'string' ? absoluteUrl(decodeEntities(written), base) : null
    if (url !== null) return url
  }
  return null
}

const IN_STOCK =
  /^(?:instock|available|limitedavailability|onlineonly|instoreonly|madetoorder|true|yes|재고있음|판매중)$/
const OUT_OF_STOCK =
  /^(?:outofstock|soldout|discontinued|backorder|unavailable|notavailable|oos|false|no|품절|일시품절|판매종료)$/

/**
 * Whether a product can be had now: an ItemAvailability as an address, a word in any spelling, a boolean. Sold out, ended
 * and back orders are false; pre-orders and unknown words null.
 */
export function stockOf(value: unknown): boolean | null {
  for (const entry of listOf(value)) {
    const word = isItem(entry) ? (entry['@id'] ?? property(entry, 'name')) : entry
    if (typeof word !== 'string' && typeof word !== 'boolean') continue
    const name = lastPart(String(word))
      .toLowerCase()
      .replace(/[\s_-]+/g, '')
    if (IN_STOCK.test(name)) return true
    if (OUT_OF_STOCK.test(name)) return false
  }
  return null
}

/** Grade of 5 and number of reviews of an AggregateRating; a count of ratings stands in for one of reviews. */
export function gradesOf(value: unknown): { rating: number | null; reviewCount: number | null } {
  const item = listOf(value).find(isItem)
  if (!item) return { rating: null, reviewCount: null }
  const best = textOf(property(item, 'bestRating'))
  return {
    rating: ratingOfFive(textOf(property(item, 'ratingValue')), best),
    reviewCount: readCount(textOf(property(item, 'reviewCount'))) ?? readCount(textOf(property(item, 'ratingCount'))),
  }
}
