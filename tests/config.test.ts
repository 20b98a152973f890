import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { type ConfigMistake, Refusal } from '../src/errors.ts'
import { LOCALES } from '../src/messages/locale.ts'
import { say, sayRefusal } from '../src/messages/say.ts'
import { SETTINGS } from '../src/settings.ts'
import { configurationPage, envExample } from './support/configuration-text.ts'

const SITES = ['ssg', 'shinsegae', 'samsung', 'web']

function mistakesOf(env: Record<string, string>): ConfigMistake[] {
  try {
    loadConfig(env, SITES)
  } catch (error) {
    return (error as Refusal<'config.invalid'>).facts.mistakes
  }
  return []
}

describe('the configuration', () => {
  test('is complete without any name set', () => {
    const { config, warnings } = loadConfig({ PATH: '/bin', HOME: '/root', LANG: 'C' }, SITES)
    expect(config).toMatchObject({
      dataDir: './data',
      crawlRate: 1,
      crawlConcurrency: 2,
      maxProducts: 10_000,
      siteOrigins: {},
    })
    expect(warnings).toEqual([])
  })

  test('takes an empty text as not set', () => {
    expect(loadConfig({ CRAWL_RATE: ' ', DATA_DIR: '' }, SITES).config).toMatchObject({
      crawlRate: 1,
      dataDir: './data',
    })
  })

  test('tells every mistake at once', () => {
    const names = mistakesOf({ CRAWL_RATE: 'fast', LOCALE: 'fr', CRAWL_PORTS: '80,abc', TIME_ZONE: 'Mars/Base' }).map(
      ({ name }) => name,
    )
    expect(names.sort()).toEqual(['CRAWL_PORTS', 'CRAWL_RATE', 'LOCALE', 'TIME_ZONE'])
  })

  test('shows no value of a mistake', () => {
    expect(JSON.stringify(mistakesOf({ PUBLIC_URL: 'hunter2-secret' }))).not.toContain('hunter2')
  })

  test.each([
    ['CRAWL_RATE', '-1'],
    ['CRAWL_RATE', '0'],
    ['CRAWL_RATE', '1e3'],
    ['CRAWL_JOBS', '0'],
    ['CRAWL_JOBS', '1.5'],
    ['CRAWL_CONCURRENCY', '65'],
    ['MAX_PRODUCTS', '0x10'],
    ['CRAWL_PORTS', '80,65536'],
    ['CRAWL_ALLOW_ADDRESSES', '127.0.0.1'],
    ['CRAWL_ALLOW_ADDRESSES', 'localhost:80'],
    ['PUBLIC_URL', 'ftp://example.com'],
    ['PUBLIC_URL', 'https://example.com/path'],
    ['USER_AGENT', 'bot\u0007'],
    ['THREADS', 'public'],
    ['LOG_LEVEL', 'loud'],
    ['SITE_SSG_URL', 'not an address'],
    ['CRAWL_BLOCK_HOSTS', 'https://example.com'],
    ['CRAWL_BLOCK_HOSTS', 'example.com,*.example.net'],
    ['CRAWL_BLOCK_HOSTS', 'example.com:8080'],
    ['CRAWL_BLOCK_HOSTS', 'example.com/shop'],
    ['ROBOTS_PERMISSION', 'https://shop.example.com'],
    ['ROBOTS_PERMISSION', 'ssg,sgg'],
    ['FILES_KEY', 'short'],
    ['ADMIN_CONTACT', 'a'.repeat(101)],
  ])('refuses %s=%s', (name, value) => {
    expect(mistakesOf({ [name]: value })).toMatchObject([{ name }])
  })

  test.each([
    ['CRAWL_RATE', '0.5', 'crawlRate', 0.5],
    ['CRAWL_PORTS', '80, 8080', 'crawlPorts', [80, 8080]],
    ['CRAWL_ALLOW_ADDRESSES', '127.0.0.1:8080, [::1]:8081', 'allowAddresses', ['127.0.0.1:8080', '[::1]:8081']],
    ['PUBLIC_URL', 'https://crawl.example.com', 'publicUrl', 'https://crawl.example.com'],
    ['ROBOTS_PERMISSION', 'ssg,shop.example.com', 'robotsPermission', ['ssg', 'shop.example.com']],
    ['ROBOTS_PERMISSION', 'SSG, Shop.Example.com:443', 'robotsPermission', ['ssg', 'shop.example.com']],
    ['ROBOTS_PERMISSION', '127.0.0.1:8080,localhost', 'robotsPermission', ['127.0.0.1:8080', 'localhost']],
    ['ROBOTS_PERMISSION', 'mall:80', 'robotsPermission', ['mall']],
    ['CRAWL_BLOCK_HOSTS', '.Example.com,[::1],10.0.0.1', 'blockHosts', ['example.com', '[::1]', '10.0.0.1']],
    ['CRAWL_BLOCK_HOSTS', '쇼핑.kr', 'blockHosts', ['xn--hp4bo76a.kr']],
  ] as const)('reads %s=%s', (name, value, key, read) => {
    expect(loadConfig({ [name]: value }, SITES).config[key]).toEqual(read)
  })

  test('reads another origin of a shop by pattern', () => {
    expect(loadConfig({ SITE_SSG_URL: 'http://127.0.0.1:8080/' }, SITES).config.siteOrigins).toEqual({
      ssg: 'http://127.0.0.1:8080',
    })
  })

  test('refuses an origin that names no shop, and lists the names there are', () => {
    expect(mistakesOf({ SITE_GMARKET_URL: 'http://127.0.0.1' })).toMatchObject([
      { problem: 'site', expected: expect.stringContaining('SITE_SSG_URL') },
    ])
  })

  test('takes a name within two letters of a known one as a mistake', () => {
    expect(mistakesOf({ CRAWL_RAET: '1' })).toEqual([
      { name: 'CRAWL_RAET', problem: 'unknown', expected: 'CRAWL_RATE' },
    ])
  })

  test('warns of other unknown names under its own prefixes, and passes over everybody else’s', () => {
    expect(loadConfig({ CRAWL_COLOUR_OF_MOON: '1', HOMEBREW: 'x', HOST_OS: 'y' }, SITES).warnings).toEqual([
      { name: 'CRAWL_COLOUR_OF_MOON' },
    ])
  })

  test('refuses settings that this version would pass over in silence', () => {
    expect(mistakesOf({ REDIS_URL: 'redis://localhost' })).toEqual([
      { name: 'REDIS_URL', problem: 'needs', expected: 'DATABASE_URL' },
    ])
    expect(mistakesOf({ ADMIN_VIEWER_TOKEN: 'a'.repeat(24) })).toEqual([
      { name: 'ADMIN_VIEWER_TOKEN', problem: 'needs', expected: 'ADMIN_TOKEN' },
    ])
    expect(mistakesOf({ ROBOTS_PERMISSION: 'coupang' })).toEqual([
      { name: 'ROBOTS_PERMISSION', problem: 'permission', expected: 'ssg, shinsegae, samsung, web' },
    ])
  })

  test('refuses a viewer’s token that is the administrator’s: it would open everything', () => {
    const token = 'a'.repeat(24)
    expect(mistakesOf({ ADMIN_TOKEN: token, ADMIN_VIEWER_TOKEN: token })).toEqual([
      { name: 'ADMIN_VIEWER_TOKEN', problem: 'same', expected: 'ADMIN_TOKEN' },
    ])
  })

  test.each([
    [{ DATABASE_URL: 'db', REDIS_URL: 'redis://localhost' }, 'DATABASE_URL'],
    [{ DATABASE_UR: 'postgres://localhost/a', REDIS_URL: 'redis://localhost', ROLE: 'all' }, 'DATABASE_UR'],
    [{ ADMIN_TOKEN: 'short', ADMIN_VIEWER_TOKEN: 'a'.repeat(24) }, 'ADMIN_TOKEN'],
  ])('tells of %j only what is wrong itself, and not what misses it', (env, name) => {
    expect(mistakesOf(env).map((mistake) => mistake.name)).toEqual([name])
  })

  test.each(LOCALES)('tells lengths as characters (%s)', (locale) => {
    const mistakes = mistakesOf({ ADMIN_TOKEN: 'x', FILES_KEY: 'x', ADMIN_CONTACT: 'a'.repeat(101) })
    const told = sayRefusal(say, locale, new Refusal('config.invalid', { mistakes }))
    for (const length of ['24–500', '24–200', '1–100']) expect(told).toMatch(new RegExp(`${length}(?: characters|자)`))
  })
})

describe('the written configuration', () => {
  test.each([
    ['.env.example', envExample],
    ['docs/configuration.md', configurationPage],
  ])(
    '%s says every name with its choices or range, its default and its effect (UPDATE_DOCS=1 writes it)',
    (file, text) => {
      const path = fileURLToPath(new URL(`../${file}`, import.meta.url))
      if (process.env.UPDATE_DOCS) writeFileSync(path, text())
      expect(readFileSync(path, 'utf8')).toBe(text())
      for (const { name } of Object.values(SETTINGS)) expect(text()).toContain(name)
      for (const part of ['0–65535', '0.01–10000', 'channel, private', 'error, warn, info, debug, silent'])
        expect(text()).toContain(part)
    },
  )
})
