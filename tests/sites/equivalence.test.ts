import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TooComplex } from '../../src/sites/markup.ts'
import { createPage } from '../../src/sites/page.ts'
import ssg from '../../src/sites/shops/ssg.ts'
import { askFor, parse, requestFor } from '../support/parsing.ts'
import { replicaPage } from '../support/replica-page.ts'

/** The same damage in every run; FUZZ_RUNS asks for more of it, and another each time. */
const RUNS: fc.Parameters<unknown> = process.env.FUZZ_RUNS
  ? { numRuns: Number(process.env.FUZZ_RUNS) }
  : { numRuns: 150, seed: 20_261_124 }

/** How a page may be broken; positions are shares of its length. */
const damage = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({
    kind: fc.constantFrom('repeat' as const, 'remove' as const, 'nest' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 2_000 }),
  }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    text: fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '</li>',
      '</div>',
      '<!--',
      '-->',
      '</script>',
      '<a>',
      '<p>',
      '</ul>',
      '\u0000',
      '&#xac00;',
      '<li class="mnemitem_grid_item">',
    ),
  }),
  fc.record({
    kind: fc.constant('swap' as const),
    one: fc.constantFrom(
      'class=',
      'href=',
      '<span',
      '<div',
      '<em',
      '</a>',
      '&amp;',
      '"itemId"',
      '원',
      'ssg_price',
      'new_price',
    ),
    other: fc.constantFrom('class', 'data-x=', '<li', '</div>', '<p', '&am', '', '"itemNm"', 'old_price'),
  }),
)
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never

function broken(page: string, how: Damage): string {
  if (how.kind === 'swap') return page.replaceAll(how.one, how.other)
  const at = Math.floor(how.at * page.length)
  if (how.kind === 'cut') return page.slice(0, at)
  if (how.kind === 'insert') return page.slice(0, at) + how.text + page.slice(at)
  const part = page.slice(at, at + how.length)
  if (how.kind === 'remove') return page.slice(0, at) + page.slice(at + how.length)
  return page.slice(0, at) + (how.kind === 'repeat' ? part : `<div>${part}`) + page.slice(at)
}

const FRUIT = 'https://emart.ssg.com/disp/category.ssg?dispCtgId=6000213114&pageSize=6'
const CARDS: [string, string][] = [
  ['emart cards', FRUIT],
  ['mall cards', `${FRUIT}&siteNo=6004`],
  ['old cards', 'https://www.ssg.com/disp/category.ssg?ctgId=6000213114&pageSize=6'],
  ['embedded state', 'https://www.ssg.com/search.ssg?query=노트북'],
  ['detail', 'https://www.ssg.com/item/itemView.ssg?itemId=1000000171213'],
]

describe('the fast road reads what plain cheerio reads', () => {
  test.each(CARDS)('on broken pages: %s', (name, url) => {
    const route = ssg.routes.find((it) => it.name === name)!
    const whole = replicaPage(url)
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
        const text = damages.reduce(broken, whole)
        const page = createPage({
          body: Buffer.from(text),
          contentType: 'text/html; charset=utf-8',
          status: 200,
          url,
          request: requestFor(url),
        })
        const read = (road: 'read' | 'readSlow') => {
          try {
            return route[road]!(page, askFor()).products
          } catch (error) {
            if (error instanceof TooComplex) return error.what
            throw error
          }
        }
        expect(read('read')).toEqual(read('readSlow'))
      }),
      RUNS as fc.Parameters<[Damage[]]>,
    )
  })
})

test('whatever a page is, it ends in a verdict', () => {
  const page = replicaPage('https://www.ssg.com/search.ssg?query=노트북')
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 6 }), (damages) => {
      const read = parse(ssg, damages.reduce(broken, page), { url: 'https://www.ssg.com/search.ssg?query=노트북' })
      expect(read.verdict).toMatch(/^(products|empty|blocked|login|unreadable|too_complex|not_a_page)$/)
      for (const product of read.products) expect(product.price === null || product.price > 0).toBe(true)
    }),
    RUNS as fc.Parameters<[Damage[]]>,
  )
})
