import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createGuard, type GuardOptions } from '../../src/crawl/guard.ts'
import type { LookUp } from '../../src/crawl/look-up.ts'
import { parseLocation } from '../../src/crawl/raw-address.ts'
import { isPassing } from '../../src/errors.ts'
import { absoluteUrl } from '../../src/sites/url.ts'
import { openShopServer, redirectTo, type ShopServer, textFile } from '../support/shop-server.ts'
import { type Bench, type BenchOptions, createBench } from './shop-http.ts'

const guardOf = (options: Partial<GuardOptions> = {}) =>
  createGuard({ allowAddresses: [], ports: [80, 443], blockHosts: [], ...options })

const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'passed'
}

/** Texts that mean an inner address, in the notations that parsers know. */
const INNER = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://127.0.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.0.0.1/',
  'http://0177.0.0.1/',
  'http://017700000001/',
  'http://127.0.0.1./',
  'http://１２７.０.０.１/',
  'http://①②⑦.⓪.⓪.①/',
  'http://127。0。0。1/',
  'http://%31%32%37.0.0.1/',
  'http://0/',
  'http://0.0.0.0/',
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://0xa9fea9fe/',
  'http://2852039166/',
  'http://100.64.0.1/',
  'http://100.127.255.254/',
  'http://168.63.129.16/',
  'http://192.0.2.1/',
  'http://198.18.0.1/',
  'http://198.51.100.1/',
  'http://203.0.113.1/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://[::1]/',
  'http://[::]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::ffff:8.8.8.8]/',
  'http://[::127.0.0.1]/',
  'http://[::8.8.8.8]/',
  'http://[1::1]/',
  'http://[4000::1]/',
  'http://[2002:7f00:1::]/',
  'http://[2001:0:7f00:1::]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b:1::1]/',
  'http://[fc00::1]/',
  'http://[fd12:3456:789a::1]/',
  'http://[fe80::1]/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  'http://[2001:db8::1]/',
  'http://localhost/',
  'http://LOCALHOST/',
  'http://localhost./',
  'http://shop.localhost/',
]

