import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CATEGORIES } from '../../src/sites/shops/samsung/categories.ts'
import samsung from '../../src/sites/shops/samsung.ts'
import { askFor, parse, requestFor } from '../support/parsing.ts'
import { sharedPages } from '../support/shared-pages.ts'

const LIST = 'https://www.samsung.com/sec/cxhr/pf/goodsList?dispClsfNo=33010000&sortType=10&page=1&rows=12'
const JSON_TYPE = 'application/json;charset=UTF-8'

describe('where samsung begins', () => {
  test('every category is a list of its own, and the limit is shared among them', () => {
    const requests = samsung.start(askFor({ limit: 460 }))
    expect(requests).toHaveLength(CATEGORIES.length)
    expect(requests.map(({ list, group, page }) => [list, group, page])).toEqual(
      CATEGORIES.map((_, list) => [list, 0, 1]),
    )
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: 'https://www.samsung.com/sec/cxhr/pf/goodsList?dispClsfNo=33010000&sortType=10&page=1&rows=20',
      headers: { referer: 'https://www.samsung.com/sec/smartphones/all-smartphones/' },
    })
  })

  test('a page has between 5 and 100 rows, with words the most that a list allows', () => {
    const rows = (more: object) => new URL(samsung.start(askFor(more))[0]!.url).searchParams.get('rows')
    expect(rows({ limit: 1 })).toBe('5')
    expect(rows({ limit: 10_000 })).toBe('100')
    expect(rows({ words: '갤럭시', limit: 30 })).toBe('500')
  })

  test('a category page is read by its list, a product page by itself, an unknown category by what it names', () => {
    const start = (url: string) => samsung.start(askFor({ url, limit: 30 }))
    expect(start('https://www.samsung.com/sec/tvs/all-tvs/')[0]!.url).toContain('dispClsfNo=34060000')
    expect(start('https://www.samsung.com/sec/tvs/all-tvs/')).toHaveLength(1)
    expect(start('https://www.samsung.com/sec/tvs/neo-qled/KQ85QNF70B/')[0]).toMatchObject({ kind: 'detail' })
    expect(start('https://www.samsung.com/sec/rings/all-rings/')[0]).toMatchObject({
      kind: 'list',
      url: 'https://www.samsung.com/sec/rings/all-rings/',
    })
    expect(start('https://www.samsung.com/sec/')).toHaveLength(CATEGORIES.length)
  })
})

describe('the list API', () => {
  const goods = (more: object) => ({
    mdlCode: 'SM-1',
    goodsNm: '갤럭시<br>하나',
    salePrice: 900,
    priceStr: '1|10|1000|1000|900',
    saleStatCd: '12',
    goodsDetailUrl: 'smartphones/one/SM-1/',
    imgPath1: '//images.samsung.com/kdp/goods/1.png',
    ...more,
  })
  const listOf = (products: object[], count: number | undefined = products.length, more = {}) =>
    parse(samsung, JSON.stringify({ count, products }), { url: LIST, contentType: JSON_TYPE, ...more })

  test('기준가 is the original price, the list price the price, and the discount is computed', () => {
    expect(listOf([goods({})]).products[0]).toEqual({
      id: 'SM-1',
      name: '갤럭시 하나',
      brand: 'Samsung',
      seller: null,
      price: 900,
      originalPrice: 1000,
      discountRate: 10,
      currency: 'KRW',
      rating: null,
      reviewCount: null,
      inStock: true,
      url: 'https://www.samsung.com/sec/smartphones/one/SM-1/',
      imageUrl: 'https://images.samsung.com/kdp/goods/1.png',
      category: 'smartphones',
    })
  })

  test('goods without a price have none, and sale states tell the stock', () => {
    const read = listOf([
      goods({ salePrice: 0 }),
      goods({ mdlCode: 'A/B', saleStatCd: '13' }),
      goods({ mdlCode: 'C', saleStatCd: '17', thirdPartyYn: 'Y' }),
      goods({ mdlCode: 'D', saleStatCd: '99' }),
    ])
    expect(read.products.map(({ price, originalPrice }) => [price, originalPrice])[0]).toEqual([null, null])
    expect(read.products.map(({ id, inStock, brand }) => [id, inStock, brand])).toEqual([
      ['SM-1', true, 'Samsung'],
      ['A/B', false, 'Samsung'],
      ['C', false, null],
      ['D', null, 'Samsung'],
    ])
  })

  test("a carrier phone's price is conditional, and the warning names them", () => {
    const read = listOf([goods({ activatePhoneYn: 'Y' }), goods({ mdlCode: 'B', activatePhoneYn: 'N' })])
    expect(read.warned['price.conditional']).toEqual([read.products[0]!.id])
    expect(listOf([goods({})]).warned['price.conditional']).toEqual([])
  })

  test('pages follow until the count is reached, with the same Referer', () => {
    const request = samsung.start(askFor({ url: 'https://www.samsung.com/sec/tvs/all-tvs/', limit: 5 }))[0]!
    const page = (number: number) =>
      listOf([goods({})], 12, {
        url: request.url,
        request: { ...request, page: number, url: request.url.replace('page=1', `page=${number}`) },
      })
    expect(page(1).total).toBe(12)
    expect(page(1).next).toEqual([{ ...request, page: 2, url: request.url.replace('page=1', 'page=2') }])
    expect(page(2).next).toHaveLength(1)
    expect(page(3).next).toEqual([])
  })

  test('a list without goods is a true zero; HTML in its place is none', () => {
    expect(listOf([], 0).verdict).toBe('empty')
    expect(parse(samsung, '<html><title>잠시만요</title><body>점검</body></html>', { url: LIST }).verdict).toBe(
      'unreadable',
    )
    const denied = '<HTML><TITLE>Access Denied</TITLE><BODY>You don\'t have permission to access "/sec"</BODY></HTML>'
    expect(parse(samsung, denied, { url: LIST, status: 403 }).verdict).toBe('blocked')
    expect(parse(samsung, denied, { url: LIST }).verdict).toBe('blocked')
  })

  test('addresses of other hosts are left out', () => {
    const read = listOf([
      goods({ goodsDetailUrl: 'https://evil.example/sec/x' }),
      goods({ mdlCode: 'B', goodsDetailUrl: '//www.samsung.com/us/x' }),
    ])
    expect(read.products.map(({ url }) => url)).toEqual([null, null])
  })

  test('odd goods are skipped', () => {
    expect(listOf([{}, { mdlCode: 'X' }, { goodsNm: 'no id' }, goods({})] as object[]).ids).toEqual(['SM-1'])
  })
})

