import { uniqueById } from '../../draft.ts'
import { collectElements, type Element, textOf } from '../../extract/elements.ts'
import { parseJson } from '../../extract/embedded-state.ts'
import { createFinder, type Finder, findFirst, hasClass } from '../../extract/finder.ts'
import { tidy } from '../../extract/text.ts'
import { TooComplex } from '../../markup.ts'
import type { ProductDraft } from '../../product.ts'
import type { Page, Reading, Route } from '../../site.ts'
import { type CardForm, isList, LIST_IDS } from './card-forms.ts'
import { draftOfItem, idInLink, isAdvertLink, textIn } from './item.ts'
import { pageOf } from './requests.ts'

/** What both roads read of a card: texts and attributes, empty where absent. */
interface CardTexts {
  /** The JSON that the cart button carries. */
  cart: string
  name: string
  brand: string
  price: string
  original: string
  rate: string
  link: string
  image: string
  mall: string
  reviews: string[]
  unitId: string
  unitPrice: string
  info: string
  isSoldOut: boolean
}

/** The route that reads one generation of cards. */
export function cardsRoute(form: CardForm): Route {
  const wantsCard = cardTest(form)
  const find = createFinder(selectorsOf(form))
  return {
    name: form.route,
    fits: (page) => page.has(form.marker),
    expects: (page) => form.hosts.includes(page.url.hostname) && page.url.pathname.includes('/category'),
    read(page) {
      const cards = collectElements(page.markup, wantsCard, isList)
      return readingOf(
        page,
        cards.map((card) => readFast(card, find)),
      )
    },
    readSlow(page) {
      return readingOf(page, readSlow(page, form))
    },
  }
}

/** The card's own selector as a test of one opening tag. */
function cardTest(form: CardForm): (name: string, attributes: Record<string, string>) => boolean {
  const kinds = form.card.split(', ').map((kind) => ({
    tag: /^\w+/.exec(kind)?.[0],
    class: /\.([\w-]+)$/.exec(kind)?.[1],
    attribute: /\[([\w-]+)="([^"]*)"\]/.exec(kind),
  }))
  return (name, attributes) =>
    kinds.some(
      (kind) =>
        (kind.tag === undefined || kind.tag === name) &&
        (kind.class === undefined || hasClass(attributes, kind.class)) &&
        (kind.attribute === null || attributes[kind.attribute[1]!] === kind.attribute[2]),
    )
}

/** What is asked of every card. */
const selectorsOf = ({ name, brand, price, original, rate, link, image, mall, review, soldOut }: CardForm) => ({
  ...{ name, brand, price, original, rate, link, image, mall, review, soldOut },
  cart: '.disp_cart_data',
})

function readFast(card: Element, find: Finder<keyof ReturnType<typeof selectorsOf>>): CardTexts {
  const found = find(card)
  const unit = (name: string): string => card.attribs[name] ?? findFirst(card, `[${name}]`)?.attribs[name] ?? ''
  return {
    cart: found.cart[0]?.text() ?? '',
    name: textOf(found.name[0]),
    brand: textOf(found.brand[0]),
    price: textOf(found.price[0]),
    original: textOf(found.original[0]),
    rate: textOf(found.rate[0]),
    link: found.link[0]?.attribs.href ?? '',
    image: imageIn(found.image[0]?.attribs ?? {}),
    mall: textOf(found.mall[0]),
    reviews: found.review.map(textOf),
    unitId: unit('data-react-unit-id'),
    unitPrice: unit('data-react-unit-price'),
    info: unit('data-info'),
    isSoldOut: found.soldOut.length > 0,
  }
}

