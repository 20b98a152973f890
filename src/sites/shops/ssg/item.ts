import { draftOf } from '../../draft.ts'
import { ratingOfFive, readCount, readPrice } from '../../extract/price.ts'
import { decodeEntities } from '../../extract/text.ts'
import type { ProductDraft } from '../../product.ts'
import { absoluteUrl } from '../../url.ts'

const ORIGIN = new URL('https://www.ssg.com/')

/** Malls by their number, where an item does not print the name. */
const MALLS: Record<string, string> = {
  '6001': '이마트',
  '6004': '신세계몰',
  '6005': 'SSG.COM',
  '6009': '신세계백화점',
  '7009': '이마트 새벽배송',
  '7018': '이마트',
}

/** What every form of an SSG product gives, as the page writes it; each field the first that is filled wins. */
export interface ItemTexts {
  id: unknown
  name: unknown
  brand?: unknown
  mall?: unknown
  siteNo?: unknown
  /** Places where the selling price may stand, the best first. The price of 100 g is none of them. */
  prices: unknown[]
  originals: unknown[]
  rate?: unknown
  rating?: unknown
  reviews?: unknown
  inStock?: boolean | null
  url?: unknown
  image?: unknown
  category?: string | null
}

/** The product that an item's texts say, or undefined when they name none. */
export function draftOfItem(texts: ItemTexts): ProductDraft | undefined {
  const id = textIn(texts.id)
  return draftOf({
    id,
    name: decodeEntities(textIn(texts.name)),
    brand: decodeEntities(textIn(texts.brand)),
    seller: textIn(texts.mall) || MALLS[textIn(texts.siteNo)] || null,
    price: firstPrice(texts.prices),
    originalPrice: firstPrice(texts.originals),
    discountRate: readCount(texts.rate),
    currency: 'KRW',
    rating: ratingOfFive(texts.rating),
    reviewCount: readCount(texts.reviews),
    inStock: texts.inStock ?? null,
    url: itemUrl(textIn(texts.url), id),
    imageUrl: absoluteUrl(decodeEntities(textIn(texts.image)), ORIGIN),
    category: texts.category ?? null,
  })
}

/** A text or number as text; everything else is none. */
export const textIn = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

function firstPrice(places: unknown[]): number | null {
  for (const place of places) {
    const amount = plainWon(place) ?? readPrice(place, { currency: 'KRW' })?.amount ?? 0
    if (amount > 0) return amount
  }
  return null
}

/** `2,680원` and `2680`, as nearly every price here is written: reading them by the general rules takes ten times as long. */
function plainWon(place: unknown): number | undefined {
  if (typeof place !== 'string') return undefined
  const found = /^\s*(\d{1,3}(?:,\d{3}){1,3}|\d{1,12})\s*원?\s*$/.exec(place)
  return found ? Number(found[1]!.replaceAll(',', '')) : undefined
}

/** The item's own page; a link that leaves the shop is replaced by the address that every item has. */
function itemUrl(written: string, id: string): string {
  const url = absoluteUrl(decodeEntities(written), ORIGIN)
  if (url !== null && /(?:^|\.)ssg\.com$/.test(new URL(url).hostname)) return url
  return `https://www.ssg.com/item/itemView.ssg?itemId=${encodeURIComponent(id)}`
}

/** The itemId in a link, or an empty text. */
export const idInLink = (link: string): string => /[?&;]itemId=(\d{5,20})/.exec(link)?.[1] ?? ''

/** Whether a link is an advertised copy of an item. */
export const isAdvertLink = (link: string): boolean => /[?&;]advertBidId=[^&]/.test(link)