test('only addresses under /sec/ are the Korean shop', () => {
  const stays = (url: string) => samsung.stays(new URL(url))
  expect(stays('https://www.samsung.com/sec/tvs/')).toBe(true)
  expect(stays('https://www.samsung.com/sec')).toBe(true)
  expect(stays('https://www.samsung.com/us/tvs/')).toBe(false)
  expect(stays('https://www.samsung.com/second/')).toBe(false)
  expect(stays('https://samsung.com.evil.kr/sec/')).toBe(false)
})

describe('a product page', () => {
  const url = 'https://www.samsung.com/sec/tvs/neo-qled/KQ85/'
  const request = requestFor(url, { kind: 'detail' })
  const wrap = '<div id="goods_detail_wrap" data-goods-id="G1" data-mdl-code="KQ85" data-goods-tp-cd="20"></div>'

  test('without a price asks for the fragment that its script names', () => {
    const body = `<html><script type="application/ld+json">{"@type":"Product","name":"TV","@id":"${url}"}</script>
      ${wrap}<script>post('/sec/xhr/goods/goodsDetail')</script></html>`
    const [next] = parse(samsung, body, { url, request }).next
    expect(next).toMatchObject({
      method: 'POST',
      url: 'https://www.samsung.com/sec/xhr/goods/goodsDetail',
      body: 'goodsId=G1&goodsTpCd=20',
      kind: 'detail',
      headers: { referer: url },
    })
    expect(parse(samsung, `<html>${wrap}</html>`, { url, request }).next[0]!.url).toMatch(/goodsRevampDetail$/)
  })

  test('with a price in its JSON-LD is one row', () => {
    const product = { '@type': 'Product', name: 'TV', sku: 'KQ85', offers: { price: '1000', priceCurrency: 'KRW' } }
    const body = `<html><script type="application/ld+json">${JSON.stringify(product)}</script>${wrap}</html>`
    expect(parse(samsung, body, { url, request }).products).toMatchObject([
      { id: 'KQ85', price: 1000, brand: 'Samsung' },
    ])
  })
})

