import { beforeAll, describe, expect, test } from 'vitest'
import { createRegistry, loadSites, type SiteRegistry } from '../../src/sites/registry.ts'
import ssg from '../../src/sites/shops/ssg.ts'
import type { Site } from '../../src/sites/site.ts'

const OTHER = 'http://127.0.0.1:8080'
const shop = (name: string, more: Partial<Site>): Site => ({ ...ssg, name, aliases: [], ...more })
const sites = [
  shop('web', { hosts: [], label: { ko: '모든 쇼핑몰', en: 'any shop' } }),
  ssg,
  shop('shinsegae', {
    aliases: ['신세계', '신세계쇼핑'],
    ambiguous: { 신세계: 'ssg' },
    label: { ko: '신세계쇼핑', en: 'Shinsegae Shopping' },
    origin: 'https://www.shinsegaetvshopping.com',
    hosts: ['shinsegaetvshopping.com', '.shinsegaetvshopping.com'],
  }),
  shop('samsung', {
    aliases: ['삼성', '삼성전자'],
    label: { ko: '삼성닷컴', en: 'Samsung' },
    origin: 'https://www.samsung.com',
    hosts: ['www.samsung.com'],
  }),
]

describe('the word that a person types', () => {
  const registry = createRegistry(sites)
  test.each([
    ['ssg', 'ssg'],
    ['SSG', 'ssg'],
    ['ssg.com', 'ssg'],
    ['ＳＳＧ', 'ssg'],
    [' 쓱 ', 'ssg'],
    ['쓱닷컴', 'ssg'],
    ['emart', 'ssg'],
    ['이마트', 'ssg'],
    ['이마트'.normalize('NFD'), 'ssg'],
    ['ㄴㄴㅎ', 'ssg'],
    ['Tmr', 'ssg'],
    ['dlakxm', 'ssg'],
    ['삼성', 'samsung'],
    ['tkatjd', 'samsung'],
    ['느ㅡ녀ㅜㅎ', undefined],
    ['ㄴ므녀ㅜㅎ', 'samsung'],
    ['shinsegae', 'shinsegae'],
    ['신세계 쇼핑', 'shinsegae'],
    ['web', 'web'],
    ['nothing', undefined],
    ['', undefined],
    ['__proto__', undefined],
  ])('%j means %s', (word, name) => {
    expect(registry.resolve(word)?.site.name).toBe(name)
  })

  test('tells the other mall that it may mean, in either layout', () => {
    expect(registry.resolve('신세계')).toMatchObject({ site: { name: 'shinsegae' }, meant: 'ssg' })
    expect(registry.resolve('tlstprP')).toMatchObject({ site: { name: 'shinsegae' }, meant: 'ssg' })
    expect(registry.resolve('shinsegae')?.meant).toBeUndefined()
  })

  test.each([
    ['sgs', 'ssg'],
    ['ssgg', 'ssg'],
    ['samsong', 'samsung'],
    ['smasung', 'samsung'],
    ['shinsege', 'shinsegae'],
    ['신세게', 'shinsegae'],
    ['coupang', null],
    ['abc', null],
    ['', null],
    ['x'.repeat(10_000), null],
  ])('%j is nearest to %s', (word, name) => {
    expect(registry.nearest(word)).toBe(name)
  })
})

describe('the site of an address', () => {
  const registry = createRegistry(sites, { ssg: OTHER })
  test.each([
    ['https://www.ssg.com/search.ssg', 'ssg'],
    ['https://emart.ssg.com/', 'ssg'],
    ['http://ssg.com./', 'ssg'],
    ['https://ssg.com.evil.kr/', 'web'],
    ['https://evil-ssg.com/', 'web'],
    ['https://xssg.com/', 'web'],
    ['https://www.ssg.com@evil.kr/', 'web'],
    [`${OTHER}/search.ssg`, 'ssg'],
    ['http://127.0.0.1:8081/search.ssg', 'web'],
    ['https://www.samsung.com/sec/tvs/', 'samsung'],
    ['https://samsung.com.cn/', 'web'],
  ])('%s is %s', (url, name) => {
    expect(registry.siteOf(new URL(url)).name).toBe(name)
  })

  test.each([
    ['/search.ssg?query=x', 'ssg'],
    ['/item/itemView.ssg?itemId=1', 'ssg'],
    ['/sec/tvs/', 'samsung'],
    ['/display/detail/1', 'shinsegae'],
    ['/category/1', 'shinsegae'],
    ['/store/json-ld', 'web'],
    ['/', 'web'],
  ])('is told by its path where one origin stands for several shops: %s is %s', async (path, name) => {
    const shared = await loadSites({ origins: { ssg: OTHER, samsung: OTHER, shinsegae: OTHER } })
    expect(shared.siteOf(new URL(OTHER + path)).name).toBe(name)
  })
})

describe('another origin of a shop', () => {
  const registry = createRegistry(sites, { ssg: OTHER, web: 'http://127.0.0.1:9', nobody: 'http://127.0.0.1:9' })
  test('replaces scheme, host and port of each of its hosts, and nothing else', () => {
    const url = 'https://frontapi.ssg.com/dp/api/v2/page/area?a=%ED%95%9C&b=1'
    expect(registry.actual('ssg', new URL(url)).href).toBe(`${OTHER}/dp/api/v2/page/area?a=%ED%95%9C&b=1`)
    expect(registry.actual('ssg', new URL('https://elsewhere.kr/a')).href).toBe('https://elsewhere.kr/a')
    expect(registry.actual('samsung', new URL('https://www.samsung.com/sec/')).href).toBe(
      'https://www.samsung.com/sec/',
    )
    expect(registry.actual('web', new URL('https://elsewhere.kr/a')).href).toBe('https://elsewhere.kr/a')
  })

  test('is taken back to the host that was asked', () => {
    const answered = new URL(`${OTHER}/disp/category.ssg?page=2`)
    const asked = new URL('https://emart.ssg.com/disp/category.ssg')
    expect(registry.published('ssg', answered, asked).href).toBe('https://emart.ssg.com/disp/category.ssg?page=2')
    expect(registry.published('ssg', answered).href).toBe('https://www.ssg.com/disp/category.ssg?page=2')
    expect(registry.published('ssg', answered, new URL('https://elsewhere.kr/')).host).toBe('www.ssg.com')
  })

  test('is not what a redirect to elsewhere is taken for', () => {
    expect(registry.published('ssg', new URL('http://10.0.0.1/a')).href).toBe('http://10.0.0.1/a')
  })

  test('cannot be left by a path that looks like a host', () => {
    expect(registry.actual('ssg', new URL('https://www.ssg.com//evil.kr/a')).host).toBe('127.0.0.1:8080')
  })
})

describe('the folder of shops', () => {
  let registry: SiteRegistry
  beforeAll(async () => {
    registry = await loadSites({ origins: {} })
  })

  test('gives every shop once, with a name, an example of its own and distinct words', () => {
    const all = registry.all()
    expect(all.length).toBeGreaterThan(0)
    for (const site of all) {
      expect(registry.get(site.name)).toBe(site)
      expect(registry.resolve(site.name)?.site).toBe(site)
      for (const alias of site.aliases) expect(registry.resolve(alias)?.site.name, alias).toBe(site.name)
      expect(new Set(site.routes.map(({ name }) => name)).size).toBe(site.routes.length)
      if (site.hosts.length > 0) expect(registry.siteOf(new URL(site.origin))).toBe(site)
    }
  })
})
