import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { currenciesOf } from '../../src/sites/extract/currency.ts'
import web from '../../src/sites/shops/web.ts'
import { askFor, parse, requestFor } from '../support/parsing.ts'
import { sharedPages } from '../support/shared-pages.ts'

const LIST = 'https://shop.example.com/category/tools'
const DETAIL = 'https://shop.example.com/product/1'
const start = (url: string) => web.start(askFor({ url }))[0]!
const readList = (body: string | Uint8Array, url = LIST, more = {}) =>
  parse(web, body, { url, request: { ...start(url), ...more } })
const readDetail = (body: string, url = DETAIL) =>
  parse(web, body, { url, request: requestFor(url, { kind: 'detail', depth: 1 }) })
const ld = (value: unknown): string => `<script type="application/ld+json">${JSON.stringify(value)}</script>`
const product = (name: string, more: object = {}) => ({
  '@type': 'Product',
  name,
  offers: { '@type': 'Offer', price: '10.00', priceCurrency: 'EUR' },
  ...more,
})
const listOf = (items: object[]) => ({
  '@type': 'ItemList',
  itemListElement: items.map((item, index) => ({ '@type': 'ListItem', position: index + 1, ...item })),
})

describe('a page of one product', () => {
  test('is one row, whatever related products it shows', () => {
    const body = `<link rel="canonical" href="${DETAIL}">${ld(product('x', { url: DETAIL, sku: 'A' }))}${ld(product('y', { url: '/product/2' }))}`
    expect(readList(body, DETAIL)).toMatchObject({ route: 'json-ld', products: [{ id: 'A', name: 'x' }], next: [] })
    const group = `<div itemscope itemtype="http://schema.org/Product"><b itemprop="name">x</b><i itemprop="sku">A</i>
      <p itemprop="offers" itemscope itemtype="http://schema.org/Offer"><i itemprop="price">5 €</i></p>
      <div itemprop="isRelatedTo" itemscope itemtype="http://schema.org/Product"><b itemprop="name">y</b></div></div>`
    expect(readList(group, DETAIL)).toMatchObject({ route: 'microdata', products: [{ id: 'A', price: 5 }] })
  })

  test('is known by sku, else gtin, else mpn, else the path of its canonical address', () => {
    const idOf = (more: object) => readDetail(ld(product('x', more))).products[0]!.id
    expect(idOf({ sku: 'S', gtin: 'G', mpn: 'M' })).toBe('S')
    expect(idOf({ gtin: 'G', mpn: 'M' })).toBe('G')
    expect(idOf({ mpn: 'M' })).toBe('M')
    expect(idOf({})).toBe('/product/1')
    const canonical = '<link rel="canonical" href="/goods?no=7&utm_source=x">'
    expect(readDetail(canonical + ld(product('x'))).products[0]).toMatchObject({
      id: '/goods?no=7',
      url: 'https://shop.example.com/goods?no=7',
    })
  })

  test('takes from the other sources what the first lacks, but never mixes their prices', () => {
    const graph =
      '<meta property="og:type" content="product"><meta property="product:price:amount" content="12.50"><meta property="product:price:currency" content="EUR"><meta property="product:brand" content="ACME"><meta property="og:image" content="/a.jpg">'
    const silent = { '@type': 'Product', name: 'x', sku: 'A' }
    expect(readDetail(graph + ld(silent)).products).toMatchObject([
      { price: 12.5, currency: 'EUR', brand: 'ACME', imageUrl: 'https://shop.example.com/a.jpg' },
    ])
    expect(readDetail(graph + ld(product('x'))).products).toMatchObject([{ price: 10, currency: 'EUR', brand: 'ACME' }])
  })

  test('variants with one name are one row', () => {
    const variants = ['1', '2'].map((sku) => product('shirt', { sku, url: '/product/9' }))
    expect(readList(ld(variants), DETAIL).products).toMatchObject([{ id: '1', name: 'shirt' }])
  })

  test('by OpenGraph tags alone: the sale price, and the plain one as original', () => {
    const body =
      '<meta property="og:type" content="product"><meta property="og:title" content="x"><meta property="product:price:amount" content="1148.00"><meta property="product:sale_price:amount" content="997.00"><meta property="product:price:currency" content="PLN"><meta property="product:availability" content="out of stock"><meta property="product:retailer_item_id" content="R1">'
    expect(readDetail(body)).toMatchObject({
      route: 'open graph',
      products: [{ id: 'R1', price: 997, originalPrice: 1148, discountRate: 13, currency: 'PLN', inStock: false }],
    })
  })

  test('by an embedded state alone', () => {
    const state = {
      props: { product: { id: 7, name: 'x', price: { amount: 9.5, currency: 'EUR' }, brand: { name: 'ACME' } } },
    }
    const body = `<script id="__NEXT_DATA__" type="application/json">${JSON.stringify(state)}</script>`
    expect(readDetail(body)).toMatchObject({
      route: 'embedded state',
      products: [{ id: '7', price: 9.5, currency: 'EUR', brand: 'ACME' }],
    })
  })
})

