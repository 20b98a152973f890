import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { ProductDraft } from '../../src/sites/product.ts'
import ssg from '../../src/sites/shops/ssg.ts'
import type { Route, Site } from '../../src/sites/site.ts'
import { askFor, parse, requestFor } from '../support/parsing.ts'
import { replicaPage } from '../support/replica-page.ts'

const SEARCH = 'https://www.ssg.com/search.ssg?query=a&page=1'
const FRUIT = 'https://emart.ssg.com/disp/category.ssg?dispCtgId=6000213114&pageSize=5'
const html = (body: string, head = ''): string => `<!doctype html><html><head>${head}</head><body>${body}</body></html>`
const of = (body: string | Uint8Array, more: Parameters<typeof parse>[2] = {}) =>
  parse(ssg, body, { url: SEARCH, ...more })

describe('a page without products is', () => {
  test.each([
    ['blocked by its text, whatever its status', html('<p>비정상적인 접근이 감지되었습니다</p>'), 200, 'blocked'],
    ['blocked by its text in another case', html('<h1>Access Denied</h1>'), 403, 'blocked'],
    ['blocked by its title alone', html('<p>Reference #18</p>', '<title>Access Denied</title>'), 200, 'blocked'],
    ['blocked by its status', html('<p>nothing</p>'), 403, 'blocked'],
    ['blocked by a widget that asks for a person', html('<div class="g-recaptcha"></div>'), 200, 'blocked'],
    ['a log-in page by its status', html('<p>hello</p>'), 401, 'login'],
    ['a log-in page by its field', html('<form><input name=p type="password"></form>'), 200, 'login'],
    ['a log-in page by its text', html('<p>임직원 전용 상품입니다</p>'), 200, 'login'],
    ['gone', html('<p>페이지가 없습니다</p>'), 404, 'no_such_page'],
    ['a true zero that says so', html('<p>검색된 상품이 없습니다.</p>'), 200, 'empty'],
    ['no true zero when the server failed', html('<p>검색된 상품이 없습니다.</p>'), 500, 'unreadable'],
    ['not understood otherwise', html('<p>새 단장한 SSG입니다</p>', '<title>새 집</title>'), 200, 'unreadable'],
  ])('%s', (_case, body, status, verdict) => {
    const read = of(body, { status })
    expect(read).toMatchObject({ verdict, products: [], next: [], route: null })
    if (verdict !== 'empty') expect(read.evidence).toBe(body)
  })

  test.each([
    ['a script', '<script>if (captcha) alert("비정상적인 접근")</script>'],
    ['an invisible element', '<div style="display: none">captcha</div><p hidden>access denied</p>'],
    ['a comment', '<!-- captcha -->'],
  ])('not blocked because %s speaks of it', (_case, body) => {
    expect(of(html(body)).verdict).toBe('unreadable')
  })

  test('never looked at when a page with products speaks of captchas', () => {
    const page = replicaPage(FRUIT).replace('<main>', '<main><p>captcha access denied</p>')
    expect(parse(ssg, page, { url: FRUIT }).verdict).toBe('products')
  })
})

describe('what is no page is told apart by its bytes', () => {
  const tar = new Uint8Array(1_024).fill(65)
  tar.set(Buffer.from('ustar'), 257)
  test.each<[string, Uint8Array]>([
    ['a PDF', Buffer.from('%PDF-1.7\nbinary')],
    ['a PNG', Buffer.from('\x89PNG\r\n', 'latin1')],
    ['a JPEG', Buffer.from('\xff\xd8\xff\xe0', 'latin1')],
    ['a tar archive', tar],
    ['a zip', Buffer.from('PK\x03\x04abc', 'latin1')],
    ['something packed', gzipSync('<html>')],
    ['a program', Buffer.from('\x7fELF\x02\x01', 'latin1')],
    ['noise with zeros', Buffer.from([1, 0, 7, 9, 0, 3, 0, 0])],
    ['nothing', new Uint8Array()],
    ['white space', Buffer.from(' \n ')],
  ])('%s', (_case, body) => {
    expect(of(body).verdict).toBe('not_a_page')
  })

  test('but a page in UTF-16 is one', () => {
    const body = Buffer.from(`\ufeff${html('<p>검색된 상품이 없습니다</p>')}`, 'utf16le')
    expect(of(body, { contentType: 'text/html' }).verdict).toBe('empty')
  })

  test('a cut page is told to be tried again, before anything is read', () => {
    expect(of(replicaPage(SEARCH), { isSuspect: true })).toMatchObject({ verdict: 'truncated', products: [] })
  })
})

