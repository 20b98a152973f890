import fc from 'fast-check'
import { type Handler, Parser } from 'htmlparser2'
import { expect, test } from 'vitest'
import { collectElements } from '../../src/sites/extract/elements.ts'
import { readOutline } from '../../src/sites/extract/outline.ts'
import { streamMarkup, utf8Markup } from '../../src/sites/markup.ts'
import { createPage } from '../../src/sites/page.ts'
import { requestFor } from '../support/parsing.ts'
import { replicaPage } from '../support/replica-page.ts'

/** What a parser tells, with texts that follow each other made one. */
function recorder(whole: (part: string) => string) {
  const told: string[][] = []
  const handler: Partial<Handler> = {
    onopentag: (name, attributes) =>
      void told.push(['open', name, ...Object.entries(attributes).flatMap(([key, value]) => [key, whole(value)])]),
    onclosetag: (name) => void told.push(['close', name]),
    ontext: (text) => {
      const last = told.at(-1)
      if (last?.[0] === 'text') last[1] += whole(text)
      else told.push(['text', whole(text)])
    },
    oncomment: (text) => void told.push(['comment', whole(text)]),
  }
  return { told, handler }
}

function toldByBytes(html: string, pieceBytes: number): string[][] {
  const markup = utf8Markup(Buffer.from(html))
  const { told, handler } = recorder(markup.whole)
  streamMarkup(markup, handler, pieceBytes)
  return told
}

function toldByText(html: string): string[][] {
  const { told, handler } = recorder((part) => part)
  new Parser(handler).end(html)
  return told
}

const pieces = fc.constantFrom(
  ...[
    '<a title="',
    '">',
    "<p class='x y'>",
    '</p>',
    '<img alt=',
    '>',
    '가나다',
    'é',
    '😀',
    '\u00a0',
    '&nbsp;',
    '&eacute;',
  ],
  ...[
    '&#xac00;',
    '&amp;',
    '&',
    '<!-- ',
    ' -->',
    '<script>',
    '</script>',
    '<title>',
    '</title>',
    '<',
    ' ',
    '=',
    '"',
    'x',
  ],
)

test('bytes in pieces of any size tell what the decoded text tells, entities beside Korean included', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (parts, pieceBytes) => {
      const html = parts.join('')
      expect(toldByBytes(html, pieceBytes)).toEqual(toldByText(html))
    }),
    { numRuns: 500, seed: 20_261_124 },
  )
})

test('a whole listing, too', () => {
  const html = replicaPage('https://emart.ssg.com/disp/category.ssg?dispCtgId=6000213114&pageSize=6')
  for (const pieceBytes of [97, 4_096, 1_000_000]) expect(toldByBytes(html, pieceBytes)).toEqual(toldByText(html))
})

test('elements and outlines of bytes are whole', () => {
  const html = '<title>가</title><a href="/가?x=1&amp;y=2">나&nbsp;다</a><meta property="og:title" content="라 ">'
  const markup = utf8Markup(Buffer.from(html))
  const [link] = collectElements(markup, (name) => name === 'a')
  expect(link!.attribs.href).toBe('/가?x=1&y=2')
  expect(link!.text()).toBe('나\u00a0다')
  expect(readOutline(markup)).toEqual(readOutline(html))
})

test('a title is found behind a long head, and where it does not end it is cut', () => {
  const titleOf = (html: string): string =>
    createPage({
      body: Buffer.from(html),
      contentType: 'text/html',
      status: 200,
      url: 'https://x.example/',
      request: requestFor('https://x.example/'),
    }).title()
  expect(titleOf(`<script>${' '.repeat(20_000)}</script><title>노트북</title>`)).toBe('노트북')
  expect(titleOf(`<title>${'a'.repeat(20_000)}</title>`)).toHaveLength(500)
  expect(titleOf('<title>노트북')).toBe('노트북')
})