describe('a list', () => {
  test('of products with prices is rows; those without are details to fetch, in page order', () => {
    const items = [
      { item: product('one', { url: '/product/1' }) },
      { item: { '@type': 'Product', name: 'two', url: '/product/2' } },
      { url: '/product/3' },
      { url: 'https://elsewhere.example.org/product/4' },
    ]
    const read = readList(ld(listOf(items)))
    expect(read.products).toMatchObject([{ id: '/product/1', name: 'one', price: 10 }])
    expect(read.next.map(({ url, kind, depth }) => [url, kind, depth])).toEqual([
      ['https://shop.example.com/product/2', 'detail', 1],
      ['https://shop.example.com/product/3', 'detail', 1],
    ])
    expect(new Set(read.next.map(({ list }) => list)).size).toBe(2)
    expect(read.ids).toHaveLength(3)
  })

  test('in an embedded state is the array with the most products', () => {
    const goods = (n: number) =>
      Array.from({ length: n }, (_, index) => ({
        goodsNo: index + 1,
        goodsName: `상품 ${index}`,
        salePrice: '1,000',
        originPrice: 2000,
        soldOutYn: index === 0 ? 'Y' : 'N',
        link: `/goods/${index}`,
      }))
    const scripts = [
      `<script>window.__INITIAL_STATE__ = ${JSON.stringify({ ads: goods(2), list: { items: goods(5) } })};</script>`,
      `<script>window["__PRELOADED_STATE__"]=${JSON.stringify({ items: goods(5) })}</script>`,
      `<script type="application/json" id="state">${JSON.stringify({ byId: Object.fromEntries(goods(5).map((it) => [it.goodsNo, it])) })}</script>`,
    ]
    for (const script of scripts) {
      const read = readList(script)
      expect(read.route).toBe('embedded state')
      expect(read.products).toHaveLength(5)
      expect(read.products[0]).toMatchObject({
        id: '1',
        name: '상품 0',
        price: 1000,
        originalPrice: 2000,
        discountRate: 50,
        inStock: false,
      })
    }
  })

  test('states that are broken, cut or JavaScript are left out', () => {
    const states = ['{"a":[', 'function(){return{}}', '{"a":"\\', '[[[['.repeat(200)]
    for (const state of states) {
      expect(readList(`<script>window.__NUXT__=${state}</script><p>x`).verdict).toBe('unreadable')
    }
  })

  test('of links to products is details; the list ends by their addresses', () => {
    const anchors = [
      '/product/1',
      '/product/2?utm_source=x',
      '/product/1#reviews',
      '/cart',
      'https://m.shop.example.com/product/5',
      'https://other.com/product/6',
      'javascript:void(0)',
      'mailto:a@b.c',
    ]
    const read = readList(anchors.map((href) => `<a href="${href}">x</a>`).join(''))
    expect(read.route).toBe('links')
    expect(read.ids).toEqual([
      'https://shop.example.com/product/1',
      'https://shop.example.com/product/2',
      'https://m.shop.example.com/product/5',
    ])
    expect(read.next.map(({ url }) => url)).toEqual(read.ids)
  })

  test('addresses of one form behind pictures stand in where none looks like a product', () => {
    const body =
      ['a', 'b', 'c', 'd'].map((name) => `<a href="/things/${name}"><img src="x"></a>`).join('') +
      '<a href="/info">i</a>'
    expect(readList(body).ids).toHaveLength(4)
    expect(readList('<a href="/things/a"><img src="x"></a>').ids).toEqual([])
  })

  test.each([
    ['<link rel="next" href="?page=2">', `${LIST}?page=2`],
    ['<a rel="next" href="/category/tools?cursor=abc">next</a>', `${LIST}?cursor=abc`],
    ['<a href="?page=3">3</a><a href="?page=2">2</a>', `${LIST}?page=2`],
    ['<a href="/category/tools/page/2/">2</a>', `${LIST}/page/2/`],
    ['<a href="/category/other?page=2">2</a>', null],
    ['<a href="?page=1">1</a>', null],
    ['<link rel="next" href="https://elsewhere.example.org/2">', null],
  ])('its next page by %s', (markup, expected) => {
    const read = readList(markup + ld(listOf([{ item: product('one', { sku: '1' }) }])))
    const next = read.next.filter(({ kind }) => kind === 'list')
    expect(next.map(({ url, page, list }) => [url, page, list])).toEqual(expected === null ? [] : [[expected, 2, 0]])
  })

  test('a page that repeats itself under new numbers leads only one page on', () => {
    const many = Array.from({ length: 50 }, (_, index) => `<a href="?page=${index + 1}">${index + 1}</a>`).join('')
    const body = many + ld(listOf([{ item: product('one', { sku: '1' }) }]))
    expect(readList(body, `${LIST}?page=7`, { page: 7 }).next.map(({ url, page }) => [url, page])).toEqual([
      [`${LIST}?page=8`, 8],
    ])
  })

  test('traps are not followed: repeated segments, session ids, calendars', () => {
    const body =
      '<a href="/product/a/a/a/1">x</a><a href="/product/5;jsessionid=AB">y</a><a href="/events/2026/11/24">z</a>'
    expect(readList(body).ids).toEqual(['https://shop.example.com/product/5'])
  })

  test('details deeper than ten steps are not asked for', () => {
    const body = '<a href="/product/1">x</a>'
    expect(readList(body, LIST, { depth: 9 }).next).toHaveLength(1)
    expect(readList(body, LIST, { depth: 10 }).next).toHaveLength(0)
  })

  test('words leave rows out, by name, brand or category', () => {
    const body = ld(
      listOf(['red anvil', 'blue anvil', 'red hammer'].map((name) => ({ item: product(name, { sku: name }) }))),
    )
    const read = parse(web, body, { url: LIST, request: start(LIST), ask: askFor({ url: LIST, words: 'RED anvil' }) })
    expect(read.products.map(({ name }) => name)).toEqual(['red anvil'])
    expect(read.ids).toHaveLength(3)
  })

  test('a page of EUC-KR is read by the charset that it names', () => {
    const head = Buffer.from(
      '<meta charset="euc-kr"><script type="application/ld+json">{"@type":"Product","sku":"1","name":"',
    )
    const name = Buffer.from([0xb3, 0xeb, 0xc6, 0xae, 0xba, 0xcf]) // 노트북
    const won = Buffer.from([0xbf, 0xf8]) // 원
    const price = Buffer.from('","offers":{"price":"1,299,000')
    const tail = Buffer.from('"}}</script>')
    const read = parse(web, Buffer.concat([head, name, price, won, tail]), {
      url: DETAIL,
      request: start(DETAIL),
      contentType: 'text/html',
    })
    expect(read.products).toMatchObject([{ name: '노트북', price: 1299000, currency: 'KRW' }])
  })
})

