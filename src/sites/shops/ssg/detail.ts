import { collectElements, type Element, textOf } from '../../extract/elements.ts'
import { findAll, findFirst, hasClass } from '../../extract/finder.ts'
import { tidy } from '../../extract/text.ts'
import type { Page, Reading, Route } from '../../site.ts'
import { draftOfItem, idInLink } from './item.ts'

/** What both roads read of the markup of a product's page. */
interface DetailTexts {
  name: string
  price: string
  original: string
  image: string
  title: string
  options: string[]
  path: string[]
}

const NAME = 'cdtl_prd_nm'
const NEW_PRICES = ['cdtl_new_price', 'cdtl_price']
const OLD_PRICE = 'cdtl_old_price'
const OPTIONS = 'ordOpt1'
const PATH = /카테고리 로케이션\|(?:대|중|소|세)카테고리/

/** One product's own page. */
export const detailPage: Route = {
  name: 'detail',
  fits: (page) => page.has('resultItemObj') || (page.request.kind === 'detail' && page.has('cdtl_')),
  expects: (page) => page.request.kind === 'detail',
  read: (page) => readingOf(page, readFast(page)),
  readSlow: (page) => readingOf(page, readSlow(page)),
}

function isWanted(name: string, attributes: Record<string, string>): boolean {
  if (name === 'meta') return attributes.property === 'og:title' || attributes.property === 'og:image'
  if (name === 'select') return attributes.id === OPTIONS
  if (name === 'a') return PATH.test(attributes['data-react-tarea'] ?? '')
  return [NAME, OLD_PRICE, ...NEW_PRICES].some((wanted) => hasClass(attributes, wanted))
}

function readFast(page: Page): DetailTexts {
  const found = collectElements(page.text, isWanted)
  const first = (test: (element: Element) => boolean): Element | undefined => found.find(test)
  const inside = (name: string) => first((element) => hasClass(element.attribs, name))
  const newPrice =
    inside('cdtl_new_price') ?? first(({ attribs }) => hasClass(attribs, 'cdtl_price') && hasClass(attribs, 'point'))
  const options = first(({ name, attribs }) => name === 'select' && attribs.id === OPTIONS)
  const meta = (property: string) =>
    first(({ name, attribs }) => name === 'meta' && attribs.property === property)?.attribs.content ?? ''
  return {
    name: textOf(first(({ name, attribs }) => name === 'h2' && hasClass(attribs, NAME))),
    price: textOf(newPrice && (findFirst(newPrice, '.ssg_price') ?? newPrice)),
    original: textOf(inside(OLD_PRICE) && findFirst(inside(OLD_PRICE)!, '.ssg_price')),
    image: meta('og:image'),
    title: meta('og:title'),
    options: options ? findAll(options, 'option').map(textOf) : [],
    path: found.filter(({ name, attribs }) => name === 'a' && PATH.test(attribs['data-react-tarea'] ?? '')).map(textOf),
  }
}

function readSlow(page: Page): DetailTexts {
  const $ = page.dom()
  const newPrice = $('.cdtl_new_price').length > 0 ? $('.cdtl_new_price').first() : $('.cdtl_price.point').first()
  const exact = newPrice.find('.ssg_price').first()
  return {
    name: tidy($(`h2.${NAME}`).first().text()),
    price: tidy((exact.length > 0 ? exact : newPrice).text()),
    original: tidy($(`.${OLD_PRICE}`).first().find('.ssg_price').first().text()),
    image: $('meta[property="og:image"]').first().attr('content') ?? '',
    title: $('meta[property="og:title"]').first().attr('content') ?? '',
    options: $(`select#${OPTIONS}`)
      .first()
      .find('option')
      .toArray()
      .map((option) => tidy($(option).text())),
    path: $('a[data-react-tarea]')
      .toArray()
      .filter((link) => PATH.test($(link).attr('data-react-tarea') ?? ''))
      .map((link) => tidy($(link).text())),
  }
}

function readingOf(page: Page, texts: DetailTexts): Reading {
  const field = fieldsOfItem(page.text)
  const listed = field('sellprc')
  const draft = draftOfItem({
    id: idInLink(page.url.search) || field('itemId'),
    name: field('itemNm') || texts.name || texts.title,
    brand: field('repBrandNm') || field('brandNm'),
    siteNo: field('siteNo') || page.url.searchParams.get('siteNo') || '',
    // the object's own price is the one before the reduction on some malls; the markup shows what is paid
    prices: [texts.price, listed],
    originals: [texts.original, listed],
    inStock: inStock(field('soldOut'), texts.options),
    url: page.url.href,
    image: field('itemImgUrl') || texts.image,
    category: categoryOf(field) || texts.path.join(' > '),
  })
  return { products: draft ? [draft] : [] }
}

function inStock(soldOut: string, options: string[]): boolean | null {
  const choices = options.filter((option) => option !== '' && !option.startsWith('선택'))
  if (soldOut === 'Y' || (choices.length > 0 && choices.every((option) => option.includes('(매진)')))) return false
  return soldOut === 'N' || choices.length > 0 ? true : null
}

function categoryOf(field: (name: string) => string): string {
  const levels = ['Lcls', 'Mcls', 'Scls', 'Dcls']
  for (const kind of ['dispCtg', 'stdCtg']) {
    const names = levels.map((level) => field(`${kind}${level}Nm`)).filter(Boolean)
    if (names.length > 0) return names.join(' > ')
  }
  return field('dispCtgNm')
}

/**
 * Reads single top-level fields of `resultItemObj = {…}`: an object literal of JavaScript with calls in it, so no JSON.
 * Objects inside it are left out, because related products repeat the names.
 */
function fieldsOfItem(text: string): (name: string) => string {
  const own = topLevelOf(text)
  return (name) => {
    const found = new RegExp(
      `(?:^|[,{\\s])["']?${name}["']?\\s*:\\s*(?:parse(?:Int|Float)\\(\\s*)?(?:"([^"]{0,500})"|'([^']{0,500})'|(-?[\\d.]{1,20}))`,
    ).exec(own)
    return found ? unescaped(found[1] ?? found[2] ?? found[3] ?? '') : ''
  }
}

const unescaped = (text: string): string =>
  text
    .replace(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\(.)/g, '$1')

/** Longer objects are read to here. */
const MAX_OBJECT = 200_000

function topLevelOf(text: string): string {
  const start = text.search(/resultItemObj\s*=\s*\{/)
  if (start === -1) return ''
  let at = text.indexOf('{', start)
  const end = Math.min(text.length, at + MAX_OBJECT)
  let own = ''
  let depth = 0
  for (; at < end; at += 1) {
    const character = text[at]!
    if (character === '"' || character === "'") {
      const close = closingQuote(text, at, end)
      if (depth === 1) own += text.slice(at, close + 1)
      at = close
    } else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      depth -= 1
      if (depth === 0) return own
    } else if (depth === 1) own += character
  }
  return own
}

function closingQuote(text: string, at: number, end: number): number {
  for (let close = at + 1; close < end; close += 1) {
    if (text[close] === '\\') close += 1
    else if (text[close] === text[at]) return close
  }
  return end
}
