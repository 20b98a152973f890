import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { load } from 'cheerio'
import { beforeAll, describe, expect, test } from 'vitest'
import { createReplicaShop } from '../../src/demo/replica-shop.ts'
import { createPage } from '../../src/sites/page.ts'
import samsung from '../../src/sites/shops/samsung.ts'
import shinsegae from '../../src/sites/shops/shinsegae.ts'
import ssg from '../../src/sites/shops/ssg.ts'
import web from '../../src/sites/shops/web.ts'
import type { Page, Site, SiteRequest } from '../../src/sites/site.ts'
import { askFor, requestFor } from '../support/parsing.ts'
import { sharedPages } from '../support/shared-pages.ts'

/** The page as a browser builds it: the tree of parse5, by the rules of the HTML standard. */
const asBrowsersDo = (page: Page): Page =>
  Object.create(page, {
    dom: { value: () => load(page.text) },
    fragment: { value: (html: string) => load(html, null, false) },
  })

/** What each route that fits reads of a page, on the fast road and on the slow one over parse5. */
function readings(site: Site, body: Uint8Array, request: SiteRequest) {
  const source = { body, contentType: 'text/html; charset=utf-8', status: 200, url: request.url, request }
  const ask = askFor({ url: request.url })
  return site.routes
    .filter((route) => route.readSlow && route.fits(createPage(source)))
    .map((route) => ({
      route: route.name,
      fast: route.read(createPage(source), ask),
      slow: route.readSlow!(asBrowsersDo(createPage(source)), ask),
    }))
}

function holdEqual(site: Site, body: Uint8Array, request: SiteRequest): void {
  const read = readings(site, body, request)
  expect(read.length).toBeGreaterThan(0)
  for (const { route, fast, slow } of read) expect(fast, route).toEqual(slow)
  expect(read.some(({ fast }) => fast.products.length + (fast.next?.length ?? 0) > 0)).toBe(true)
}

const SSG = 'https://www.ssg.com'
const FRUIT = 'https://emart.ssg.com/disp/category.ssg?dispCtgId=6000213114&pageSize=20'
const TV = 'https://www.samsung.com/sec/tvs'
const TV_MODEL = `${TV}/tv-105000koo-d2c/TV-105000KOO/`
const SHOP = 'https://www.shinsegaetvshopping.com'
const STORE = 'https://shop.example.com/store'
const detail = { kind: 'detail' } as const
const SCHEDULE = requestFor(`${SHOP}/broadcast/tvschedule-ajax?fromDate=2026%2F11%2F24`, {
  headers: { referer: `${SHOP}/broadcast/tvschedule` },
})
const fragmentOf = (referer: string): SiteRequest =>
  requestFor('https://www.samsung.com/sec/xhr/goods/goodsRevampDetail', {
    ...{ method: 'POST', body: 'goodsId=G300005000&goodsTpCd=10', headers: { referer } },
    ...detail,
  })

const REPLICA: [name: string, site: Site, request: SiteRequest][] = [
  ['ssg, search', ssg, requestFor(`${SSG}/search.ssg?query=노트북`)],
  ['ssg, Emart category', ssg, requestFor(FRUIT)],
  ['ssg, mall category', ssg, requestFor(`${FRUIT}&siteNo=6004`)],
  ['ssg, old category', ssg, requestFor(`${SSG}/disp/category.ssg?ctgId=6000213114&pageSize=20`)],
  ['ssg, product', ssg, requestFor(`${SSG}/item/itemView.ssg?itemId=1000000171213`, detail)],
  ['shinsegae, schedule', shinsegae, SCHEDULE],
  ['shinsegae, category', shinsegae, requestFor(`${SHOP}/category/30100001`)],
  ['shinsegae, product', shinsegae, requestFor(`${SHOP}/display/detail/20000000`, detail)],
  ['samsung, category', samsung, requestFor(`${TV}/all-tvs/`)],
  ['samsung, product', samsung, requestFor(TV_MODEL, detail)],
  ['samsung, fragment', samsung, fragmentOf(TV_MODEL)],
  ...['json-ld', 'urls', 'microdata', 'links'].map((form): [string, Site, SiteRequest] => [
    `web, ${form}`,
    web,
    requestFor(`${STORE}/${form}`),
  ]),
  ...['1000000171213', '1000000179132', '1000000187051'].map((id): [string, Site, SiteRequest] => [
    `web, product ${id}`,
    web,
    requestFor(`${STORE}/product/${id}`, detail),
  ]),
]