describe('the first wall: the address as text', () => {
  test.each(INNER)('%s is forbidden', (text) => {
    expect(codeOf(() => guardOf().checkRaw(text))).toBe('address.forbidden')
  })

  const ODD: [string, string][] = [
    ['http://169.254.169.254\\@shop.com/', 'url.invalid'],
    ['http://shop.com\\@169.254.169.254/', 'url.invalid'],
    ['http:\\\\shop.com/', 'url.invalid'],
    ['http://shop.com@169.254.169.254/', 'url.credentials'],
    ['http://user:secret@shop.com/', 'url.credentials'],
    ['http://@shop.com/', 'url.credentials'],
    ['http://shop.com:80@127.0.0.1/', 'url.credentials'],
    ['http://127.0.0.1\t.shop.com/', 'url.invalid'],
    ['ht\ntp://shop.com/', 'url.invalid'],
    [' http://shop.com/', 'url.invalid'],
    ['http://shop.com/ ', 'url.invalid'],
    ['http://shop.com/a b', 'url.invalid'],
    ['http://shop.com/\u0000', 'url.invalid'],
    ['http://shop.com/\u202e', 'url.invalid'],
    ['http://shop\u200b.com/', 'url.invalid'],
    ['http:shop.com/', 'url.invalid'],
    ['http:/shop.com/', 'url.invalid'],
    ['http:///shop.com/', 'url.invalid'],
    ['//shop.com/', 'url.invalid'],
    ['shop.com', 'url.invalid'],
    ['', 'url.invalid'],
    ['http://', 'url.invalid'],
    ['http://[fe80::1%25eth0]/', 'url.invalid'],
    ['http://256.1.1.1/', 'url.invalid'],
    ['http://shop.com:65536/', 'url.invalid'],
    ['file:///etc/passwd', 'url.scheme'],
    ['ftp://shop.com/', 'url.scheme'],
    ['gopher://127.0.0.1:6379/_INFO', 'url.scheme'],
    ['javascript:alert(1)', 'url.scheme'],
    ['data:text/html,x', 'url.scheme'],
    ['ws://shop.com/', 'url.scheme'],
    ['http://shop.com:22/', 'url.port'],
    ['http://shop.com:6379/', 'url.port'],
    ['http://shop.com:5432/', 'url.port'],
    ['http://shop.com:2375/', 'url.port'],
    ['https://shop.com:8443/', 'url.port'],
    ['http://8.8.8.8:8080/', 'url.port'],
    [`http://shop.com/${'a'.repeat(2_083)}`, 'url.too_long'],
    [`http://shop.com/${'가'.repeat(300)}`, 'url.too_long'],
  ]
  test.each(ODD)('%j is refused as %s', (text, code) => {
    expect(codeOf(() => guardOf().checkRaw(text))).toBe(code)
  })

  test.each([
    'https://www.ssg.com/search.ssg?query=노트북',
    'http://shop.com/',
    'https://shop.com:443/',
    'http://8.8.8.8/',
    'http://[2606:4700::1111]/',
    'https://쇼핑.kr/',
    'HTTPS://SHOP.COM/@path?mail=a@b.com',
  ])('%s passes', (text) => {
    expect(guardOf().checkRaw(text).href).toBe(new URL(text).href)
  })

  test('the dot of the root behind a host goes: no second budget, quota or robots.txt for the same host', () => {
    expect(guardOf().checkRaw('https://www.shop.com.:443/a?b=c.').href).toBe('https://www.shop.com/a?b=c.')
    const location = parseLocation('//m.shop.com./c', new URL('https://www.shop.com/'))
    expect(location.href).toBe('https://m.shop.com/c')
    expect(absoluteUrl('https://m.shop.com./d', location)).toBe('https://m.shop.com/d')
  })

  test('a blocked host is refused with everything below it, and nothing beside it', () => {
    const guard = guardOf({ blockHosts: ['ssg.com', '.shop.kr'] })
    for (const host of ['ssg.com', 'www.ssg.com', 'WWW.SSG.COM', 'ssg.com.', 'shop.kr', 'a.shop.kr']) {
      expect(codeOf(() => guard.checkRaw(`https://${host}/`))).toBe('host.blocked')
    }
    for (const host of ['notssg.com', 'ssg.com.evil.kr']) {
      expect(codeOf(() => guard.checkRaw(`https://${host}/`))).toBe('passed')
    }
  })

  test('an allowed pair allows that address at that port, in any notation, and nothing else', () => {
    const guard = guardOf({ allowAddresses: ['127.0.0.1:8080', '[::1]:8081'] })
    for (const text of [
      'http://127.0.0.1:8080/',
      'http://127.1:8080/',
      'http://[0::1]:8081/',
      'http://localhost:8080/',
    ]) {
      expect(codeOf(() => guard.checkRaw(text))).toBe('passed')
    }
    for (const text of [
      'http://127.0.0.1/',
      'http://127.0.0.1:8081/',
      'http://127.0.0.2:8080/',
      'http://[::1]:8080/',
      'http://[::ffff:127.0.0.1]:8080/',
      'http://localhost:80/',
    ]) {
      expect(codeOf(() => guard.checkRaw(text))).toBe('address.forbidden')
    }
    expect(codeOf(() => guard.checkRaw('http://8.8.8.8:8080/'))).toBe('url.port')
  })

  test('ports that the operator adds are open for public addresses', () => {
    expect(codeOf(() => guardOf({ ports: [80, 443, 8443] }).checkRaw('https://shop.com:8443/'))).toBe('passed')
    expect(codeOf(() => guardOf({ ports: [443] }).checkRaw('http://shop.com/'))).toBe('url.port')
  })

  test('a malformed pair is a mistake of the caller', () => {
    for (const pair of ['127.0.0.1', 'localhost:80', '127.1:80', '::1:80:x', '127.0.0.1:']) {
      expect(() => guardOf({ allowAddresses: [pair] })).toThrow(RangeError)
    }
  })
})

const addresses = (...list: string[]) => list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

