import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import shinsegae from '../../src/sites/shops/shinsegae.ts'
import { askFor, parse, requestFor } from '../support/parsing.ts'
import { sharedPages } from '../support/shared-pages.ts'

const ORIGIN = 'https://www.shinsegaetvshopping.com'
const SCHEDULE = `${ORIGIN}/broadcast/tvschedule-ajax?fromDate=2026%2F11%2F24`

describe('where shinsegae begins', () => {
  test('the schedule of a week from today, then the known categories', () => {
    const requests = shinsegae.start(askFor({ today: '2026-12-29' }))
    expect(requests.slice(0, 7).map(({ url }) => new URL(url).searchParams.get('fromDate'))).toEqual([
      '2026/12/29',
      '2026/12/30',
      '2026/12/31',
      '2027/01/01',
      '2027/01/02',
      '2027/01/03',
      '2027/01/04',
    ])
    expect(requests[0]).toMatchObject({
      url: `${ORIGIN}/broadcast/tvschedule-ajax?fromDate=2026%2F12%2F29`,
      headers: { referer: `${ORIGIN}/broadcast/tvschedule` },
      group: 0,
    })
    expect(requests.slice(7).map(({ group, url }) => [group, new URL(url).pathname])).toEqual([
      [1, '/category/30100020'],
      [1, '/category/30100005'],
      [1, '/category/30100001'],
      [1, '/category/30102001'],
    ])
    expect(new Set(requests.map(({ list }) => list)).size).toBe(requests.length)
  })

  test('an address of the shop is read as what it is', () => {
    const start = (url: string) => shinsegae.start(askFor({ url }))
    expect(start('https://m.shinsegaetvshopping.com/display/detail/20059202')).toMatchObject([
      { url: `${ORIGIN}/display/detail/20059202`, kind: 'detail' },
    ])
    expect(start(`${ORIGIN}/category/30101642`)).toMatchObject([{ url: `${ORIGIN}/category/30101642`, kind: 'list' }])
    expect(start(`${ORIGIN}/broadcast/tvschedule`)).toHaveLength(7)
    expect(start(`${ORIGIN}/`)).toHaveLength(11)
  })
})

const card = (attributes: string, inside = ''): string =>
  `<div class="card gtm_list_item" data-gtm-area = "TV편성표" ${attributes}>${inside}</div>`

describe('cards', () => {
  test('the attribute named discount is the selling price', () => {
    const html = card(
      'data-gtm-item-id="20072549" data-gtm-item-name="베개 &amp; 이불" data-gtm-item-brand="루나" data-gtm-item-price = "59,900" data-gtm-item-quantity="7" data-gtm-item-discount="53,910" data-gtm-item-category="침구>베개"',
    )
    expect(parse(shinsegae, html, { url: SCHEDULE }).products).toEqual([
      {
        id: '20072549',
        name: '베개 & 이불',
        brand: '루나',
        seller: null,
        price: 53910,
        originalPrice: 59900,
        discountRate: 10,
        currency: 'KRW',
        rating: null,
        reviewCount: null,
        inStock: true,
        url: `${ORIGIN}/display/detail/20072549`,
        imageUrl: null,
        category: '침구 > 베개',
      },
    ])
  })

  test('one product in several slots is one row; a quantity of 0 is sold out; odd cards are skipped', () => {
    const one = card(
      'data-gtm-item-id="1" data-gtm-item-name="하나" data-gtm-item-discount="1,000" data-gtm-item-quantity="0"',
    )
    const html = `<dl><dt></div></dt><dd>${one}${one}${card('data-gtm-item-id="" data-gtm-item-name="x"')}${card('')}</dd></dl>`
    const read = parse(shinsegae, html, { url: SCHEDULE })
    expect(read.products).toMatchObject([{ id: '1', inStock: false }])
    expect(read.differs ?? false).toBe(false)
  })

  test('grades and reviews of category pages are read', () => {
    const inside =
      '<span class="score">4.6</span><span class="count">(<em>1,204</em>)</span><img class="_image" src="/a.jpg">'
    const html = card('data-gtm-item-id="1" data-gtm-item-name="하나" data-gtm-item-discount="1,000"', inside)
    expect(parse(shinsegae, html, { url: `${ORIGIN}/category/30100020` }).products).toMatchObject([
      { rating: 4.6, reviewCount: 1204, imageUrl: `${ORIGIN}/a.jpg` },
    ])
  })

  test('a day without a schedule is a true zero, renamed cards still lead to their products', () => {
    expect(parse(shinsegae, '<div class="schedule"></div>', { url: SCHEDULE }).verdict).toBe('empty')
    const renamed = '<dl><dd><div class="karte" onclick="goPage(\'/display/detail/1\')">x</div></dd></dl>'
    expect(parse(shinsegae, renamed, { url: SCHEDULE })).toMatchObject({
      ...{ verdict: 'products', route: 'addresses', expected: 'cards', routeRank: 3, products: [] },
      next: [{ url: `${ORIGIN}/display/detail/1`, kind: 'detail' }],
    })
    const nothing = '<dl><dd><div class="karte">x</div></dd></dl>'.repeat(60)
    expect(parse(shinsegae, nothing, { url: SCHEDULE }).verdict).toBe('unreadable')
  })
})

