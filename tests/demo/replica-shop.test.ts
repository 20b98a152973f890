import { afterEach, describe, expect, test } from 'vitest'
import { createCatalogue } from '../../src/demo/catalogue.ts'
import { createReplicaShop, type ReplicaOptions, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { createRegistry } from '../../src/sites/registry.ts'
import ssg from '../../src/sites/shops/ssg.ts'
import type { Ask, SiteRequest } from '../../src/sites/site.ts'
import { askFor, parse } from '../support/parsing.ts'

let shop: ReplicaShop
let origin: string
const open = async (options: ReplicaOptions = {}) => {
  shop = createReplicaShop({ products: 400, pageBytes: 0, ...options })
  origin = (await shop.start()).origin
}
afterEach(() => shop.stop())

/** Follows a crawl's requests in order of group, page and list, as an engine would. */
async function crawlAll(ask: Ask): Promise<string[]> {
  const sites = createRegistry([ssg], { ssg: origin })
  const open: SiteRequest[] = ssg.start(ask)
  const asked = new Set<string>()
  const ids = new Set<string>()
  while (open.length > 0) {
    open.sort((a, b) => a.group - b.group || a.page - b.page || a.list - b.list)
    const request = open.shift()!
    const key = JSON.stringify([request.url, request.body])
    if (asked.has(key)) continue
    asked.add(key)
    const response = await fetch(sites.actual('ssg', new URL(request.url)), {
      method: request.method,
      body: request.body,
      headers: request.headers,
    })
    const body = new Uint8Array(await response.arrayBuffer())
    const contentType = response.headers.get('content-type') ?? ''
    const page = parse(ssg, body, { request, url: request.url, status: response.status, contentType, ask })
    for (const id of page.ids) ids.add(id)
    open.push(...page.next)
  }
  return [...ids]
}

describe('a crawl of the replica shop', () => {
  test.each(['state', 'cards'] as const)('finds every match, in order, and nothing else (%s)', async (form) => {
    await open({ form })
    const ids = await crawlAll(askFor({ words: '노트북', limit: 10_000 }))
    expect(ids).toEqual(shop.catalogue.matching('노트북').map(({ id }) => id))
  })

  test('without words reads the special prices, then every category to its end', async () => {
    await open()
    const ids = await crawlAll(askFor({ limit: 100 }))
    const specials = shop.catalogue.specials().map(({ id }) => id)
    expect(ids.slice(0, specials.length)).toEqual(specials)
    expect(new Set(ids)).toEqual(new Set(shop.catalogue.items.map(({ id }) => id)))
  })

  test('is recorded, request by request', async () => {
    await open({ robots: 'User-agent: *\nDisallow: /item/\n' })
    expect(await (await fetch(`${origin}/robots.txt`)).text()).toContain('Disallow: /item/')
    await fetch(`${origin}/search.ssg?query=a`, { headers: { 'user-agent': 'honest/1' } })
    expect(shop.calls).toMatchObject([
      { method: 'GET', path: '/robots.txt', status: 200 },
      { path: '/search.ssg?query=a', status: 200, headers: { 'user-agent': 'honest/1' } },
    ])
  })
})

describe('the replica shop', () => {
  test('sells the same goods each time', () => {
    expect(createCatalogue({ products: 50 }).items).toEqual(createCatalogue({ products: 50 }).items)
    expect(createCatalogue({ products: 50, seed: 2 }).items).not.toEqual(createCatalogue({ products: 50 }).items)
    const { items } = createCatalogue({ products: 2_000 })
    expect(new Set(items.map(({ id }) => id)).size).toBe(2_000)
    for (const item of items)
      expect(item.originalPrice === null || item.originalPrice > item.price, item.name).toBe(true)
  })

  test('weighs what is asked', async () => {
    await open({ pageBytes: 250_000 })
    for (const form of ['state', 'cards'] as const) {
      shop.options.form = form
      const body = await (await fetch(`${origin}/search.ssg?query=노트북`)).arrayBuffer()
      expect(body.byteLength).toBeGreaterThan(245_000)
      expect(body.byteLength).toBeLessThan(265_000)
    }
  })

  test('knows no other page', async () => {
    await open()
    expect((await fetch(`${origin}/item/itemView.ssg?itemId=1`)).status).toBe(404)
    expect((await fetch(`${origin}/nothing`)).status).toBe(404)
    expect((await fetch(`${origin}/dp/api/v2/page/area`, { method: 'POST', body: '{' })).status).toBe(400)
  })

  test('makes the trouble that it is told to make', async () => {
    await open()
    const url = `${origin}/search.ssg?query=노트북`
    shop.options.trouble = () => ({ kind: 'status', status: 429, retryAfter: '7' })
    const limited = await fetch(url)
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
    shop.options.trouble = () => ({ kind: 'block' })
    expect(parse(ssg, await (await fetch(url)).text()).verdict).toBe('blocked')
    shop.options.trouble = () => ({ kind: 'drift' })
    expect(parse(ssg, await (await fetch(url)).text()).verdict).toBe('unreadable')
    shop.options.trouble = () => ({ kind: 'cut', bytes: 500, isLengthTold: true })
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow()
    shop.options.trouble = () => ({ kind: 'cut', bytes: 500, isLengthTold: false })
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(500)
    shop.options.trouble = () => ({ kind: 'reset' })
    await expect(fetch(url)).rejects.toThrow()
    shop.options.trouble = () => ({ kind: 'hang' })
    await expect(fetch(url, { signal: AbortSignal.timeout(200) })).rejects.toThrow()
    shop.options.trouble = undefined
    expect((await fetch(url)).status).toBe(200)
  })

  test('lets a list slide while it is read', async () => {
    await open({ slide: 1 })
    const first = parse(ssg, await (await fetch(`${origin}/search.ssg?query=노트북`)).text()).ids
    const again = parse(ssg, await (await fetch(`${origin}/search.ssg?query=노트북`)).text()).ids
    expect(again.slice(0, 39)).toEqual(first.slice(1))
  })
})
