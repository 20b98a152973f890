import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReplicaShop } from '../../src/demo/replica-shop.ts'
import { startCli, waitFor } from '../support/cli.ts'
import { callCli } from '../support/cli-here.ts'
import { replicaPage } from '../support/replica-page.ts'

const folder = mkdtempSync(join(tmpdir(), 'shopcrawl-try-'))
const shop = createReplicaShop({ products: 100, pageBytes: 1_000 })
let env: NodeJS.ProcessEnv = {}
let origin = ''
beforeAll(async () => {
  const replica = await shop.start()
  origin = replica.origin
  env = {
    ...{ PATH: process.env.PATH, LANG: 'en_US.UTF-8', DATA_DIR: join(folder, 'data') },
    ...{ SITE_SSG_URL: origin, CRAWL_ALLOW_ADDRESSES: replica.address },
  }
})
afterAll(async () => {
  await shop.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Ran {
  code: number | null
  out: string
  err: string
}

const tryIt = async (args: string[], more: NodeJS.ProcessEnv = {}): Promise<Ran> => {
  const { code, stdout, stderr } = await callCli(['try', ...args], { cwd: folder, env: { ...env, ...more } })
  return { code, out: stdout, err: stderr }
}

function saved(name: string, body: string | Buffer): string {
  writeFileSync(join(folder, name), body)
  return name
}

const SEARCH = 'https://www.ssg.com/search.ssg?target=all&query=%EB%85%B8%ED%8A%B8%EB%B6%81&page=1'

describe('a file', () => {
  test('is read as a page of the shop at its address, and every route is told', async () => {
    const { code, out, err } = await tryIt([saved('search.html', replicaPage(SEARCH)), '--url', SEARCH])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^Page: https:\/\/www\.ssg\.com\/search\.ssg/)
    expect(out).toContain('Shop: ssg (SSG.COM)')
    expect(out).toMatch(/1\. embedded state: \d+ products, .*\n {3}filled: id 100%, name 100%/)
    expect(out).toContain('the fast and the slow road read the same')
    expect(out).toMatch(/emart cards: does not fit: the page lacks mnemitem_grid_item/)
    expect(out).toMatch(/\nVerdict: embedded state reads \d+ products/)
  })

  test('may be packed, and is told in Korean where the terminal is', async () => {
    const packed = saved('search.html.gz', gzipSync(replicaPage(SEARCH)))
    const { code, out } = await tryIt([packed, '--site', '쓱'], { LANG: 'ko_KR.UTF-8' })
    expect(code).toBe(0)
    expect(out).toContain('쇼핑몰: ssg (SSG.COM)')
    expect(out).toMatch(/판정: embedded state 방법으로 상품 \d+개를 읽습니다/)
  })

  test('in which the shop says that it has nothing is a true zero', async () => {
    const { code, out } = await tryIt([saved('none.html', '<p>검색된 상품이 없습니다</p>'), '--site', 'ssg'])
    expect(code).toBe(0)
    expect(out).toContain('Verdict: a page on which the shop says that it has no such product')
  })

  test.each([
    ['a block page', '<title>x</title><p>비정상적인 접근', 'refuses automatic visitors', 1],
    ['a page without products', '<title>hello</title><p>nothing here', 'hello', 1],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'page', 1],
    ['50,000 nested elements', '<div>'.repeat(50_000), 'nest', 1],
  ])('that is %s says so and ends with 1', async (_what, body, says, expected) => {
    const { code, out, err } = await tryIt([saved('bad.html', body), '--site', 'ssg', '--url', SEARCH])
    expect({ code, err }).toEqual({ code: expected, err: '' })
    expect(out).toContain(says)
  })

  test('that unpacks to more than a page may have is refused', async () => {
    const bomb = saved('bomb.html.gz', gzipSync(Buffer.alloc(17 * 1024 * 1024)))
    expect(await tryIt([bomb])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('bomb.html.gz') })
  })

  test.each([
    ['an absent file', ['absent.html'], 'absent.html'],
    ['a folder', ['.'], 'it is a folder'],
    ['an unknown shop', ['absent.html', '--site', 'sgs'], 'ssg'],
    ['an address that is none', ['absent.html', '--url', 'file:///etc/passwd'], 'file'],
    ['an address for an address', ['https://www.ssg.com/', '--url', 'https://www.ssg.com/'], '--url'],
    ['nothing', [], 'url|file'],
  ])('%s is wrong use: 2', async (_what, args, says) => {
    expect(await tryIt(args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(says) })
  })
})

describe('an address', () => {
  test('is fetched as a crawl would, from the origin that stands for the shop', async () => {
    const before = shop.calls.length
    const { code, out, err } = await tryIt([SEARCH])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/Answer: status 200 · text\/html/)
    expect(out).toContain('Verdict: embedded state reads')
    const calls = shop.calls.slice(before)
    expect(calls.map(({ path }) => path.split('?')[0])).toEqual(['/robots.txt', '/search.ssg'])
    expect(calls[1]!.headers['user-agent']).toMatch(/^shopcrawl\//)
  })

  test('for which a crawl asks something else first says what', async () => {
    const { code, out } = await tryIt(['https://www.ssg.com/page/pc/SpecialPrice.ssg'])
    expect(code).toBe(0)
    expect(out).toContain('asks for this one first: POST https://frontapi.ssg.com/dp/api/v2/page/area')
  })

  test('of a page that is not there, or that robots.txt closes, is refused with the sentence of a crawl: 1', async () => {
    expect(await tryIt([`${origin}/nowhere`])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('404') })
    shop.options.robots = 'User-agent: *\nDisallow: /\n'
    const closed = await tryIt([SEARCH], { DATA_DIR: join(folder, 'other') })
    shop.options.robots = undefined
    expect(closed).toMatchObject({ code: 1, out: '', err: expect.stringContaining('robots.txt') })
  })

  test('that may not be crawled is wrong use: 2', async () => {
    const { code, err } = await tryIt(['http://169.254.169.254/latest/meta-data/'])
    expect(code).toBe(2)
    expect(err).toContain('169.254.169.254')
  })
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a page that does not come is given up by %s, with %i', async (signal, code) => {
  shop.options.latencyMs = 30_000
  const asked = shop.calls.length
  const run = startCli(['try', SEARCH], { env: { ...env, DATA_DIR: join(folder, signal) }, cwd: folder })
  try {
    await waitFor(() => shop.calls.length > asked, 'the request')
    run.process.kill(signal)
    expect(await run.ended).toMatchObject({ code, stdout: '', stderr: '' })
  } finally {
    shop.options.latencyMs = 0
    await run.kill()
  }
})
