import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { heardMessage, readText } from '../../adapters/slack/inbound.ts'
import { draw, drawPlainly, escapeText } from '../../adapters/slack/outbound.ts'
import type { Line, Message } from '../../src/chat/message.ts'
import { buttonsOf, findBlockError, visibleText } from '../support/slack-blocks.ts'

const HOSTILE = [
  '<!channel>',
  '<!here>',
  '<@U2>',
  '<!subteam^S1>',
  '@everyone',
  '*bold* _it_ ~no~ `code`',
  '<https://e.vil|ssg.com>',
  '&lt;!channel&gt;',
  '> quote',
]

describe('texts of people and shops on Slack', () => {
  test.each(HOSTILE)('%s is shown as it is: no ping, no link, no markup', (text) => {
    const { text: fallback, blocks } = draw({
      lines: [text, { bold: text }, { code: text }],
      who: { externalId: 'U1', name: text },
    })
    expect(visibleText(blocks)).toContain(text)
    const elements = (blocks[0] as unknown as { elements: { elements: { type: string }[] }[] }).elements[0]!.elements
    expect(elements.every(({ type }) => type === 'text')).toBe(true)
    expect(fallback).not.toMatch(/<[!@#h]/)
  })

  test('only the last word pings, and only its owner', () => {
    const { text, blocks } = draw({ mention: { externalId: 'U1' }, lines: ['<@U2> <!channel>'] })
    expect(text).toMatch(/^<@U1> &lt;@U2&gt;/)
    expect(JSON.stringify(blocks).match(/"type":"user"/g)).toHaveLength(1)
  })

  test('a link shows its text and leads where it says; anything but http is no link', () => {
    const [block] = draw({
      lines: [
        { link: 'https://shop.kr/a', text: '노트북 <1>' },
        { link: 'javascript:alert(1)', text: 'x' },
      ],
    }).blocks
    expect(JSON.stringify(block)).toContain('"type":"link","url":"https://shop.kr/a","text":"노트북 <1>"')
    expect(JSON.stringify(block)).not.toContain('javascript')
  })

  test('what Slack escaped is read as it was typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => text.trim() === text),
        (text) => {
          expect(readText(escapeText(text))).toBe(text)
        },
      ),
    )
  })

  test.each([
    ['<https://www.ssg.com/a?b=1&amp;c=2>', 'https://www.ssg.com/a?b=1&c=2'],
    ['<http://ssg.com|ssg.com> 노트북', 'ssg.com 노트북'],
    ['<https://a.kr|here>', 'https://a.kr'],
    ['<mailto:a@b.kr|a@b.kr>', 'a@b.kr'],
    ['ssg <#C1|general> <!here> 노트북', 'ssg general  노트북'],
    ['a &lt;b&gt; &amp;amp;', 'a <b> &amp;'],
  ])('%s reads %s', (given, read) => {
    expect(readText(given)).toBe(read)
  })

  test.each([
    ['<@U0BOT> status', 'U0BOT', 'status'],
    ['hey <@U0BOT|bot> status', 'U0BOT', 'hey   status'],
    ['<@U0BOT> status', undefined, 'status'],
  ])('a mention of the bot is no word of the command: %s', (text, bot, read) => {
    expect(heardMessage({ user: 'U1', channel: 'C1', text }, { team_id: 'T1' }, bot)!.text).toBe(read)
  })
})

describe('Slack’s limits', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 5_000 }),
    fc.record({ bold: fc.string({ maxLength: 5_000 }) }),
    fc.record({ code: fc.string({ maxLength: 5_000 }) }),
    fc.record({ link: fc.constantFrom('https://a.kr/x', 'ftp://b', 'https://'.padEnd(4_000, 'a')), text: fc.string() }),
  )
  const button = fc.record({
    label: fc.string({ minLength: 1, maxLength: 200 }),
    style: fc.constantFrom('normal', 'primary', 'danger'),
    command: fc.string({ minLength: 1, maxLength: 3_000 }),
  })
  const message = fc.record(
    {
      lines: fc.array(fc.oneof(line, fc.array(line, { maxLength: 4 })), { maxLength: 60 }),
      buttons: fc.array(button, { maxLength: 60 }),
      bar: fc.record({ done: fc.nat(), total: fc.option(fc.nat()) }),
      mention: fc.constant({ externalId: 'U1' }),
      who: fc.record({ externalId: fc.constant('U1'), name: fc.string({ minLength: 1, maxLength: 300 }) }),
    },
    { requiredKeys: ['lines'] },
  )

  test('no message, however long, is one that Slack would refuse', () => {
    fc.assert(
      fc.property(message, (any) => {
        for (const { text, blocks } of [draw(any as Message), drawPlainly(any as Message)]) {
          expect(findBlockError(blocks, 50)).toBeUndefined()
          expect(text.length).toBeGreaterThan(0)
          expect(text.length).toBeLessThanOrEqual(4_000)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('a cut text ends at a letter, and never inside an escape', () => {
    const { text } = drawPlainly({ lines: ['&'.repeat(5_000)] })
    expect(text.replaceAll('&amp;', '').replace('…', '')).toBe('')
    const { text: long } = draw({ lines: ['<'.repeat(5_000)] })
    expect(long.replaceAll('&lt;', '').replaceAll('…', '')).toBe('')
  })

  test('a long message keeps its buttons and says that it was cut', () => {
    const lines: Line[] = Array.from({ length: 200 }, (_, at) => `${at} ${'가'.repeat(200)}`)
    const { blocks } = draw({ lines, buttons: [{ label: '취소', style: 'danger', command: 'cancel 1' }] })
    expect(buttonsOf(blocks)).toMatchObject([{ label: '취소', value: 'cancel 1', actionId: 'run:0' }])
    expect(visibleText(blocks)).toMatch(/…$/)
  })

  test.each([
    [{ done: 0, total: 100 }, '▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱ 0%'],
    [{ done: 50, total: 100 }, '▰▰▰▰▰▰▰▰▰▰▱▱▱▱▱▱▱▱▱▱ 50%'],
    [{ done: 120, total: 100 }, '▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰ 100%'],
    [{ done: 0, total: 0 }, '▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰ 100%'],
    [{ done: 7, total: null }, '▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱ 7'],
  ])('the bar of %o', (bar, drawn) => {
    expect(visibleText(draw({ lines: [], bar }).blocks)).toBe(drawn)
  })
})
