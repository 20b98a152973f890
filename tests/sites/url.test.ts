import { describe, expect, test } from 'vitest'
import { absoluteUrl, isFollowable, normalizeUrl, urlKey } from '../../src/sites/url.ts'

describe('two requests for one page', () => {
  const key = (url: string, more: { method?: 'GET' | 'POST'; body?: string } = {}) =>
    urlKey({ method: 'GET', url, ...more })
  test.each([
    ['https://a.kr/list?b=2&a=1', 'https://a.kr/list?a=1&b=2'],
    ['https://a.kr/list#top', 'https://a.kr/list'],
    ['https://a.kr/list?utm_source=x&gclid=1&id=7', 'https://a.kr/list?id=7'],
    ['https://A.KR:443/list', 'https://a.kr/list'],
    ['https://a.kr/list;jsessionid=ABC?id=7', 'https://a.kr/list?id=7'],
    ['https://a.kr/list?PHPSESSID=abc', 'https://a.kr/list'],
    ['https://a.kr/검색?q=노트북', 'https://a.kr/%EA%B2%80%EC%83%89?q=%EB%85%B8%ED%8A%B8%EB%B6%81'],
  ])('have one key: %s and %s', (one, other) => {
    expect(key(one)).toBe(key(other))
  })

  test.each([
    ['https://a.kr/list?page=1', 'https://a.kr/list?page=2'],
    ['https://a.kr/List', 'https://a.kr/list'],
    ['https://www.a.kr/', 'https://a.kr/'],
    ['http://a.kr/', 'https://a.kr/'],
    ['https://a.kr/list/', 'https://a.kr/list'],
    ['https://a.kr/index.html', 'https://a.kr/'],
    ['https://a.kr/?q=a+b', 'https://a.kr/?q=ab'],
  ])('have two keys where it is not one: %s and %s', (one, other) => {
    expect(key(one)).not.toBe(key(other))
  })

  test('differ by method and body', () => {
    const url = 'https://a.kr/api'
    const keys = [key(url), key(url, { method: 'POST' }), key(url, { method: 'POST', body: '1' })]
    expect(new Set(keys).size).toBe(3)
    expect(keys[0]).toMatch(/^[\w-]{22}$/)
  })

  test('that cannot be normalised still have one', () => {
    expect(normalizeUrl('not an address %')).toBe('not an address %')
  })
})

describe('an address found on a page', () => {
  test.each([
    ['https://a.kr/item/1', true],
    ['http://a.kr/a/b/a/b', true],
    ['ftp://a.kr/', false],
    ['javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['https://user:word@a.kr/', false],
    ['https://a.kr/a/a/a/', false],
    [`https://a.kr/${Array.from({ length: 21 }, (_, n) => n).join('/')}`, false],
    [`https://a.kr/?q=${'x'.repeat(2_083)}`, false],
    ['/relative', false],
  ])('%s may be followed: %s', (url, may) => {
    expect(isFollowable(url)).toBe(may)
  })

  test.each([
    ['/item/1', 'https://a.kr/item/1'],
    ['//img.a.kr/1.jpg', 'https://img.a.kr/1.jpg'],
    ['?page=2', 'https://a.kr/list?page=2'],
    [' https://b.kr/x ', 'https://b.kr/x'],
    ['javascript:void(0)', null],
    ['http://', null],
    ['', null],
    [undefined, null],
  ])('%j is made absolute', (written, url) => {
    expect(absoluteUrl(written, new URL('https://a.kr/list?page=1'))).toBe(url)
  })
})