describe('a hostile page ends in its verdict, soon', () => {
  const card = (inner: string): string => `<li class="mnemitem_grid_item">${inner}</li>`
  test.each([
    ['50,000 nested elements', '<div>'.repeat(50_000), 'too_complex', 'depth'],
    ['50,000 nested elements in a card', card('<div>'.repeat(50_000)), 'too_complex', 'depth'],
    [
      '60,000 attributes',
      `<a ${Array.from({ length: 60_000 }, (_, n) => `b${n}`).join(' ')}>`,
      'too_complex',
      'attributes',
    ],
    ['20,000 foreign objects', `<svg>${'<foreignObject><div>'.repeat(20_000)}`, 'too_complex', 'depth'],
    [
      '4,000 unclosed fonts',
      Array.from({ length: 4_000 }, (_, n) => `<font c=${n}>`).join('') + '<p>x'.repeat(4_000),
      'too_complex',
      'depth',
    ],
    ['a million list items', '<li>'.repeat(1_000_000), 'too_complex', 'elements'],
    [
      'state a million levels deep',
      `<script id="__NEXT_DATA__">${'{"a":'.repeat(1_000_000)}</script>`,
      'too_complex',
      'json',
    ],
    ['state that is cut', '<script id="__NEXT_DATA__">{"props":{"pageProps":{"dehyd', 'unreadable', undefined],
    ['state with NaN', '<script id="__NEXT_DATA__">{"props":NaN}</script>', 'unreadable', undefined],
    ['state of another kind', '<script id="__NEXT_DATA__">[null,{"props":[]},7]</script>', 'unreadable', undefined],
    ['a product object without an end', `<script>var resultItemObj = {${'{'.repeat(300_000)}`, 'unreadable', undefined],
    ['one long line of quotes', `<script>resultItemObj = {a:'${"\\'".repeat(200_000)}`, 'unreadable', undefined],
    ['a megabyte of <', '<'.repeat(1_000_000), 'unreadable', undefined],
    ['unclosed comments', '<!--'.repeat(200_000), 'unreadable', undefined],
    ['scripts that never end', '<script id="__NEXT_DATA__"'.repeat(20_000), 'too_complex', 'attributes'],
  ])('%s', (_case, body, verdict, what) => {
    const read = of(html(body))
    expect(read.verdict).toBe(verdict)
    expect(read.what).toBe(what)
    expect(read.parseMs).toBeLessThan(5_000)
    expect(Buffer.byteLength(read.evidence ?? '')).toBeLessThanOrEqual(1024 * 1024)
  })

  test('a key named __proto__ in the state changes nothing', () => {
    const page = replicaPage(SEARCH).replace('{"props":', '{"__proto__":{"admin":true},"props":')
    expect(of(page).verdict).not.toBe('too_complex')
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  test('every visible page of garbage is survived', () => {
    for (const text of ['\u0000', '{', '[', '"', '<', '<a', '<a href="', '&#x110000;', '\ud800', '<title>', ']]>']) {
      expect(of(html(text)).verdict, text).toMatch(/unreadable|empty|not_a_page/)
    }
  })
})

/** A site whose routes do what the test says. */
const siteOf = (routes: Route[], more: Partial<Site> = {}): Site => ({ ...ssg, isEmpty: undefined, routes, ...more })
const draft = (id: string, more: Partial<ProductDraft> = {}): ProductDraft => ({
  id,
  name: `상품 ${id}`,
  brand: null,
  seller: null,
  price: 1_000,
  originalPrice: null,
  discountRate: null,
  currency: 'KRW',
  rating: null,
  reviewCount: null,
  inStock: null,
  url: null,
  imageUrl: null,
  category: null,
  ...more,
})
const route = (name: string, products: ProductDraft[], more: Partial<Route> = {}): Route => ({
  name,
  fits: () => true,
  read: () => ({ products }),
  ...more,
})
const page = html('<p>목록</p>')

describe('the routes of a site', () => {
  test('are tried in order until one reads products', () => {
    const site = siteOf([
      route('absent', [draft('1')], { fits: () => false }),
      route('broken', [], {
        read: () => {
          throw new TypeError('a route is wrong')
        },
      }),
      route('empty', []),
      route('good', [draft('2')]),
      route('late', [draft('3')]),
    ])
    expect(parse(site, page)).toMatchObject({ route: 'good', routeRank: 0, expected: null, ids: ['2'] })
  })

  test('tell how many the shop has, but not of a list that is searched here: nobody knows how many match', () => {
    const routes = [route('counts', [draft('1')], { read: () => ({ products: [draft('1')], total: 90 }) })]
    const totalOf = (search: Site['search'], words: string, url: string | null = null) =>
      parse(siteOf(routes, { search }), page, { ask: askFor({ words, url }) }).total
    expect([totalOf('shop', '상품'), totalOf('filter', ''), totalOf('shop', '', SEARCH)]).toEqual([90, 90, 90])
    expect([totalOf('filter', '상품'), totalOf('shop', '상품', SEARCH)]).toEqual([null, null])
  })

  test('tell how far behind the expected one the page was read', () => {
    const expects = (): boolean => true
    const site = siteOf([route('early', []), route('first', [], { expects }), route('good', [draft('2')], { expects })])
    expect(parse(site, page)).toMatchObject({ route: 'good', routeRank: 1, expected: 'first' })
    const best = siteOf([route('early', [draft('1')]), route('first', [], { expects })])
    expect(parse(best, page)).toMatchObject({ route: 'early', routeRank: 0, expected: 'first' })
    const empty = siteOf([route('first', [], { expects })], { isEmpty: () => true })
    expect(parse(empty, page)).toMatchObject({ verdict: 'empty', routeRank: 0, expected: 'first' })
  })

  test('may understand a page as a list of links', () => {
    const next = [requestFor('https://www.ssg.com/item/1')]
    const site = siteOf([route('links', [], { read: () => ({ products: [], next, ids: ['/item/1'] }) })])
    expect(parse(site, page)).toMatchObject({ verdict: 'products', products: [], ids: ['/item/1'], next })
  })

  test('give way to the slow road where the two differ, with the page as evidence', () => {
    const site = siteOf([route('fast', [draft('1')], { readSlow: () => ({ products: [draft('2')] }) })])
    expect(parse(site, page)).toMatchObject({ differs: true, ids: ['2'], evidence: page })
    expect(parse(site, page, { compare: false }).ids).toEqual(['1'])
    expect(parse(site, page, { compare: false, distrusted: ['fast'] }).ids).toEqual(['2'])
  })

  test('name only pages that may be followed, at most a thousand', () => {
    const long = `https://www.ssg.com/?q=${'a'.repeat(3_000)}`
    const bad = [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'https://u:p@www.ssg.com/',
      long,
      'https://www.ssg.com/a/a/a',
    ]
    const many = Array.from({ length: 1_500 }, (_, n) => `https://www.ssg.com/item/${n}`)
    const next = [...bad, ...many].map((url) => requestFor(url))
    const site = siteOf([route('links', [draft('1')], { read: () => ({ products: [draft('1')], next }) })])
    expect(parse(site, page).next).toEqual(next.slice(bad.length, bad.length + 1_000))
  })

  test('warn of names that were read by a wrong charset', () => {
    const site = siteOf([route('list', [draft('1', { name: '노트\ufffd' }), draft('2')])])
    const { warned, products } = parse(site, page)
    expect(warned['text.garbled']).toEqual(products.filter(({ name }) => name.includes('\ufffd')).map(({ id }) => id))
    expect(warned['text.garbled']).toHaveLength(1)
  })
})

describe("the words' filter", () => {
  const products = [
    draft('SM-S928N', { name: '갤럭시 S24 Ultra', brand: 'Samsung', category: 'smartphones' }),
    draft('1000015', { name: '노트북 가방'.normalize('NFD'), brand: '로지텍' }),
    draft('3', { name: 'ＬＧ 그램 노트북' }),
  ]
  const idsFor = (words: string, more: Partial<Site> = { search: 'filter' }, url: string | null = null): string[] =>
    parse(siteOf([route('list', products)], more), page, { ask: askFor({ words, url }) }).products.map(({ id }) => id)

  test.each([
    ['노트북', ['1000015', '3']],
    ['노트북 로지텍', ['1000015']],
    ['ULTRA samsung', ['SM-S928N']],
    ['smartphones', ['SM-S928N']],
    ['sm-s928', ['SM-S928N']],
    ['lg', ['3']],
    ['15', []],
    ['없는 말', []],
    ['', ['SM-S928N', '1000015', '3']],
  ])('keeps what holds every word of %j', (words, ids) => {
    expect(idsFor(words)).toEqual(ids)
  })

  test('is not for a shop that searches itself, unless a person named the list', () => {
    expect(idsFor('없는 말', { search: 'shop' })).toHaveLength(3)
    expect(idsFor('없는 말', { search: 'shop' }, 'https://www.ssg.com/list')).toEqual([])
  })

  test('leaves the ids of the page for the end of its list', () => {
    const read = parse(siteOf([route('list', products)], { search: 'filter' }), page, {
      ask: askFor({ words: '없는 말' }),
    })
    expect(read).toMatchObject({ verdict: 'products', products: [], ids: ['SM-S928N', '1000015', '3'] })
  })
})

test('a packed sitemap is unpacked for its route', () => {
  const site = siteOf([
    route('sitemap', [], {
      fits: (it) => it.has('<urlset'),
      read: () => ({ products: [], next: [requestFor('https://a.example/1')] }),
    }),
  ])
  const request = requestFor('https://a.example/sitemap.xml.gz', { kind: 'sitemap' })
  expect(parse(site, gzipSync('<urlset></urlset>'), { request })).toMatchObject({
    verdict: 'sitemap',
    route: 'sitemap',
  })
  expect(parse(site, gzipSync('<urlset>').subarray(0, 15), { request }).verdict).toBe('not_a_page')
})
