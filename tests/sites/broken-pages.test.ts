import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { createReplicaShop } from '../../src/demo/replica-shop.ts'
import samsung from '../../src/sites/shops/samsung.ts'
import shinsegae from '../../src/sites/shops/shinsegae.ts'
import web from '../../src/sites/shops/web.ts'
import type { Site, SiteRequest } from '../../src/sites/site.ts'
import { parse, requestFor } from '../support/parsing.ts'

const TV = 'https://www.samsung.com/sec/tvs'
const TV_MODEL = `${TV}/tv-105000koo-d2c/TV-105000KOO/`
const SHOP = 'https://www.shinsegaetvshopping.com'
const STORE = 'https://shop.example.com/store'

const FRAGMENT = requestFor('https://www.samsung.com/sec/xhr/goods/goodsRevampDetail', {
  method: 'POST',
  body: 'goodsId=G300005000&goodsTpCd=10',
  kind: 'detail',
  headers: { referer: TV_MODEL },
})

const PAGES: [name: string, site: Site, request: SiteRequest][] = [
  [
    'shinsegae, schedule',
    shinsegae,
    requestFor(`${SHOP}/broadcast/tvschedule-ajax?fromDate=2026%2F11%2F24`, {
      headers: { referer: `${SHOP}/broadcast/tvschedule` },
    }),
  ],
  ['shinsegae, category', shinsegae, requestFor(`${SHOP}/category/30100001`)],
  ['shinsegae, product', shinsegae, requestFor(`${SHOP}/display/detail/20000000`, { kind: 'detail' })],
  ['samsung, category', samsung, requestFor(`${TV}/all-tvs/`)],
  ['samsung, product', samsung, requestFor(TV_MODEL, { kind: 'detail' })],
  ['samsung, fragment', samsung, FRAGMENT],
  ...['json-ld', 'urls', 'microdata', 'links'].map((form): [string, Site, SiteRequest] => [
    `web, ${form}`,
    web,
    requestFor(`${STORE}/${form}`),
  ]),
  ...['1000000171213', '1000000179132', '1000000187051'].map((id): [string, Site, SiteRequest] => [
    `web, product ${id}`,
    web,
    requestFor(`${STORE}/product/${id}`, { kind: 'detail' }),
  ]),
]

const INSERTS = [
  '<',
  '>',
  '"',
  "'",
  '&',
  '</div>',
  '<!--',
  '-->',
  '</script>',
  '<script>',
  '<a>',
  '<p>',
  '<style>',
  '\u0000',
  '&#xac00;',
  '<div class="card gtm_list_item">',
  '{',
  '\\',
]
const SWAPS: [string, string][] = [
  ['class=', 'klass='],
  ['<span', '<em'],
  ['<div', '<p'],
  ['</div>', ''],
  ['_bestPrice', '_salePrice'],
  ['itemprop="name"', 'itemprop="price"'],
  ['application/ld+json', 'Application/LD+JSON'],
  ['"name"', '"nom"'],
  ['content="', 'content='],
  ['href="', "href='"],
]

/** One way to break a page; positions are shares of its length. */
const damage = fc.oneof(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), insert: fc.constantFrom(...INSERTS) }),
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), remove: fc.integer({ min: 1, max: 800 }) }),
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), repeat: fc.integer({ min: 1, max: 2_000 }) }),
  fc.record({ cutAt: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ swap: fc.constantFrom(...SWAPS) }),
)
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never

function broken(page: string, how: Damage): string {
  if ('swap' in how) return page.replaceAll(how.swap[0], how.swap[1])
  if ('cutAt' in how) return page.slice(0, Math.floor(how.cutAt * page.length))
  const at = Math.floor(how.at * page.length)
  if ('insert' in how) return page.slice(0, at) + how.insert + page.slice(at)
  if ('remove' in how) return page.slice(0, at) + page.slice(at + how.remove)
  return page.slice(0, at) + page.slice(at, at + how.repeat) + page.slice(at)
}

describe('the fast road reads what plain cheerio reads, on broken pages too', () => {
  const shop = createReplicaShop({ products: 150, pageBytes: 4_000 })
  const bodies = new Map<string, string>()
  beforeAll(async () => {
    const { origin } = await shop.start()
    for (const [name, , { method, url, headers, body }] of PAGES) {
      const asked = new URL(url)
      const answer = await fetch(origin + asked.pathname + asked.search, { method, headers, body })
      bodies.set(name, await answer.text())
    }
    await shop.stop()
  })

  test.each(PAGES)('%s', (name, site, request) => {
    const whole = bodies.get(name)!
    const read = parse(site, whole, { request, url: request.url })
    expect(read.products.length + read.next.length).toBeGreaterThan(0)
    const property = fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
      const page = damages.reduce(broken, whole)
      const started = performance.now()
      const it = parse(site, page, { request, url: request.url })
      expect(it.differs ?? false).toBe(false)
      expect(performance.now() - started).toBeLessThan(5_000)
    })
    fc.assert(property, { numRuns: 60, seed: 20_261_124 })
  })
})
