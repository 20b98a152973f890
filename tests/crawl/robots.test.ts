import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { createJumpingClock, type JumpingClock } from '../support/jumping-clock.ts'
import {
  answerWith,
  openShopServer,
  redirectTo,
  type ShopRoute,
  type ShopServer,
  textFile,
} from '../support/shop-server.ts'
import { type Bench, type BenchOptions, createBench, SHORT_LIMITS, siteNamed } from './shop-http.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function open(robots: ShopRoute | undefined, options: (shop: ShopServer) => BenchOptions = () => ({})) {
  const shop = await openShopServer({ '*': '<html></html>', ...(robots && { '/robots.txt': robots }) })
  closers.push(shop.close)
  const bench = createBench({ allowAddresses: [shop.address], ...options(shop) })
  closers.push(bench.close)
  return { shop, bench }
}

const outcome = (bench: Bench, url: string): Promise<string> =>
  bench.fetch(url).then(
    () => 'fetched',
    (error) => error.code ?? error,
  )
/** The same while time goes on, a thousandth of a second a step. */
async function outcomeAsTimeGoes(clock: JumpingClock, bench: Bench, url: string): Promise<string> {
  let result: string | undefined
  outcome(bench, url).then((code) => {
    result = code
  })
  while (result === undefined) await clock.jump(1)
  return result
}
const asked = (shop: ShopServer) => shop.calls.filter((call) => call.path === '/robots.txt').length

