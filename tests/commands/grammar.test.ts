import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse, type TypedOptions } from '../../src/commands/grammar.ts'
import { lineOf } from '../../src/commands/line.ts'
import type { Reading } from '../../src/commands/options.ts'
import { COMMANDS } from '../../src/commands/table.ts'
import { type ErrorCode, Refusal } from '../../src/errors.ts'
import { newId } from '../../src/ids.ts'
import { FORMATS } from '../../src/results/format.ts'
import { loadSites } from '../../src/sites/registry.ts'
import { registry } from './test-sites.ts'

const reading: Reading = { sites: registry(), maxProducts: 10_000 }
const read = (text: string, typed?: TypedOptions, as = reading) => {
  const { command, values } = parse(text, COMMANDS, as, typed)
  return { command: command.name, ...values }
}
const crawl = (values: object) => ({
  command: 'crawl',
  site: { name: 'ssg', word: null },
  words: '',
  url: null,
  limit: 100,
  format: 'xlsx',
  private: false,
  ...values,
})
const refusal = (run: () => unknown): { code: ErrorCode; facts: unknown } => {
  try {
    run()
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, facts: error.facts }
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a shop and words', () => {
  test.each([
    ['ssg', {}],
    ['SSG', {}],
    ['ssg 노트북', { words: '노트북' }],
    ['  ssg   삼성   노트북  ', { words: '삼성 노트북' }],
    ['ssg　노트북', { words: '노트북' }],
    ['ｓｓｇ 노트북', { words: '노트북' }],
    ['쓱 노트북', { words: '노트북' }],
    ['ㄴㄴㅎ 노트북', { words: '노트북' }],
    ['Tmr 노트북', { words: '노트북' }],
    ['/crawl ssg 노트북', { words: '노트북' }],
    ['crawl ssg 노트북', { words: '노트북' }],
    ['수집 ssg 노트북', { words: '노트북' }],
    ['ssg 노트북'.normalize('NFD'), { words: '노트북' }],
    ['ssg\n노트북\u0000\u200b', { words: '노트북' }],
    ['ssg 👩‍💻 노트북', { words: '👩‍💻 노트북' }],
    ['ssg "노트북  파우치"', { words: '노트북 파우치' }],
    ['ssg “노트북 파우치” 15', { words: '노트북 파우치 15' }],
    ['ssg "노트북', { words: '"노트북' }],
    ['ssg 27" 모니터', { words: '27" 모니터' }],
    ["ssg men's bag", { words: "men's bag" }],
    ['ssg "--limit"', { words: '--limit' }],
    ['ssg -- --limit 3', { words: '--limit 3' }],
    ['ssg -5도 냉장고', { words: '-5도 냉장고' }],
    ['ssg status', { words: 'status' }],
    ['ssg t.shirt', { words: 't.shirt' }],
  ])('%j is read', (text, values) => {
    expect(read(text)).toEqual(crawl(values))
  })

  test('a word that means another mall to many people keeps the word', () => {
    expect(read('신세계 노트북')).toEqual(crawl({ site: { name: 'shinsegae', word: '신세계' }, words: '노트북' }))
    expect(read('이마트')).toEqual(crawl({ site: { name: 'ssg', word: '이마트' } }))
  })
})

describe('options', () => {
  test.each([
    ['ssg 노트북 --limit 50', { words: '노트북', limit: 50 }],
    ['ssg --limit=50 노트북', { words: '노트북', limit: 50 }],
    ['--limit 50 ssg 노트북', { words: '노트북', limit: 50 }],
    ['ssg 노트북 —limit 50', { words: '노트북', limit: 50 }],
    ['ssg 노트북 ––limit 50', { words: '노트북', limit: 50 }],
    ['ssg 노트북 -limit 50', { words: '노트북', limit: 50 }],
    ['ssg 노트북 －－ｌｉｍｉｔ　５０', { words: '노트북', limit: 50 }],
    ['ssg 노트북 --LIMIT 50', { words: '노트북', limit: 50 }],
    ['ssg 노트북 --ㅣㅑㅡㅑㅅ 50', { words: '노트북', limit: 50 }],
    ['ssg 노트북 --개수 50개', { words: '노트북', limit: 50 }],
    ['ssg 노트북 100개', { words: '노트북', limit: 100 }],
    ['ssg 노트북 1,000개', { words: '노트북', limit: 1_000 }],
    ['ssg 건전지 20개 --limit 5', { words: '건전지 20개', limit: 5 }],
    ['ssg "건전지 20개"', { words: '건전지 20개' }],
    ['ssg --limit 5 --limit 6', { limit: 6 }],
    ['ssg --format CSV', { format: 'csv' }],
    ['ssg --format=.jsonl', { format: 'jsonl' }],
    ['ssg --형식 엑셀', { format: 'xlsx' }],
    ['ssg --format="json"', { format: 'json' }],
    ['ssg 노트북 --private', { words: '노트북', private: true }],
    ['ssg 노트북 --비공개', { words: '노트북', private: true }],
    ['ssg --private=false', {}],
  ])('%j is read', (text, values) => {
    expect(read(text)).toEqual(crawl(values))
  })

  test('the limit is the operator’s maximum where that is below the usual hundred', () => {
    expect(read('ssg', {}, { ...reading, maxProducts: 10 })).toMatchObject({ limit: 10 })
  })

  test('options that the platform has typed win over the text', () => {
    expect(read('ssg', { words: '노트북', limit: 7, private: true, format: 'csv' })).toEqual(
      crawl({ words: '노트북', limit: 7, private: true, format: 'csv' }),
    )
    expect(read('', { site: 'ssg' })).toEqual(crawl({}))
    expect(read('', { url: 'https://shop.example/' })).toEqual(crawl({ site: null, url: 'https://shop.example/' }))
    expect(refusal(() => read('ssg', { limit: -1 })).code).toBe('args.limit')
  })
})

