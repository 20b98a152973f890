import { gzipSync } from 'node:zlib'
import type { CatalogueItem } from '../catalogue.ts'
import {
  escapeHtml,
  htmlPage,
  jsonInScript,
  numberIn,
  pageIn,
  type ReplicaAnswer,
  type ReplicaFront,
  type ReplicaShelves,
} from '../front.ts'

const HTML = 'text/html; charset=utf-8'
const XML = 'application/xml; charset=utf-8'

/** Products a page of a list. */
export const STORE_PAGE_SIZE = 24
/** Addresses a sitemap file. */
const SITEMAP_SIZE = 500

/** How the lists of the replica web shop are written; each has its own address, `/store/<form>`. */
export const STORE_FORMS = ['json-ld', 'urls', 'microdata', 'state', 'links'] as const
type StoreForm = (typeof STORE_FORMS)[number]

/**
 * A shop of no special kind, for crawls by address: `/store` leads to no product (its sitemaps do), `/store/<form>` is
 * the whole catalogue as a list, and `/store/product/<id>` one product, written in a form that its id decides.
 */
export const storeFront: ReplicaFront = (url, _call, shelves) => {
  const [, first, second, third] = url.pathname.split('/')
  if (first === 'sitemap.xml') return sitemapIndex(shelves)
  if (first === 'sitemaps') return sitemap(Number(/^products-(\d{1,4})\.xml\.gz$/.exec(second ?? '')?.[1]), shelves)
  if (first !== 'store') return undefined
  if (!second) return { contentType: HTML, body: htmlPage('복제 상점', '<a href="/store/about">소개</a>', 0) }
  if (second === 'product') return product(third ?? '', shelves)
  const form = STORE_FORMS.find((it) => it === second)
  return form && list(form, url, shelves)
}

function sitemapIndex({ catalogue, origin }: ReplicaShelves): ReplicaAnswer {
  const files = Array.from({ length: Math.ceil(catalogue.items.length / SITEMAP_SIZE) }, (_, index) => index + 1)
  const entries = files.map((file) => `<sitemap><loc>${origin}/sitemaps/products-${file}.xml.gz</loc></sitemap>`)
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries.join('')}</sitemapindex>`
  return { contentType: XML, body }
}

function sitemap(file: number, { catalogue, origin }: ReplicaShelves): ReplicaAnswer | undefined {
  if (!(file > 0)) return undefined
  const entries = pageIn(catalogue.items, file, SITEMAP_SIZE).map(
    ({ id }) => `<url><loc>${origin}/store/product/${id}</loc></url>`,
  )
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries.join('')}</urlset>`
  return { contentType: 'application/gzip', body: gzipSync(body) }
}

function list(form: StoreForm, url: URL, shelves: ReplicaShelves): ReplicaAnswer {
  const { catalogue, pageBytes, offset } = shelves
  const page = numberIn(url, 'page', 1)
  const items = pageIn(catalogue.items, page, STORE_PAGE_SIZE, offset)
  const hasNext = page * STORE_PAGE_SIZE + offset < catalogue.items.length
  const next = hasNext
    ? `<a ${form === 'links' ? '' : 'rel="next" '}href="/store/${form}?page=${page + 1}">${page + 1}</a>`
    : ''
  const body = htmlPage('전체 상품 | 복제 상점', LISTS[form](items) + next, pageBytes)
  return { contentType: HTML, body }
}

const LISTS: Readonly<Record<StoreForm, (items: CatalogueItem[]) => string>> = {
  'json-ld': (items) => ldScript(itemList(items.map((item) => ({ item: productOf(item) })))),
  urls: (items) => ldScript(itemList(items.map((item) => ({ url: pathOf(item) })))),
  microdata: (items) => items.map(microdataOf).join('\n'),
  state: (items) =>
    `<script id="__NEXT_DATA__" type="application/json">${jsonInScript({ props: { pageProps: { list: { items: items.map(stateOf) } } } })}</script>`,
  links: (items) => items.map((item) => `<a href="${pathOf(item)}">${escapeHtml(item.name)}</a>`).join('\n'),
}

