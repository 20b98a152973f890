import { describe, expect, test } from 'vitest'
import { jsonLdIn, readJsonLd } from '../../src/sites/extract/json-ld.ts'
import { microdataIn } from '../../src/sites/extract/microdata.ts'
import { readSchema } from '../../src/sites/extract/schema-product.ts'
import { createPage } from '../../src/sites/page.ts'
import { requestFor } from '../support/parsing.ts'

const BASE = new URL('https://shop.example.com/list/')
const read = (...values: unknown[]) => readSchema(values, BASE, null)
const one = (value: unknown) => {
  const { products, listed } = read(value)
  expect([...products, ...listed]).toHaveLength(1)
  return [...products, ...listed][0]!
}
const pageOf = (body: string) =>
  createPage({
    body: Buffer.from(body),
    contentType: 'text/html; charset=utf-8',
    status: 200,
    url: BASE.href,
    request: requestFor(BASE.href),
  })

describe('JSON-LD that shops break', () => {
  test.each([
    ['CDATA', '//<![CDATA[\n{"n":1}\n//]]>'],
    ['CDATA in a comment', '/*<![CDATA[*/ {"n":1} /*]]>*/'],
    ['an HTML comment', '<!-- {"n":1} -->'],
    ['a semicolon', '{"n":1};'],
    ['a comma too many', '{"n":1,}'],
    ['two commas', '{"n":1,,}'],
    ['comments', '{/* one */ "n": 1 // two\n}'],
    ['quotes as entities', '{&quot;n&quot;:1}'],
    ['a byte order mark', '\ufeff{"n":1}'],
  ])('%s', (_, text) => expect(readJsonLd(text)).toEqual({ n: 1 }))

  test('line breaks, tabs and foreign escapes in texts stay texts', () => {
    expect(readJsonLd('{"n":"a\nb\tc\\\'d\\qe","u":"http://x//y, ]"}')).toEqual({
      n: "a\nb\tc'd\\qe",
      u: 'http://x//y, ]',
    })
  })

  test('what would have to be guessed is left out, and the other scripts still count', () => {
    for (const text of ['{"n":', '{"n":"a"b"}', '', 'undefined', '{n:1}']) expect(readJsonLd(text)).toBeUndefined()
    const html = `<script type="application/ld+json">{"n":</script><script type='application/ld+json'>{"n":2}</script>
      <script type=application/ld+json>{"n":3}</script><script>{"n":4}</script><!--<script type="application/ld+json">{"n":5}</script>-->`
    expect(jsonLdIn(html)).toEqual([{ n: 2 }, { n: 3 }])
  })

  test('hostile texts end soon', () => {
    const started = performance.now()
    for (const part of ['/*', '"\\"', '{,', '// ', '<!--', '[', '\\', '-']) readJsonLd(`{${part.repeat(200_000)}`)
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

describe('products of schema.org', () => {
  const offer = { '@type': 'Offer', price: '10.00', priceCurrency: 'EUR', availability: 'https://schema.org/InStock' }

  test('every field of a plain product', () => {
    const product = {
      '@context': 'https://schema.org',
      '@type': 'Product',
      name: 'Anvil &amp; Hammer',
      sku: 'A1',
      gtin13: 4012348202059,
      mpn: 'M1',
      brand: { '@type': 'Brand', name: 'ACME' },
      image: ['//img.example.com/a.jpg', 'b.jpg'],
      url: '/anvil',
      category: 'Tools',
      aggregateRating: { ratingValue: '9', bestRating: '10', reviewCount: '1,204' },
      offers: { ...offer, seller: { name: 'Shop' } },
    }
    expect(one(product)).toEqual({
      name: 'Anvil & Hammer',
      sku: 'A1',
      gtin: '4012348202059',
      mpn: 'M1',
      brand: 'ACME',
      seller: 'Shop',
      price: 10,
      originalPrice: null,
      currency: 'EUR',
      rating: 4.5,
      reviewCount: 1204,
      inStock: true,
      url: 'https://shop.example.com/anvil',
      imageUrl: 'https://img.example.com/a.jpg',
      category: 'Tools',
    })
  })

  test.each([
    ['a type as array', { '@type': ['Thing', 'Product'] }],
    ['a type as full IRI', { '@type': 'http://schema.org/Product' }],
    ['a type with prefix', { '@type': 'schema:Product' }],
    ['a model', { '@type': 'ProductModel' }],
    ['a car', { '@type': 'Car' }],
  ])('%s', (_, type) => expect(one({ ...type, name: 'x', offers: offer }).price).toBe(10))

  test.each([
    ['brand as text', { brand: 'ACME' }],
    ['brand as array', { brand: [{ name: 'ACME' }, { name: 'B' }] }],
    ['brand with its label', { brand: 'Brand: ACME' }],
    ['manufacturer', { manufacturer: { '@type': 'Organization', name: 'ACME' } }],
    ['prefixed name', { 'schema:brand': 'ACME' }],
    ['full IRI as name', { 'https://schema.org/brand': [{ '@value': 'ACME' }] }],
  ])('%s', (_, more) => expect(one({ '@type': 'Product', name: 'x', ...more }).brand).toBe('ACME'))

  test.each([
    ['text', 'a.jpg'],
    ['object', { '@type': 'ImageObject', url: 'a.jpg' }],
    ['contentUrl', { contentUrl: 'a.jpg' }],
    ['id', { '@id': 'a.jpg' }],
    ['array with holes', [null, '', {}, { url: 'a.jpg' }]],
  ])('image as %s', (_, image) =>
    expect(one({ '@type': 'Product', name: 'x', image }).imageUrl).toBe('https://shop.example.com/list/a.jpg'),
  )

  test.each([
    ['InStock', true],
    ['https://schema.org/InStock', true],
    ['http://schema.org/LimitedAvailability', true],
    ['in stock', true],
    ['in_stock', true],
    ['https://schema.org/OutOfStock', false],
    ['SoldOut', false],
    ['http://schema.org/Discontinued', false],
    ['품절', false],
    [{ '@id': 'https://schema.org/OutOfStock' }, false],
    [['https://schema.org/InStock'], true],
    [false, false],
    ['https://schema.org/PreOrder', null],
    ['who knows', null],
  ])('availability %j is %s', (availability, inStock) => {
    expect(one({ '@type': 'Product', name: 'x', offers: { ...offer, availability } }).inStock).toBe(inStock)
  })

  test('an offer with a price and no word on availability is one; without a price nothing is known', () => {
    const { availability: _, ...silent } = offer
    expect(one({ '@type': 'Product', name: 'x', offers: silent }).inStock).toBe(true)
    expect(one({ '@type': 'Product', name: 'x', offers: {} }).inStock).toBeNull()
  })

  test.each([
    ['AggregateOffer', { '@type': 'AggregateOffer', lowPrice: '10', highPrice: '20', priceCurrency: 'EUR' }, 10],
    [
      'an array, the lowest in stock',
      [{ ...offer, price: 5, availability: 'SoldOut' }, { ...offer, price: 12 }, offer],
      10,
    ],
    [
      'an array, all sold out',
      [
        { ...offer, price: 12, availability: 'SoldOut' },
        { ...offer, availability: 'SoldOut' },
      ],
      10,
    ],
    ['offers in an AggregateOffer', { '@type': 'AggregateOffer', offers: [{ ...offer, price: 12 }, offer] }, 10],
    ['priceSpecification', { priceSpecification: { price: '10', priceCurrency: 'EUR' } }, 10],
    [
      'priceSpecifications',
      {
        priceSpecification: [
          { price: 15, priceType: 'https://schema.org/ListPrice', priceCurrency: 'EUR' },
          { price: 10, priceCurrency: 'EUR' },
        ],
      },
      10,
    ],
    ['a price as text', { price: '1.299,00', priceCurrency: 'EUR' }, 1299],
    ['a price with its sign', { price: '€ 10,00' }, 10],
  ])('offers: %s', (_, offers, price) => {
    const product = one({ '@type': 'Product', name: 'x', offers })
    expect([product.price, product.currency]).toEqual([price, 'EUR'])
  })

  test('a list price in the specification is the original', () => {
    const priceSpecification = [{ priceType: 'https://schema.org/StrikethroughPrice', price: 15, priceCurrency: 'EUR' }]
    const product = one({ '@type': 'Product', name: 'x', offers: { ...offer, priceSpecification } })
    expect([product.price, product.originalPrice]).toEqual([10, 15])
  })

  test('a group with variants is one product with the lowest price of those in stock', () => {
    const variant = (sku: string, price: number, availability: string) => ({
      '@type': 'Product',
      sku,
      name: `x ${sku}`,
      offers: { ...offer, price, availability },
    })
    const group = {
      '@type': 'ProductGroup',
      name: 'x',
      brand: 'ACME',
      productGroupID: 'G',
      hasVariant: [variant('1', 8, 'OutOfStock'), variant('2', 12, 'InStock'), variant('3', 11, 'InStock')],
    }
    expect(one(group)).toMatchObject({ name: 'x', sku: 'G', brand: 'ACME', price: 11, inStock: true })
  })

  test('lists: products, items, addresses, in their order', () => {
    const { listed, links, products } = read({
      '@type': 'ItemList',
      itemListElement: [
        { '@type': 'ListItem', position: 1, item: { '@type': 'Product', name: 'one', offers: offer } },
        { '@type': 'Product', name: 'two', offers: offer },
        { '@type': 'ListItem', position: 3, url: '/three' },
        { '@type': 'ListItem', position: 4, item: 'https://shop.example.com/four' },
        { '@type': 'ListItem', position: 5, item: { '@id': '/five' } },
        '/six',
      ],
    })
    expect(products).toEqual([])
    expect(listed.map(({ name }) => name)).toEqual(['one', 'two'])
    expect(links).toEqual(['three', 'four', 'five', 'six'].map((name) => `https://shop.example.com/${name}`))
  })

  test('@graph, mainEntity, itemOffered and a grade that holds its product', () => {
    const product = { '@type': 'Product', name: 'x', offers: offer }
    expect(one({ '@graph': [{ '@type': 'WebSite' }, product] }).name).toBe('x')
    expect(one({ '@type': 'WebPage', mainEntity: product }).name).toBe('x')
    expect(one({ '@type': 'Offer', itemOffered: product }).name).toBe('x')
    expect(one({ '@type': 'AggregateRating', ratingValue: 4, reviewCount: 2, itemReviewed: product })).toMatchObject({
      name: 'x',
      rating: 4,
      reviewCount: 2,
    })
  })

  test('related products are not those of the page, a breadcrumb is no list', () => {
    const { products, listed, links, breadcrumb } = read(
      { '@type': 'Product', name: 'x', offers: offer, isRelatedTo: { '@type': 'Product', name: 'y' } },
      {
        '@type': 'BreadcrumbList',
        itemListElement: [
          { '@type': 'ListItem', name: 'Home', item: '/' },
          { '@type': 'ListItem', item: { '@id': '/tools', name: 'Tools' } },
        ],
      },
    )
    expect(products.map(({ name }) => name)).toEqual(['x'])
    expect([listed, links]).toEqual([[], []])
    expect(breadcrumb).toBe('Home > Tools')
  })

  test('references by @id are followed, and a circle ends with each product once', () => {
    const { products } = read({
      '@graph': [
        { '@id': '#p', '@type': 'Product', name: 'x', brand: { '@id': '#b' }, offers: { '@id': '#o' } },
        { '@id': '#o', '@type': 'Offer', price: 10, priceCurrency: 'EUR', itemOffered: { '@id': '#p' } },
        { '@id': '#b', '@type': 'Brand', name: 'ACME', about: { '@id': '#p' } },
        { '@type': 'WebPage', mainEntity: { '@id': '#p' } },
      ],
    })
    expect(products).toMatchObject([{ name: 'x', brand: 'ACME', price: 10 }])
    const circle: Record<string, unknown> = { '@type': 'Product', name: 'y' }
    circle.mainEntity = circle
    circle.offers = circle
    circle.hasVariant = [circle]
    expect(read(circle, circle).products.map(({ name }) => name)).toEqual(['y'])
  })

  test('odd values are skipped and the prototype stays clean', () => {
    const odd = [
      null,
      1,
      'x',
      [],
      { '@type': 7 },
      { '@type': 'Product' },
      { '@type': 'Product', name: {}, offers: 'no' },
    ]
    expect(read(odd).products).toHaveLength(2)
    const page = pageOf(
      '<script type="application/ld+json">{"@type":"Product","name":"x","__proto__":{"admin":1}}</script>',
    )
    expect(read(page.jsonLd()).products).toMatchObject([{ name: 'x' }])
    expect(({} as { admin?: number }).admin).toBeUndefined()
  })

  test('a very long list is read in time', () => {
    const itemListElement = Array.from({ length: 20_000 }, (_, index) => ({
      '@type': 'ListItem',
      item: { '@type': 'Product', name: `n${index}`, offers: offer },
    }))
    const started = performance.now()
    expect(read({ '@type': 'ItemList', itemListElement }).listed.length).toBeGreaterThan(15_000)
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

describe('microdata', () => {
  const itemsOf = (html: string) => microdataIn(pageOf(html).dom())
  const productsOf = (html: string) => read(itemsOf(html)).products

  test('nested items, values where each element keeps them', () => {
    const [product] = productsOf(`
      <div itemscope itemtype="https://schema.org/Product">
        <h1 itemprop="name">Anvil <script>var x</script></h1><img itemprop="image" src="a.jpg">
        <meta itemprop="sku" content="A1"><a itemprop="url" href="/anvil">more</a>
        <div itemprop="brand" itemscope itemtype="https://schema.org/Brand"><b itemprop="name">ACME</b></div>
        <div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
          <span itemprop="price" content="1299.00">1.299,00 €</span><meta itemprop="priceCurrency" content="EUR">
          <link itemprop="availability" href="https://schema.org/OutOfStock">
        </div>
        <div itemprop="aggregateRating" itemscope itemtype="https://schema.org/AggregateRating">
          <data itemprop="ratingValue" value="4.4">****</data> (<span itemprop="reviewCount">89</span>)
        </div>
      </div>`)
    expect(product).toMatchObject({
      name: 'Anvil',
      sku: 'A1',
      brand: 'ACME',
      price: 1299,
      currency: 'EUR',
      inStock: false,
      rating: 4.4,
      reviewCount: 89,
      url: 'https://shop.example.com/anvil',
      imageUrl: 'https://shop.example.com/list/a.jpg',
    })
  })

  test('itemref adds what stands elsewhere; names that are nowhere are left out', () => {
    const [product] = productsOf(`
      <div itemscope itemtype="http://schema.org/Product" itemref="more nowhere"><b itemprop="name">x</b></div>
      <p id="more"><span itemprop="brand">ACME</span></p>`)
    expect(product).toMatchObject({ name: 'x', brand: 'ACME' })
  })

  test('circles of itemref end', () => {
    const circle = `
      <div id="a" itemscope itemtype="http://schema.org/Product" itemref="a b"><b itemprop="name">x</b></div>
      <div id="b" itemprop="offers" itemscope itemtype="http://schema.org/Offer" itemref="c"><i itemprop="price">5 €</i></div>
      <div id="c" itemprop="itemOffered" itemscope itemtype="http://schema.org/Product" itemref="b c"><b itemprop="name">y</b></div>`
    expect(productsOf(circle)).toMatchObject([{ name: 'x', price: 5 }])
  })

  test('many items that refer to one large part end in time', () => {
    const refs = '<div itemscope itemtype="http://schema.org/Product" itemref="big"></div>'.repeat(2_000)
    const big = `<div id="big">${'<i itemprop="name">x</i>'.repeat(20_000)}</div>`
    const started = performance.now()
    expect(itemsOf(refs + big)).toHaveLength(2_000)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})
