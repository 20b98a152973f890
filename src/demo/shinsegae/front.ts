import type { Catalogue, CatalogueItem } from '../catalogue.ts'
import {
  escapeHtml,
  grouped,
  htmlPage,
  type ReplicaAnswer,
  type ReplicaCall,
  type ReplicaFront,
  type ReplicaShelves,
} from '../front.ts'

const HTML = 'text/html;charset=UTF-8'
const JSON_TYPE = 'application/json;charset=UTF-8'

/** Products of one day's schedule, each in one slot or two. */
const DAY_PRODUCTS = 24
/** Products that a day shares with the one before. */
const SHARED_PRODUCTS = 4
const DAY_MS = 86_400_000

/** Categories that have pages, and the shelf of the catalogue that stands on each. */
const CATEGORIES: Readonly<Record<string, string>> = {
  '30100020': '6000213046',
  '30100005': '6000214719',
  '30100001': '6000213114',
  '30102001': '6000214128',
}

/** The goods code of a product: 8 digits. */
export const goodsCodeOf = (catalogue: Catalogue, item: CatalogueItem): string =>
  String(20_000_000 + catalogue.items.indexOf(item))

/** The products of one day, in the order of their first slot. @param day yyyy-mm-dd */
export function scheduleOf(catalogue: Catalogue, day: string): CatalogueItem[] {
  const first = Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS) * (DAY_PRODUCTS - SHARED_PRODUCTS)
  const { items } = catalogue
  const count = Math.min(DAY_PRODUCTS, items.length)
  return Array.from({ length: count }, (_, index) => items[(first + index) % items.length]!)
}

/** Shinsegae Shopping's pages: the schedule's fragment, categories, a product's page and its JSON. */
export const shinsegaeFront: ReplicaFront = (url, call, shelves) => {
  if (url.pathname === '/broadcast/tvschedule-ajax') return schedule(url, call, shelves)
  const [, first, second, third] = url.pathname.split('/')
  if (first === 'category') return category(second ?? '', shelves)
  if (first === 'display' && second === 'detail') return detail(third ?? '', shelves)
  if (url.pathname === '/display/detailInfo' && call.method === 'POST') return detailInfo(call, shelves)
  return undefined
}

/** Only the schedule's own page may ask. */
function schedule(url: URL, call: ReplicaCall, { catalogue }: ReplicaShelves): ReplicaAnswer {
  const isOwn = call.headers.referer?.endsWith('/broadcast/tvschedule') === true
  if (!isOwn) return { status: 403, contentType: HTML, body: '<html><p>비정상적인 접근입니다.</p></html>' }
  const day = (url.searchParams.get('fromDate') ?? '').replaceAll('/', '-')
  if (Number.isNaN(Date.parse(day))) return { contentType: HTML, body: '<div class="tv-schedule"></div>' }
  const items = scheduleOf(catalogue, day)
  const slots = items.map((item, index) => {
    const others = [items[index - 1]].filter((it) => it !== undefined)
    const cards = [item, ...others].map((it, at) => card(catalogue, it, at === 0 ? 'Y' : 'N', index + 1))
    return `<dl data-onair="N"><dt><span class="_time">${index}:00~${index + 1}:00</span></div></dt><dd>${cards.join('')}</dd></dl>`
  })
  return { contentType: HTML, body: slots.join('\n') }
}

function category(id: string, { catalogue, pageBytes }: ReplicaShelves): ReplicaAnswer | undefined {
  const shelf = CATEGORIES[id]
  if (shelf === undefined) return undefined
  const cards = catalogue.inCategory(shelf).map((item, index) => card(catalogue, item, 'N', index + 1, true))
  return { contentType: HTML, body: htmlPage('카테고리 | 신세계쇼핑', cards.join('\n'), pageBytes) }
}

function card(catalogue: Catalogue, item: CatalogueItem, main: string, index: number, hasGrade = false): string {
  const code = goodsCodeOf(catalogue, item)
  const name = escapeHtml(item.name)
  const before = item.originalPrice === null ? '' : grouped(item.originalPrice)
  const go = `onclick="goPage('/display/detail/${code}', this);"`
  const grade =
    hasGrade && item.rating !== null
      ? `<span class="score">${item.rating}</span><span class="count">(<em>${grouped(item.reviewCount)}</em>)</span>`
      : ''
  return `<div class="card gtm_list_item" data-main="${main}" data-gtm-area = "TV편성표^방송 편성 정보" data-gtm-item-id="${code}"
 data-gtm-item-name="${name}" data-gtm-item-brand="${escapeHtml(item.brand)}" data-gtm-item-index="${index}"
 data-gtm-item-category="${escapeHtml(item.category.replaceAll(' > ', '>'))}" data-gtm-item-category3="30101642"
 data-gtm-item-price="${before}" data-gtm-item-quantity="${item.isSoldOut ? 0 : 120}" data-gtm-item-discount="${grouped(item.price)}">
<div class="area-richmedia"><a href="javascript:;" ${go} class="link"><img src="${imageOf(code)}" class="_image" alt="${name} 상품이미지"></a></div>
<div class="area-product-name"><a href="javascript:;" ${go}><span class="_goodsName">
 ${name}
</span></a></div>
<div class="area-price"><span class="_bestPrice">${grouped(item.price)}</span><span class="txt-won">원</span>${before && `<span class="_salePrice"><del>${before}</del></span><span class="txt-won">원</span>`}</div>${grade}
</div>`
}

const imageOf = (code: string): string =>
  `https://img.shinsegaetvshopping.com/goods/${code.slice(-3)}/${code}_l_20260820101944.jpg`

function itemWith(code: string, catalogue: Catalogue): CatalogueItem | undefined {
  return /^\d{8}$/.test(code) ? catalogue.items[Number(code) - 20_000_000] : undefined
}

/** Every second page leaves its price to a script. */
function detail(code: string, { catalogue, pageBytes }: ReplicaShelves): ReplicaAnswer | undefined {
  const item = itemWith(code, catalogue)
  if (!item) return undefined
  const before =
    item.originalPrice === null ? '' : `<span class="_salePrice"><del>${grouped(item.originalPrice)}</del></span>`
  const price = Number(code) % 2 === 0 ? `<span class="_bestPrice">${grouped(item.price)}</span>${before}` : ''
  const metas = `<meta property="og:title" content="${escapeHtml(item.name)} | 신세계쇼핑"><meta property="og:image" content="${imageOf(code)}">`
  const page = htmlPage(`${item.name} | 신세계쇼핑`, `<div class="div-best">${price}</div>`, pageBytes)
  return { contentType: HTML, body: page.replace('</head>', `${metas}</head>`) }
}

function detailInfo(call: ReplicaCall, { catalogue }: ReplicaShelves): ReplicaAnswer {
  const code = /"targetCode":"(\d{8})"/.exec(call.body)?.[1] ?? ''
  const item = itemWith(code, catalogue)
  const answer = item
    ? {
        goodsVO: {
          goodsCode: code,
          goodsName: item.name,
          brandName: item.brand,
          goodsPrice: item.originalPrice ?? item.price,
          salePrice: item.price,
        },
        uintGoodsVO: { briefOrderAbleCnt: item.isSoldOut ? 0 : 120 },
      }
    : {}
  return { contentType: JSON_TYPE, body: JSON.stringify(answer) }
}