const ldScript = (value: object): string => `<script type="application/ld+json">${jsonInScript(value)}</script>`

const itemList = (entries: object[]): object => ({
  '@context': 'https://schema.org',
  '@type': 'ItemList',
  itemListElement: entries.map((entry, index) => ({ '@type': 'ListItem', position: index + 1, ...entry })),
})

const pathOf = (item: CatalogueItem): string => `/store/product/${item.id}`
const imageOf = (item: CatalogueItem): string => `/store/images/${item.id}.jpg`
const stockOf = (item: CatalogueItem): string => (item.isSoldOut ? 'OutOfStock' : 'InStock')

function productOf(item: CatalogueItem): object {
  const before = item.originalPrice && {
    priceSpecification: {
      '@type': 'UnitPriceSpecification',
      priceType: 'https://schema.org/ListPrice',
      price: item.originalPrice,
      priceCurrency: 'KRW',
    },
  }
  const grade = item.rating && {
    aggregateRating: { '@type': 'AggregateRating', ratingValue: item.rating, reviewCount: item.reviewCount },
  }
  return {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: item.name,
    sku: item.id,
    ...(item.brand && { brand: { '@type': 'Brand', name: item.brand } }),
    url: pathOf(item),
    image: imageOf(item),
    category: item.category,
    offers: {
      '@type': 'Offer',
      price: item.price,
      priceCurrency: 'KRW',
      availability: `https://schema.org/${stockOf(item)}`,
      seller: { '@type': 'Organization', name: item.siteName },
      ...before,
    },
    ...grade,
  }
}

function microdataOf(item: CatalogueItem): string {
  const grade =
    item.rating === null
      ? ''
      : `<span itemprop="aggregateRating" itemscope itemtype="https://schema.org/AggregateRating"><b itemprop="ratingValue">${item.rating}</b> (<i itemprop="reviewCount">${item.reviewCount}</i>)</span>`
  const brand = item.brand === '' ? '' : `<em itemprop="brand">${escapeHtml(item.brand)}</em>`
  return `<div itemscope itemtype="https://schema.org/Product"><a itemprop="url" href="${pathOf(item)}"><img itemprop="image" src="${imageOf(item)}"></a>
<h3 itemprop="name">${escapeHtml(item.name)}</h3>${brand}<meta itemprop="sku" content="${item.id}"><meta itemprop="category" content="${escapeHtml(item.category)}">
<p itemprop="offers" itemscope itemtype="https://schema.org/Offer"><span itemprop="price">${item.price.toLocaleString('en-US')}원</span><link itemprop="availability" href="https://schema.org/${stockOf(item)}"></p>${grade}</div>`
}

const stateOf = (item: CatalogueItem): object => ({
  productId: item.id,
  productName: item.name,
  brandName: item.brand,
  price: { sale: item.price, original: item.originalPrice ?? item.price, currency: 'KRW' },
  reviewScore: item.rating,
  reviewCount: item.reviewCount,
  isSoldOut: item.isSoldOut,
  url: pathOf(item),
  imageUrl: imageOf(item),
  categoryName: item.category,
})

function product(id: string, { catalogue, pageBytes, origin }: ReplicaShelves): ReplicaAnswer | undefined {
  const item = catalogue.byId(id)
  if (!item) return undefined
  const metas: [string, string | number][] = [
    ['og:type', 'product'],
    ['og:title', item.name],
    ['og:url', origin + pathOf(item)],
    ['og:image', origin + imageOf(item)],
    ['product:brand', item.brand],
    ['product:retailer_item_id', item.id],
    ['product:price:amount', item.price],
    ['product:price:currency', 'KRW'],
    ['product:availability', item.isSoldOut ? 'out of stock' : 'in stock'],
    ['product:category', item.category],
  ]
  const forms = [
    ldScript(productOf(item)),
    microdataOf(item),
    metas.map(([name, value]) => `<meta property="${name}" content="${escapeHtml(String(value))}">`).join(''),
  ]
  const form = forms[catalogue.items.indexOf(item) % forms.length]!
  return { contentType: HTML, body: htmlPage(`${item.name} | 복제 상점`, form, Math.min(pageBytes, 60_000)) }
}