describe('addresses', () => {
  test.each([
    ['https://www.ssg.com/x?q=1', 'https://www.ssg.com/x?q=1'],
    ['web https://shop.example/list', 'https://shop.example/list'],
    ['ssg https://shop.example/list', 'https://shop.example/list'],
    ['shop.example.com/list?page=2', 'https://shop.example.com/list?page=2'],
    ['HTTP://SHOP.example', 'http://shop.example/'],
    ['https://shop.example./a', 'https://shop.example/a'],
    ['http://localhost', 'http://localhost/'],
    ['https://쇼핑.example', 'https://xn--hp4bo76a.example/'],
  ])('%s is an address', (text, url) => {
    expect(read(text)).toEqual(crawl({ site: null, url }))
  })
})

describe('other commands', () => {
  const id = newId(0)
  test.each([
    ['', { command: 'help' }],
    ['crawl', { command: 'help' }],
    ['help', { command: 'help' }],
    ['도움말', { command: 'help' }],
    ['?', { command: 'help' }],
    ['상태', { command: 'status' }],
    ['tkdxo', { command: 'status' }],
    ['ㄴㅅㅁ셔ㄴ', { command: 'status' }],
    ['STATUS', { command: 'status' }],
    ['취소', { command: 'cancel', id: null }],
    [`cancel ${id}`, { command: 'cancel', id }],
    ['retry', { command: 'retry', id: null }],
    [`again ${id}`, { command: 'again', id }],
    ['기록', { command: 'history' }],
    ['결과 --format csv', { command: 'result', id: null, format: 'csv' }],
    ['lang EN', { command: 'lang', locale: 'en' }],
    ['언어 한국어', { command: 'lang', locale: 'ko' }],
    ['press 2', { command: 'press', number: '2' }],
    ['sites', { command: 'sites' }],
  ])('%j is read', (text, values) => {
    expect(read(text)).toEqual(values)
  })
})

