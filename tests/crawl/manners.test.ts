import { setMaxListeners } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, describe, expect, test } from 'vitest'
import { answerWith, openShopServer, type ShopRoute, type ShopServer, sendHtml } from '../support/shop-server.ts'
import { type BenchOptions, createBench } from './shop-http.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function open(route: ShopRoute, options: BenchOptions = {}) {
  const shop = await openShopServer({ '*': route })
  closers.push(shop.close)
  const bench = createBench({ allowAddresses: [shop.address], ...options })
  closers.push(bench.close)
  return { shop, bench }
}

const PAGE = '<html></html>'
const gaps = (shop: ShopServer): number[] => shop.calls.slice(1).map((call, index) => call.at - shop.calls[index]!.at)
/** Node's timers and the server's own work may bring two arrivals this much nearer. */
const JITTER_MS = 15

describe('what a shop sees', () => {
  test('fifty users never ask more often, nor more at once, than its budget allows', async () => {
    const slow: ShopRoute = (_request, response) => setTimeout(() => sendHtml(response, PAGE), 60)
    const { shop, bench } = await open(slow, { rate: 25, concurrency: 2 })
    const delay = monitorEventLoopDelay({ resolution: 5 }) // how late a busy machine may have let a request arrive
    delay.enable()
    const users = Array.from({ length: 50 }, (_, user) =>
      Promise.all([1, 2].map((page) => bench.fetch(`${shop.origin}/${user}/${page}`, {}, { turn: `user ${user}` }))),
    )
    await Promise.all(users)
    delay.disable()
    expect(shop.calls).toHaveLength(101) // and robots.txt
    expect(Math.max(...shop.calls.map((call) => call.atOnce))).toBe(2)
    expect(Math.max(...shop.calls.slice(0, 3).map((call) => call.atOnce))).toBe(1)
    // In any second there are at most 25 turns and the one that begins it.
    const second = 1_000 - JITTER_MS - delay.max / 1e6
    for (const [index, call] of shop.calls.entries()) {
      const within = shop.calls.slice(index).filter(({ at }) => at - call.at < second)
      expect(within.length).toBeLessThanOrEqual(26)
    }
  })

  test("one user's three hundred waiting requests do not delay another's", async () => {
    const { shop, bench } = await open(PAGE, { rate: 200, concurrency: 2 })
    const cancel = new AbortController()
    setMaxListeners(0, cancel.signal)
    const many = Array.from({ length: 300 }, (_, page) =>
      bench.fetch(`${shop.origin}/many/${page}`, {}, { turn: 'minji', signal: cancel.signal }).catch(() => undefined),
    )
    while (shop.calls.length < 10) await new Promise((resolve) => setImmediate(resolve))
    for (let page = 0; page < 20; page += 1) await bench.fetch(`${shop.origin}/one/${page}`, {}, { turn: 'junho' })
    const between = shop.paths().slice(shop.paths().indexOf('/one/0'))
    const others = between.filter((path) => path.startsWith('/many')).length
    cancel.abort(new Error('enough'))
    await Promise.all(many)
    // Each of junho's twenty waits for at most the two slots and one turn of minji.
    expect(others).toBeLessThanOrEqual(3 * 20)
    expect(shop.paths().indexOf('/one/0')).toBeLessThanOrEqual(15)
  })

  test('a Retry-After of seconds is waited out, by another user as well', async () => {
    const { shop, bench } = await open(PAGE)
    shop.route({ '/busy': answerWith(429, { 'retry-after': '1' }) })
    await expect(bench.fetch(`${shop.origin}/busy`)).rejects.toMatchObject({ code: 'page.rate_limited' })
    await bench.fetch(`${shop.origin}/list`, {}, { turn: 'junho' })
    expect(gaps(shop).at(-1)).toBeGreaterThanOrEqual(1_000 - JITTER_MS)
    expect(gaps(shop).at(-1)).toBeLessThan(5_000)
    expect(bench.events.map((event) => event.name)).toEqual(['host.slowed'])
  })
  test('a Retry-After with a date counts from the answer, whatever clock the shop has', async () => {
    const { shop, bench } = await open(PAGE)
    const date = 'Sat, 01 Jan 2000 00:00:00 GMT'
    shop.route({ '/busy': answerWith(503, { date, 'retry-after': 'Sat, 01 Jan 2000 02:00:00 GMT' }) })
    const before = Date.now()
    const refused = await bench.fetch(`${shop.origin}/busy`).catch((error) => error)
    expect(refused.facts.retryAt - before).toBeGreaterThanOrEqual(7_200_000)
    expect(refused.facts.retryAt - before).toBeLessThan(7_210_000)
    await expect(bench.fetch(`${shop.origin}/list`)).rejects.toMatchObject({ code: 'page.rate_limited' })
    expect(shop.paths()).toEqual(['/busy'])
  })
  test.each(['abc', '-1', '1000000000', ''])('nonsense (%j) as Retry-After only slows the host', async (value) => {
    const { shop, bench } = await open(PAGE)
    shop.route({ '/busy': answerWith(429, { 'retry-after': value }) })
    const refused = await bench.fetch(`${shop.origin}/busy`).catch((error) => error)
    expect(refused).toMatchObject({ code: 'page.rate_limited', facts: { host: '127.0.0.1', retryAt: null } })
    expect((await bench.fetch(`${shop.origin}/list`)).status).toBe(200)
    expect(bench.politeness.paceOf(shop.address).intervalMs).toBe(2)
  })
  test('half of all answers being errors makes it slower, never faster, and calm brings the pace back', async () => {
    const { shop, bench } = await open(PAGE)
    let calls = 0
    shop.route({
      '*': (_request, response) => (calls++ % 2 ? response.writeHead(500).end() : sendHtml(response, PAGE)),
    })
    let slowest = 0
    for (let page = 0; page < 12; page += 1) {
      await bench.fetch(`${shop.origin}/${page}`).catch(() => undefined)
      const { intervalMs } = bench.politeness.paceOf(shop.address)
      expect(intervalMs).toBeGreaterThanOrEqual(slowest)
      slowest = intervalMs
    }
    expect(slowest).toBe(64)
    shop.route({ '*': PAGE })
    for (let page = 0; page < 30; page += 1) await bench.fetch(`${shop.origin}/${page}`)
    expect(bench.politeness.paceOf(shop.address)).toEqual({ intervalMs: 1, atOnce: 8 })
  })
  test('403 slows it: a shop that begins to refuse is not asked on at the same pace', async () => {
    const { shop, bench } = await open(answerWith(403, {}, 'Access Denied'))
    await bench.fetch(`${shop.origin}/list`)
    expect(bench.events).toMatchObject([{ name: 'host.slowed', facts: { cause: 'status 403' } }])
  })
  test('an aborted fetch ends at once and frees its place', async () => {
    const { shop, bench } = await open(() => undefined, { concurrency: 1 })
    const cancel = new AbortController()
    const hanging = bench.fetch(`${shop.origin}/hang`, {}, { signal: cancel.signal })
    while (shop.paths().length === 0) await new Promise((resolve) => setImmediate(resolve))
    const reason = new Error('cancelled')
    cancel.abort(reason)
    await expect(hanging).rejects.toBe(reason)
    shop.route({ '*': PAGE })
    expect((await bench.fetch(`${shop.origin}/list`)).status).toBe(200)
    expect(bench.log.find((record) => record.url.endsWith('/hang'))).toMatchObject({ status: null, error: 'aborted' })
  })
})