if (sharedPages !== undefined) {
  const file = (name: string): Buffer => readFileSync(join(sharedPages!, 'samsung', name))

  describe('captured pages of samsung', () => {
    test.each([
      ['2024-06-goodsList-33010000-page1.json', 11, 35, 3],
      ['2026-10-goodsList-36070000-4items.json', 4, 16, 0],
    ])('%s', (name, count, total, conditional) => {
      const answer = JSON.parse(file(name).toString()) as { products: Record<string, unknown>[] }
      const read = parse(samsung, file(name), { url: LIST, contentType: JSON_TYPE })
      expect(read.route).toBe('goods list')
      expect(read.products).toHaveLength(count)
      expect(read.total).toBe(total)
      expect(read.warned['price.conditional']).toHaveLength(conditional)
      expect(read.products.map((it) => [it.id, it.price, it.inStock])).toEqual(
        answer.products.map((it) => [it.mdlCode, it.salePrice, it.saleStatCd === '12']),
      )
    })

    test('the first phone has its list price, its price and its grade', () => {
      const read = parse(samsung, file('2024-06-goodsList-33010000-page1.json'), { url: LIST, contentType: JSON_TYPE })
      expect(read.products[0]).toMatchObject({
        id: 'SM-S928NZTNKOO',
        name: '갤럭시 S24 Ultra 자급제',
        price: 1914000,
        originalPrice: 2127400,
        discountRate: 10,
        rating: 4.8,
        reviewCount: 358,
        category: 'smartphones',
        url: 'https://www.samsung.com/sec/smartphones/galaxy-s24-ultra-s928/SM-S928NZTNKOO/',
      })
      expect(read.products[6]).toMatchObject({ id: 'SM-S928NZTEKOD', price: 1524800, originalPrice: 1698400 })
    })

    test('a cooktop whose price is not reduced has no original', () => {
      const read = parse(samsung, file('2026-10-goodsList-36070000-4items.json'), { url: LIST, contentType: JSON_TYPE })
      expect(read.products.map(({ price, originalPrice }) => [price, originalPrice])).toEqual([
        [1040000, 1640000],
        [1990000, 2140000],
        [1890000, null],
        [1090000, null],
      ])
    })

    test('an answer without a count goes on while pages are full', () => {
      const url = LIST.replace('page=1', 'page=2')
      const request = requestFor(url, { page: 2 })
      const read = parse(samsung, file('2024-06-goodsListMore-33010000-page2.json'), {
        url,
        request,
        contentType: JSON_TYPE,
      })
      expect(read.products).toHaveLength(12)
      expect(read.products.at(-1)).toMatchObject({ id: 'SM-F731NDBDKOO', inStock: false, price: 1397000 })
      expect(read.next[0]!.url).toContain('page=3')
    })

    test('the category page of 2024 leads to its list', () => {
      const url = 'https://www.samsung.com/sec/smartphones/all-smartphones/'
      const read = parse(samsung, file('2024-06-all-smartphones.html'), { url })
      expect(read.verdict).toBe('products')
      expect(read.next).toHaveLength(1)
      expect(read.next[0]!.url).toContain('goodsList?dispClsfNo=33010000')
    })

    test('the product page of 2024 leads to its fragment, and the fragment holds the price', () => {
      const url = 'https://www.samsung.com/sec/smartphones/galaxy-s23-fe-5g-sm-s711-cpo/SM-S711NZBWKOO/'
      const page = parse(samsung, file('2024-06-product-SM-S711NZBWKOO.html'), {
        url,
        request: requestFor(url, { kind: 'detail' }),
      })
      const [request] = page.next
      expect(request).toMatchObject({ body: 'goodsId=G000326310&goodsTpCd=10' })
      const read = parse(samsung, file('2024-06-goodsDetail-SM-S711NZBWKOO.html'), { url: request!.url, request })
      expect(read.differs ?? false).toBe(false)
      expect(read.products).toMatchObject([
        {
          id: 'SM-S711NZBWKOO',
          name: '갤럭시 S23 FE 자급제 (삼성닷컴/삼성 강남 전용컬러)',
          price: 726000,
          originalPrice: 847000,
          discountRate: 14,
          rating: 4.7,
          reviewCount: 143,
          inStock: true,
          category: 'smartphones',
          url,
        },
      ])
    })

    test('JSON-LD as the category pages of 2026 had it gives the values that were read there', () => {
      interface Captured {
        sku: string
        modelName: string
        productUrl: string
        imageUrl: string
        priceCurrency: string
        price: number
        rating: { value: number; count: number } | null
        availability: string
      }
      const { categories } = JSON.parse(file('2026-03-category-jsonld-values.json').toString()) as {
        categories: { sourceUrl: string; productCount: number; products: Captured[] }[]
      }
      for (const { sourceUrl, productCount, products } of categories) {
        const list = {
          '@context': 'https://schema.org',
          '@type': 'ItemList',
          itemListElement: products.map((it, index) => ({
            '@type': 'ListItem',
            position: index + 1,
            item: {
              '@type': 'Product',
              name: it.modelName,
              sku: it.sku,
              url: it.productUrl,
              image: it.imageUrl,
              offers: {
                '@type': 'Offer',
                price: it.price,
                priceCurrency: it.priceCurrency,
                availability: it.availability,
              },
              ...(it.rating && {
                aggregateRating: {
                  '@type': 'AggregateRating',
                  ratingValue: it.rating.value,
                  reviewCount: it.rating.count,
                },
              }),
            },
          })),
        }
        const body = `<html><head><script type="application/ld+json">${JSON.stringify(list)}</script></head></html>`
        const read = parse(samsung, body, { url: sourceUrl })
        expect(read.differs ?? false).toBe(false)
        expect(read.products).toHaveLength(productCount)
        expect(read.products.map((it) => [it.id, it.price, it.inStock, it.url, it.rating ?? 0])).toEqual(
          products.map((it) => [
            it.sku,
            it.price,
            it.availability.endsWith('InStock'),
            it.productUrl,
            it.rating?.value ?? 0,
          ]),
        )
      }
    })
  })
}
