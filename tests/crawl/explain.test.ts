import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { addressIn, type Explanation, explainPage, type PageToExplain } from '../../src/crawl/explain.ts'
import { samsungFront } from '../../src/demo/samsung/front.ts'
import { shinsegaeFront } from '../../src/demo/shinsegae/front.ts'
import { loadSites, type SiteRegistry } from '../../src/sites/registry.ts'
import ssg from '../../src/sites/shops/ssg.ts'
import type { Route, Site } from '../../src/sites/site.ts'
import { askFor, requestFor } from '../support/parsing.ts'
import { replicaPage } from '../support/replica-page.ts'
import { sharedPages } from '../support/shared-pages.ts'

let sites: SiteRegistry
beforeAll(async () => {
  sites = await loadSites({ origins: {} })
})

function explain(site: Site, body: string | Uint8Array, more: Partial<PageToExplain> = {}): Explanation {
  const url = more.url ?? site.origin
  return explainPage(site, {
    site: site.name,
    request: requestFor(url),
    url,
    status: 200,
    contentType: 'text/html',
    body: new Uint8Array(typeof body === 'string' ? Buffer.from(body) : body),
    ask: askFor({ url }),
    isSuspect: false,
    ...more,
  })
}

const routeOf = ({ routes }: Explanation, name: string) => routes.find((route) => route.name === name)!

describe('a page of a shop', () => {
  test('tells of every route whether it fits, and what it read', () => {
    const url = 'https://www.ssg.com/search.ssg?query=노트북'
    const told = explain(ssg, replicaPage(url), { url })
    expect(told.routes.map(({ name }) => name)).toEqual(ssg.routes.map(({ name }) => name))
    expect(routeOf(told, 'embedded state')).toMatchObject({
      kind: 'read',
      products: 40,
      coverage: { products: 40, id: 40, name: 40, price: 40 },
      first: { id: told.page.products[0]!.id },
      slow: { kind: 'same' },
    })
    expect(routeOf(told, 'emart cards')).toMatchObject({ kind: 'unfit', why: { why: 'missing' } })
    expect(told).toMatchObject({ charset: 'utf-8', page: { verdict: 'products', route: 'embedded state' } })
  })

  test.each([
    ['shinsegae', shinsegaeFront, 'https://www.shinsegaetvshopping.com/category/30100020', {}],
    [
      'samsung',
      samsungFront,
      'https://www.samsung.com/sec/cxhr/pf/goodsList?dispClsfNo=33010000&page=1&rows=30',
      { referer: 'https://www.samsung.com/sec/smartphones/all-smartphones/' },
    ],
  ])('is understood for %s too', (name, front, url, headers) => {
    const told = explain(sites.get(name)!, replicaPage(url, {}, { headers }, front), { url })
    const best = told.routes.find((route) => route.kind === 'read' && route.products > 0)
    expect(best?.name).toBe(told.page.route)
    expect(best).toMatchObject({ coverage: { products: told.page.products.length, name: told.page.products.length } })
  })

  test('in another charset is read by it, and that is told', () => {
    const body = Buffer.concat([Buffer.from('<meta charset="euc-kr"><p>'), Buffer.from([0xb3, 0xeb, 0xc6, 0xae])])
    expect(explain(ssg, body).charset).toBe('euc-kr')
  })

  test('that no route reads says why of each', () => {
    const told = explain(ssg, '<html><title>x</title><p>nothing')
    expect(told.page.verdict).toBe('unreadable')
    for (const route of told.routes) expect(route.kind).toBe('unfit')
    expect(routeOf(told, 'embedded state')).toMatchObject({ why: { why: 'missing', markers: ['__NEXT_DATA__'] } })
  })
})