describe('where the tree that browsers build is another, the fast road reads', () => {
  const url = `${SHOP}/category/30100001`
  const cards = shinsegae.routes.find(({ name }) => name === 'cards')!
  const card = `<div class="card gtm_list_item" data-gtm-item-id="1" data-gtm-item-name="a"></div>`
  const idsOn = (markup: string) => {
    const body = Buffer.from(markup)
    const [read] = readings(shinsegae, body, requestFor(url)).filter(({ route }) => route === cards.name)
    return { fast: read!.fast.products.map(({ id }) => id), browser: read!.slow.products.map(({ id }) => id) }
  }

  test.each([
    ['what stands in noscript: a browser that runs scripts takes it for text, and no script runs here', 'noscript'],
    ['what stands in a select: a browser throws other elements away there', 'select'],
    ['what stands in a frameset: likewise', 'frameset'],
  ])('%s', (_why, element) => {
    expect(idsOn(`<${element}>${card}</${element}>`)).toEqual({ fast: ['1'], browser: [] })
  })

  test('NUL as it came: a browser puts the replacement sign there (the store drops it)', () => {
    expect(idsOn(card.replace('id="1"', 'id="1\0"'))).toEqual({ fast: ['1\0'], browser: ['1\ufffd'] })
  })

  test.each([
    ['a table', `<table>${card}<tr></tr></table>`],
    ['crossed formatting', `<b><p>${card}</b></p>`],
    ['a stray end', `</p></li></span>${card}`],
    ['an early end', card.replace('</div>', '')],
  ])('the same products from %s', (_name, markup) => {
    expect(idsOn(markup)).toEqual({ fast: ['1'], browser: ['1'] })
  })
})

describe('on the replica, the fast road reads what cheerio reads on the tree that browsers build', () => {
  const shop = createReplicaShop({ products: 300, pageBytes: 20_000 })
  const bodies = new Map<string, Uint8Array>()
  beforeAll(async () => {
    const { origin } = await shop.start()
    for (const [name, , { method, url, headers, body }] of REPLICA) {
      const { pathname, search } = new URL(url)
      const answer = await fetch(origin + pathname + search, { method, headers, body })
      bodies.set(name, new Uint8Array(await answer.arrayBuffer()))
    }
    await shop.stop()
  })
  test.each(REPLICA)('%s', (name, site, request) => holdEqual(site, bodies.get(name)!, request))
})

const read = (folder: string, file: string): Uint8Array => {
  const bytes = readFileSync(join(sharedPages!, folder, file))
  return file.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

if (sharedPages !== undefined) {
  const SHOPS: [file: string, site: Site, request: SiteRequest][] = [
    ['ssg/2026-emart-category-2cards.html', ssg, requestFor(FRUIT)],
    ['shinsegae/2026-09-tvschedule-4cards.html', shinsegae, SCHEDULE],
    [
      'samsung/2024-06-all-smartphones.html',
      samsung,
      requestFor('https://www.samsung.com/sec/smartphones/all-smartphones/'),
    ],
    [
      'samsung/2024-06-product-SM-S711NZBWKOO.html',
      samsung,
      requestFor('https://www.samsung.com/sec/smartphones/galaxy-s23-fe/SM-S711NZBWKOO/', detail),
    ],
    [
      'samsung/2024-06-goodsDetail-SM-S711NZBWKOO.html',
      samsung,
      fragmentOf('https://www.samsung.com/sec/smartphones/galaxy-s23-fe/SM-S711NZBWKOO/'),
    ],
  ]
  const others = readdirSync(join(sharedPages, 'other')).filter((file) => /\.html(?:\.gz)?$/.test(file))

  describe('on captured pages, the fast road reads what cheerio reads on the tree that browsers build', () => {
    test.each(SHOPS)('%s', (file, site, request) => {
      const [folder, name] = file.split('/') as [string, string]
      holdEqual(site, read(folder, name), request)
    })
    test.each(others)('other/%s', (file) => {
      holdEqual(web, read('other', file), requestFor('https://shop.example.com/product/1', detail))
    })
  })
}