describe('sitemaps', () => {
  const HOME = 'https://shop.example.com/'
  const sitemap = (body: string | Uint8Array, url: string, more = {}, ask = {}) =>
    parse(web, body, {
      url,
      request: requestFor(url, { kind: 'sitemap', group: 1, depth: 1, ...more }),
      ask: askFor(ask),
      contentType: 'application/xml',
    })

  test('are asked for when the start page leads to no product', () => {
    const read = readList('<a href="/about">x</a><p>hello</p>', HOME)
    expect(read.next.map(({ url, kind, group }) => [url, kind, group])).toEqual([
      ['https://shop.example.com/robots.txt', 'sitemap', 1],
      ['https://shop.example.com/sitemap.xml', 'sitemap', 1],
    ])
    expect(readList('<html><div id="app"></div></html>', HOME).next).toHaveLength(2)
  })

  test('are not asked for a search or a category that shows nothing', () => {
    for (const url of [`${HOME}search?q=x`, LIST, `${LIST}?page=2`]) {
      expect(readList('<a href="/about">x</a>', url)).toMatchObject({ verdict: 'unreadable', next: [] })
    }
  })

  test('a robots.txt that names none, and an empty one, are understood', () => {
    expect(sitemap('User-agent: *\nAllow: /\n', `${HOME}robots.txt`)).toMatchObject({ verdict: 'sitemap', next: [] })
    expect(sitemap('<urlset></urlset>', `${HOME}sitemap.xml`)).toMatchObject({ verdict: 'sitemap', next: [] })
  })

  test('robots.txt names them, an index names more, those of products first', () => {
    const robots = sitemap(
      'User-agent: *\nDisallow: /x\nSitemap: https://shop.example.com/a.xml\nsitemap:/b.xml\n',
      `${HOME}robots.txt`,
    )
    expect(robots.verdict).toBe('sitemap')
    expect(robots.next.map(({ url, kind, depth }) => [url, kind, depth])).toEqual([
      ['https://shop.example.com/a.xml', 'sitemap', 2],
      ['https://shop.example.com/b.xml', 'sitemap', 2],
    ])
    const index =
      '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://shop.example.com/pages.xml</loc></sitemap><sitemap><loc> https://shop.example.com/products.xml.gz </loc></sitemap><sitemap><loc>http://169.254.169.254/x.xml</loc></sitemap></sitemapindex>'
    expect(sitemap(index, `${HOME}sitemap.xml`).next.map(({ url }) => url)).toEqual([
      'https://shop.example.com/products.xml.gz',
      'https://shop.example.com/pages.xml',
    ])
  })

  const urls = (...paths: string[]): string =>
    `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${paths.map((path) => `<url><loc>https://shop.example.com${path}</loc><lastmod>2026-01-01</lastmod></url>`).join('')}</urlset>`

  test('pages that look like products are details; packed files too', () => {
    const body = urls('/', '/about', '/product/1', '/product/2?a=1&amp;b=2')
    for (const bytes of [Buffer.from(body), gzipSync(body)]) {
      expect(sitemap(bytes, `${HOME}sitemap.xml`).next.map(({ url, kind }) => [url, kind])).toEqual([
        ['https://shop.example.com/product/1', 'detail'],
        ['https://shop.example.com/product/2?a=1&b=2', 'detail'],
      ])
    }
    expect(sitemap(urls('/one', '/two'), `${HOME}sitemap_products_1.xml`).next).toHaveLength(2)
    expect(
      sitemap('https://shop.example.com/product/1\n\nhttps://shop.example.com/product/2\n', `${HOME}sitemap.txt`).next,
    ).toHaveLength(2)
  })

  test('no more pages than the limit needs are asked for, with words all', () => {
    const body = urls(...Array.from({ length: 500 }, (_, index) => `/product/${index}`))
    expect(sitemap(body, `${HOME}sitemap.xml`, {}, { limit: 30 }).next).toHaveLength(90)
    expect(sitemap(body, `${HOME}sitemap.xml`, {}, { limit: 30, words: 'x' }).next).toHaveLength(500)
  })

  test('broken XML is read as far as it is whole', () => {
    const broken = `${urls('/product/1', '/product/2').replace('</urlset>', '')}<url><loc>https://shop.example.com/product/3`
    expect(sitemap(broken, `${HOME}sitemap.xml`).next).toHaveLength(2)
    const bare = urls('/product/1?a=1').replace('a=1', 'a=1&b=2')
    expect(sitemap(bare, `${HOME}sitemap.xml`).next).toHaveLength(1)
  })

  test.each([
    ['a document type', '<!DOCTYPE urlset><urlset><url><loc>https://shop.example.com/product/1</loc></url></urlset>'],
    [
      'billion laughs',
      '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>https://shop.example.com/product/&b;</loc></url></urlset>',
    ],
    [
      'an external entity',
      '<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>',
    ],
    ['a page of the shop', '<!doctype html><html><body><a href="/product/1">x</a></body></html>'],
    ['other XML', '<rss><channel><item><loc>https://shop.example.com/product/1</loc></item></channel></rss>'],
  ])('%s is refused', (_, body) => {
    const read = sitemap(body, `${HOME}sitemap.xml`)
    expect([read.verdict, read.next]).toEqual(['unreadable', []])
  })

  test('indexes inside indexes end at the third', () => {
    const index = '<sitemapindex><sitemap><loc>https://shop.example.com/more.xml</loc></sitemap></sitemapindex>'
    expect(sitemap(index, `${HOME}a.xml`, { depth: 3 }).next).toHaveLength(1)
    expect(sitemap(index, `${HOME}a.xml`, { depth: 4 }).next).toHaveLength(0)
  })

  test('a bomb is no page', () => {
    const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024, 32))
    expect(sitemap(bomb, `${HOME}sitemap.xml.gz`).verdict).toBe('not_a_page')
  })
})

