import { draftOf } from '../../draft.ts'
import { collectElements, Element, textOf } from '../../extract/elements.ts'
import { findFirst, hasClass } from '../../extract/finder.ts'
import { type Outline, outlineOf, readOutline } from '../../extract/outline.ts'
import { readPrice } from '../../extract/price.ts'
import { isItem, type SchemaItem, textOf as valueText } from '../../extract/schema-values.ts'
import type { Page, Reading, Route } from '../../site.ts'
import { absoluteUrl } from '../../url.ts'
import { addressOf, codeIn, codeOf, infoRequest } from './requests.ts'

/** The JSON that a product's page asks for (`POST /display/detailInfo`). */
export const detailInfo: Route = {
  name: 'detail info',
  fits: (page) => codeOf(page.request) !== null && isItem(page.json()),
  read(page) {
    const code = codeOf(page.request)!
    const answer = page.json() as SchemaItem
    const price = firstOf(answer, ['salePrice', 'dcPrice', 'goodsPrice'], (value) => readPrice(value)?.amount)
    const before = firstOf(answer, ['goodsPrice'], (value) => readPrice(value)?.amount)
    const orderable = firstOf(answer, ['briefOrderAbleCnt'], (value) => {
      const text = valueText(value)
      return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined
    })
    const draft = draftOf({
      id: code,
      name: firstOf(answer, ['goodsName'], (value) => valueText(value) ?? undefined),
      brand: firstOf(answer, ['brandName'], (value) => valueText(value) ?? undefined),
      price,
      originalPrice: before,
      currency: 'KRW',
      inStock: orderable === undefined ? null : orderable > 0,
      url: addressOf(code),
      imageUrl: firstOf(answer, ['imageUrl', 'imgUrl', 'goodsImage'], (value) => pictureIn(value, page)),
    })
    return { products: draft ? [draft] : [] }
  },
}

const pictureIn = (value: unknown, page: Page): string | undefined =>
  absoluteUrl(typeof value === 'string' ? value : null, page.url) ?? undefined

/** Objects looked at in one answer. */
const MAX_OBJECTS = 20_000

/**
 * The first value, depth first, under the first of the names that is anywhere. The answer's shape is known from one
 * program only (2026), so that nothing but the names is relied on.
 */
function firstOf<T>(answer: SchemaItem, names: string[], read: (value: unknown) => T | undefined): T | undefined {
  for (const name of names) {
    const open: unknown[] = [answer]
    for (let seen = 0; open.length > 0 && seen < MAX_OBJECTS; seen += 1) {
      const value = open.pop()
      if (value === null || typeof value !== 'object') continue
      const found = isItem(value) && Object.hasOwn(value, name) ? read(value[name]) : undefined
      if (found !== undefined) return found
      for (const inner of Object.values(value).reverse()) open.push(inner)
    }
  }
  return undefined
}

/** What both roads read of a product's page. */
interface DetailTexts {
  outline: Outline
  price: string
  original: string
}

/** A product's page. Where a script fills in the price, the JSON that the script asks for is asked for. */
export const detailPage: Route = {
  name: 'detail page',
  fits: (page) => codeIn(page.url) !== null,
  read: (page) => readingOf(page, readFast(page.text)),
  readSlow: (page) => readingOf(page, readSlow(page)),
}

function readingOf(page: Page, { outline, price, original }: DetailTexts): Reading {
  const code = codeIn(page.url)!
  const won = (text: string): number | null => readPrice(text, { currency: 'KRW' })?.amount ?? null
  const title = outline.metas.get('og:title')?.[0] ?? ''
  const draft = draftOf({
    id: code,
    name: title.replace(/\s*[|-]\s*신세계\s*(?:쇼핑|라이브쇼핑|TV쇼핑)\s*$/, ''),
    price: won(price),
    originalPrice: won(original),
    currency: 'KRW',
    url: addressOf(code),
    imageUrl: absoluteUrl(outline.metas.get('og:image')?.[0], page.url),
  })
  return draft && draft.price !== null ? { products: [draft] } : { products: [], next: [infoRequest(code)] }
}

const PRICES = ['.div-best ._bestPrice', '.total_price .price em', '.price--3']
const ORIGINALS = ['.div-best ._salePrice del']

function readFast(html: string): DetailTexts {
  const blocks = collectElements(html, (_name, attributes) =>
    ['div-best', 'total_price', 'price--3'].some((name) => hasClass(attributes, name)),
  )
  const around = Element.around(blocks)
  const first = (selectors: string[]): string =>
    selectors.map((selector) => textOf(findFirst(around, selector))).find((text) => text !== '') ?? ''
  return { outline: readOutline(html), price: first(PRICES), original: first(ORIGINALS) }
}

function readSlow(page: Page): DetailTexts {
  const $ = page.dom()
  const first = (selectors: string[]): string =>
    selectors.map((selector) => $(selector).first().text().trim()).find((text) => text !== '') ?? ''
  return { outline: outlineOf($), price: first(PRICES), original: first(ORIGINALS) }
}
