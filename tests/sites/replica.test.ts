import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReplicaShop } from '../../src/demo/replica-shop.ts'
import { samsungShelves } from '../../src/demo/samsung/goods.ts'
import { goodsCodeOf, scheduleOf } from '../../src/demo/shinsegae/front.ts'
import { STORE_FORMS, STORE_PAGE_SIZE } from '../../src/demo/store/front.ts'
import type { ProductDraft } from '../../src/sites/product.ts'
import samsung from '../../src/sites/shops/samsung.ts'
import shinsegae from '../../src/sites/shops/shinsegae.ts'
import web from '../../src/sites/shops/web.ts'
import type { Ask, Site, SiteRequest } from '../../src/sites/site.ts'
import { urlKey } from '../../src/sites/url.ts'
import { askFor, parse } from '../support/parsing.ts'

const shop = createReplicaShop({ products: 600, pageBytes: 5_000 })
const { catalogue } = shop
let origin = ''
beforeAll(async () => {
  origin = (await shop.start()).origin
})
afterAll(() => shop.stop())

interface Walk {
  products: ProductDraft[]
  requests: SiteRequest[]
  verdicts: string[]
  warned: Record<string, string[]>
}

/** Reads page after page in the frontier's order until the limit, as the engine does; nothing ends a list early. */
async function walk(site: Site, ask: Ask, maxPages = 200): Promise<Walk> {
  const open = site.start(ask)
  const known = new Set(open.map(urlKey))
  const products = new Map<string, ProductDraft>()
  const done: Walk = { products: [], requests: [], verdicts: [], warned: {} }
  while (open.length > 0 && products.size < ask.limit && done.requests.length < maxPages) {
    open.sort((a, b) => a.group - b.group || a.page - b.page || a.list - b.list)
    const request = open.shift()!
    const read = await readPage(site, request, ask)
    done.requests.push(request)
    done.verdicts.push(read.verdict)
    for (const product of read.products) if (!products.has(product.id)) products.set(product.id, product)
    for (const [code, ids] of Object.entries(read.warned)) done.warned[code] = [...(done.warned[code] ?? []), ...ids]
    for (const next of read.next) {
      if (known.has(urlKey(next))) continue
      known.add(urlKey(next))
      open.push(next)
    }
  }
  return { ...done, products: [...products.values()].slice(0, ask.limit) }
}

async function readPage(site: Site, request: SiteRequest, ask: Ask) {
  const asked = new URL(request.url)
  const { method, headers, body } = request
  const response = await fetch(origin + asked.pathname + asked.search, { method, headers, body })
  const bytes = new Uint8Array(await response.arrayBuffer())
  const contentType = response.headers.get('content-type') ?? ''
  const read = parse(site, bytes, { request, url: request.url, status: response.status, contentType, ask })
  expect(read.differs ?? false).toBe(false)
  return read
}

const idsOf = (products: { id: string }[]) => products.map(({ id }) => id)

describe('shinsegae on the replica', () => {
  test('a limit of 30 is two days of the schedule, with every field that a card shows', async () => {
    const { products, requests } = await walk(shinsegae, askFor({ limit: 30 }))
    const expected = ['2026-11-24', '2026-11-25'].flatMap((day) => scheduleOf(catalogue, day))
    expect(idsOf(products)).toEqual([...new Set(expected.map((item) => goodsCodeOf(catalogue, item)))].slice(0, 30))
    expect(requests).toHaveLength(2)
    for (const [index, product] of products.slice(0, 20).entries()) {
      const item = expected[index]!
      expect(product).toMatchObject({
        name: item.name,
        brand: item.brand || null,
        price: item.price,
        originalPrice: item.originalPrice,
        currency: 'KRW',
        inStock: !item.isSoldOut,
        category: item.category,
      })
      expect(product.imageUrl).toContain(product.id)
      expect(product.url).toBe(`https://www.shinsegaetvshopping.com/display/detail/${product.id}`)
    }
  })

  test('without a limit in reach: a week, then the categories, each product once', async () => {
    const { products, requests } = await walk(shinsegae, askFor({ limit: 10_000 }))
    expect(requests).toHaveLength(11)
    const days = ['24', '25', '26', '27', '28', '29', '30'].flatMap((day) => scheduleOf(catalogue, `2026-11-${day}`))
    const shelves = ['6000213046', '6000214719', '6000213114', '6000214128'].flatMap((id) => catalogue.inCategory(id))
    expect(products).toHaveLength(new Set([...days, ...shelves]).size)
  })

  test('words filter every list', async () => {
    const { products } = await walk(shinsegae, askFor({ words: '노트북', limit: 30 }))
    expect(products).toHaveLength(30)
    expect(products.every(({ name }) => name.includes('노트북'))).toBe(true)
  })

  test.each([0, 1])('a product by its address, its price in the page or left to a script', async (index) => {
    const item = catalogue.items[index]!
    const code = goodsCodeOf(catalogue, item)
    const url = `https://www.shinsegaetvshopping.com/display/detail/${code}`
    const { products, requests } = await walk(shinsegae, askFor({ url }))
    expect(requests).toHaveLength(1 + index)
    expect(products).toMatchObject([
      { id: code, name: item.name, price: item.price, originalPrice: item.originalPrice },
    ])
  })
})