if (sharedPages !== undefined) {
  const folder = join(sharedPages, 'other')

  interface Expected {
    price: string[]
    url: string
    InStock?: string[]
    OutOfStock?: string[]
    currency?: string[]
    brand?: string[]
    sku?: string[]
  }
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Expected>

  /** What the annotators saw on the page, and no markup of it says: the brand in the description, keys in the address. */
  const UNTOLD: Record<string, ('brand' | 'sku')[]> = {
    d932425d: ['brand', 'sku'],
    '572368ce': ['sku'],
    '2fa16d14': ['sku'],
    '4d2ce26f': ['sku'],
    '3ef9ddf5': ['sku'],
    b1247993: ['sku'],
    be99f197: ['sku'],
    '7c789e68': ['sku'],
  }
  /** Annotated with the thousands sign as it stands on the page. */
  const PRICES: Record<string, number> = { bddc08f5: 2449 }

  describe('captured product pages', () => {
    test.each(readdirSync(folder).filter((name) => name.endsWith('.html.gz')))('%s', (name) => {
      const key = name.split('.')[0]!
      const wanted = expected[key]!
      const body = gunzipSync(readFileSync(join(folder, name)))
      for (const kind of ['list', 'detail'] as const) {
        const read = parse(web, body, { url: wanted.url, request: requestFor(wanted.url, { kind, depth: 0 }) })
        expect(read.differs ?? false).toBe(false)
        expect(read.products).toHaveLength(1)
        const row = read.products[0]!
        expect([PRICES[key] ?? Number(wanted.price[0]), wanted.OutOfStock === undefined]).toEqual([
          row.price,
          row.inStock,
        ])
        expect(row.name.length).toBeGreaterThan(5)
        if (wanted.currency) expect(wanted.currency.flatMap(currenciesOf)).toContain(row.currency)
        if (wanted.brand && !UNTOLD[key]?.includes('brand')) {
          expect(wanted.brand.some((brand) => row.brand?.includes(brand))).toBe(true)
        }
        if (wanted.sku && !UNTOLD[key]?.includes('sku')) expect(wanted.sku).toContain(row.id)
      }
    })

    test.each(['extruct-product', 'extruct-product-ref'])('%s.html', (name) => {
      const url = 'https://shop.example.com/anvils/'
      const read = parse(web, readFileSync(join(folder, `${name}.html`)), { url })
      expect(read.products).toEqual([
        {
          id: '925872',
          name: 'Executive Anvil',
          brand: 'ACME',
          seller: 'Executive Objects',
          price: 119.99,
          originalPrice: null,
          discountRate: null,
          currency: 'USD',
          rating: 4.4,
          reviewCount: 89,
          inStock: true,
          url,
          imageUrl: 'https://shop.example.com/anvils/anvil_executive.jpg',
          category: null,
        },
      ])
    })
  })
}
