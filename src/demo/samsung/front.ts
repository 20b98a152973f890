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
import { type SamsungGoods, type SamsungShelf, samsungShelves } from './goods.ts'

const HTML = 'text/html;charset=UTF-8'
const JSON_TYPE = 'application/json;charset=UTF-8'
const MAX_ROWS = 500

/** Share of a category that its page's JSON-LD names: fewer than the list has, as on the real shop. */
const NAMED_SHARE = 0.6

/** Samsung's Korean shop: the list API, category pages with JSON-LD, product pages and the fragment with their price. */
export const samsungFront: ReplicaFront = (url, call, shelves) => {
  if (!url.pathname.startsWith('/sec/')) return undefined
  if (url.pathname === '/sec/cxhr/pf/goodsList') return goodsList(url, call)
  if (url.pathname === '/sec/xhr/goods/goodsRevampDetail' && call.method === 'POST') return fragment(call)
  const [, , slug, second, model] = url.pathname.split('/')
  const shelf = samsungShelves().find((it) => it.slug === slug)
  if (!shelf) return undefined
  if (second === `all-${slug}`) return categoryPage(shelf, shelves)
  const goods = shelf.goods.find((it) => it.model === model)
  return goods && productPage(goods, shelves)
}

/** Without a Referer of the shop a page comes instead of JSON. */
function goodsList(url: URL, call: ReplicaCall): ReplicaAnswer | undefined {
  if (!call.headers.referer?.includes('/sec/'))
    return { contentType: HTML, body: htmlPage('삼성닷컴', '<p>잠시만 기다려 주세요.</p>', 0) }
  const shelf = samsungShelves().find(({ number }) => number === url.searchParams.get('dispClsfNo'))
  if (!shelf) return { contentType: JSON_TYPE, body: JSON.stringify({ count: 0, products: [], filters: [] }) }
  const rows = Math.min(numberIn(url, 'rows', 12), MAX_ROWS)
  const products = pageIn(shelf.goods, numberIn(url, 'page', 1), rows).map(listed)
  return { contentType: JSON_TYPE, body: JSON.stringify({ filters: [], count: shelf.goods.length, products }) }
}

const addressOf = (goods: SamsungGoods): string => `${goods.category}/${goods.model.toLowerCase()}-d2c/${goods.model}/`
const imageOf = (goods: SamsungGoods): string => `//images.samsung.com/kdp/goods/2026/01/01/${goods.goodsId}.png`

/** 기준가 is the third field of `priceStr`; type 00 has no 혜택가. */
function listed(goods: SamsungGoods): object {
  const isMember = goods.price < goods.listPrice && goods.price > 0 && !goods.isCarrier
  const prices = isMember
    ? ['10', goods.listPrice, goods.listPrice, goods.price]
    : ['00', goods.listPrice, goods.listPrice]
  return {
    goodsId: goods.goodsId,
    goodsNm: goods.name.replace(' ', '<br>'),
    mdlCode: goods.model,
    priceStr: [goods.goodsId.slice(-6), ...prices].join('|'),
    salePrice: goods.price,
    imgPath1: imageOf(goods),
    reviewGrade: goods.rating,
    reviewCount: goods.reviewCount,
    familyReviewGrade: 1_721,
    stockQty: goods.status === '12' ? 9_999 : 0,
    saleStatCd: goods.status,
    goodsDetailUrl: addressOf(goods),
    goodsTpCd: '10',
    thirdPartyYn: 'N',
    activatePhoneYn: goods.isCarrier ? 'Y' : null,
    compDispClsfEnNm: goods.category,
  }
}

function categoryPage(shelf: SamsungShelf, { pageBytes }: ReplicaShelves): ReplicaAnswer {
  const named = shelf.goods.slice(0, Math.ceil(shelf.goods.length * NAMED_SHARE)).filter(({ price }) => price > 0)
  const list = {
    '@context': 'https://schema.org',
    '@type': 'ItemList',
    itemListElement: named.map((goods, index) => ({
      '@type': 'ListItem',
      position: index + 1,
      item: {
        ...productOf(goods),
        image: imageOf(goods),
        offers: {
          '@type': 'Offer',
          price: goods.price,
          priceCurrency: 'KRW',
          availability: `https://schema.org/${goods.status === '12' ? 'InStock' : 'OutOfStock'}`,
        },
      },
    })),
  }
  const scripts = `<script type="application/ld+json">${jsonInScript(list)}</script><script>var query = { dispClsfNo: ${shelf.number} }</script>`
  return { contentType: HTML, body: htmlPage('전체 제품 | 삼성전자', scripts, pageBytes) }
}

function productOf(goods: SamsungGoods): object {
  return {
    '@type': 'Product',
    name: goods.name,
    sku: goods.model,
    url: `https://www.samsung.com/sec/${addressOf(goods)}`,
    aggregateRating: { '@type': 'AggregateRating', ratingValue: goods.rating, reviewCount: goods.reviewCount },
  }
}

/** Its JSON-LD names no offer: the price comes with the fragment. */
function productPage(goods: SamsungGoods, { pageBytes }: ReplicaShelves): ReplicaAnswer {
  const main = `<script type="application/ld+json">${jsonInScript({ '@context': 'https://schema.org', ...productOf(goods) })}</script>
<div id="goods_detail_wrap" data-ctpath="/sec/" data-goods-id="${goods.goodsId}" data-mdl-code="${goods.model}" data-goods-tp-cd="10"></div>
<script>ajax.load({ url: '/sec/xhr/goods/goodsRevampDetail' })</script>`
  return { contentType: HTML, body: htmlPage(`${goods.name} | ${goods.model} | 삼성전자`, main, pageBytes) }
}

function fragment(call: ReplicaCall): ReplicaAnswer | undefined {
  const id = new URLSearchParams(call.body).get('goodsId')
  const goods = samsungShelves()
    .flatMap((shelf) => shelf.goods)
    .find(({ goodsId }) => goodsId === id)
  if (!goods) return undefined
  const input = (name: string, value: string | number): string =>
    `<input type="hidden" id="${name}" value="${escapeHtml(String(value))}">`
  const body = [
    input('mdlCode', goods.model),
    input('goodsNm', goods.name),
    input('thirdPartyYn', 'N'),
    input('imgPath', imageOf(goods)),
    input('originalPrice', goods.listPrice),
    input('salePrc', goods.price),
    input('saleStatCd', goods.status),
    `<h1 id="goodsDetailNm">${escapeHtml(goods.name)}</h1>`,
    `<div class="itm-sart-rating" role="img" aria-label="별점 ${goods.rating}점"><span>${goods.rating}</span></div>`,
    `<a class="itm-review-count">(${grouped(goods.reviewCount)}건)</a>`,
  ]
  return { contentType: HTML, body: body.join('\n') }
}
