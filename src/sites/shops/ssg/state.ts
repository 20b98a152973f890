import { uniqueById } from '../../draft.ts'
import { parseJson } from '../../extract/embedded-state.ts'
import type { ProductDraft } from '../../product.ts'
import type { Ask, Page, Reading, Route } from '../../site.ts'
import { draftOfItem, isAdvertLink, textIn } from './item.ts'
import { searchPagesAfter } from './requests.ts'

/** Areas of the search page that hold its results; the others are adverts, recommendations, paging. */
const RESULT_AREAS = new Set(['ITEM_UNIT_LIST', 'PRODUCT_LIST'])
const SCRIPT = '__NEXT_DATA__'

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** The search page's state: react-query's answers inside the JSON that Next.js leaves in the page. */
export const embeddedState: Route = {
  name: 'embedded state',
  fits: (page) => page.has(SCRIPT),
  expects: (page) => /^\/search(?:\.ssg)?$/.test(page.url.pathname),
  read: (page, ask) => readState(page.scriptJson(SCRIPT), page, ask),
  readSlow: (page, ask) => readState(parseJson(page.dom()(`script#${SCRIPT}`).first().text()), page, ask),
}

/** Whether the search answered, and its result areas hold nothing: a true zero. */
export function isEmptyState(page: Page): boolean {
  if (!page.has(SCRIPT)) return false
  const answers = searchAnswers(page.scriptJson(SCRIPT))
  const areas = areasIn(answers)
  const total = totalIn(areas)
  if (total !== undefined && total > 0 && page.request.page === 1) return false
  const lists = resultAreas(areas).filter((area) => area.list !== undefined)
  return lists.length > 0 && lists.every((area) => area.list?.length === 0)
}

function readState(state: unknown, page: Page, ask: Ask): Reading {
  const answers = searchAnswers(state)
  const areas = areasIn(answers)
  const total = totalIn(areas)
  const items = resultAreas(areas)
    .flatMap((area) => area.list ?? [])
    .filter(isItem)
  const wanted = items.filter((item) => !isAdvert(item))
  const hasNext = hasNextIn(answers)
  return {
    products: uniqueById(wanted.map(readItem).filter((draft) => draft !== undefined)),
    ...(total === undefined ? {} : { total }),
    next: items.length > 0 ? searchPagesAfter(page.request, ask, { total, hasNext }) : [],
    warned: { 'price.conditional': wanted.filter(isConditional).flatMap((item) => readItem(item)?.id ?? []) },
  }
}

/** The data of the queries that searched; of all queries where none has that name. */
function searchAnswers(state: unknown): unknown[] {
  const pageProps = fieldsOf(fieldsOf(fieldsOf(state).props).pageProps)
  const queries = listOf(fieldsOf(pageProps.dehydratedState).queries).map(fieldsOf)
  const named = queries.filter(({ queryKey }) => listOf(queryKey).includes('fetchSearchItemListArea'))
  return (named.length > 0 ? named : queries).map(({ state: answer }) => fieldsOf(answer).data)
}

interface Area {
  unitType: string
  fields: Fields
  list: unknown[] | undefined
}

/** Every area of the answers, lists inside lists included; an inner one without a type has its outer one's. */
function areasIn(answers: unknown[]): Area[] {
  const areas: Area[] = []
  const walk = (value: unknown, outer: string): void => {
    if (Array.isArray(value)) {
      for (const entry of value) walk(entry, outer)
    } else if (isFields(value)) {
      const unitType = textIn(value.unitType) || outer
      areas.push({ unitType, fields: value, list: Array.isArray(value.dataList) ? value.dataList : undefined })
      for (const inner of [value.areaList, value.unitList, value.pages]) if (Array.isArray(inner)) walk(inner, unitType)
    }
  }
  walk(answers, '')
  return areas
}

/** The areas of results; every area where the page has none by those names. */
function resultAreas(areas: Area[]): Area[] {
  const results = areas.filter((area) => area.list !== undefined && RESULT_AREAS.has(area.unitType))
  return results.length > 0 ? results : areas
}

function totalIn(areas: Area[]): number | undefined {
  const counts = areas
    .filter(({ unitType }) => unitType === 'PAGING_UNIT')
    .map(({ fields }) => wholeNumber(fields.itemCount))
  const texts = areas.flatMap(({ fields }) => listOf(fields.unitText).map(fieldsOf))
  const told = texts.filter(({ type }) => type === 'item_cnt').map(({ value }) => wholeNumber(value))
  return [...counts, ...told].find((count) => count !== undefined)
}

function wholeNumber(value: unknown): number | undefined {
  const text = textIn(value).replaceAll(',', '')
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

function hasNextIn(answers: unknown[]): boolean | undefined {
  const told = answers.flat().map((answer) => fieldsOf(answer).hasNext)
  return told.find((hasNext): hasNext is boolean => typeof hasNext === 'boolean')
}

const isItem = (entry: unknown): entry is Fields =>
  isFields(entry) && textIn(entry.itemId) !== '' && (textIn(entry.itemName) || textIn(entry.itemNm)) !== ''

function isAdvert(item: Fields): boolean {
  if (fieldsOf(item.reactingDetail).advert_yn === 'Y') return true
  return isAdvertLink(textIn(item.itemUrl)) || isAdvertLink(textIn(item.itemDetailLink))
}

/** Prices that are a month's rent, or "from". */
const isConditional = (item: Fields): boolean => item.isRentalItem === true || item.isVisiblePriceTilde === true

function readItem(item: Fields): ProductDraft | undefined {
  const priceInfo = fieldsOf(item.priceInfo)
  const market = fieldsOf(fieldsOf(item.reactingDetail).mkt_info)
  const additional = textIn(priceInfo.additionalPrice)
  return draftOfItem({
    id: item.itemId,
    name: textIn(item.itemName) || item.itemNm,
    brand: textIn(item.brandName) || textIn(item.brandNm) || item.brandEngNm,
    mall: item.siteName,
    siteNo: item.siteNo,
    prices: [item.finalPrice, priceInfo.primaryPrice, priceInfo.rawPrimaryPrice, item.sellprc, market.lwst_sellprc],
    originals: [
      item.strikeOutPrice,
      priceInfo.strikeOutPrice,
      item.norprc,
      /정상가|최고판매가/.test(additional) ? additional : '',
    ],
    rate: textIn(item.discountRate) || priceInfo.discountRate,
    rating: item.reviewScore,
    reviews: item.reviewCount,
    inStock: inStock(item, market),
    url: textIn(item.itemUrl) || item.itemDetailLink,
    image: item.itemImgUrl,
  })
}

/** A message says that it is sold out; without that field the stock is only a hint, and an empty one tells nothing. */
function inStock(item: Fields, market: Fields): boolean | null {
  if (typeof item.soldOutMessage === 'string') return item.soldOutMessage.trim() === ''
  return typeof market.usabl_inv_qty === 'number' && market.usabl_inv_qty > 0 ? true : null
}
