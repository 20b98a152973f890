import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createButtonIds, keyOfId } from '../../adapters/discord/buttons.ts'
import { discordSettings } from '../../adapters/discord/config.ts'
import { codeText, cutTo, plain } from '../../adapters/discord/escape.ts'
import { bodyOf, plainBody } from '../../adapters/discord/outbound.ts'
import { type Registered, slashCommands } from '../../adapters/discord/register.ts'
import { COMMANDS } from '../../src/commands/table.ts'
import { createSay } from '../../src/messages/say.ts'
import type { Setting } from '../../src/setting.ts'
import { TOKEN } from '../support/discord-server.ts'

const ids = createButtonIds()
const nothingSeen = async (): Promise<string[]> => []
const said = (text: string) => bodyOf({ lines: [text] }, ids).content
/** What Discord shows of a text in which every sign of markup is escaped. */
const shown = (text: string) => text.replace(/\\([^0-9A-Za-z\s])/g, '$1')

describe('texts from outside', () => {
  test.each([
    '@everyone',
    '@here',
    '<@140000000000000010>',
    '<@&123456789012345678>',
    '<#123456789012345678>',
    '<t:1700000000>',
    '<:a:123456789012345678>',
  ])('%s is shown and pings nobody', (text) => {
    const body = bodyOf({ lines: [text, { bold: text }, { code: text }, { link: 'https://a.kr', text }] }, ids)
    expect(body.allowed_mentions).toEqual({ parse: [], replied_user: false })
    expect(body.content.split('\n')[0]).not.toMatch(/(?<!\\)[@<#:]/)
    expect(shown(body.content.split('\n')[0]!)).toBe(text)
  })

  test('only the owner of the last word is pinged', () => {
    const body = bodyOf({ lines: ['@everyone'], mention: { externalId: '140000000000000010' } }, ids)
    expect(body.allowed_mentions).toEqual({ parse: [], users: ['140000000000000010'], replied_user: false })
    expect(body.content).toBe('<@140000000000000010> \\@everyone')
  })

  test.each([
    '**a**',
    '__a__',
    '~~a~~',
    '||a||',
    '`a`',
    '```\na',
    '> a',
    '>>> a',
    '# a',
    '-# a',
    '- a',
    '+ a',
    '1. a',
    '2) a',
    '[a](https://evil.kr)',
    'https://evil.kr',
    '\\*a',
  ])('%s stays text', (text) => expect(shown(said(text))).toBe(text.replace('\n', ' ')))

  test('no text leaves a sign of markup bare', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(plain(text).replace(/\\[\s\S]/g, '')).not.toMatch(/[\\*_~`|<>[\]()#@:\n\r]/)
        expect(codeText(text)).not.toMatch(/[`\n\r]/)
      }),
    )
  })

  test('a link goes to web addresses only, and cannot end itself', () => {
    const link = (href: string, text = 'x') => bodyOf({ lines: [{ link: href, text }] }, ids).content
    expect(link('https://shop.kr/a?b=1')).toBe('[x](<https://shop.kr/a?b=1>)')
    expect(link('javascript:alert(1)')).toBe('x')
    expect(link('https://shop.kr/>) @everyone')).toBe('[x](<https://shop.kr/%3E%29%20@everyone>)')
    expect(link(`https://shop.kr/${'a'.repeat(600)}`)).toBe('x')
    expect(link('https://shop.kr/', '](https://evil.kr)')).toBe('[\\]\\(https\\://evil.kr\\)](<https://shop.kr/>)')
  })
})

describe('lengths', () => {
  test('a text is cut between graphemes', () => {
    expect(cutTo('👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 12)).toBe('👨‍👩‍👧‍👦…')
    expect(cutTo('가'.repeat(5), 5)).toBe('가'.repeat(5))
  })

  test('every message keeps the limits of Discord, whatever stands in it', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 3_000 }),
      fc.record({ bold: fc.string({ maxLength: 3_000 }) }),
      fc.record({ link: fc.webUrl(), text: fc.string({ minLength: 1, maxLength: 500 }) }),
    )
    const button = fc.record({
      label: fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }),
      style: fc.constantFrom('normal' as const, 'primary' as const, 'danger' as const),
      command: fc.string({ minLength: 1, maxLength: 300 }),
    })
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.array(button, { maxLength: 40 }), (lines, buttons) => {
        const body = bodyOf({ lines, buttons }, ids, 'AZ6kAAAAcAAAAAAAAAAAAA')
        expect(body.content.length).toBeLessThanOrEqual(2_000)
        expect(body.embeds[0]?.description.length ?? 0).toBeLessThanOrEqual(4_096)
        expect(body.components.length).toBeLessThanOrEqual(5)
        const all = body.components.flatMap((row) => row.components)
        expect(body.components.every((row) => row.components.length <= 5)).toBe(true)
        expect(all.every((it) => it.label.length <= 80 && it.custom_id.length <= 100)).toBe(true)
        expect(new Set(all.map((it) => it.custom_id)).size).toBe(all.length)
        expect(plainBody({ lines }).content.length).toBeLessThanOrEqual(2_000)
      }),
      { numRuns: 60 },
    )
  })
})

