import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import ssg from '../../src/sites/shops/ssg.ts'
import type { SiteRequest } from '../../src/sites/site.ts'
import { askFor, parse, requestFor } from '../support/parsing.ts'
import { catalogue, replicaPage, shownOf } from '../support/replica-page.ts'
import { sharedPages } from '../support/shared-pages.ts'

const SEARCH = 'https://www.ssg.com/search.ssg?target=all&query=%EB%85%B8%ED%8A%B8%EB%B6%81&page=1'
const FRUIT = 'https://emart.ssg.com/disp/category.ssg?dispCtgId=6000213114'
const ELECTRONICS = '6000214719'

describe('the requests of ssg', () => {
  test('are the search for words', () => {
    expect(ssg.start(askFor({ words: '노트북' }))).toEqual([requestFor(SEARCH)])
  })

  test('are the special prices, then every category of Emart, without words', () => {
    const requests = ssg.start(askFor({ limit: 1_000 }))
    expect(requests[0]).toMatchObject({ method: 'POST', url: 'https://frontapi.ssg.com/dp/api/v2/page/area', group: 0 })
    expect(requests.slice(1)).toHaveLength(19)
    expect(new Set(requests.map(({ list }) => list)).size).toBe(20)
    expect(requests[1]).toMatchObject({ url: `${FRUIT}&pageSize=53`, group: 1, page: 1 })
  })

  test('are the same when asked again on the same day', () => {
    expect(ssg.start(askFor())).toEqual(ssg.start(askFor()))
  })

  test.each([
    ['https://www.ssg.com/page/pc/SpecialPrice.ssg', 'POST', 'list', 1],
    ['https://www.ssg.com/item/itemView.ssg?itemId=1000598165742', 'GET', 'detail', 1],
    ['https://department.ssg.com/search?query=a&page=3', 'GET', 'list', 3],
    [FRUIT, 'GET', 'list', 1],
  ])('are one for the address %s', (url, method, kind, page) => {
    expect(ssg.start(askFor({ url }))).toMatchObject([{ method, kind, page }])
  })
})

describe('the search of ssg', () => {
  const found = catalogue.matching('노트북')
  const search = (page: number, limit = 100, form: 'state' | 'cards' = 'state') => {
    const url = SEARCH.replace('page=1', `page=${page}`)
    return parse(ssg, replicaPage(url, { form }), {
      request: requestFor(url, { page }),
      ask: askFor({ words: '노트북', limit }),
    })
  }

  test('gives the results alone, in order, with all that the page shows', () => {
    const read = search(1)
    expect(read).toMatchObject({ verdict: 'products', route: 'embedded state', routeRank: 0, total: found.length })
    expect(read.products).toMatchObject(found.slice(0, 40).map(shownOf))
    expect(read.products[0]).toMatchObject({ seller: found[0]!.siteName, reviewCount: found[0]!.reviewCount })
    expect(read.differs).toBeUndefined()
  })

  test('names every page that the limit needs, at once', () => {
    expect(found.length).toBeGreaterThan(130)
    expect(search(1, 130).next.map(({ page }) => page)).toEqual([2, 3, 4])
    expect(search(1, 10_000).next.at(-1)?.page).toBe(Math.ceil(found.length / 40))
    expect(search(2, 100).next.map(({ url }) => url)).toEqual([SEARCH.replace('page=1', 'page=3')])
    expect(search(Math.ceil(found.length / 40)).next).toEqual([])
  })

  test('is read from cards where the page has no state', () => {
    const read = search(1, 100, 'cards')
    expect(read).toMatchObject({ verdict: 'products', route: 'emart cards', routeRank: 2, expected: 'embedded state' })
    expect(read.products).toMatchObject(found.slice(0, 40).map(shownOf))
    expect(read.differs).toBeUndefined()
  })

  test.each(['state', 'cards'] as const)('without a match is a true zero (%s)', (form) => {
    const url = 'https://www.ssg.com/search.ssg?target=all&query=xyzzy&page=1'
    expect(parse(ssg, replicaPage(url, { form }), { url })).toMatchObject({ verdict: 'empty', products: [] })
  })

  test('whose state has changed its names is no true zero', () => {
    const page = replicaPage(SEARCH).replaceAll('"itemId"', '"goodsId"')
    expect(parse(ssg, page, { url: SEARCH })).toMatchObject({
      verdict: 'unreadable',
      title: '노트북 - 검색결과 | SSG.COM',
    })
  })

  test('whose state is cut falls to the next route, and is unreadable without one', () => {
    const page = replicaPage(SEARCH)
    const cut = page.slice(0, page.indexOf('"PAGING_UNIT"'))
    expect(parse(ssg, cut, { url: SEARCH }).verdict).toBe('unreadable')
    const both = `${cut}</script>${replicaPage(FRUIT)}`
    expect(parse(ssg, both, { url: SEARCH })).toMatchObject({ verdict: 'products', route: 'emart cards' })
  })

  test('never takes the price of 100 g for the price, and tells a "from" price', () => {
    const state = (item: object) =>
      `<script id="__NEXT_DATA__" type="application/json">${JSON.stringify({
        props: {
          pageProps: {
            dehydratedState: {
              queries: [
                {
                  queryKey: ['fetchSearchItemListArea'],
                  state: { data: [[{ areaList: [[{ unitType: 'OTHER', dataList: [item] }]] }]] },
                },
              ],
            },
          },
        },
      })}</script>`
    const read = parse(
      ssg,
      state({ itemId: '1000000000001', itemNm: '쌀', sellUnitPrice: '532', isVisiblePriceTilde: true }),
    )
    expect(read.products).toMatchObject([{ id: '1000000000001', price: null, currency: null }])
    expect(read.warned).toMatchObject({ 'price.conditional': ['1000000000001'] })
  })
})

