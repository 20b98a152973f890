import { draftOf, uniqueById } from '../../draft.ts'
import { collectElements, type Element, textOf } from '../../extract/elements.ts'
import { createFinder, hasClass } from '../../extract/finder.ts'
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

const SELECTORS = {
  name: '._goodsName',
  price: '._bestPrice',
  original: '._salePrice del',
  image: 'img._image',
  rating: '.score',
  reviews: '.count em',
}

const findTexts = createFinder(SELECTORS)

function readFast(card: Element): CardTexts {
  const found = findTexts(card)
  return {
    attributes: card.attribs,
    name: textOf(found.name[0]),
    price: textOf(found.price[0]),
    original: textOf(found.original[0]),
    image: found.image[0]?.attribs.src ?? '',
    rating: textOf(found.rating[0]),
    reviews: textOf(found.reviews[0]),
  }
}

function readSlow(page: Page): CardTexts[] {
  const $ = page.dom()
  return [...$(`div.card.${CARD_CLASS}`)].map((element) => {
    const card = $(element)
    const text = (selector: string): string => card.find(selector).first().text()
    return {
      attributes: card.attr() ?? {},
      name: text(SELECTORS.name),
      price: text(SELECTORS.price),
      original: text(SELECTORS.original),
      image: card.find(SELECTORS.image).first().attr('src') ?? '',
      rating: text(SELECTORS.rating),
      reviews: text(SELECTORS.reviews),
    }
  })
}