describe('buttons', () => {
  test('carry their command and, in the outbox, the key of their message', async () => {
    const id = ids.idOf('result AAAAAAAAAAAAAAAAAAAAAA --format jsonl', 'AZ6kAAAAcAAAAAAAAAAAAA-r')
    expect(id.length).toBeLessThanOrEqual(100)
    expect(await ids.commandOf(id, nothingSeen)).toBe('result AAAAAAAAAAAAAAAAAAAAAA --format jsonl')
    expect(keyOfId(id)).toBe('AZ6kAAAAcAAAAAAAAAAAAA-r')
    expect(keyOfId(ids.idOf('status'))).toBeUndefined()
  })

  test('a command too long for an id is remembered, and found by another process among those that the person saw', async () => {
    const command = `ssg ${'노트북 '.repeat(40)}`
    const id = ids.idOf(command)
    expect(await ids.commandOf(id, nothingSeen)).toBe(command)
    const another = createButtonIds()
    expect(await another.commandOf(id, async () => ['help', command])).toBe(command)
    expect(await another.commandOf(id, async () => ['help'])).toBeUndefined()
  })
})

describe('the commands', () => {
  const shops = [
    { name: 'ssg', label: { ko: 'SSG.COM', en: 'SSG.COM' } },
    { name: 'samsung', label: { ko: '삼성스토어', en: 'Samsung' } },
  ]
  const [crawl] = slashCommands(shops, { say: createSay('Asia/Seoul'), maxProducts: 10_000 })
  const subcommands = crawl!.options!

  test('are those of the table, with a subcommand for each shop and for an address', () => {
    const table = COMMANDS.filter((it) => !it.isInternal && !['crawl', 'press'].includes(it.name)).map(
      ({ name }) => name,
    )
    expect(subcommands.map(({ name }) => name)).toEqual(['ssg', 'samsung', 'url', ...table])
  })

  test('take typed options with their bounds, choices and completions', () => {
    const option = (sub: string, name: string) =>
      subcommands.find((it) => it.name === sub)!.options!.find((it) => it.name === name)
    expect(option('ssg', 'words')).toMatchObject({
      type: 3,
      autocomplete: true,
      max_length: 200,
      name_localizations: { ko: '검색어' },
    })
    expect(option('ssg', 'limit')).toMatchObject({
      type: 4,
      min_value: 1,
      max_value: 10_000,
      name_localizations: { ko: '개수' },
    })
    expect(option('ssg', 'private')).toMatchObject({ type: 5, name_localizations: { ko: '비공개' } })
    expect(option('ssg', 'format')!.choices!.map(({ value }) => value)).toEqual(['xlsx', 'csv', 'json', 'jsonl'])
    expect(option('url', 'url')).toMatchObject({ type: 3, required: true })
    expect(option('result', 'id')).toMatchObject({ type: 3, autocomplete: true })
    expect(subcommands.find(({ name }) => name === 'status')!.name_localizations).toEqual({ ko: '상태' })
  })

  test('keep the form that Discord takes', () => {
    const NAME = /^[-_'\p{L}\p{N}]{1,32}$/u
    const check = (it: Registered): number => {
      const names = [it.name, ...Object.values(it.name_localizations ?? {})]
      expect(names.every((name) => NAME.test(name) && name === name.toLowerCase())).toBe(true)
      const texts = [it.description, ...Object.values(it.description_localizations ?? {})]
      expect(texts.every((text) => text.length >= 1 && text.length <= 100)).toBe(true)
      const inner = it.options ?? []
      expect(inner.length).toBeLessThanOrEqual(25)
      const required = inner.map((one) => one.required === true)
      expect(required).toEqual([...required].sort((a, b) => Number(b) - Number(a)))
      const own =
        it.name.length +
        it.description.length +
        (it.choices ?? []).reduce((sum, one) => sum + one.name.length + one.value.length, 0)
      return own + inner.reduce((sum, one) => sum + check(one), 0)
    }
    expect(check(crawl!)).toBeLessThanOrEqual(8_000)
  })
})

test('the settings refuse what cannot be a token, an address or a list of servers', () => {
  const { token, apiUrl, guilds } = discordSettings.settings as Record<'token' | 'apiUrl' | 'guilds', Setting>
  expect(token.schema.safeParse(TOKEN).success).toBe(true)
  expect(token.schema.safeParse('Bot abc').success).toBe(false)
  expect(apiUrl.schema.parse('http://127.0.0.1:4000/api/')).toBe('http://127.0.0.1:4000/api')
  expect(guilds.schema.parse('123456789012345678, 223456789012345678')).toHaveLength(2)
  expect(guilds.schema.safeParse('my server').success).toBe(false)
})