describe('samsung on the replica', () => {
  const shelves = samsungShelves()
  const all = shelves.flatMap(({ goods }) => goods)

  test('a limit of 30 takes five from each category in its order', async () => {
    const { products, requests } = await walk(samsung, askFor({ limit: 30 }))
    expect(idsOf(products)).toEqual(
      shelves.flatMap(({ goods }) => goods.slice(0, 5).map(({ model }) => model)).slice(0, 30),
    )
    expect(requests).toHaveLength(6)
    const first = shelves[0]!.goods[0]!
    expect(products[0]).toMatchObject({
      name: first.name,
      brand: 'Samsung',
      price: first.price,
      originalPrice: first.listPrice > first.price ? first.listPrice : null,
      rating: first.rating,
      reviewCount: first.reviewCount,
      inStock: true,
      category: 'smartphones',
    })
  })

  test('every category to its end: exact count, no duplicate, page k of each before page k + 1', async () => {
    const { products, requests, warned } = await walk(samsung, askFor({ limit: 600 }))
    expect(idsOf(products).sort()).toEqual(all.map(({ model }) => model).sort())
    expect(requests.map(({ page }) => page)).toEqual([...requests.map(({ page }) => page)].sort())
    expect(warned['price.conditional']).toHaveLength(all.filter(({ isCarrier }) => isCarrier).length)
    expect(products.filter(({ price }) => price === null)).toHaveLength(all.filter(({ price }) => price === 0).length)
    expect(products.filter(({ inStock }) => inStock === false)).toHaveLength(
      all.filter(({ status }) => status !== '12').length,
    )
  })

  test('samsung 갤럭시: the matching goods of every category', async () => {
    const { products, requests } = await walk(samsung, askFor({ words: '갤럭시', limit: 30 }))
    const matching = all.filter(({ name }) => name.includes('갤럭시'))
    expect(idsOf(products)).toEqual(matching.slice(0, 30).map(({ model }) => model))
    expect(requests).toHaveLength(1)
    const everything = await walk(samsung, askFor({ words: '갤럭시', limit: 1_000 }))
    expect(everything.products).toHaveLength(matching.length)
    expect(everything.requests).toHaveLength(shelves.length)
  })

  test('a category and a product by their addresses', async () => {
    const tvs = shelves.find(({ slug }) => slug === 'tvs')!
    const list = await walk(samsung, askFor({ url: 'https://www.samsung.com/sec/tvs/all-tvs/', limit: 30 }))
    expect(idsOf(list.products)).toEqual(tvs.goods.slice(0, 30).map(({ model }) => model))
    const goods = tvs.goods[0]!
    const url = `https://www.samsung.com/sec/tvs/${goods.model.toLowerCase()}-d2c/${goods.model}/`
    const detail = await walk(samsung, askFor({ url }))
    expect(detail.products).toMatchObject([
      { id: goods.model, name: goods.name, price: goods.price, url, category: 'tvs' },
    ])
    expect(detail.requests.map(({ method }) => method)).toEqual(['GET', 'POST'])
  })

  test('the JSON-LD of a category page agrees with the list API', async () => {
    const url = 'https://www.samsung.com/sec/tvs/all-tvs/'
    const request: SiteRequest = { method: 'GET', url, kind: 'list', group: 0, list: 0, page: 1 }
    const page = await readPage(samsung, request, askFor({ url }))
    expect(page.route).toBe('json-ld')
    const { products } = await walk(samsung, askFor({ url, limit: 100 }))
    const listed = new Map(products.map((product) => [product.id, product]))
    for (const { id, name, price, inStock } of page.products) {
      expect(listed.get(id)).toMatchObject({ name, price, inStock })
    }
    expect(page.products.length).toBeGreaterThan(20)
  })
})

describe('any shop on the replica', () => {
  const items = () => catalogue.items

  test.each(STORE_FORMS)('a list written as %s: 30 rows in order, every field that is told', async (form) => {
    const { products } = await walk(web, askFor({ url: `${origin}/store/${form}`, limit: 30 }))
    expect(idsOf(products)).toEqual(
      items()
        .slice(0, 30)
        .map(({ id }) => id),
    )
    for (const [index, product] of products.entries()) {
      const item = items()[index]!
      expect(product).toMatchObject({
        name: item.name,
        brand: item.brand || null,
        price: item.price,
        currency: 'KRW',
        inStock: !item.isSoldOut,
        category: item.category,
        url: `${origin}/store/product/${item.id}`,
        imageUrl: `${origin}/store/images/${item.id}.jpg`,
      })
    }
  })

  test('a list to its end has every product once', async () => {
    const { products, requests } = await walk(web, askFor({ url: `${origin}/store/json-ld`, limit: 10_000 }))
    expect(idsOf(products)).toEqual(items().map(({ id }) => id))
    expect(requests).toHaveLength(Math.ceil(items().length / STORE_PAGE_SIZE))
  })

  test('a start page without products leads through the sitemaps, packed ones too', async () => {
    const { products, requests } = await walk(web, askFor({ url: `${origin}/store`, limit: 30 }))
    expect(idsOf(products)).toEqual(
      items()
        .slice(0, 30)
        .map(({ id }) => id),
    )
    expect(requests.filter(({ kind }) => kind === 'sitemap').map(({ url }) => new URL(url).pathname)).toEqual([
      '/robots.txt',
      '/sitemap.xml',
      '/sitemaps/products-1.xml.gz',
    ])
  })

  test.each([0, 1, 2])('a product by its address is one row, in each of three forms', async (index) => {
    const item = items()[index]!
    const { products, requests } = await walk(web, askFor({ url: `${origin}/store/product/${item.id}`, limit: 30 }))
    expect(requests).toHaveLength(1)
    expect(products).toMatchObject([{ id: item.id, name: item.name, price: item.price, category: item.category }])
  })

  test('words filter a list by address', async () => {
    const { products } = await walk(web, askFor({ url: `${origin}/store/state`, words: '노트북', limit: 30 }))
    expect(idsOf(products)).toEqual(
      catalogue
        .matching('노트북')
        .slice(0, 30)
        .map(({ id }) => id),
    )
  })
})
