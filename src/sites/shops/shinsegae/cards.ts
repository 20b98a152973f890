import { draftOf, uniqueById } from '../../draft.ts'
import { collectElements, type Element, findAll, hasClass, textOf } from '../../extract/elements.ts'
import { ratingOfFive, readCount, readPrice } from '../../extract/price.ts'
import type { ProductDraft } from '../../product.ts'
import type { Page, Route } from '../../site.ts'
import { absoluteUrl } from '../../url.ts'
import { addressOf } from './requests.ts'

/** What both roads read of a card: its attributes, and texts that are empty where absent. */
interface CardTexts {
  attributes: Record<string, string>
  name: string
  price: string
  original: string
  image: string
  rating: string
  reviews: string
}

const CARD_CLASS = 'gtm_list_item'

/** The cards of the TV schedule and of the categories. */
export const cards: Route = {
  name: 'cards',
  // a product's page recommends others in cards of the same class
  fits: (page) => page.request.kind === 'list' && page.has(CARD_CLASS),
  expects: (page) => page.request.kind === 'list',
  read: (page) => {
    const found = collectElements(
      page.markup,
      (name, attributes) => name === 'div' && hasClass(attributes, 'card') && hasClass(attributes, CARD_CLASS),
    )
    return { products: draftsOf(found.map(readFast), page) }
  },
  readSlow: (page) => ({ products: draftsOf(readSlow(page), page) }),
}

/** The same product stands in several slots and lists of a page. */
function draftsOf(found: CardTexts[], page: Page): ProductDraft[] {
  return uniqueById(found.map((card) => draftOfCard(card, page)).filter((draft) => draft !== undefined))
}

/** `data-gtm-item-discount` is the selling price, `data-gtm-item-price` the one before it, empty when not reduced. */
function draftOfCard({ attributes, ...texts }: CardTexts, page: Page): ProductDraft | undefined {
  const told = (name: string): string => attributes[`data-gtm-item-${name}`] ?? ''
  const won = (text: string): number | null => readPrice(text, { currency: 'KRW' })?.amount ?? null
  const id = told('id').trim()
  const quantity = readCount(told('quantity'))
  return draftOf({
    id,
    name: told('name') || texts.name,
    brand: told('brand'),
    price: won(texts.price) ?? won(told('discount')),
    originalPrice: won(texts.original) ?? won(told('price')),
    currency: 'KRW',
    rating: ratingOfFive(texts.rating),
    reviewCount: readCount(texts.reviews),
    inStock: quantity === null ? null : quantity > 0,
    url: /^\d{1,20}$/.test(id) ? addressOf(id) : null,
    imageUrl: absoluteUrl(texts.image, page.url),
    category: told('category').replace(/\s*>\s*/g, ' > '),
  })
}

function readFast(card: Element): CardTexts {
  const first = (selector: string): Element | undefined => findAll(card, selector)[0]
  return {
    attributes: card.attribs,
    name: textOf(first('._goodsName')),
    price: textOf(first('._bestPrice')),
    original: textOf(first('._salePrice del')),
    image: first('img._image')?.attribs.src ?? '',
    rating: textOf(first('.score')),
    reviews: textOf(first('.count em')),
  }
}

function readSlow(page: Page): CardTexts[] {
  const $ = page.dom()
  return [...$(`div.card.${CARD_CLASS}`)].map((element) => {
    const card = $(element)
    const text = (selector: string): string => card.find(selector).first().text()
    return {
      attributes: card.attr() ?? {},
      name: text('._goodsName'),
      price: text('._bestPrice'),
      original: text('._salePrice del'),
      image: card.find('img._image').first().attr('src') ?? '',
      rating: text('.score'),
      reviews: text('.count em'),
    }
  })
}
