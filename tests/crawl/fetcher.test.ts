import { afterEach, describe, expect, test } from 'vitest'
import { createJobHosts } from '../../src/crawl/job-hosts.ts'
import { HOSTS_PER_JOB } from '../../src/crawl/limits.ts'
import {
  answerWith,
  openShopServer,
  redirectTo,
  type ShopRoute,
  type ShopServer,
  textFile,
} from '../support/shop-server.ts'
import { type Bench, type BenchOptions, createBench, siteNamed } from './shop-http.ts'

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
  test('are followed, each through robots.txt and the log', async () => {
    const shop = await openShop({
      '/robots.txt': textFile('User-agent: *\nDisallow: /no'),
      '/a': redirectTo('/b?x=1', 301),
      '/b': redirectTo('c d'),
      '/c%20d': PAGE,
      '/to-no': redirectTo('/no'),
    })
    const bench = benchFor(shop)
    const page = await bench.fetch(`${shop.origin}/a`)
    expect(page.url).toBe(`${shop.origin}/c%20d`)
    expect(shop.paths()).toEqual(['/a', '/b?x=1', '/c%20d'])
    expect(bench.log.map((record) => [record.robots, record.status])).toEqual([
      ['robots.txt', 200],
      ['allowed', 301],
      ['allowed', 302],
      ['allowed', 200],
    ])
    await expect(bench.fetch(`${shop.origin}/to-no`)).rejects.toMatchObject({ code: 'robots.forbidden' })
    expect(shop.paths()).not.toContain('/no')
  })
  test('take their turns in the budget', async () => {
    const shop = await openShop({ '/a': redirectTo('/b'), '/b': redirectTo('/c'), '/c': PAGE })
    await benchFor(shop, { rate: 10 }).fetch(`${shop.origin}/a`)
    const [first, ...rest] = shop.calls.map((call) => call.at)
    expect(rest.at(-1)! - first!).toBeGreaterThanOrEqual(200) // robots.txt and three pages: 300 ms less what the first was late
  })
  test('five are followed, a sixth is a loop', async () => {
    const shop = await openShop({})
    for (let hop = 0; hop < 6; hop += 1) shop.route({ [`/${hop}`]: redirectTo(`/${hop + 1}`) })
    shop.route({ '/6': PAGE })
    const bench = benchFor(shop)
    expect((await bench.fetch(`${shop.origin}/1`)).url).toBe(`${shop.origin}/6`)
    await expect(bench.fetch(`${shop.origin}/0`)).rejects.toMatchObject({ code: 'page.redirect_loop' })
    expect(shop.paths().filter((path) => path === '/6')).toHaveLength(1)
  })
  test('a circle is seen as soon as it closes', async () => {
    const shop = await openShop({ '/a': redirectTo('/b'), '/b': redirectTo('/a'), '/self': redirectTo('/self#x') })
    const bench = benchFor(shop)
    const refused = await bench.fetch(`${shop.origin}/a`).catch((error) => error)
    expect(refused).toMatchObject({ code: 'page.redirect_loop', facts: { url: `${shop.origin}/a` } })
    await expect(bench.fetch(`${shop.origin}/self`)).rejects.toMatchObject({ code: 'page.redirect_loop' })
    expect(shop.paths()).toEqual(['/a', '/b', '/self'])
  })
  test('an answer with such a status but no target is no redirect', async () => {
    const shop = await openShop({ '/a': answerWith(302) })
    await expect(benchFor(shop).fetch(`${shop.origin}/a`)).rejects.toMatchObject({
      code: 'page.status',
      facts: { status: 302 },
    })
  })
  test.each<[string, string]>([
    ['http://www.other.test/list', 'page.redirect_left'],
    ['//www.other.test/list', 'page.redirect_left'],
    ['https://8.8.8.8/', 'page.redirect_left'],
    ['file:///etc/passwd', 'url.scheme'],
    ['javascript:alert(1)', 'url.scheme'],
    ['http://169.254.169.254/latest/', 'address.forbidden'],
    ['http://[::1]/', 'address.forbidden'],
    ['http://www.other.test:22/', 'url.port'],
    ['http://user:secret@www.other.test/', 'url.credentials'],
    ['/\\www.other.test/', 'url.invalid'],
    ['http://[', 'url.invalid'],
    [`/${'a'.repeat(3_000)}`, 'url.too_long'],
    ['http://blocked.test/', 'host.blocked'],
  ])('to %s is refused as %s', async (location, code) => {
    const shop = await openShop({ '/a': redirectTo(location) })
    const bench = benchFor(shop, { blockHosts: ['blocked.test'] })
    await expect(bench.fetch(`${shop.origin}/a`)).rejects.toMatchObject({ code })
    expect(shop.paths()).toEqual(['/a'])
  })
  test.each<[number, string, string]>([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'a=1'],
    [308, 'POST', 'a=1'],
  ])('%i makes a POST a %s', async (status, method, body) => {
    const shop = await openShop({ '/api': redirectTo('/done', status), '/done': PAGE })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    await benchFor(shop).fetch(`${shop.origin}/api`, { method: 'POST', body: 'a=1', headers })
    expect(shop.calls.at(-1)).toMatchObject({ path: '/done', method, body })
    expect(shop.calls.at(-1)!.headers['content-type']).toBe(body ? headers['content-type'] : undefined)
  })
})