describe('a route', () => {
  const route = (more: Partial<Route>): Route => ({
    name: 'r',
    fits: () => true,
    read: () => ({ products: [] }),
    ...more,
  })
  const only = (more: Partial<Route>) => explain({ ...ssg, routes: [route(more)] }, '{"a":1}').routes[0]
  const draft = explainedDraft()

  test.each<[string, Partial<Route>, object]>([
    ['the kind of request', { fits: (page) => page.request.kind === 'sitemap' }, { why: 'kind' }],
    ['the address', { fits: (page) => page.url.pathname === '/x' }, { why: 'address' }],
    ['the method', { fits: (page) => page.request.method === 'POST' }, { why: 'request' }],
    ['the text', { fits: (page) => /xyz/.test(page.text) }, { why: 'text' }],
    ['JSON of another shape', { fits: (page) => (page.json() as { b?: 1 }).b === 1 }, { why: 'shape' }],
    ['a script', { fits: (page) => page.scriptJson('s') !== undefined }, { why: 'missing', markers: ['script#s'] }],
    ['nothing', { fits: () => false }, { why: 'unknown' }],
  ])('that does not fit for %s says so', (_what, more, why) => {
    expect(only(more)).toEqual({ name: 'r', kind: 'unfit', why })
  })

  test('that throws is a bug that is told, and the others go on', () => {
    const broken = route({
      name: 'broken',
      read: () => {
        throw new TypeError('oops')
      },
    })
    const told = explain({ ...ssg, routes: [broken, route({ read: () => ({ products: [draft] }) })] }, '<p>x')
    expect(told.routes).toMatchObject([
      { kind: 'failed', cause: 'TypeError: oops' },
      { kind: 'read', products: 1 },
    ])
  })

  test('whose fast road differs from the slow one is told with the first difference', () => {
    const two = { read: () => ({ products: [draft] }), readSlow: () => ({ products: [{ ...draft, price: 2 }] }) }
    expect(only(two)).toMatchObject({
      slow: { kind: 'differs', fast: 1, slow: 1, at: { id: '1', field: 'price', byFast: '1', bySlow: '2' } },
    })
    const none = { read: () => ({ products: [draft] }), readSlow: () => ({ products: [] }) }
    expect(only(none)).toMatchObject({ slow: { kind: 'differs', fast: 1, slow: 0, at: null } })
  })
})

function explainedDraft() {
  const nothing = { brand: null, seller: null, originalPrice: null, discountRate: null, currency: null, rating: null }
  return {
    ...nothing,
    ...{ id: '1', name: 'x', price: 1, reviewCount: null, inStock: null, url: null, imageUrl: null, category: null },
  }
}

describe('a hostile file', () => {
  test.each([
    ['too deep', '<div>'.repeat(50_000)],
    ['too deep for JSON', `<script id="__NEXT_DATA__">${'{"a":'.repeat(200_000)}</script>`],
    ['nested JSON alone', '['.repeat(500_000)],
    ['too many attributes', `<a ${Array.from({ length: 60_000 }, (_, n) => `b${n}`).join(' ')} ld+json itemtype>`],
    ['binary', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3])],
    ['empty', ''],
    ['half a JSON-LD', '<script type="application/ld+json">{"@type":"Product","name":"'],
    ['a megabyte of <', '<'.repeat(1_000_000)],
  ])('%s ends in a report for every shop', (_what, body) => {
    for (const site of sites.all()) {
      const told = explain(site, body)
      expect(told.page.verdict).not.toBe('products')
      for (const route of told.routes) expect(route.kind, `${site.name} ${route.name}`).not.toBe('failed')
    }
  })

  test('that is no page has no routes to tell of', () => {
    expect(explain(ssg, Buffer.from('%PDF-1.7 x'))).toMatchObject({ routes: [], page: { verdict: 'not_a_page' } })
  })
})

test('a saved page names its address, a hostile one none', () => {
  const of = (html: string) => addressIn(Buffer.from(html), 'text/html')
  expect(of('<link rel="canonical" href="https://a.example/b">')).toBe('https://a.example/b')
  expect(of('<meta property="og:url" content="https://a.example/c">')).toBe('https://a.example/c')
  for (const html of [
    '<link rel=canonical href="/b">',
    '<link rel=canonical href="file:///etc">',
    '<p>',
    '<i>'.repeat(9_999),
  ])
    expect(of(html), html.slice(0, 40)).toBeNull()
})

if (sharedPages !== undefined) {
  const folder = sharedPages
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((it) =>
    /\.(html|json)(\.gz)?$/.test(it),
  )
  test.each(files)('the captured %s is explained by every shop, no route failing, both roads alike', (file) => {
    const bytes = readFileSync(join(folder, file))
    const body = file.endsWith('.gz') ? gunzipSync(bytes) : bytes
    const contentType = extname(file) === '.json' ? 'application/json' : 'text/html'
    for (const site of sites.all()) {
      for (const route of explain(site, body, { contentType }).routes) {
        expect(route.kind, `${site.name} ${route.name}`).not.toBe('failed')
        if (route.kind === 'read') expect(route.slow.kind, `${site.name} ${route.name}`).not.toBe('differs')
      }
    }
  })
}