describe('the second wall: the addresses of a name', () => {
  const check = async (lookup: LookUp, limits?: GuardOptions['limits']): Promise<unknown> =>
    guardOf({ lookup, ...(limits && { limits }) })
      .checkNames(new URL('http://shop.test/'))
      .then(() => 'passed')
      .catch((error) => error)

  test.each([
    [['127.0.0.1']],
    [['93.184.216.34', '10.0.0.1']],
    [['10.0.0.1', '93.184.216.34']],
    [['93.184.216.34', '::1']],
    [['::ffff:93.184.216.34']],
    [['100.64.1.1']],
    [['168.63.129.16']],
    [['fd00::1']],
  ])('one bad address among %j refuses the name', async (list) => {
    expect(await check(async () => addresses(...list))).toMatchObject({
      code: 'address.forbidden',
      facts: { host: 'shop.test', setting: 'CRAWL_ALLOW_ADDRESSES' },
    })
  })
  test('a name of public addresses passes', async () => {
    expect(await check(async () => addresses('93.184.216.34', '2606:4700::1111'))).toBe('passed')
  })
  test('no such name is lasting; a resolver that fails or is silent is passing', async () => {
    const failing = (code: string) => async () => Promise.reject(Object.assign(new Error(code), { code }))
    const gone = await check(failing('ENOTFOUND'))
    const empty = await check(async () => [])
    const broken = await check(failing('EAI_AGAIN'))
    const silent = await check(() => new Promise(() => undefined), { lookUpMs: 50, connectMs: 50 })
    expect([gone, empty, broken, silent]).toMatchObject([
      { code: 'page.dns' },
      { code: 'page.dns' },
      { code: 'page.network', facts: { cause: 'EAI_AGAIN' } },
      { code: 'page.timeout', facts: { seconds: 0.05 } },
    ])
    expect([gone, empty, broken, silent].map(isPassing)).toEqual([false, false, true, true])
  })
  test('who asks for the same name at the same time shares one look-up', async () => {
    let asked = 0
    const guard = guardOf({
      lookup: async () => {
        asked += 1
        await new Promise((resolve) => setImmediate(resolve))
        return addresses('93.184.216.34')
      },
    })
    await Promise.all(Array.from({ length: 10 }, () => guard.checkNames(new URL('http://shop.test/'))))
    expect(asked).toBe(1)
  })
})

