import type { CheerioAPI } from 'cheerio'
import { draftOf } from '../../draft.ts'
import { collectElements } from '../../extract/elements.ts'
import type { FoundProduct } from '../../extract/found-product.ts'
import { isJsonLd, readJsonLdAll } from '../../extract/json-ld.ts'
import { readSchema } from '../../extract/schema-product.ts'
import type { ProductDraft } from '../../product.ts'
import type { Ask, Page, Reading, Route } from '../../site.ts'
import { fragmentRequest, listRequest, rowsFor } from './requests.ts'

/** A category's or a product's page: the goods in its JSON-LD, and the list API's number or the price's fragment. */
export const jsonLd: Route = {
  name: 'json-ld',
  fits: (page) => page.has('ld+json'),
  read: (page, ask) => readPage(page, ask, page.jsonLd(), goodsAttributes(page)),
  readSlow: (page, ask) => readPage(page, ask, slowJsonLd(page.dom()), slowGoodsAttributes(page.dom())),
}

/** A page without JSON-LD: only where to ask next. */
export const addressesOnly: Route = {
  name: 'addresses',
  fits: (page) => page.has('goods_detail_wrap') || CATEGORY_NUMBER.test(page.text),
  read: (page, ask) => readPage(page, ask, [], goodsAttributes(page)),
  readSlow: (page, ask) => readPage(page, ask, [], slowGoodsAttributes(page.dom())),
}

const CATEGORY_NUMBER = /dispClsfNo['"]?\s{0,9}[:=]\s{0,9}['"]?(\d{8,9})\b/

function readPage(page: Page, ask: Ask, values: unknown[], goods: Attributes | undefined): Reading {
  const { products, listed } = readSchema(values, page.url, 'KRW')
  if (page.request.kind === 'detail') return readDetail(page, products[0] ?? listed[0], goods)
  const rows = [...products, ...listed].map(draftOfFound).filter((draft) => draft !== undefined)
  const number = CATEGORY_NUMBER.exec(page.text)?.[1]
  const next = number === undefined ? [] : [listRequest(number, page.url.href, rowsFor(ask, 1), page.request.list)]
  return { products: rows, next }
}

/** Product pages of 2026 name no price in their JSON-LD: it stands in the fragment. */
function readDetail(page: Page, found: FoundProduct | undefined, goods: Attributes | undefined): Reading {
  const row = found && found.price !== null ? draftOfFound(found) : undefined
  if (row) return { products: [row] }
  const id = goods?.['data-goods-id']
  if (!id) return { products: [] }
  const action = /\bxhr\/goods\/(goods(?:Revamp)?Detail)\b/.exec(page.text)?.[1] ?? 'goodsRevampDetail'
  return {
    products: [],
    next: [fragmentRequest(page.request, page.url, action, id, goods['data-goods-tp-cd'] ?? '10')],
  }
}

function draftOfFound(found: FoundProduct): ProductDraft | undefined {
  const { sku, gtin: _gtin, mpn, name, ...fields } = found
  const path = found.url === null ? [] : new URL(found.url).pathname.split('/').filter(Boolean)
  const category = path[0] === 'sec' ? (path[1] ?? null) : null
  const id = sku ?? mpn ?? path.at(-1) ?? ''
  return draftOf({ ...fields, id, name: name ?? '', brand: found.brand ?? 'Samsung', category })
}

type Attributes = Record<string, string>

/** The attributes of the element that holds a product's page. */
function goodsAttributes(page: Page): Attributes | undefined {
  if (!page.has('goods_detail_wrap')) return undefined
  let found: Attributes | undefined
  collectElements(page.text, (_name, attributes) => {
    if (attributes.id === 'goods_detail_wrap') found ??= attributes
    return false // its attributes are all that is wanted
  })
  return found
}

const slowGoodsAttributes = ($: CheerioAPI): Attributes | undefined => $('#goods_detail_wrap').first().attr()

function slowJsonLd($: CheerioAPI): unknown[] {
  const scripts = [...$('script')].filter((script) => isJsonLd($(script).attr('type')))
  return readJsonLdAll(scripts.map((script) => $(script).text()))
}
