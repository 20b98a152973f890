import { afterEach, describe, expect, test } from 'vitest'
import { HTTP_LIMITS } from '../../src/crawl/http-limits.ts'
import { createBench } from '../crawl/shop-http.ts'
import { openShopServer, type ShopRoute, sendHtml } from '../support/shop-server.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function open(route: ShopRoute) {
  const shop = await openShopServer({ '/list': route, '/next': '<html></html>' })
  closers.push(shop.close)
  const bench = createBench({ allowAddresses: [shop.address], limits: HTTP_LIMITS, concurrency: 1 })
  closers.push(bench.close)
  return { shop, bench }
}

describe('a shop that does not answer, with the limits of the service', () => {
  test('has 15 seconds for its head, 15 between two pieces of a body, 60 in all', () => {
    expect(HTTP_LIMITS).toMatchObject({
      connectMs: 10_000,
      headersMs: 15_000,
      idleMs: 15_000,
      wholeMs: 60_000,
      lookUpMs: 5_000,
    })
  })
})

const hang: ShopRoute = () => undefined
const idle: ShopRoute = (_request, response) => void response.writeHead(200).write('<html>')
const trickle: ShopRoute = (_request, response) => {
  response.writeHead(200)
  const timer = setInterval(() => response.write('a'), 1_000)
  response.on('close', () => clearInterval(timer))
}
const comeBack: ShopRoute = (() => {
  let isFirst = true
  return (_request, response) => {
    if (!isFirst) return sendHtml(response, '<html></html>')
    isFirst = false
    return response.writeHead(503, { 'retry-after': '20' }).end()
  }
})()

// `npm run faults`: these wait for as long as the service does.
if (process.env.FAULTS_REAL_WAITS) {
  describe('the same in real time', () => {
    test.each<[string, ShopRoute, number]>([
      ['never begins', hang, 15],
      ['stops in the middle', idle, 15],
      ['trickles for ever', trickle, 60],
    ])('a shop that %s is left in time, and its slot is free', { timeout: 90_000 }, async (_name, route, seconds) => {
      const { shop, bench } = await open(route)
      const startedAt = performance.now()
      const error = await bench.fetch(`${shop.origin}/list`).catch((thrown) => thrown)
      const took = (performance.now() - startedAt) / 1_000
      expect(error).toMatchObject({ code: 'page.timeout', facts: { seconds } })
      expect(took).toBeGreaterThan(seconds - 1)
      expect(took).toBeLessThan(seconds + 5)
      expect((await bench.fetch(`${shop.origin}/next`)).status).toBe(200)
    })
    test('a Retry-After of 20 seconds is waited out to the second', { timeout: 60_000 }, async () => {
      const { shop, bench } = await open(comeBack)
      await expect(bench.fetch(`${shop.origin}/list`)).rejects.toMatchObject({ code: 'page.rate_limited' })
      await bench.fetch(`${shop.origin}/list`)
      const [first, second] = shop.calls.slice(-2).map((call) => call.at)
      expect(second! - first!).toBeGreaterThan(19_900)
      expect(second! - first!).toBeLessThan(21_000)
    })
  })
}