describe('the lists of ssg', () => {
  const fruit = catalogue.inCategory('6000213114')

  test.each([
    ['emart cards', `${FRUIT}&pageSize=10`],
    ['mall cards', `${FRUIT}&pageSize=10&siteNo=6004`],
    ['old cards', 'https://www.ssg.com/disp/category.ssg?ctgId=6000213114&pageSize=10'],
  ])('are read from %s, without the carousel above', (route, url) => {
    const read = parse(ssg, replicaPage(url), { url })
    expect(read).toMatchObject({ verdict: 'products', route })
    expect(read.differs).toBeUndefined()
    const shown = fruit.slice(0, 10).map((item) => ({ ...shownOf(item), category: '과일' }))
    // the old cards print no rate: computed from rounded prices it may be one off
    const rounded = (rate: number | null | undefined) => (route === 'old cards' ? rate != null : rate)
    const comparable = (list: object[]) =>
      list.map((item: { discountRate?: number | null }) => ({ ...item, discountRate: rounded(item.discountRate) }))
    expect(comparable(read.products)).toMatchObject(comparable(shown))
    expect(read.products.map(({ reviewCount }) => reviewCount ?? 0)).toEqual(
      fruit.slice(0, 10).map(({ reviewCount }) => reviewCount),
    )
    expect(read.next).toMatchObject([{ page: 2, url: expect.stringContaining('page=2') }])
  })

  test('are empty beyond their end, and say so', () => {
    const url = `${FRUIT}&page=999`
    expect(parse(ssg, replicaPage(url), { url })).toMatchObject({ verdict: 'empty', next: [] })
  })

  test('whose cards have new names are unreadable, not empty', () => {
    const page = replicaPage(FRUIT).replaceAll('mnemitem_', 'newitem_').replaceAll('disp_cart_data', 'cart_data')
    expect(parse(ssg, page, { url: FRUIT })).toMatchObject({ verdict: 'unreadable' })
  })

  test('leave out advertised copies', () => {
    const page = replicaPage(`${FRUIT}&pageSize=3`).replaceAll('itemView.ssg?', 'itemView.ssg?advertBidId=77&#38;')
    expect(parse(ssg, page, { url: FRUIT }).products).toEqual([])
  })

  test('of special prices are read from the front API', () => {
    const request = ssg.start(askFor())[0]!
    const body = replicaPage('/dp/api/v2/page/area', {}, { method: 'POST', body: request.body! })
    const read = parse(ssg, body, { request, contentType: 'application/json' })
    expect(read).toMatchObject({ verdict: 'products', route: 'front list' })
    expect(read.products).toMatchObject(catalogue.specials().slice(0, 30).map(shownOf))
    expect(read.products[0]?.imageUrl).toMatch(/^https:\/\//)
    const next = read.next[0]!
    expect({ ...next, body: JSON.parse(next.body!).params.page }).toMatchObject({ method: 'POST', page: 2, body: '2' })
  })

  test('of special prices end with an empty answer', () => {
    const request = { ...ssg.start(askFor())[0]!, page: 99 } satisfies SiteRequest
    const body = '{"resultCode":"200","data":{"areaList":[[{"unitType":"SPECIALDEAL_ITEM","itemList":[]}]]}}'
    expect(parse(ssg, body, { request, contentType: 'application/json' }).verdict).toBe('empty')
  })
})

describe("a product's own page", () => {
  const item = catalogue.inCategory(ELECTRONICS).find(({ originalPrice }) => originalPrice !== null)!
  const url = `https://www.ssg.com/item/itemView.ssg?itemId=${item.id}`
  const request = requestFor(url, { kind: 'detail' })

  test('gives one row: what is paid, not what its object says', () => {
    const read = parse(ssg, replicaPage(url), { request })
    expect(read).toMatchObject({ verdict: 'products', route: 'detail' })
    const { rating: _rating, discountRate: _rate, ...shown } = shownOf(item)
    expect(read.products).toMatchObject([{ ...shown, seller: item.siteName, category: item.category }])
    expect(read.differs).toBeUndefined()
  })

  test('is sold out when every choice is', () => {
    const options =
      '<select id="ordOpt1"><option>선택하세요</option><option>빨강(매진)</option><option>파랑(매진)</option></select>'
    const page = replicaPage(url).replace('</main>', `${options}</main>`)
    expect(parse(ssg, page, { request }).products).toMatchObject([{ inStock: false }])
  })

  test('for employees only is a log-in page', () => {
    const page = '<html><body><p>임직원 및 사업자 회원만 구매할 수 있는 상품입니다.</p></body></html>'
    expect(parse(ssg, page, { request }).verdict).toBe('login')
  })
})

if (sharedPages !== undefined) {
  describe('captured pages of ssg', () => {
    test('an Emart category of 2026', () => {
      const page = readFileSync(`${sharedPages}/ssg/2026-emart-category-2cards.html`)
      const read = parse(ssg, page, { url: FRUIT })
      expect(read.route).toBe('emart cards')
      expect(read.differs).toBeUndefined()
      expect(read.products).toMatchObject([
        {
          id: '1000771171213',
          brand: 'dole',
          name: '후룻컵 알로코코 198g',
          price: 2_680,
          originalPrice: null,
          discountRate: null,
          rating: 4.7,
          reviewCount: 218,
        },
        {
          id: '1000598165742',
          brand: '산해직송',
          name: '국내산 꿀수박 6~7kg 내외',
          price: 25_910,
          originalPrice: 28_900,
          discountRate: 10,
          rating: 3.7,
          reviewCount: 25,
        },
      ])
    })

    test('the state of an Emart search of 2026', () => {
      const json = readFileSync(`${sharedPages}/ssg/2026-emart-search-next-data.json`, 'utf8')
      const page = `<html><body><script id="__NEXT_DATA__" type="application/json">${json}</script></body></html>`
      const read = parse(ssg, page, { url: SEARCH })
      expect(read.differs).toBeUndefined()
      expect(read.products).toMatchObject([
        {
          id: '1000641687348',
          price: 2_784,
          originalPrice: 3_480,
          discountRate: 20,
          reviewCount: 65_942,
          inStock: true,
        },
        { id: '1000024820453', price: 7_984, originalPrice: 9_980, discountRate: 20, reviewCount: 5_724 },
        { id: '1000770022343', price: 3_980, originalPrice: 5_980, discountRate: 33, rating: 4.7, reviewCount: 250 },
      ])
    })
  })
}
