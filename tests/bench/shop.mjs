// The shop of the benchmark, in a process of its own: the replica's pages, made once and then served from memory, so that
// what is measured is the crawler. Started by bench.mjs, which tells it by message what to change.
import { createServer } from 'node:http'
import { catalogue } from './catalogue.mjs'
import { compiled } from './dist.mjs'

const LISTING_BYTES = 250_000
const DETAIL_BYTES = 60_000
/** Products a page of the web shop's lists: 5 lists name 200 products. */
const WEB_PAGE_SIZE = 40
const HTML = 'text/html; charset=utf-8'

const { ssgFront } = await compiled('demo/ssg/front.js')
const { htmlPage, jsonInScript, pageIn, numberIn } = await compiled('demo/front.js')

const settings = { form: 'state', latencyMs: 0, listed: catalogue.items.length }
const pages = new Map()
let origin = ''

/** `노트북 from-to` finds that part of the catalogue, so that each user of a workload has a result of its own. */
const shelves = () => ({
  catalogue: { ...catalogue, matching },
  pageBytes: LISTING_BYTES,
  form: settings.form,
  offset: 0,
  origin,
})

function matching(words) {
  const [, from, to] = /(\d+)-(\d+)$/.exec(words) ?? []
  return from === undefined ? [] : catalogue.items.slice(Number(from), Number(to))
}

/** A shop of no special kind: lists that name their products' pages in JSON-LD, and those pages. */
function webFront(url) {
  const id = /^\/web\/product\/(\d+)$/.exec(url.pathname)?.[1]
  const item = id && catalogue.byId(id)
  if (item) return { contentType: HTML, body: htmlPage(item.name, ldScript(productOf(item)), DETAIL_BYTES) }
  if (url.pathname !== '/web/list') return undefined
  const page = numberIn(url, 'page', 1)
  const items = pageIn(catalogue.items.slice(0, settings.listed), page, WEB_PAGE_SIZE)
  const next = page * WEB_PAGE_SIZE < settings.listed ? `<a rel="next" href="/web/list?page=${page + 1}">다음</a>` : ''
  const itemListElement = items.map((it, at) => ({
    '@type': 'ListItem',
    position: at + 1,
    url: `/web/product/${it.id}`,
  }))
  const list = ldScript({ '@context': 'https://schema.org', '@type': 'ItemList', itemListElement })
  return { contentType: HTML, body: htmlPage('전체 상품', list + next, LISTING_BYTES) }
}

const ldScript = (value) => `<script type="application/ld+json">${jsonInScript(value)}</script>`

const productOf = (item) => ({
  '@context': 'https://schema.org',
  '@type': 'Product',
  sku: item.id,
  name: item.name,
  brand: { '@type': 'Brand', name: item.brand },
  url: `/web/product/${item.id}`,
  image: `/web/images/${item.id}.jpg`,
  offers: {
    '@type': 'Offer',
    price: item.price,
    priceCurrency: 'KRW',
    availability: `https://schema.org/${item.isSoldOut ? 'OutOfStock' : 'InStock'}`,
  },
  ...(item.rating && {
    aggregateRating: { '@type': 'AggregateRating', ratingValue: item.rating, reviewCount: item.reviewCount },
  }),
})

function pageAt(path) {
  const key = `${settings.form} ${settings.listed} ${path}`
  const known = pages.get(key)
  if (known) return known
  const made = make(path)
  pages.set(key, made)
  return made
}

function make(path) {
  if (path === '/robots.txt') return { contentType: 'text/plain', body: Buffer.from('User-agent: *\nAllow: /\n') }
  const url = new URL(path, origin)
  const found = webFront(url) ?? ssgFront(url, { method: 'GET', path, headers: {}, body: '' }, shelves())
  if (!found) return { status: 404, contentType: HTML, body: Buffer.from('<p>?</p>') }
  return { ...found, body: Buffer.from(found.body) }
}

const server = createServer((request, response) => {
  const { status = 200, contentType, body } = pageAt(request.url)
  const send = () => {
    response.writeHead(status, { 'content-type': contentType, 'content-length': body.byteLength })
    response.end(body)
  }
  if (settings.latencyMs > 0) setTimeout(send, settings.latencyMs)
  else send()
})
server.keepAliveTimeout = 60_000 // else it may close a connection that a contestant is about to use
server.listen(0, '127.0.0.1', () => {
  origin = `http://127.0.0.1:${server.address().port}`
  process.send({ origin })
})
process.on('message', ({ prepare = [], ...changes }) => {
  Object.assign(settings, changes)
  for (const path of prepare) pageAt(path)
  process.send({ origin })
})
process.on('disconnect', () => process.exit(0))