describe('nothing connects to where it must not', () => {
  const canaries: { port: number; connections: number; close: () => void }[] = []
  const closers: (() => Promise<unknown>)[] = []

  /** Listeners that nobody may ever connect to, on both loopbacks where there are two. */
  beforeAll(async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const server = createServer((_, response) => response.end('secret'))
      const canary = { port: 0, connections: 0, close: () => void server.close() }
      server.on('connection', () => {
        canary.connections += 1
      })
      server.listen(0, host)
      const isUp = await once(server, 'listening').then(
        () => true,
        () => false,
      )
      if (!isUp) continue
      canary.port = (server.address() as AddressInfo).port
      canaries.push(canary)
    }
  })
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
    expect(canaries.map((canary) => canary.connections)).toEqual(canaries.map(() => 0))
  })
  afterAll(() => {
    for (const canary of canaries) canary.close()
  })

  async function open(
    options: (shop: ShopServer) => BenchOptions = () => ({}),
  ): Promise<{ shop: ShopServer; bench: Bench }> {
    const shop = await openShopServer()
    closers.push(shop.close)
    // The canaries' ports are open to public addresses, so only the address walls keep them.
    const ports = [80, 443, shop.port, ...canaries.map((canary) => canary.port)]
    const bench = createBench({ allowAddresses: [shop.address], ports, ...options(shop) })
    closers.push(bench.close)
    return { shop, bench }
  }
  const innerUrls = (port: number) =>
    ['127.0.0.1', '127.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost'].map(
      (host) => `http://${host}:${port}/`,
    )

  test('a literal in a request', async () => {
    const { bench } = await open()
    for (const canary of canaries) {
      for (const url of innerUrls(canary.port)) {
        await expect(bench.fetch(url)).rejects.toMatchObject({ code: 'address.forbidden' })
      }
    }
    expect(bench.log).toEqual([])
  })
  test('a literal in a redirect, of a page or of robots.txt', async () => {
    const { shop, bench } = await open()
    for (const canary of canaries) {
      for (const url of [
        ...innerUrls(canary.port),
        `//127.0.0.1:${canary.port}/`,
        `http://a@127.0.0.1:${canary.port}/`,
      ]) {
        shop.route({ '/list': redirectTo(url) })
        const code = url.includes('@') ? 'url.credentials' : 'address.forbidden'
        await expect(bench.fetch(`${shop.origin}/list`)).rejects.toMatchObject({ code })
      }
      const other = await open()
      other.shop.route({ '/robots.txt': redirectTo(`http://127.0.0.1:${canary.port}/robots.txt`), '/list': 'page' })
      await expect(other.bench.fetch(`${other.shop.origin}/list`)).rejects.toMatchObject({ code: 'address.forbidden' })
      expect(other.shop.paths()).toEqual([])
    }
  })
  test('a name that resolves inward, alone or among good addresses', async () => {
    for (const list of [['127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['::1']]) {
      const { bench } = await open(() => ({ lookup: async () => addresses(...list) }))
      for (const canary of canaries) {
        await expect(bench.fetch(`http://shop.test:${canary.port}/`)).rejects.toMatchObject({
          code: 'address.forbidden',
        })
      }
    }
  })
  test('a name whose answers flip between calls: the checked address is the connected one', async () => {
    // It flips between the shop, which is allowed, and another loopback address at the same port, which is not.
    let asked = 0
    const { shop, bench } = await open(() => ({
      lookup: async () => addresses(asked++ % 2 === 0 ? '127.0.0.1' : '127.0.0.2'),
    }))
    const trap = createServer((_, response) => response.end('secret'))
    let trapped = 0
    trap.on('connection', () => {
      trapped += 1
    })
    trap.listen(shop.port, '127.0.0.2')
    await once(trap, 'listening')
    closers.push(async () => trap.close())
    // Every answer closes its connection, so that each request looks the name up anew.
    shop.route({
      '*': (_request, response) => response.writeHead(200, { connection: 'close' }).end('<html></html>'),
    })
    const outcomes = { ok: 0, refused: 0 }
    for (let tryNumber = 0; tryNumber < 1_000; tryNumber += 1) {
      await bench.fetch(`http://shop.test:${shop.port}/${tryNumber}`).then(
        () => (outcomes.ok += 1),
        (error) => {
          expect(error.code).toBe('address.forbidden')
          outcomes.refused += 1
        },
      )
    }
    expect(trapped).toBe(0)
    expect(outcomes.ok + outcomes.refused).toBe(1_000)
    expect(Math.min(outcomes.ok, outcomes.refused)).toBeGreaterThan(400)
  })
  test('an address that passed its look-up and is another at the connection: the third wall sees the socket', async () => {
    const [canary] = canaries
    const seen = { connections: 0, bytes: 0 }
    const inner = createTcpServer((socket) => {
      seen.connections += 1
      socket.on('data', (chunk) => {
        seen.bytes += chunk.length
      })
      socket.on('error', () => undefined)
    })
    inner.listen(0, '127.0.0.1')
    await once(inner, 'listening')
    closers.push(async () => inner.close())
    const { port } = inner.address() as AddressInfo
    const lookup = async () => {
      let reads = 0
      const address = () => (reads++ === 0 ? '93.184.216.34' : '127.0.0.1')
      return [Object.defineProperty({ family: 4, address: '' }, 'address', { get: address })]
    }
    const bench = createBench({ ports: [port, canary!.port], lookup })
    closers.push(bench.close)
    await expect(bench.fetch(`http://shop.test:${port}/`)).rejects.toMatchObject({ code: 'address.forbidden' })
    await expect(bench.fetch(`https://shop.test:${port}/`)).rejects.toMatchObject({ code: 'address.forbidden' })
    expect(seen).toEqual({ connections: 2, bytes: 0 })
  })
  test('what is allowed is logged with the class of its address', async () => {
    const { shop, bench } = await open()
    shop.route({ '/robots.txt': textFile('User-agent: *\nAllow: /'), '/list': '<html></html>' })
    await bench.fetch(`${shop.origin}/list`)
    expect(bench.log.map((record) => [record.robots, record.addressClass, record.status])).toEqual([
      ['robots.txt', 'loopback', 200],
      ['allowed', 'loopback', 200],
    ])
  })
})
