import fc from 'fast-check'
import robotsParser from 'robots-parser'
import { describe, expect, test } from 'vitest'
import { ROBOTS_BYTES } from '../../src/crawl/http-limits.ts'
import { readRobotsFile } from '../../src/crawl/robots-file.ts'

const ORIGIN = 'https://www.shop.test'
const read = (text: string) => readRobotsFile(text, 'shopcrawl')
const allows = (text: string, path: string) => read(text).isAllowed(new URL(path, ORIGIN))

describe('a robots.txt', () => {
  test('groups stacked before one block all get its rules, and an empty Disallow forbids nothing', () => {
    const text = `User-agent: *
User-agent: Googlebot
Disallow:
Disallow: /*/search/
Disallow: /us/api/
Disallow: /*/c/p/

User-agent: Yandex
Disallow: /sec/
Disallow: /br/

Sitemap: https://www.shop.test/sec/sitemap.xml`
    expect(allows(text, '/sec/tvs/all-tvs/')).toBe(true)
    expect(allows(text, '/sec/cxhr/pf/goodsList?page=1')).toBe(true)
    expect(allows(text, '/sec/search/?keyword=tv')).toBe(false)
    expect(allows(text, '/sec/xhr/search/searchResultB2C/')).toBe(false)
    expect(allows(text, '/us/api/x')).toBe(false)
  })
  test('lines that are no rules do not end a group', () => {
    const text = `User-agent: shopcrawl
Sitemap: /map.xml
Host: shop.test
Clean-param: ref
# a comment

User-agent: otherbot
Disallow: /private`
    expect(allows(text, '/private')).toBe(false)
    expect(allows(text, '/open')).toBe(true)
  })
  test('search engines may, everybody else may not: our own name is everybody else', () => {
    const text = `User-agent: Googlebot
Allow: /item/itemView.ssg
User-agent: *
Disallow: /`
    expect(allows(text, '/item/itemView.ssg?itemId=1')).toBe(false)
    expect(allows(text, '/')).toBe(false)
  })
  test('a group of our own name wins over everybody, whatever the case and the version', () => {
    const text = `User-agent: *
Disallow: /
User-agent: ShopCrawl/2.0
Disallow: /cart`
    expect(allows(text, '/list')).toBe(true)
    expect(allows(text, '/cart/1')).toBe(false)
  })
  test('the longest rule wins, and at equal length the one that allows', () => {
    const text = 'User-agent: *\nDisallow: /a\nAllow: /a/b\nAllow: /c\nDisallow: /c'
    expect(allows(text, '/a/x')).toBe(false)
    expect(allows(text, '/a/b/x')).toBe(true)
    expect(allows(text, '/c')).toBe(true)
  })
  test('wildcards, ends, Korean paths and queries are understood', () => {
    const text = 'User-agent: *\nDisallow: /*.pdf$\nDisallow: /상품\nDisallow: /*?sort='
    expect(allows(text, '/a/b.pdf')).toBe(false)
    expect(allows(text, '/a/b.pdf?x')).toBe(true)
    expect(allows(text, `/${encodeURIComponent('상품')}/1`)).toBe(false)
    expect(allows(text, '/list?sort=price')).toBe(false)
  })
  test('a byte order mark, other line ends and spaces do not hide a rule', () => {
    expect(allows('\ufeffUser-agent: *\r\nDisallow : /a\rDisallow:/b', '/a')).toBe(false)
    expect(allows('\ufeffUser-agent: *\r\nDisallow : /a\rDisallow:/b', '/b')).toBe(false)
  })
  test('Crawl-delay is read for our group; nonsense is none', () => {
    expect(read('User-agent: *\nCrawl-delay: 2.5').delaySeconds).toBe(2.5)
    expect(read('User-agent: *\nCrawl-delay: 9\nUser-agent: shopcrawl\nCrawl-delay: 3').delaySeconds).toBe(3)
    for (const delay of ['soon', '-1', '0', '']) {
      expect(read(`User-agent: *\nCrawl-delay: ${delay}`).delaySeconds).toBe(null)
    }
  })
  test('HTML, an empty file and binary noise forbid nothing', () => {
    for (const text of ['<!doctype html><html><body>Disallow me</body></html>', '', '\u0000\u0001\u0002']) {
      expect(allows(text, '/list')).toBe(true)
    }
  })
  test('letters that are encoded without need are the letters: neither a rule nor a path hides behind them', () => {
    expect(allows('User-agent: *\nDisallow: /admin', '/%61dmin')).toBe(false)
    expect(allows('User-agent: *\nDisallow: /%61dmin', '/admin')).toBe(false)
    expect(allows('User-agent: *\nDisallow: /a%2fb', '/a/b')).toBe(true)
    expect(allows('User-agent: *\nDisallow: /a%2fb', '/a%2Fb')).toBe(false)
    expect(allows("User-agent: *\nDisallow: /list[1]\nDisallow: /*?who='x", '/list[1]')).toBe(false)
    expect(allows("User-agent: *\nDisallow: /*?who='x", "/?who='x")).toBe(false)
    expect(allows('User-agent: *\nDisallow: /100%', '/100%25')).toBe(false)
  })
  test('groups of the same name are one group, wherever they stand', () => {
    const text = `User-agent: shopcrawl
Disallow: /a
User-agent: *
Disallow: /
User-agent: shopcrawl bot
Disallow: /b
Crawl-delay: 2`
    expect(['/a', '/b', '/c'].map((path) => allows(text, path))).toEqual([false, false, true])
    expect(read(text).delaySeconds).toBe(2)
  })
  test('a name that only begins like ours is another', () => {
    expect(allows('User-agent: shopcrawler\nDisallow: /', '/')).toBe(true)
    expect(allows('User-agent: shop\nDisallow: /', '/')).toBe(true)
  })
  test('a file that is cut at 512 KiB forbids by its last line, but allows nothing by it', () => {
    const head = 'User-agent: *\nDisallow: /\n'
    const cut = (line: string) => `${head}${'#'.repeat(ROBOTS_BYTES - head.length - line.length - 1)}\n${line}`
    expect(allows(cut('Allow: /list'), '/list')).toBe(false)
    expect(allows(cut('Allow: /list\n'), '/list')).toBe(true)
    expect(allows(cut('Disallow: /').replace('Disallow: /\n', 'Allow: /\n'), '/list')).toBe(true) // as long as Allow
    expect(allows(cut('Disallow: /private').replace('Disallow: /\n', ''), '/private')).toBe(false)
  })
  test('says what robots-parser says of small files', () => {
    const path = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '$', '?', '가'), maxLength: 6 })
    const line = fc.oneof(
      fc.constantFrom('User-agent: *', 'User-agent: shopcrawl', 'user-agent: other', '', '# User-agent: *'),
      fc.tuple(fc.constantFrom('Allow', 'Disallow'), path).map(([name, value]) => `${name}: /${value}`),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), path, (lines, tail) => {
        const text = `User-agent: *\nDisallow: /b\n${lines.filter((it) => it !== '').join('\n')}`
        const url = new URL(`${ORIGIN}/${tail}`)
        expect(read(text).isAllowed(url)).toBe(oracle(`${ORIGIN}/robots.txt`, text).isAllowed(url.href, 'shopcrawl'))
      }),
      { numRuns: 2_000 },
    )
  })
})

