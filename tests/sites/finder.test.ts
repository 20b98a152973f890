import { load } from 'cheerio/slim'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectElements, Element } from '../../src/sites/extract/elements.ts'
import { createFinder, findAll, findFirst } from '../../src/sites/extract/finder.ts'
import { parseMarkup, utf8Markup } from '../../src/sites/markup.ts'

const SELECTORS = {
  class: '.x',
  classes: '.x.y',
  tag: 'em',
  tagAndClass: 'em.x',
  inside: '.x .y',
  deep: 'div .x em.y',
  without: 'em:not(.x)',
  either: '.y em, em.x',
  attribute: '[data-a]',
  value: 'em[data-a="1"]',
  id: '#z',
}

const attributes = fc.constantFrom(
  ...['', ' class="x"', ' class="y x"', " class='\n y\tx  w '", ' class="xy"', ' class="x-y x"', ' class="가 x"'],
  ...[' data-a', ' data-a=1', ' id="z"', ' class="y" data-a="1" title="나"'],
)

/** Trees, and what is left of them when ends are missing or too many. */
const markup = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constantFrom('div', 'em', 'p', 'li', 'br'), attributes).map(([name, told]) => `<${name}${told}>`),
      fc.constantFrom('</div>', '</em>', '</p>', '</li>', '다', ' ', '&amp;', '<!-- <em class="x"> -->'),
    ),
    { maxLength: 25 },
  )
  .map((parts) => parts.join(''))

/** Elements are known by a number that each carries. */
function numbered(html: string): string {
  let count = 0
  return html.replace(/<(div|em|p|li|br)/g, (tag) => {
    count += 1
    return `${tag} data-n="${count}"`
  })
}

test('every selector finds inside an element what cheerio finds there, in page order', () => {
  const find = createFinder(SELECTORS)
  fc.assert(
    fc.property(markup, (inside) => {
      const html = numbered(`<section>${inside}</section>`)
      const $ = load(parseMarkup(html) as unknown as Parameters<typeof load>[0])
      const [root] = collectElements(utf8Markup(Buffer.from(html)), (name) => name === 'section')
      const found = find(root!)
      for (const [name, selector] of Object.entries(SELECTORS)) {
        const scoped = selector
          .split(', ')
          .map((path) => `:scope ${path}`)
          .join(', ')
        const expected = [...$('section').first().find(scoped)].map((element) => $(element).attr('data-n'))
        expect(found[name as keyof typeof SELECTORS].map(({ attribs }) => attribs['data-n'])).toEqual(expected)
        expect(findAll(root!, selector)).toEqual(found[name as keyof typeof SELECTORS])
      }
    }),
    { numRuns: 1_000, seed: 20_261_129 },
  )
})

test('attributes and texts are decoded when they are asked for, entities beside Korean included', () => {
  const html = '<li class="x" title="가&amp;나">다<em>라&nbsp;마</em><!-- 바 --> 사</li>'
  const [card] = collectElements(utf8Markup(Buffer.from(html)), (name) => name === 'li')
  expect(card!.attribs.title).toBe('가&나')
  expect(card!.text()).toBe('다라\u00a0마 사')
  expect(findFirst(card!, 'em')!.text()).toBe('라\u00a0마')
})

test('elements of several places are searched together', () => {
  const blocks = collectElements(
    '<p class="x">1</p><p>2</p><p class="x"><em>3</em></p>',
    (_, { class: name }) => !!name,
  )
  const around = Element.around(blocks)
  expect(findAll(around, '.x').map((element) => element.text())).toEqual(['1', '3'])
  expect(findAll(around, '.x em').map((element) => element.text())).toEqual(['3'])
})
