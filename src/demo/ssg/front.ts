import type { CatalogueItem } from '../catalogue.ts'
import {
  escapeHtml,
  grouped,
  htmlPage,
  jsonInScript,
  numberIn,
  pageIn,
  type ReplicaAnswer,
  type ReplicaCall,
  type ReplicaFront,
  type ReplicaShelves,
} from '../front.ts'
import { emartCard, mallCard, oldCard } from './cards.ts'
import { imageOf, searchState } from './state.ts'

const SEARCH_SIZE = 40
const CATEGORY_SIZE = 80
const SPECIAL_SIZE = 30
const HTML = 'text/html; charset=UTF-8'

/** SSG's pages: search, categories in three generations of cards, the front API, a product's own page. */
export const ssgFront: ReplicaFront = (url, call, shelves) => {
  if (url.pathname === '/search.ssg' || url.pathname === '/search') return search(url, shelves)
  if (url.pathname === '/disp/category.ssg') return category(url, shelves)
  if (url.pathname === '/dp/api/v2/page/area' && call.method === 'POST') return specials(call, shelves)
  if (url.pathname === '/item/itemView.ssg') return detail(url, shelves)
  return undefined
}

function search(url: URL, shelves: ReplicaShelves): ReplicaAnswer {
  const query = url.searchParams.get('query') ?? ''
  const page = numberIn(url, 'page', 1)
  const found = shelves.catalogue.matching(query)
  const results = pageIn(found, page, SEARCH_SIZE, shelves.offset)
  const title = `${query} - 검색결과 | SSG.COM`
  if (shelves.form === 'cards') {
    const empty = found.length === 0 ? '<div class="csrch_tip">검색된 상품이 없습니다.</div>' : ''
    return { contentType: HTML, body: htmlPage(title, empty + listOf(results.map(emartCard)), shelves.pageBytes) }
  }
  const others = shelves.catalogue.items.filter(({ id }) => Number(id) % 17 === 0)
  const state = searchState(
    query,
    results,
    { adverts: others.slice(0, 3), recommended: others.slice(3, 9) },
    { total: found.length, page, hasNext: page * SEARCH_SIZE + shelves.offset < found.length },
  )
  const script = `<script id="__NEXT_DATA__" type="application/json">${jsonInScript(state)}</script>`
  const shown = results.map(({ name, price }) => `<li><p>${escapeHtml(name)}</p><em>${grouped(price)}원</em></li>`)
  return { contentType: HTML, body: htmlPage(title, `<ul>${shown.join('\n')}</ul>${script}`, shelves.pageBytes) }
}

function category(url: URL, shelves: ReplicaShelves): ReplicaAnswer | undefined {
  const old = url.searchParams.get('ctgId')
  const items = shelves.catalogue.inCategory(old ?? url.searchParams.get('dispCtgId') ?? '')
  const first = items[0]
  if (!first) return undefined
  const size = Math.min(numberIn(url, 'pageSize', CATEGORY_SIZE), 100)
  const shown = pageIn(items, numberIn(url, 'page', 1), size, shelves.offset)
  const card = old ? oldCard : url.searchParams.get('siteNo') === '6004' ? mallCard : emartCard
  const others = shelves.catalogue.items.filter(({ categoryId }) => categoryId !== first.categoryId).slice(0, 4)
  const carousel = `<div class="swiper"><ul>${others.map(card).join('\n')}</ul></div>`
  const title = `${first.category.split(' > ').reverse().join(' | ')} - 이마트몰`
  return { contentType: HTML, body: htmlPage(title, carousel + listOf(shown.map(card)), shelves.pageBytes) }
}

const listOf = (cards: string[]): string =>
  `<div id="area_itemlist"><div id="ty_thmb_view"><ul class="cunit_thmb_lst">${cards.join('\n')}</ul></div></div>`

function specials(call: ReplicaCall, shelves: ReplicaShelves): ReplicaAnswer {
  const page = pageAsked(call.body)
  if (page === undefined) return { status: 400, contentType: 'application/json', body: '{"resultCode":"400"}' }
  const items = pageIn(shelves.catalogue.specials(), page, SPECIAL_SIZE, shelves.offset).map(specialItem)
  const areaList = [[{ unitType: 'SPECIALDEAL_ITEM', dataType: 'ITEM', itemList: items }]]
  const body = JSON.stringify({ resultCode: '200', resultMsg: 'OK', data: { areaList } })
  return { contentType: 'application/json;charset=UTF-8', body }
}

function pageAsked(body: string): number | undefined {
  try {
    const page = Number((JSON.parse(body) as { params: { page: string } }).params.page)
    return Number.isSafeInteger(page) && page > 0 ? page : undefined
  } catch {
    return undefined
  }
}

function specialItem(item: CatalogueItem) {
  return {
    itemId: item.id,
    itemNm: item.name,
    siteNo: item.siteNo,
    displayPrc: grouped(item.price),
    strikeOutPrc: item.originalPrice === null ? '' : grouped(item.originalPrice),
    priceInfo: { summary: { discountTxt: item.discountRate === null ? '' : `${item.discountRate}%` } },
    itemLnkd: `https://www.ssg.com/item/itemView.ssg?itemId=${item.id}&siteNo=${item.siteNo}`,
    itemImgUrl: imageOf(item, 290).replace('https:', ''),
    brandNm: item.brand,
    soldOutYn: item.isSoldOut ? 'Y' : 'N',
    recompPoint: item.rating === null ? '' : String(item.rating),
    recomRegCnt: grouped(item.reviewCount),
    shppcstInfo: [{ dispTxt: '무료배송' }],
    dispEndDts: '20261231235959',
  }
}

function detail(url: URL, shelves: ReplicaShelves): ReplicaAnswer | undefined {
  const item = shelves.catalogue.byId(url.searchParams.get('itemId') ?? '')
  if (!item) return undefined
  const text = (value: string): string => `'${value.replace(/['\\]/g, '\\$&')}'`
  const object = `var resultItemObj = {
  itemId : ${text(item.id)}, itemNm : ${text(item.name)}, repBrandNm : ${text(item.brand)}, siteNo : ${text(item.siteNo)},
  related : { itemNm : '다른 상품', sellprc : parseInt('1') },
  sellprc : parseInt('${item.originalPrice ?? item.price}', 10), soldOut : '${item.isSoldOut ? 'Y' : 'N'}',
  dispCtgLclsNm : ${text(item.category)}, itemImgUrl : ${text(imageOf(item, 580))}, shppTypeDtlCd : '22'
};`
  const old =
    item.originalPrice === null
      ? ''
      : `<span class="cdtl_old_price"><em class="ssg_price">${grouped(item.originalPrice)}</em>원</span>`
  const main = `<h2 class="cdtl_prd_nm">${escapeHtml(item.name)}</h2>${old}
<span class="cdtl_new_price notranslate"><em class="ssg_price">${grouped(item.price)}</em>원</span><script>${object}</script>`
  return { contentType: HTML, body: htmlPage(`${item.name} | SSG.COM`, main, shelves.pageBytes / 4) }
}