describe('a product', () => {
  const url = `${ORIGIN}/display/detail/20059202`
  const request = requestFor(url, { kind: 'detail' })
  const head =
    '<meta property="og:title" content="티블라우스 5종 | 신세계쇼핑"><meta property="og:image" content="//img.shinsegaetvshopping.com/a.jpg">'

  test('with its price in the page is one row', () => {
    const html = `<html><head>${head}</head><div class="div-best"><span class="_bestPrice">29,900</span><span class="_salePrice"><del>39,900</del></span></div></html>`
    const read = parse(shinsegae, html, { url, request })
    expect(read.differs ?? false).toBe(false)
    expect(read.products).toMatchObject([
      { id: '20059202', name: '티블라우스 5종', price: 29900, originalPrice: 39900, discountRate: 25, url },
    ])
    const older = `<html><head>${head}</head><div class="total_price"><p class="price"><em>9,900</em></p></div></html>`
    expect(parse(shinsegae, older, { url, request }).products).toMatchObject([{ price: 9900 }])
  })

  test('whose price a script fills in is asked for as JSON, as the script does', () => {
    const [next] = parse(shinsegae, `<html><head>${head}</head></html>`, { url, request }).next
    expect(next).toMatchObject({
      method: 'POST',
      url: `${ORIGIN}/display/detailInfo`,
      body: '{"targetType":"goods","targetCode":"20059202"}',
      headers: { referer: url, 'x-requested-with': 'XMLHttpRequest' },
    })
    const answer = {
      result: {
        goods: { goodsName: '티블라우스 5종', brandName: '에디션S', goodsPrice: 39900, deep: { salePrice: '29,900' } },
      },
      uintGoodsVO: { briefOrderAbleCnt: 12 },
    }
    const read = parse(shinsegae, JSON.stringify(answer), {
      url: next!.url,
      request: next,
      contentType: 'application/json',
    })
    expect(read.products).toMatchObject([
      {
        id: '20059202',
        name: '티블라우스 5종',
        brand: '에디션S',
        price: 29900,
        originalPrice: 39900,
        inStock: true,
        url,
      },
    ])
  })
})

if (sharedPages !== undefined) {
  describe('captured pages of shinsegae', () => {
    test('the four cards of the schedule', () => {
      const body = readFileSync(join(sharedPages!, 'shinsegae', '2026-09-tvschedule-4cards.html'))
      const read = parse(shinsegae, body, { url: SCHEDULE })
      expect(read.route).toBe('cards')
      expect(read.differs ?? false).toBe(false)
      expect(
        read.products.map((it) => [it.id, it.brand, it.price, it.originalPrice, it.discountRate, it.inStock]),
      ).toEqual([
        ['1000570999', '리즐온', 89000, null, null, true],
        ['20059202', '에디션S', 29900, null, null, true],
        ['20061476', '에디션S', 39900, null, null, true],
        ['20072549', '루나앤슬립', 53910, 59900, 10, true],
      ])
      expect(read.products[3]).toMatchObject({
        name: '루나앤슬립 기능성 메모리큐브 경추지지베개 2개',
        url: `${ORIGIN}/display/detail/20072549`,
        imageUrl: 'https://img.shinsegaetvshopping.com/goods/549/20072549_l_20260330173925.jpg',
        category: '가구/인테리어 > 침구단품 > 베개/베개커버/베개솜 > 베개 > 메모리폼',
      })
    })
  })
}