describe('robots.txt of a host', () => {
  test.each<[string, string, ShopRoute | undefined]>([
    ['absent', 'fetched', undefined],
    ['410', 'fetched', answerWith(410)],
    ['400', 'fetched', answerWith(400)],
    ['401', 'robots.forbidden', answerWith(401)],
    ['403', 'robots.forbidden', answerWith(403)],
    ['429', 'robots.unreachable', answerWith(429)],
    ['500', 'robots.unreachable', answerWith(500)],
    ['503', 'robots.unreachable', answerWith(503)],
    ['empty', 'fetched', textFile('')],
    ['HTML', 'fetched', '<html>Disallow: /</html>'],
    ['a ban', 'robots.forbidden', textFile('User-agent: *\nDisallow: /')],
    ['a ban of others', 'fetched', textFile('User-agent: other\nDisallow: /')],
    ['a closed connection', 'robots.unreachable', (request) => request.socket.destroy()],
    ['no answer', 'robots.unreachable', () => undefined],
    ['noise called gzip', 'robots.unreachable', answerWith(200, { 'content-encoding': 'gzip' }, 'noise')],
    ['a Crawl-delay of a minute and more', 'robots.delay', textFile('User-agent: *\nCrawl-delay: 61')],
  ])('%s: the page is %s', async (name, expected, route) => {
    const { shop, bench } = await open(route, () => (name === 'no answer' ? { limits: SHORT_LIMITS } : {}))
    expect(await outcome(bench, `${shop.origin}/list`)).toBe(expected)
    expect(shop.paths()).toEqual(expected === 'fetched' ? ['/list'] : [])
  })

  test('is asked once for all pages, jobs and users, and kept for the next start', async () => {
    const { shop, bench } = await open(textFile('User-agent: *\nDisallow: /no'))
    await Promise.all(Array.from({ length: 20 }, (_, page) => outcome(bench, `${shop.origin}/list?page=${page}`)))
    expect(asked(shop)).toBe(1)
    const next = createBench({ allowAddresses: [shop.address], robotsRows: bench.robotsRows })
    closers.push(next.close)
    expect(await outcome(next, `${shop.origin}/no`)).toBe('robots.forbidden')
    expect(await outcome(next, `${shop.origin}/yes`)).toBe('fetched')
    expect(asked(shop)).toBe(1)
  })

  test('is asked again after a day, and what it says then holds', async () => {
    const clock = createJumpingClock()
    const { shop, bench } = await open(textFile('User-agent: *\nDisallow: /'), () => ({ clock }))
    expect(await outcomeAsTimeGoes(clock, bench, `${shop.origin}/list`)).toBe('robots.forbidden')
    shop.route({ '/robots.txt': textFile('') })
    await clock.jump(23 * 3_600_000)
    expect(await outcomeAsTimeGoes(clock, bench, `${shop.origin}/list`)).toBe('robots.forbidden')
    await clock.jump(3_600_000)
    expect(await outcomeAsTimeGoes(clock, bench, `${shop.origin}/list`)).toBe('fetched')
  })

  test('that could not be reached is not asked again before five minutes are nearly over', async () => {
    const clock = createJumpingClock()
    const { shop, bench } = await open(answerWith(500), () => ({ clock }))
    expect(await outcomeAsTimeGoes(clock, bench, `${shop.origin}/list`)).toBe('robots.unreachable')
    expect(await outcomeAsTimeGoes(clock, bench, `${shop.origin}/list`)).toBe('robots.unreachable')
    expect(asked(shop)).toBe(1)
    shop.route({ '/robots.txt': textFile('') })
    await clock.jump(5 * 60_000)
    expect(await outcomeAsTimeGoes(clock, bench, `${shop.origin}/list`)).toBe('fetched')
  })

  test('that comes packed is read to 512 KiB of what it holds', async () => {
    const text = `User-agent: *\nDisallow: /near\n${'# filler\n'.repeat(100_000)}Disallow: /far\n`
    const { shop, bench } = await open(answerWith(200, { 'content-encoding': 'gzip' }, gzipSync(text)))
    expect(await outcome(bench, `${shop.origin}/near`)).toBe('robots.forbidden')
    expect(await outcome(bench, `${shop.origin}/far`)).toBe('fetched')
    expect([...bench.robotsRows.values()].map((row) => row.body.length)).toEqual([512 * 1_024])
  })

  test('is read to 512 KiB: rules before count, rules behind do not, nobody waits for 10 MB', async () => {
    const text = `User-agent: *\nDisallow: /near\n${'# filler\n'.repeat(1_200_000)}Disallow: /far\n`
    const { shop, bench } = await open(textFile(text))
    expect(await outcome(bench, `${shop.origin}/near`)).toBe('robots.forbidden')
    expect(await outcome(bench, `${shop.origin}/far`)).toBe('fetched')
    expect([...bench.robotsRows.values()].map((row) => row.body.length)).toEqual([512 * 1_024])
  })

  test('that an older version has stored, however hostile, does no harm at the next start', async () => {
    const body = `${'User-agent:a\n'.repeat(19_000)}User-agent:*\n${'Allow:/\n'.repeat(32_000)}Disallow:/no`
    const { shop, bench } = await open(textFile(''), (shop) => ({
      robotsRows: new Map([
        [shop.origin, { origin: shop.origin, status: 200, body, fetchedAt: Date.now(), isStale: false, ttlMs: 60_000 }],
      ]),
    }))
    expect(await bench.robots.known(new URL(`${shop.origin}/yes`), 'web')).toMatchObject({ verdict: 'allowed' })
    expect(await outcome(bench, `${shop.origin}/no`)).toBe('robots.forbidden')
    expect(asked(shop)).toBe(0)
  })

  test('is followed through five redirects; a sixth counts as absent', async () => {
    const hops: Record<string, ShopRoute> = Object.fromEntries(
      Array.from({ length: 5 }, (_, hop) => [`/r${hop}`, redirectTo(hop === 4 ? '/end' : `/r${hop + 1}`)]),
    )
    const five = await open(redirectTo('/r1'))
    five.shop.route({ ...hops, '/end': textFile('User-agent: *\nDisallow: /') })
    expect(await outcome(five.bench, `${five.shop.origin}/list`)).toBe('robots.forbidden')
    const six = await open(redirectTo('/r0'))
    six.shop.route({ ...hops, '/end': textFile('User-agent: *\nDisallow: /') })
    expect(await outcome(six.bench, `${six.shop.origin}/list`)).toBe('fetched')
    expect(six.shop.paths()).not.toContain('/end')
  })

  test('of a name that does not exist says so, and keeps nothing', async () => {
    const lookup = async () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
    const { bench } = await open(undefined, () => ({ lookup }))
    expect(await outcome(bench, 'http://shop.test/')).toBe('page.dns')
    expect(bench.robotsRows.size).toBe(0)
  })

  test('each host has its own, also after a redirect', async () => {
    const second = await open(textFile('User-agent: *\nDisallow: /'))
    const first = await open(textFile(''), (shop) => ({ allowAddresses: [shop.address, second.shop.address] }))
    first.shop.route({ '/list': redirectTo(`${second.shop.origin}/list`) })
    expect(await outcome(first.bench, `${first.shop.origin}/list`)).toBe('robots.forbidden')
    expect(second.shop.paths()).toEqual([])
  })

  test('one who gives up waiting for it does not spoil it for the others', async () => {
    let answer: () => void = () => undefined
    const { shop, bench } = await open((_request, response) => {
      answer = () => response.end('')
    })
    const cancel = new AbortController()
    const first = bench.fetch(`${shop.origin}/a`, {}, { signal: cancel.signal })
    const second = bench.fetch(`${shop.origin}/b`)
    while (asked(shop) === 0) await new Promise((resolve) => setImmediate(resolve))
    const reason = new Error('cancelled')
    cancel.abort(reason)
    await expect(first).rejects.toBe(reason)
    answer()
    expect((await second).status).toBe(200)
    expect(asked(shop)).toBe(1)
  })
})