function readSlow(page: Page, form: CardForm): CardTexts[] {
  const $ = page.dom()
  const lists = $(LIST_IDS.map((id) => `[id="${id}"]`).join(', '))
  const cards = lists.length > 0 ? lists.find(form.card) : $(form.card)
  return cards.toArray().map((element) => {
    const card = $(element)
    const all = (selector: string) => card.find(inside(selector))
    const text = (selector: string): string => tidy(all(selector).first().text())
    const unit = (name: string): string => card.attr(name) ?? all(`[${name}]`).first().attr(name) ?? ''
    return {
      cart: all('.disp_cart_data').first().text(),
      name: text(form.name),
      brand: text(form.brand),
      price: text(form.price),
      original: text(form.original),
      rate: text(form.rate),
      link: all(form.link).first().attr('href') ?? '',
      image: imageIn(all(form.image).first().attr() ?? {}),
      mall: text(form.mall),
      reviews: all(form.review)
        .toArray()
        .map((review) => tidy($(review).text())),
      unitId: unit('data-react-unit-id'),
      unitPrice: unit('data-react-unit-price'),
      info: unit('data-info'),
      isSoldOut: all(form.soldOut).length > 0,
    }
  })
}

/** A plain `find` also asks what stands around the card; on a broken page that may be another card's price. */
const inside = (selector: string): string =>
  selector
    .split(', ')
    .map((path) => `:scope ${path}`)
    .join(', ')

/** Lazy images keep their address beside an empty picture. */
function imageIn(attributes: Record<string, string>): string {
  const src = attributes.src ?? ''
  if (src !== '' && !src.startsWith('data:')) return src
  return attributes['data-src'] ?? attributes['data-original'] ?? attributes.srcset?.trim().split(/[\s,]/)[0] ?? ''
}

function readingOf(page: Page, cards: CardTexts[]): Reading {
  const category = categoryIn(page)
  const drafts = cards.filter((card) => !isAdvertLink(card.link)).map((card) => draftOfCard(card, category))
  const products = uniqueById(drafts.filter((draft): draft is ProductDraft => draft !== undefined))
  return { products, next: products.length > 0 ? [pageOf(page.request, page.request.page + 1)] : [] }
}

function draftOfCard(card: CardTexts, category: string | null): ProductDraft | undefined {
  const cart = cartOf(card.cart)
  const [rating, reviews] = ratingAndCount(card.reviews)
  return draftOfItem({
    id: textIn(cart.itemId) || card.unitId || idInLink(card.link) || card.info,
    name: card.name || cart.itemNm,
    brand: card.brand || cart.brandNm,
    mall: card.mall,
    siteNo: cart.siteNo ?? /[?&]siteNo=(\d{4})/.exec(card.link)?.[1],
    prices: [card.price, cart.displayPrc, card.unitPrice],
    originals: [card.original],
    rate: card.rate,
    rating,
    reviews,
    inStock: !card.isSoldOut,
    url: card.link || cart.itemLnkd,
    image: card.image,
    category,
  })
}

function cartOf(text: string): Record<string, unknown> {
  try {
    const cart = parseJson(text)
    return cart !== null && typeof cart === 'object' ? (cart as Record<string, unknown>) : {}
  } catch (error) {
    if (error instanceof TooComplex) return {} // the card's own texts are still there
    throw error
  }
}

/** `4.7` and `(218)` in elements of their own, or `별점 4.7점 (218)` in one. */
function ratingAndCount(texts: string[]): [rating: string, count: string] {
  const all = texts.join(' ')
  const count = /\(\s*([\d,]+)\s*\)/.exec(all)
  const before = count ? all.slice(0, count.index) : all
  return [/\d(?:\.\d{1,2})?(?!.*\d)/.exec(before)?.[0] ?? '', count?.[1] ?? '']
}

/** `간편과일 | 냉동/간편과일 | 과일 - 이마트몰` is the path of a category page, innermost first. */
function categoryIn(page: Page): string | null {
  if (!page.url.pathname.includes('/category')) return null
  const path = page.title().replace(/\s*-\s*[^-|]*$/, '')
  return path.split('|').map(tidy).filter(Boolean).reverse().join(' > ') || null
}