describe('a shop and its hosts', () => {
  const MALL = siteNamed('mall', {
    origin: 'https://www.mall.test',
    hosts: ['.mall.test', 'www.cousin.test'],
    stays: (url) => !url.pathname.startsWith('/foreign'),
  })
  /** Names of test lead to the shop; nothing else is looked up. */
  const bothFor = (shop: ShopServer, more: BenchOptions = {}) =>
    benchFor(shop, { sites: [MALL], lookup: async () => [{ address: '127.0.0.1', family: 4 }], ...more })
  const at = (shop: ShopServer, host: string, path: string) => `http://${host}:${shop.port}${path}`

  test('a redirect may lead to another of its own hosts, and within its domain', async () => {
    const shop = await openShop({ '/c': PAGE })
    const bench = bothFor(shop)
    for (const host of ['emart.mall.test', 'www.cousin.test']) {
      shop.route({ '/a': redirectTo(at(shop, host, '/c')) })
      expect((await bench.fetch(at(shop, 'www.mall.test', '/a'), {}, { site: 'mall' })).url).toBe(at(shop, host, '/c'))
    }
    shop.route({ '/a': redirectTo(at(shop, 'm.any.co.kr', '/c')) })
    expect((await bench.fetch(at(shop, 'www.any.co.kr', '/a'))).url).toBe(at(shop, 'm.any.co.kr', '/c'))
  })
  test.each([
    ['www.any.co.kr', 'www.other.co.kr'],
    ['one.github.io', 'two.github.io'],
    ['www.mall.test', 'www.mall.test.evil.kr'],
    ['www.mall.test', '127.0.0.1'],
  ])('from %s to %s it left, and the target is told', async (from, to) => {
    const shop = await openShop({ '*': PAGE })
    const target = at(shop, to, '/c')
    shop.route({ '/a': redirectTo(target) })
    const site = from === 'www.mall.test' ? 'mall' : 'web'
    await expect(bothFor(shop).fetch(at(shop, from, '/a'), {}, { site })).rejects.toMatchObject({
      code: 'page.redirect_left',
      facts: { url: at(shop, from, '/a'), target },
    })
    expect(shop.paths()).toEqual(['/a'])
  })
  test('a redirect to one host more than the job asks is not followed, and says which host that is', async () => {
    const shop = await openShop({ '*': PAGE })
    const hosts = createJobHosts([`http://www.any.co.kr:${shop.port}`])
    const fetchFrom = (path: string) =>
      bothFor(shop).fetch(at(shop, 'www.any.co.kr', path), {}, { admitsRedirect: hosts.admitsRedirect })
    for (let host = 0; host <= HOSTS_PER_JOB; host += 1) {
      shop.route({ [`/${host}`]: redirectTo(at(shop, `h${host}.any.co.kr`, '/end')) })
    }
    for (let host = 0; host < HOSTS_PER_JOB; host += 1) await fetchFrom(`/${host}`)
    await expect(fetchFrom(`/${HOSTS_PER_JOB}`)).rejects.toMatchObject({
      code: 'page.redirect_hosts',
      facts: { host: `h${HOSTS_PER_JOB}.any.co.kr`, max: HOSTS_PER_JOB },
    })
    expect(shop.calls.some((call) => call.headers.host?.startsWith(`h${HOSTS_PER_JOB}.`))).toBe(false)
    expect((await fetchFrom('/3')).url).toBe(at(shop, 'h3.any.co.kr', '/end'))
  })
  test('a shop may say itself that an address is no page of it any more', async () => {
    const shop = await openShop({ '/a': redirectTo('/foreign/list'), '/foreign/list': PAGE })
    const bench = bothFor(shop)
    await expect(bench.fetch(at(shop, 'www.mall.test', '/a'), {}, { site: 'mall' })).rejects.toMatchObject({
      code: 'page.redirect_left',
    })
  })
  test('with another origin everything is asked there, and everything that is told names the public host', async () => {
    const shop = await openShop({
      '/sec/list': redirectTo('/sec/end'),
      '/sec/end': PAGE,
      '/sec/abs': redirectTo('https://emart.mall.test/sec/end'),
    })
    const bench = benchFor(shop, { sites: [MALL], origins: { mall: shop.origin } })
    const page = await bench.fetch('https://www.mall.test/sec/list?page=1', {}, { site: 'mall' })
    expect(page.url).toBe('https://www.mall.test/sec/end')
    expect(shop.paths()).toEqual(['/sec/list?page=1', '/sec/end'])
    expect((await bench.fetch('https://www.mall.test/sec/abs', {}, { site: 'mall' })).url).toBe(
      'https://emart.mall.test/sec/end',
    )
    expect(new Set(bench.log.map((record) => record.host))).toEqual(new Set(['www.mall.test', 'emart.mall.test']))
    expect(shop.calls.every((call) => call.headers.host === shop.address)).toBe(true)
    expect(shop.calls.filter((call) => call.path === '/robots.txt')).toHaveLength(1)
  })
  test('another origin on a private address still needs to be allowed', async () => {
    const shop = await openShop({ '*': PAGE })
    const bench = benchFor(shop, { sites: [MALL], origins: { mall: shop.origin }, allowAddresses: [] })
    await expect(bench.fetch('https://www.mall.test/', {}, { site: 'mall' })).rejects.toMatchObject({
      code: 'address.forbidden',
    })
    expect(shop.connections()).toBe(0)
  })
  test('a blocked public host is not asked at its other origin either', async () => {
    const shop = await openShop({ '*': PAGE })
    const bench = benchFor(shop, { sites: [MALL], origins: { mall: shop.origin }, blockHosts: ['mall.test'] })
    await expect(bench.fetch('https://www.mall.test/', {}, { site: 'mall' })).rejects.toMatchObject({
      code: 'host.blocked',
    })
    expect(shop.connections()).toBe(0)
  })
})
