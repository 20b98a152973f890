import { draftOf } from '../../draft.ts'
import { collectElements, type Element, textOf } from '../../extract/elements.ts'
import { hasClass } from '../../extract/finder.ts'
import { ratingOfFive, readCount } from '../../extract/price.ts'
import type { Page, Reading, Route } from '../../site.ts'
import { absoluteUrl } from '../../url.ts'
import { amountOf, stays, stockOf } from './goods-list.ts'

/** Hidden inputs of the fragment, by id: those of 2024 and of 2026. */
const INPUTS = [
  'mdlCode',
  'goodsNm',
  'originalPrice',
  'lastPrice',
  'salePrc',
  'saleStatCd',
  'thirdPartyYn',
  'imgPath',
  '2depthCtgNm',
]

/** What both roads read. */
interface FragmentTexts {
  inputs: Map<string, string>
  /** The element that names the model and its status (2024). */
  info: Record<string, string>
  title: string
  shownPrice: string
  rating: string
  reviews: string
}

/** The fragment of a product's page that holds its price. */
export const detailFragment: Route = {
  name: 'detail fragment',
  fits: (page) => /\/xhr\/goods\/goods(?:Revamp)?Detail$/.test(new URL(page.request.url).pathname),
  read: (page) => readingOf(page, readFast(page.text)),
  readSlow: (page) => readingOf(page, readSlow(page)),
}

function readingOf(page: Page, { inputs, info, title, shownPrice, rating, reviews }: FragmentTexts): Reading {
  const referer = page.request.headers?.referer ?? null
  const address = referer !== null && URL.canParse(referer) && stays(new URL(referer)) ? new URL(referer) : null
  const name = inputs.get('goodsNm') || info['data-goods-nm'] || title
  const price = amountOf(inputs.get('salePrc')) ?? amountOf(inputs.get('lastPrice')) ?? amountOf(shownPrice)
  const draft = draftOf({
    id: inputs.get('mdlCode') || info['data-mdl-code'] || modelIn(address),
    name,
    brand: inputs.get('thirdPartyYn') === 'Y' ? null : 'Samsung',
    price,
    originalPrice: amountOf(inputs.get('originalPrice')),
    currency: 'KRW',
    rating: ratingOfFive(rating),
    reviewCount: readCount(reviews),
    inStock: stockOf(inputs.get('saleStatCd') || info['data-sale-stat']),
    url: address?.href ?? null,
    imageUrl: absoluteUrl(inputs.get('imgPath'), page.url),
    category: info['data-url-nm'] || inputs.get('2depthCtgNm') || (address?.pathname.split('/')[2] ?? null),
  })
  if (!draft) return { products: [] }
  return { products: [draft], warned: { 'price.conditional': name.includes('통신사폰') ? [draft.id] : [] } }
}

const modelIn = (address: URL | null): string => address?.pathname.split('/').filter(Boolean).at(-1) ?? ''

function readFast(html: string): FragmentTexts {
  const inputs = new Map<string, string>()
  let info: Record<string, string> | undefined
  let shownPrice: string | undefined
  const texts = collectElements(html, (name, attributes) => {
    const { id } = attributes
    if (name === 'input' && id && INPUTS.includes(id) && !inputs.has(id)) inputs.set(id, attributes.value ?? '')
    if (attributes['data-sale-stat'] !== undefined) info ??= attributes
    if (hasClass(attributes, 'pd-total-price')) shownPrice ??= attributes['data-price']
    return id === 'goodsDetailNm' || hasClass(attributes, 'itm-sart-rating') || hasClass(attributes, 'itm-review-count')
  })
  const first = (wanted: (element: Element) => boolean): Element | undefined => texts.find(wanted)
  return {
    inputs,
    info: info ?? {},
    title: textOf(first(({ attribs }) => attribs.id === 'goodsDetailNm')),
    shownPrice: shownPrice ?? '',
    rating: first(({ attribs }) => hasClass(attribs, 'itm-sart-rating'))?.attribs['aria-label'] ?? '',
    reviews: textOf(first(({ attribs }) => hasClass(attribs, 'itm-review-count'))),
  }
}

function readSlow(page: Page): FragmentTexts {
  const $ = page.dom()
  const inputs = new Map<string, string>()
  for (const id of INPUTS) {
    const input = $(`input[id="${id}"]`).first()
    if (input.length > 0) inputs.set(id, input.attr('value') ?? '')
  }
  return {
    inputs,
    info: $('[data-sale-stat]').first().attr() ?? {},
    title: $('#goodsDetailNm').first().text(),
    shownPrice: $('.pd-total-price[data-price]').first().attr('data-price') ?? '',
    rating: $('.itm-sart-rating').first().attr('aria-label') ?? '',
    reviews: $('.itm-review-count').first().text(),
  }
}
