import { describe, expect, test } from 'vitest'
import { TooComplex } from '../../src/sites/markup.ts'
import { createPage } from '../../src/sites/page.ts'

const request = { method: 'GET', url: 'https://shop.example/', kind: 'list', group: 0, list: 0, page: 1 } as const
const pageOf = (body: string | Uint8Array, contentType = 'text/html; charset=utf-8') =>
  createPage({
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    contentType,
    status: 200,
    url: 'https://shop.example/list',
    request,
  })

/** 노트북 in CP949. */
const NOTEBOOK = [0xb3, 0xeb, 0xc6, 0xae, 0xba, 0xcf]
const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))
const utf16 = (text: string): number[] => [...Buffer.from(text, 'utf16le')]

describe('the text of a page', () => {
  const korean = '<p>노트북</p>'
  test.each<[string, Uint8Array, string]>([
    ['UTF-8 by its header', Buffer.from(korean), 'text/html; charset=UTF-8'],
    ['UTF-8 that says nothing', Buffer.from(korean), 'text/html'],
    ['UTF-8 whose header lies', Buffer.from(korean), 'text/html; charset=euc-kr'],
    ['UTF-8 whose meta lies', bytes('<meta charset=euc-kr>', [...Buffer.from(korean)]), 'text/html'],
    [
      'a byte order mark against the header',
      bytes([0xef, 0xbb, 0xbf], [...Buffer.from(korean)]),
      'text/html; charset=euc-kr',
    ],
    ['CP949 by its header', bytes('<p>', NOTEBOOK, '</p>'), 'text/html; charset=cp949'],
    ['EUC-KR by its meta', bytes('<meta charset="euc-kr"><p>', NOTEBOOK, '</p>'), 'text/html'],
    ['EUC-KR whose header lies', bytes('<meta charset=euc-kr><p>', NOTEBOOK, '</p>'), 'text/html; charset=utf-8'],
    ['EUC-KR that says nothing', bytes('<p>', NOTEBOOK, '</p>'), 'text/html'],
    [
      'EUC-KR that says it is UTF-8 twice',
      bytes('<meta charset=utf-8><p>', NOTEBOOK, '</p>'),
      'text/html; charset=utf-8',
    ],
    ['EUC-KR under a name that nobody knows', bytes('<p>', NOTEBOOK, '</p>'), 'text/html; charset=korean-wave'],
    ['UTF-16 with a mark', bytes([0xff, 0xfe], utf16(korean)), 'text/html'],
    ['UTF-16 by its header', bytes(utf16(korean)), 'text/html; charset=utf-16le'],
    ['UTF-16 that says nothing', bytes(utf16(`<html><body>${korean}</body></html>`)), 'text/html'],
    ['UTF-8 cut inside a character', bytes([...Buffer.from(korean)], [0xeb, 0x85]), 'text/html; charset=utf-8'],
  ])('is read from %s', (_case, body, contentType) => {
    expect(pageOf(body, contentType).text).toContain('<p>노트북</p>')
  })

  test('is read from Shift_JIS', () => {
    const body = bytes('<meta charset=Shift_JIS><p>', [0x83, 0x6d, 0x81, 0x5b, 0x83, 0x67], '</p>')
    expect(pageOf(body, 'text/html').text).toContain('ノート')
  })
})

describe('JSON inside a page', () => {
  test('is found by the id of its script, not by a script that only speaks of it', () => {
    const page = pageOf(
      `<script>document.getElementById("state")</script><!-- <script id="state">{"a":0}</script> -->
       <script type="application/json" id="state">{"a":"</b>","b":[1]}</script>`,
    )
    expect(page.scriptJson('state')).toEqual({ a: '</b>', b: [1] })
    expect(page.scriptJson('other')).toBeUndefined()
  })

  test.each([
    ['cut', '{"a":[1,2'],
    ['not a number', '{"a":NaN}'],
    ['empty', ''],
  ])('that is %s is none', (_case, json) => {
    expect(pageOf(`<script id="state">${json}</script>`).scriptJson('state')).toBeUndefined()
  })

  test('a million levels deep is refused before it is parsed', () => {
    const page = pageOf(`<script id="state">${'['.repeat(1_000_000)}</script>`)
    expect(() => page.scriptJson('state')).toThrow(TooComplex)
    expect(() => pageOf('['.repeat(1_000_000)).json()).toThrow(TooComplex)
  })

  test('brackets inside texts are no levels', () => {
    expect(pageOf(JSON.stringify({ a: `\\"${'['.repeat(500)}` })).json()).toEqual({ a: `\\"${'['.repeat(500)}` })
  })

  test.each(['__proto__', '\\u005f_proto__'])('leaves out the key %s', (key) => {
    const state = pageOf(`{"a":{"${key}":{"admin":true}},"b":1}`).json() as { a: object; b: number }
    expect(Object.keys(state.a)).toEqual([])
    expect(state.b).toBe(1)
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  test('JSON-LD is read in page order, broken and commented scripts aside', () => {
    const page = pageOf(
      `<!--<script type="application/ld+json">{"n":0}</script>--><script type='application/ld+json'>{"n":1}</script>
       <script type="application/ld+json">{"n":</script>
       <script type="application/ld+json"><!-- {"n":2,"text":"two
lines"}; --></script><script type=application/ld+json>
       //<![CDATA[
       {"n":3}
       //]]></script>`,
    )
    expect(page.jsonLd()).toEqual([{ n: 1 }, { n: 2, text: 'two\nlines' }, { n: 3 }])
  })
})

describe('a DOM is refused before it is built', () => {
  const refusal = (html: string): string => {
    const started = performance.now()
    try {
      pageOf(html).dom()
      return 'built'
    } catch (error) {
      if (!(error instanceof TooComplex)) throw error
      expect(performance.now() - started).toBeLessThan(5_000)
      return error.what
    }
  }
  test.each([
    ['50,000 nested elements', '<div>'.repeat(50_000), 'depth'],
    [
      '60,000 attributes on one tag',
      `<a ${Array.from({ length: 60_000 }, (_, n) => `a${n}=1`).join(' ')}>`,
      'attributes',
    ],
    ['an attribute of a megabyte', `<a title="${'x'.repeat(1_000_000)}">`, 'attributes'],
    ['20,000 foreign objects', `<svg>${'<foreignObject><div>'.repeat(20_000)}`, 'depth'],
    ['4,000 unclosed fonts', Array.from({ length: 4_000 }, (_, n) => `<font c=${n}>`).join(''), 'depth'],
    ['a million list items', '<li>'.repeat(1_000_000), 'elements'],
  ])('of %s', (_case, html, what) => {
    expect(refusal(html)).toBe(what)
  })

  test('and built of an ordinary page, once', () => {
    const page = pageOf('<title>노트북 &amp; 가방</title><ul><li>하나<li>둘</ul>')
    expect(page.dom()('li').length).toBe(2)
    expect(page.dom()).toBe(page.dom())
    expect(page.title()).toBe('노트북 & 가방')
    expect(page.fragment('<b>굵게</b>')('b').text()).toBe('굵게')
  })
})
