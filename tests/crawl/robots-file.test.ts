import { describe, expect, test } from 'vitest'
import { readRobotsFile } from '../../src/crawl/robots-file.ts'

const ORIGIN = 'https://www.shop.test'
const read = (text: string) => readRobotsFile(ORIGIN, text, 'shopcrawl')
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
    expect(read(text).sitemaps).toEqual(['https://www.shop.test/sec/sitemap.xml'])
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
  test('sitemaps are absolute http addresses', () => {
    const text = 'Sitemap: /a.xml\nSitemap: https://cdn.shop.test/b.xml\nSitemap: file:///etc/passwd\nSitemap: http://['
    expect(read(text).sitemaps).toEqual([`${ORIGIN}/a.xml`, 'https://cdn.shop.test/b.xml'])
  })
  test('HTML, an empty file and binary noise forbid nothing', () => {
    for (const text of ['<!doctype html><html><body>Disallow me</body></html>', '', '\u0000\u0001\u0002']) {
      expect(allows(text, '/list')).toBe(true)
    }
  })
  test('ten thousand wildcard rules against a long path take no time to speak of', () => {
    const rules = Array.from({ length: 10_000 }, (_, index) => `Disallow: /*a*b*c*${index}*z$`).join('\n')
    const startedAt = performance.now()
    expect(allows(`User-agent: *\n${rules}`, `/${'abc'.repeat(600)}`)).toBe(true)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})
