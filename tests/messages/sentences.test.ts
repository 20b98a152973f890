import { describe, expect, test } from 'vitest'
import { Refusal } from '../../src/errors.ts'
import { en } from '../../src/messages/en.ts'
import { ko } from '../../src/messages/ko.ts'
import { LOCALES, type Locale } from '../../src/messages/locale.ts'
import { createSay, say, sayRefusal } from '../../src/messages/say.ts'
import type { SentenceKey } from '../../src/messages/sentences.ts'

/** Facts by name, as they usually are. A sentence with a fact of another name needs it here. */
const usual: Record<string, unknown> = {
  ago: '3분 전',
  address: 'http://127.0.0.1:3000',
  aliases: '쓱, 에스에스지',
  attempt: 2,
  attempts: 5,
  charset: 'euc-kr',
  byFast: '1000',
  bytes: 501_000_000,
  bytesPerUser: 500_000_000,
  crawls: { used: 3, limit: 50 },
  reads: { used: 120, limit: 20_000 },
  hosts: { used: 2, limit: 20 },
  kept: { used: 3_400_000, limit: 500_000_000 },
  pagesPerDay: 20_000,
  pagesPerHostDay: 5_000,
  hostsPerDay: 20,
  bySlow: '2000',
  cause: 'ECONNREFUSED',
  act: 'x',
  at: 1_795_000_000_000,
  done: 3,
  job: '01abc',
  now: 1_795_000_180_000,
  proposal: 'x1y2z3',
  user: '01abc',
  code: 'price.conditional',
  command: 'status',
  contact: 'help@example.com',
  contentType: 'application/pdf',
  count: 3,
  commandsPerMinute: 20,
  crawlConcurrency: 2,
  crawlJobs: 100,
  crawlRate: 1,
  currency: 'KRW',
  discountRate: 12,
  encoding: 'x-odd',
  expected: '1–100',
  failedPages: 2,
  failures: 2,
  fast: 40,
  field: '판매가',
  format: 'xlsx',
  former: '/data/shopcrawl.sqlite.before-2026',
  formats: 'xlsx, csv',
  found: '2.0.0',
  given: 'abc',
  highest: 1_999_000,
  holder: '1234',
  origin: 'http://127.0.0.1:8080',
  host: 'www.ssg.com',
  users: 12,
  activeUsers: 5,
  runningJobs: 3,
  queuedJobs: 1,
  completedJobs: 120,
  failedJobs: 4,
  cancelledJobs: 6,
  workers: 2,
  running: 1,
  queued: 2,
  completed: 12,
  failed: 1,
  cancelled: 1,
  day: '2026-11-24',
  used: 500_000_000,
  hours: 2,
  id: '01abc',
  isAhead: true,
  isRemoved: false,
  jobs: 3,
  jobsPerDay: 50,
  jobsPerHour: 20,
  jobId: 'AZ0000000000000000000A',
  kind: 'list',
  known: '--limit',
  label: 'SSG.COM',
  length: 10_000,
  limit: 100,
  line: 'ssg 노트북',
  link: 'https://chat.example/1',
  lowest: 9_900,
  markers: '__NEXT_DATA__, cunit_',
  max: 10_000,
  maxProducts: 10_000,
  method: 'POST',
  megabytes: 16,
  minutes: 10,
  mistakes: [
    ...['unknown', 'url', 'number', 'choice', 'needs', 'list', 'text', 'address', 'token', 'site'],
    ...['length', 'secret', 'host', 'permission', 'same'],
  ].map((problem) => ({ name: 'PORT', problem, expected: '1–65535' })),
  account: 'slack:T1/U1',
  accounts: 'Slack · 민지, Discord · minji',
  ms: 125_000,
  name: 'ssg_노트북.xlsx',
  number: 2,
  option: '--limit',
  other: '신세계 쇼핑',
  others: 'Discord · minji',
  out: 'a.csv',
  own: 'Slack · 민지',
  page: 2,
  pages: 12,
  pagesPerJob: 2_000,
  part: 'both',
  path: '/data/a.xlsx',
  percent: 60,
  perMinute: 40.4,
  platform: 'slack',
  platforms: 'slack, discord',
  port: 8080,
  policy: 'allkeys-lru',
  position: 1,
  prefix: '2001:db8:64::/96',
  price: 1_299_000,
  problem: 'binary',
  products: 1_234,
  proxyHint: true,
  reason: 'foreign',
  requests: 3,
  route: 'json-ld',
  retryAt: Date.UTC(2026, 10, 24, 6, 30),
  rows: 1_234,
  scheme: 'file',
  search: 'shop',
  seconds: 90,
  setting: 'ROBOTS_PERMISSION',
  site: 'SSG.COM',
  shares: 'id 100%, name 98%',
  size: 1_234_567,
  slow: 39,
  standard: 100,
  state: 'succeeded',
  status: 403,
  steps: 2,
  suggestion: 'ssg',
  target: 'https://other.example/',
  server: 'db.example:5432/shopcrawl',
  times: 3,
  tool: 'pg_dump',
  tries: 5,
  place: '/var/lib/shopcrawl',
  table: 'jobs',
  copied: 11_999,
  title: 'Access denied',
  total: 5_000,
  version: 'PostgreSQL 15.13',
  url: 'https://www.ssg.com/search.ssg?query=x',
  warnings: 3,
  what: 'depth',
  window: 'hour',
  word: 'sgs',
  yes: 'yes',
  words: '노트북',
}