describe('what cannot be read is refused with its facts', () => {
  const cases: [string, ErrorCode, object][] = [
    ['sgs 노트북', 'site.unknown', { word: 'sgs', suggestion: 'ssg' }],
    ['무신사 노트북', 'site.unknown', { word: '무신사', suggestion: null }],
    ['statsu', 'command.unknown', { word: 'statsu', suggestion: 'status' }],
    ['hepl', 'command.unknown', { word: 'hepl', suggestion: 'help' }],
    ['ssg --limit -1', 'args.limit', { given: '-1', max: 10_000 }],
    ['ssg --limit 0', 'args.limit', { given: '0', max: 10_000 }],
    ['ssg --limit abc', 'args.limit', { given: 'abc', max: 10_000 }],
    ['ssg --limit 1e9', 'args.limit', { given: '1e9', max: 10_000 }],
    ['ssg --limit 10001', 'args.limit', { given: '10001', max: 10_000 }],
    ['ssg --limit 99999999999999999999', 'args.limit', { given: '99999999999999999999', max: 10_000 }],
    ['ssg --limit', 'args.value_missing', { option: '--limit' }],
    ['ssg --limit= 5', 'args.value_missing', { option: '--limit' }],
    ['ssg --limit --private', 'args.value_missing', { option: '--limit' }],
    ['ssg --format pdf', 'args.format', { given: 'pdf', known: 'xlsx, csv, json, jsonl' }],
    ['ssg --max-price 3', 'args.option_unknown', { option: '--max-price', known: '--limit, --format, --private' }],
    ['status --limit 3', 'args.option_unknown', { option: '--limit', known: '' }],
    ['--limit 5', 'args.site_missing', {}],
    ['-- 노트북', 'args.site_missing', {}],
    ['web', 'args.url_missing', { site: 'web' }],
    ['web 노트북', 'args.url_missing', { site: 'web' }],
    [`ssg ${'가'.repeat(10_000)}`, 'args.words_too_long', { length: 10_000, max: 200 }],
    ['가'.repeat(20_001), 'args.text_too_long', { length: 20_001, max: 20_000 }],
    ['file:///etc/passwd', 'url.scheme', { url: 'file:///etc/passwd', scheme: 'file' }],
    ['ftp://shop.example', 'url.scheme', { url: 'ftp://shop.example', scheme: 'ftp' }],
    ['javascript:alert(1)', 'url.scheme', { url: 'javascript:alert(1)', scheme: 'javascript' }],
    ['http://', 'url.invalid', { url: 'http://' }],
    ['http://[::1', 'url.invalid', { url: 'http://[::1' }],
    ['https://me:secret@shop.example', 'url.credentials', { host: 'shop.example' }],
    ['https://shop.example\\@evil.example', 'url.invalid', { url: 'https://shop.example\\@evil.example' }],
    ['https://@evil.example/', 'url.credentials', { host: 'evil.example' }],
    ['https:shop.example', 'url.invalid', { url: 'https:shop.example' }],
    [`https://shop.example/${'a'.repeat(3_000)}`, 'url.too_long', { length: 3_021, max: 2_083 }],
    [
      'https://shop.example https://other.example',
      'args.unexpected',
      { word: 'https://other.example', command: 'crawl' },
    ],
    ['status 노트북', 'args.unexpected', { word: '노트북', command: 'status' }],
    ['help -- 노트북', 'args.unexpected', { word: '노트북', command: 'help' }],
    ['cancel 3', 'job.unknown', { given: '3' }],
    ['lang', 'args.value_missing', { option: 'lang' }],
    ['lang fr', 'args.locale', { given: 'fr' }],
  ]
  for (const [text, code, facts] of cases) {
    test(`${code}: ${text.slice(0, 40)}`, () => {
      expect(refusal(() => read(text))).toEqual({ code, facts })
    })
  }
})

describe('any text', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(
        fc.oneof(
          fc.constantFrom(
            'ssg',
            '신세계',
            'web',
            '--',
            '—limit',
            '--limit',
            '--format',
            '"',
            '“',
            "'",
            '100개',
            'status',
          ),
          fc.constantFrom('https://a.example/', '-1', 'cancel', 'switch', '\u0000', '　', 'csv', '=', '--private'),
          fc.string({ unit: 'grapheme', maxLength: 6 }),
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(' ')),
  )

  test('is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(anything, (text) => {
        try {
          read(text)
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('that can be read gives a line that reads to the same', () => {
    fc.assert(
      fc.property(anything, (text) => {
        let parsed: ReturnType<typeof parse>
        try {
          parsed = parse(text, COMMANDS, reading)
        } catch {
          return
        }
        expect(parse(lineOf(parsed), COMMANDS, reading)).toEqual(parsed)
      }),
      { numRuns: 1_000 },
    )
  })

  test('as search words goes through a line and back', () => {
    const words = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .map((text) => read('', { site: 'ssg', words: text }))
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 10_000 }), fc.constantFrom(...FORMATS), (typed, limit, format) => {
        const values = { ...typed, limit, format } as Record<string, unknown>
        const { command: _name, ...rest } = values
        const command = COMMANDS.find(({ name }) => name === 'crawl')!
        expect(parse(lineOf({ command, values: rest }), COMMANDS, reading).values).toEqual(rest)
      }),
      { numRuns: 500 },
    )
  })

  test('of twenty thousand quotes is read in little time', () => {
    const startedAt = performance.now()
    expect(refusal(() => read(`ssg ${'"a '.repeat(6_600)}`)).code).toBe('args.words_too_long')
    expect(performance.now() - startedAt).toBeLessThan(2_500)
  })
})

describe('the table of commands', () => {
  test('has each word once', () => {
    const words = COMMANDS.flatMap((command) => [command.name, ...command.names])
    expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([])
  })

  test('reads every example of every command to that command', () => {
    for (const command of COMMANDS) for (const line of command.examples) expect(read(line).command).toBe(command.name)
  })

  test('shares no word with a shop, in either keyboard layout, and reads every shop’s example to that shop', async () => {
    const sites = await loadSites({ origins: {} })
    for (const command of COMMANDS) {
      for (const word of [command.name, ...command.names]) expect(sites.resolve(word), word).toBeUndefined()
    }
    for (const { name, example, hosts } of sites.all()) {
      const { values } = parse(example, COMMANDS, { ...reading, sites })
      if (hosts.length > 0) expect(values).toMatchObject({ site: { name } })
      else expect(values.url).not.toBeNull()
    }
  })
})
