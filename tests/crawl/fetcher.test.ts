import { afterEach, describe, expect, test } from 'vitest'
import { answerWith, openShopServer, redirectTo, type ShopRoute, type ShopServer } from '../support/shop-server.ts'
import { type Bench, type BenchOptions, createBench } from './shop-http.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function openShop(routes: Record<string, ShopRoute>, settings?: { keepAliveMs?: number }): Promise<ShopServer> {
  const shop = await openShopServer(routes, settings)
  closers.push(shop.close)
  return shop
}

function benchFor(shop: ShopServer, options: BenchOptions = {}): Bench {
  const bench = createBench({ allowAddresses: [shop.address], ...options })
  closers.push(bench.close)
  return bench
}

const PAGE = '<!doctype html><html><body>노트북</body></html>'

describe('a page', () => {
  test('comes whole, with its public address, and in a buffer of its own that can be handed to a thread', async () => {
    const shop = await openShop({ '/list': PAGE })
    const bench = benchFor(shop)
    const page = await bench.fetch(`${shop.origin}/list?page=2`)
    expect(page).toMatchObject({ status: 200, url: `${shop.origin}/list?page=2`, isSuspect: false })
    expect(page.contentType).toBe('text/html; charset=utf-8')
    expect(page.bytes).toBe(Buffer.byteLength(PAGE))
    expect(new TextDecoder().decode(page.body)).toBe(PAGE)
    const moved = structuredClone(page.body, { transfer: [page.body.buffer] })
    expect(moved.byteLength).toBe(page.bytes)
    expect(page.body.byteLength).toBe(0)
  })
  test('is asked for under an honest name, and with no header of a site that is not allowed', async () => {
    const shop = await openShop({ '/list': PAGE })
    const bench = benchFor(shop)
    const headers = {
      Referer: 'https://www.shop.test/',
      Cookie: 'a=b',
      'User-Agent': 'Googlebot',
      'x-requested-with': 'X',
    }
    await bench.fetch(`${shop.origin}/list`, { headers })
    const sent = shop.calls.at(-1)!.headers
    expect(sent['user-agent']).toBe('shopcrawl/1.0 (+https://shopcrawl.test)')
    expect(sent['accept-language']).toBe('ko')
    expect(sent.referer).toBe('https://www.shop.test/')
    expect(sent['x-requested-with']).toBe('X')
    expect(sent.cookie).toBeUndefined()
  })
  test('can be a POST with a body', async () => {
    const shop = await openShop({ '/api': PAGE })
    const bench = benchFor(shop)
    await bench.fetch(`${shop.origin}/api`, {
      method: 'POST',
      body: '{"page":1}',
      headers: { 'content-type': 'application/json' },
    })
    expect(shop.calls.at(-1)).toMatchObject({ method: 'POST', body: '{"page":1}' })
    expect(shop.calls.at(-1)!.headers['content-type']).toBe('application/json')
  })
  test('leaves its connection to the next', async () => {
    const shop = await openShop({ '/list': PAGE })
    const bench = benchFor(shop)
    for (let page = 1; page <= 10; page += 1) await bench.fetch(`${shop.origin}/list?page=${page}`)
    expect(shop.connections()).toBeLessThanOrEqual(2)
  })
})

describe('statuses', () => {
  const cases: [number, string][] = [
    [404, 'page.not_found'],
    [410, 'page.not_found'],
    [400, 'page.status'],
    [500, 'page.status'],
    [502, 'page.status'],
    [429, 'page.rate_limited'],
    [503, 'page.rate_limited'],
    [204, 'page.not_a_page'],
    [304, 'page.status'],
  ]
  test.each(cases)('%i is refused as %s', async (status, code) => {
    const shop = await openShop({ '/list': answerWith(status) })
    await expect(benchFor(shop).fetch(`${shop.origin}/list`)).rejects.toMatchObject({ code })
  })
  test.each([401, 403])('%i comes back with its page, which may be a block page', async (status) => {
    const shop = await openShop({
      '/list': answerWith(status, { 'content-type': 'text/html' }, '<html>Access Denied</html>'),
    })
    const page = await benchFor(shop).fetch(`${shop.origin}/list`)
    expect(page.status).toBe(status)
    expect(new TextDecoder().decode(page.body)).toContain('Access Denied')
  })
  test('an empty body with 200 is no page', async () => {
    const shop = await openShop({ '/list': answerWith(200, { 'content-type': 'text/html' }) })
    await expect(benchFor(shop).fetch(`${shop.origin}/list`)).rejects.toMatchObject({ code: 'page.not_a_page' })
  })
})

describe('redirects', () => {
  test('are followed, each with a record of its own', async () => {
    const shop = await openShop({
      '/a': redirectTo('/b?x=노트북'.normalize(), 301),
      '/b': redirectTo('c d'),
      '/c%20d': PAGE,
    })
    shop.route({ '/a': redirectTo('/b?x=1', 301) })
    const bench = benchFor(shop)
    const page = await bench.fetch(`${shop.origin}/a`)
    expect(page.url).toBe(`${shop.origin}/c%20d`)
    expect(shop.paths()).toEqual(['/a', '/b?x=1', '/c%20d'])
    expect(bench.log.filter((record) => record.robots === 'allowed').map((record) => record.status)).toEqual([
      301, 302, 200,
    ])
  })
})