/** The other things that facts may be: nothing known, one of each, other choices. */
const bare: Record<string, unknown> = {
  ...usual,
  attempt: 1,
  contact: null,
  count: 1,
  currency: null,
  discountRate: null,
  expected: '',
  failedPages: 0,
  failures: 0,
  former: null,
  given: '',
  known: '',
  limit: 1,
  link: null,
  lowest: 5,
  highest: 5,
  max: 0,
  mistakes: [{ name: 'PORT', problem: 'number', expected: '' }],
  ms: 0,
  pages: 1,
  platforms: '',
  price: null,
  problem: 'nothing',
  products: 0,
  proxyHint: false,
  reason: 'absent',
  retryAt: null,
  search: 'filter',
  state: 'failed',
  suggestion: null,
  title: '',
  total: null,
  url: null,
  window: 'day',
  words: '',
}
/** Sentences that are about an address, and those that always know what would be right. */
const NEVER_WITHOUT_URL = /^(page|url|try)\./
const NEVER_WITHOUT_EXPECTED = /^config\.(choice|needs|database|redis)|^args\.database/

/** Facts that tell when a sentence asks for one that has no sample. */
const asked = (facts: Record<string, unknown>, key: string): never =>
  new Proxy(facts, {
    get(target, name) {
      if (typeof name === 'string' && !(name in target)) throw new Error(`${key}: no sample for the fact "${name}"`)
      return Reflect.get(target, name)
    },
  }) as never

const keys = Object.keys(ko) as SentenceKey[]
const samples = (key: SentenceKey) => [
  usual,
  {
    ...bare,
    ...(NEVER_WITHOUT_URL.test(key) ? { url: usual.url } : {}),
    ...(key === 'args.format' || key === 'args.out_ending' ? { known: usual.known } : {}),
    ...(NEVER_WITHOUT_EXPECTED.test(key) ? { expected: usual.expected } : {}),
  },
]
const shop = (site: string) => site
const spoken = (locale: Locale, key: SentenceKey) =>
  samples(key).map((facts) => (locale === 'ko' ? ko : en)[key](asked(facts, key), { timeZone: 'Asia/Seoul', shop }))

describe.each(LOCALES)('every sentence in %s', (locale) => {
  test.each(keys)('%s', (key) => {
    for (const sentence of spoken(locale, key)) {
      expect(sentence).not.toMatch(/undefined|NaN|\[object|null|\$\{|Infinity/)
      expect(sentence.trim()).not.toBe('')
      expect(sentence).not.toMatch(/ {2}(?! *PORT)|\s$/)
    }
  })
})

test('Korean sentences are Korean, English ones hold no Korean of their own', () => {
  for (const key of keys) {
    if (
      /^(button\.example|cli\.started|file\.(partial_)?title|thread|root|job\.topic|last\.product|reply\.site$|config)/.test(
        key,
      )
    )
      continue
    expect(spoken('ko', key)[0], key).toMatch(/[가-힣]|^\[/)
    const facts = Object.fromEntries(
      Object.entries(usual).map(([name, value]) => [
        name,
        typeof value === 'string' ? value.replace(/[가-힣]+/g, 'x') : value,
      ]),
    )
    expect(en[key](asked(facts, key), { timeZone: 'UTC', shop }), key).not.toMatch(/[가-힣]/)
  }
})

describe('a sentence', () => {
  test('of the rule begins with the words that everybody knows it by', () => {
    const facts = { jobId: 'x', site: 'ssg', words: '노트북', link: null }
    expect(say('ko', 'job.active', facts)).toMatch(/^이미 크롤링이 진행 중입니다/)
  })

  test('never breaks its line or turns its direction for what a person typed', () => {
    const word = 'a\nb\r\n\u2028c\u202edrow\u0000\t!'
    for (const locale of LOCALES) {
      const sentence = say(locale, 'site.unknown', { word, suggestion: null })
      expect(sentence).not.toMatch(/[\p{Cc}\u2028\u202e]/u)
      expect(sentence).toContain('a b c drow !')
    }
  })

  test('cuts a long text at a whole letter', () => {
    const sentence = say('ko', 'site.unknown', { word: '👩‍💻'.repeat(500), suggestion: null })
    expect(sentence.length).toBeLessThan(500)
    expect(sentence).toContain('👩‍💻…’')
  })

  test('shows a host outside ASCII in both its forms', () => {
    expect(say('en', 'page.dns', { host: 'xn--hp4bo76a.example' })).toContain('xn--hp4bo76a.example (쇼핑.example)')
    expect(say('en', 'page.dns', { host: 'ѕsg.com' })).toContain('xn--sg-doc.com (ѕsg.com)')
    expect(say('ko', 'page.status', { url: 'https://쇼핑.example/a', status: 500 })).toContain(
      'https://xn--hp4bo76a.example/a (쇼핑.example)',
    )
  })

  test('tells a moment in the zone of the deployment', () => {
    const facts = { host: 'www.ssg.com', retryAt: Date.UTC(2026, 10, 24, 6, 30) }
    expect(createSay('Asia/Seoul')('ko', 'page.rate_limited', facts)).toContain('11월 24일 15:30')
    expect(createSay('UTC')('en', 'page.rate_limited', facts)).toContain('Nov 24, 06:30')
  })

  test('of every mistake in the environment stands on its own line', () => {
    const refusal = new Refusal('config.invalid', {
      mistakes: [
        { name: 'PORT', problem: 'number', expected: '1–65535' },
        { name: 'ROLE', problem: 'choice', expected: 'all, bot, worker' },
      ],
    })
    expect(sayRefusal(say, 'ko', refusal).split('\n')).toEqual([
      '환경 설정 2개가 잘못되었습니다. 고친 뒤에 다시 실행해 주세요.',
      '  PORT: 숫자가 맞지 않습니다. 범위: 1–65535',
      '  ROLE: 고를 수 있는 값이 아닙니다. 가능한 값: all, bot, worker',
    ])
  })
})
