import { uniqueById } from '../../draft.ts'
import type { ProductDraft } from '../../product.ts'
import type { Page, Reading, Route } from '../../site.ts'
import { draftOfItem, isAdvertLink, textIn } from './item.ts'
import { pageOf } from './requests.ts'

type Fields = Record<string, unknown>

const fieldsOf = (value: unknown): Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {}

/** The front API's answer: areas, or lists of areas, each with its items. */
export const frontList: Route = {
  name: 'front list',
  fits: (page) => page.request.method === 'POST' || /^\s*\{\s*"res/.test(page.markup.head(100)),
  expects: (page) => page.request.method === 'POST',
  read: readFrontList,
}

/** An answer that says success and holds no items. */
export const isEmptyFrontList = (page: Page): boolean => {
  const answer = fieldsOf(page.json())
  return textIn(answer.resultCode) === '200' && itemLists(answer)?.every((list) => list.length === 0) === true
}

function readFrontList(page: Page): Reading {
  const items = (itemLists(fieldsOf(page.json())) ?? []).flat().map(fieldsOf)
  const drafts = items.filter((item) => !isAdvertLink(textIn(item.itemLnkd))).map(readItem)
  const products = uniqueById(drafts.filter((draft): draft is ProductDraft => draft !== undefined))
  return { products, next: products.length > 0 ? [pageOf(page.request, page.request.page + 1)] : [] }
}

/** Undefined where there is no list of areas: another answer than this one. */
function itemLists(answer: Fields): unknown[][] | undefined {
  const areas = fieldsOf(answer.data).areaList
  if (!Array.isArray(areas)) return undefined
  return areas
    .flat(2)
    .map((area) => (Array.isArray(fieldsOf(area).itemList) ? (fieldsOf(area).itemList as unknown[]) : []))
}

function readItem(item: Fields): ProductDraft | undefined {
  const summary = fieldsOf(fieldsOf(item.priceInfo).summary)
  return draftOfItem({
    id: item.itemId,
    name: item.itemNm,
    brand: item.brandNm,
    mall: item.siteNm,
    siteNo: item.siteNo,
    prices: [item.displayPrc],
    originals: [item.strikeOutPrc],
    rate: summary.discountTxt,
    rating: item.recompPoint,
    reviews: item.recomRegCnt,
    inStock: item.soldOutYn === 'Y' ? false : item.soldOutYn === 'N' ? true : null,
    url: item.itemLnkd,
    image: item.itemImgUrl,
  })
}