/** Its types say `export default`, the module itself is the function. */
const oracle = robotsParser as unknown as typeof robotsParser.default

describe('a robots.txt that means harm', () => {
  /** As many lines as 512 KiB hold, behind a first line. */
  const full = (first: string, line: (index: number) => string): string => {
    const lines = [first]
    for (let index = 0, left = ROBOTS_BYTES - first.length - 1; ; index += 1) {
      const next = line(index)
      left -= next.length + 1
      if (left < 0) return `${lines.join('\n')}\n`
      lines.push(next)
    }
  }
  const LONG = `/${'a'.repeat(2_000)}`
  const ALL = 'User-agent: *'
  test.each<[string, string]>([
    ['names the same crawler 20,000 times', `${'User-agent: shopcrawl\n'.repeat(20_000)}${'Allow:/\n'.repeat(10_000)}`],
    ['names others 20,000 times', `${'User-agent:a\n'.repeat(20_000)}${'Allow:/\n'.repeat(32_000)}`],
    ['is one rule of 260,000 wildcards', full(`${ALL}\nDisallow: /${'*a'.repeat(260_000)}`, () => '#')],
    ['is one rule of 520,000 wildcards in a row', full(`${ALL}\nDisallow: /${'*'.repeat(520_000)}z`, () => '#')],
    ['is full of short rules', full(ALL, (index) => `Allow:/${index}`)],
    ['is full of codes', full(`${ALL}\nAllow:/${'%61'.repeat(170_000)}`, () => '#')],
    ['is full of line ends', '\n'.repeat(ROBOTS_BYTES)],
  ])('%s: is read and asked in little time and memory', (_name, text) => {
    const before = process.memoryUsage().heapUsed
    const startedAt = process.cpuUsage()
    const file = read(text)
    file.isAllowed(new URL(LONG, ORIGIN))
    const { user, system } = process.cpuUsage(startedAt)
    expect((user + system) / 1_000).toBeLessThan(5_000)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000_000)
    expect(file.size).toBeLessThan(8 * ROBOTS_BYTES)
  })
  test.each<[string, (index: number) => string]>([
    ['wildcards and what they never find', (index) => `Allow:/*aaaaaaaaaaaaaaaa${index}`],
    ['wildcards in rows', (index) => `Allow:/*${'a*'.repeat(30)}${index}$`],
    ['different wildcards', (index) => `Allow: /*a*b*c*${index}*z$`],
  ])('full of %s: a path that it does not decide in time is forbidden', (_name, line) => {
    const text = full(`${ALL}\nAllow: /`, line)
    const file = read(text)
    const startedAt = process.cpuUsage()
    expect(file.isAllowed(new URL(LONG, ORIGIN))).toBe(false)
    const { user, system } = process.cpuUsage(startedAt)
    expect((user + system) / 1_000).toBeLessThan(2_500)
  })
  test('a thousand wildcard rules are decided for an address of 600 characters', () => {
    const rules = Array.from({ length: 1_000 }, (_, index) => `Disallow: /*?sort=${index}&`)
    const text = [ALL, ...rules].join('\n')
    expect(allows(text, `/list?${'color=red&'.repeat(60)}`)).toBe(true)
    expect(allows(text, `/list?${'color=red&'.repeat(60)}?sort=77&`)).toBe(false)
  })
})