describe('the permission of an owner', () => {
  const BAN = textFile('User-agent: *\nDisallow: /\nCrawl-delay: 1\nSitemap: /map.xml')
  const ssg = siteNamed('ssg', { origin: 'https://www.ssg.test', hosts: ['.ssg.test'] })

  test('opens what robots.txt forbids, by host, and still obeys its delay', async () => {
    const { shop, bench } = await open(BAN, () => ({ permissions: ['127.0.0.1'], rate: 1_000 }))
    expect(await outcome(bench, `${shop.origin}/list`)).toBe('fetched')
    expect(bench.log.at(-1)).toMatchObject({ robots: 'permitted' })
    expect(bench.politeness.paceOf(shop.address)).toEqual({ intervalMs: 1_000, atOnce: 1 })
  })
  test('opens all of a site by its name, also at its other origin', async () => {
    const { shop, bench } = await open(BAN, (shop) => ({
      sites: [ssg],
      origins: { ssg: shop.origin },
      permissions: ['ssg'],
    }))
    const page = await bench.fetch('https://emart.ssg.test/list', {}, { site: 'ssg' })
    expect(page.url).toBe('https://emart.ssg.test/list')
    expect(shop.paths()).toEqual(['/list'])
  })
  test('is not read into the name of the site that is any shop', async () => {
    const { shop, bench } = await open(BAN, () => ({ permissions: ['web'] }))
    expect(await outcome(bench, `${shop.origin}/list`)).toBe('robots.forbidden')
  })
  test('stands when the file cannot be read', async () => {
    const { shop, bench } = await open(answerWith(500), () => ({ permissions: ['127.0.0.1'] }))
    expect(await outcome(bench, `${shop.origin}/list`)).toBe('fetched')
  })
  test('does not lift a delay of more than a minute', async () => {
    const { shop, bench } = await open(textFile('User-agent: *\nCrawl-delay: 600'), () => ({
      permissions: ['127.0.0.1'],
    }))
    expect(await outcome(bench, `${shop.origin}/list`)).toBe('robots.delay')
  })
})

describe('what is known at submit', () => {
  test('nothing before the file was fetched, and no request is made to learn it', async () => {
    const { shop, bench } = await open(textFile(''))
    expect(await bench.robots.known(new URL(`${shop.origin}/list`), 'web')).toBeUndefined()
    expect(shop.calls).toEqual([])
  })
  test('a ban from the cache, with the setting that lifts it', async () => {
    const { shop, bench } = await open(textFile('User-agent: *\nDisallow: /no'))
    await bench.fetch(`${shop.origin}/yes`)
    await expect(bench.robots.known(new URL(`${shop.origin}/no`), 'web')).rejects.toMatchObject({
      code: 'robots.forbidden',
      facts: { host: shop.address, setting: 'ROBOTS_PERMISSION' },
    })
    expect(await bench.robots.known(new URL(`${shop.origin}/yes`), 'web')).toMatchObject({ verdict: 'allowed' })
    expect(bench.events).toEqual([])
    expect(await outcome(bench, `${shop.origin}/no`)).toBe('robots.forbidden')
    expect(bench.events).toEqual([{ name: 'robots.refused', facts: { site: 'web', host: shop.address } }])
  })
  test('nothing while the file cannot be reached', async () => {
    const { shop, bench } = await open(answerWith(500))
    await outcome(bench, `${shop.origin}/list`)
    expect(await bench.robots.known(new URL(`${shop.origin}/list`), 'web')).toBeUndefined()
  })
})

test('twenty hosts whose files are waited for at once are not warned of as a leak', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => void warnings.push(warning)
  process.on('warning', note)
  const shops = await Promise.all(Array.from({ length: 20 }, () => openShopServer({ '/robots.txt': () => undefined })))
  const bench = createBench({ allowAddresses: shops.map(({ address }) => address) })
  const waiting = shops.map(({ origin }) => outcome(bench, `${origin}/list`))
  while (shops.some(({ calls }) => calls.length === 0)) await new Promise((resolve) => setImmediate(resolve))
  await bench.close()
  await Promise.all(waiting)
  for (const shop of shops) await shop.close()
  process.off('warning', note)
  expect(warnings).toEqual([])
})
