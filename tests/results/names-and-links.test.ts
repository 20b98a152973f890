import { describe, expect, test } from 'vitest'
import { type JobId, newId, type UserId } from '../../src/ids.ts'
import { contentDisposition } from '../../src/results/content-disposition.ts'
import { resultFileName } from '../../src/results/file-name.ts'
import { linkKey, newLinkSecret, readLink, signLink } from '../../src/results/links.ts'
import type { ResultFacts } from '../../src/results/store.ts'
import { factsOf, job, owner, products } from './products.ts'

const HOUR_MS = 3_600_000
const name = (changed: Partial<ResultFacts>, zone = 'Asia/Seoul') =>
  resultFileName(factsOf(products(1), changed), 'xlsx', zone)

describe('the name of a result', () => {
  test('tells shop, words and the time on the clock of its zone', () => {
    expect(name({})).toBe('ssg_노트북_20261124-1530.xlsx')
    expect(name({}, 'UTC')).toBe('ssg_노트북_20261124-0630.xlsx')
    expect(name({ words: '' })).toBe('ssg_20261124-1530.xlsx')
  })

  test('says that a result is a part, in the owner’s language', () => {
    expect(name({ state: 'failed' })).toBe('ssg_노트북_20261124-1530_일부.xlsx')
    expect(name({ state: 'cancelled', locale: 'en' })).toBe('ssg_노트북_20261124-1530_partial.xlsx')
  })

  test('has the host in the shop’s place for an address', () => {
    const url = 'https://www.example.com:8443/a?b'
    expect(name({ site: 'web', words: '', url })).toBe('www.example.com_20261124-1530.xlsx')
    expect(name({ site: 'web', words: '', url: 'https://con.example/' })).toBe('shop-con.example_20261124-1530.xlsx')
    expect(name({ site: 'web', words: '', url: 'http://[::1]/' })).toBe('1_20261124-1530.xlsx')
  })

  test.each([
    ['a/b\\c:d*e?f"g<h>i|j', 'a-b-c-d-e-f-g-h-i-j'],
    ['../../etc/passwd', 'etc-passwd'],
    ['x\r\nSet-Cookie: y', 'x-Set-Cookie-y'],
    ['\u202egpj\u2066.exe', 'gpj.exe'],
    ['"quoted" \'too\'', 'quoted-too'],
    ['노트북'.normalize('NFD'), '노트북'],
    ['\u0000\u001b[2J', '2J'],
    ['삼성  갤럭시북', '삼성-갤럭시북'],
    ['half \ud83d', 'half'],
  ])('makes %j harmless', (words, shown) => {
    expect(name({ words })).toBe(`ssg_${shown}_20261124-1530.xlsx`)
  })

  test.each(['가'.repeat(200), '👨‍👩‍👧‍👦'.repeat(60), 'e\u0301'.repeat(200), 'x'.repeat(500)])(
    'is at most 120 bytes and ends between characters',
    (words) => {
      const made = name({ words, state: 'failed' })
      expect(Buffer.byteLength(made)).toBeLessThanOrEqual(120)
      expect(Buffer.byteLength(made)).toBeGreaterThan(100)
      expect(made).not.toMatch(/\ufffd/)
      expect(made).toMatch(/^ssg_.+_20261124-1530_일부\.xlsx$/)
    },
  )

  test('stays within 120 bytes for the longest host', () => {
    const url = `https://${`${'a'.repeat(60)}.`.repeat(4)}example/`
    expect(Buffer.byteLength(name({ site: 'web', url, words: '노트북', state: 'failed' }))).toBeLessThanOrEqual(120)
  })
})

describe('the header of a download', () => {
  test('names the file in UTF-8, with a plain name for old clients', () => {
    expect(contentDisposition('ssg_노트북_20261124-1530.xlsx')).toBe(
      'attachment; filename="ssg_20261124-1530.xlsx"; filename*=UTF-8\'\'ssg_%EB%85%B8%ED%8A%B8%EB%B6%81_20261124-1530.xlsx',
    )
    expect(contentDisposition('노트북.csv')).toMatch(/filename="result\.csv"/)
  })

  test.each(['a"; filename="b.exe', 'x\r\nSet-Cookie: y=1', 'a\u202eb', "it's (1)*.csv", '%41.csv', '🙂\ud83d.csv'])(
    'carries %j as one value of plain ASCII',
    (hostile) => {
      const header = contentDisposition(hostile)
      expect(header).toMatch(/^attachment; filename="[A-Za-z0-9_.-]+"; filename\*=UTF-8''[A-Za-z0-9._~%-]+$/)
      expect(decodeURIComponent(header.split("''")[1]!)).toBe(Buffer.from(hostile).toString())
    },
  )
})

describe('a signed link', () => {
  const now = Date.UTC(2026, 10, 24)
  const key = linkKey(newLinkSecret())
  const claim = { userId: owner, jobId: job, format: 'xlsx' } as const
  const link = signLink(key, claim, now)

  test('opens the file that it names, for a day', () => {
    expect(readLink([key], link, now)).toEqual(claim)
    expect(readLink([key], link, now + 24 * HOUR_MS - 1)).toEqual(claim)
    expect(readLink([key], link, now + 24 * HOUR_MS + 1_000)).toBeUndefined()
  })

  test('fails with any bit of any byte flipped', () => {
    const bytes = Buffer.from(link)
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(bytes)
        changed[at]! ^= 1 << bit
        expect(readLink([key], changed.toString('latin1'), now), `byte ${at}, bit ${bit}`).toBeUndefined()
      }
    }
  })

  test.each([
    ['another user', link.replace(owner, newId<UserId>(1))],
    ['another job', link.replace(job, newId<JobId>(1))],
    ['another format', link.replace('.xlsx', '.csv')],
    ['a longer life', link.replace(/expires=\d+/, `expires=${Math.floor(now / 1_000) + 200_000}`)],
    ['no signature', link.replace(/&signature=.*/, '')],
    ['an empty signature', link.replace(/signature=.*/, 'signature=')],
    ['more behind it', `${link}&x=1`],
    ['a line end behind it', `${link}\n`],
    ['a host before it', `https://evil.example${link}`],
    ['nothing', ''],
  ])('fails with %s', (_what, changed) => {
    expect(readLink([key], changed, now)).toBeUndefined()
  })

  test('holds after a new key has come, until the old one is taken away', () => {
    const next = linkKey(newLinkSecret())
    expect(readLink([next, key], link, now)).toEqual(claim)
    expect(readLink([next], link, now)).toBeUndefined()
    expect(readLink([{ id: key.id, secret: next.secret }], link, now)).toBeUndefined()
  })

  test('lives seven days at most, whoever signed it', () => {
    const week = signLink(key, claim, now, 7 * 24 * HOUR_MS)
    expect(readLink([key], week, now + 6 * 24 * HOUR_MS)).toEqual(claim)
    expect(readLink([key], week, now - HOUR_MS)).toBeUndefined()
    expect(() => signLink(key, claim, now, 7 * 24 * HOUR_MS + 1)).toThrow(RangeError)
    expect(() => signLink(key, claim, now, 0)).toThrow(RangeError)
  })
})
