import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import readXlsx from 'read-excel-file/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { type CliEnd, runCli, startCli, waitFor } from '../support/cli.ts'
import { PATIENCE } from '../support/faults.ts'
import { checkInvariants } from '../support/invariants.ts'
import {
  answerWith,
  openShopServer,
  redirectTo,
  type ShopRoute,
  type ShopServer,
  textFile,
} from '../support/shop-server.ts'
import { installWatchers, lookAt, makeFolder, openQuiet } from '../support/store-house.ts'

const INWARD = new URL('../support/children/inward-name.mjs', import.meta.url).href

let shop: ShopServer
let folder: string
const dataDir = () => join(folder, 'data')

beforeEach(async () => {
  shop = await openShopServer()
  folder = makeFolder()
  await (await openQuiet(dataDir(), systemClock)).close()
  installWatchers(dataDir())
})
afterEach(async () => {
  await shop.close()
  const look = lookAt(dataDir())
  try {
    await checkInvariants(look, { now: Date.now(), addressClasses: ['loopback'] })
  } finally {
    look.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

const env = () => ({ DATA_DIR: dataDir(), CRAWL_ALLOW_ADDRESSES: shop.address, CRAWL_RATE: '1000' })
const args = (limit = 5) => [
  'crawl',
  `${shop.origin}/list`,
  '--limit',
  String(limit),
  '--format',
  'jsonl',
  '--out',
  join(folder, 'out.jsonl'),
]

async function crawl(routes: Record<string, ShopRoute>, limit?: number): Promise<CliEnd> {
  shop.route(routes)
  return runCli(args(limit), { env: env(), cwd: folder })
}
const namesInFile = (): string[] =>
  readFileSync(join(folder, 'out.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { name: string }).name)

const product = (name: string, sku: string) =>
  `<script type="application/ld+json">${JSON.stringify({
    '@type': 'Product',
    name,
    sku,
    url: `/p/${sku}`,
    offers: { '@type': 'Offer', price: 1000, priceCurrency: 'KRW' },
  })}</script>`
const page = (body: string) => `<!doctype html><html><head><title>목록</title></head><body>${body}</body></html>`

/** A body that never ends, as fast as it is read. */
const endless: ShopRoute = async (_request, response) => {
  const closed = new AbortController()
  response.on('close', () => closed.abort())
  response.writeHead(200, { 'content-type': 'text/html' })
  const piece = Buffer.alloc(256 * 1024, '<p>words</p>')
  for (let sent = 0; sent < 500 * 1024 * 1024 && !response.destroyed; sent += piece.length) {
    if (!response.write(piece)) await once(response, 'drain', { signal: closed.signal }).catch(() => undefined)
  }
  response.end()
}
const html = { 'content-type': 'text/html; charset=utf-8' }
const bomb = () =>
  answerWith(200, { ...html, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')))

describe('shopcrawl crawl of a page that cannot be read exits 1 with one reason:', () => {
  const bad: [string, () => Record<string, ShopRoute>, string][] = [
    ['500 MB', () => ({ '/list': endless }), '너무 큽니다'],
    ['a gzip bomb', () => ({ '/list': bomb() }), '압축을 풀면 비정상적으로'],
    ['a redirect loop', () => ({ '/list': redirectTo('/other'), '/other': redirectTo('/list') }), '계속 다른 주소로만'],
    ['a redirect inwards', () => ({ '/list': redirectTo('http://169.254.169.254/latest/') }), '내부망'],
    [
      'a PDF',
      () => ({ '/list': answerWith(200, { 'content-type': 'application/pdf' }, '%PDF-1.7\n1 0 obj') }),
      '웹 페이지가 아닙니다',
    ],
    [
      'a PDF that says it is HTML',
      () => ({ '/list': answerWith(200, html, '%PDF-1.7\n%âãÏÓ\n1 0 obj') }),
      '웹 페이지가 아닙니다',
    ],
    ['nothing at all', () => ({ '/list': answerWith(200, html, '') }), '웹 페이지가 아닙니다'],
    ['no product', () => ({ '/list': page('<p>회사 소개</p>') }), '/list)에서 상품을 읽어 내지 못했습니다'],
    ['no page', () => ({}), '가 없습니다(404)'],
    [
      'robots.txt forbids it',
      () => ({ '/robots.txt': textFile('User-agent: *\nDisallow: /list') }),
      'ROBOTS_PERMISSION',
    ],
  ]
  test.each(bad)('%s', async (_what, routes, sentence) => {
    const { code, stdout, stderr } = await crawl(routes())
    expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(sentence)
    expect(stderr).not.toMatch(/\n\s+at |undefined|\[object/)
  })
})

describe('shopcrawl crawl', () => {
  test('writes the workbook in the language of the terminal', async () => {
    shop.route({ '/list': page(product('A chair', 'a1')) })
    const out = join(folder, 'out.xlsx')
    const words = ['crawl', `${shop.origin}/list`, '--out', out]
    const { code, stderr } = await runCli(words, { env: { ...env(), LANG: 'en_US.UTF-8' }, cwd: folder })
    expect(code, stderr).toBe(0)
    expect((await readXlsx(out)).map(({ sheet }) => sheet)).toEqual(['Products', 'Summary'])
  })

  test('reads a page whose end is missing', async () => {
    const whole = page(product('첫 상품', 'a1') + product('둘째 상품', 'a2'))
    const cut = whole.slice(0, whole.indexOf('</body>'))
    const { code, stderr } = await crawl({
      '/list': (_request, response) => {
        response.writeHead(200, { ...html, connection: 'close' })
        response.end(cut)
      },
    })
    expect(code, stderr).toBe(0)
    expect(namesInFile()).toEqual(['첫 상품', '둘째 상품'])
  })

  test('reads EUC-KR under a header that says nothing, and UTF-8 under one that lies', async () => {
    // 한글 in EUC-KR
    const korean = Buffer.concat([
      Buffer.from('<!doctype html><html><head><meta charset="euc-kr"></head><body>'),
      Buffer.from('<script type="application/ld+json">{"@type":"Product","sku":"k1","name":"'),
      Buffer.from([0xc7, 0xd1, 0xb1, 0xdb]),
      Buffer.from('","url":"/p/k1","offers":{"price":1000,"priceCurrency":"KRW"}}</script></body></html>'),
    ])
    const first = await crawl({ '/list': answerWith(200, { 'content-type': 'text/html' }, korean) })
    expect(first.code, first.stderr).toBe(0)
    expect(namesInFile()).toEqual(['한글'])
    const lying = { 'content-type': 'text/html; charset=iso-8859-1' }
    const utf8 = page(product('한글', 'k1')).replace('<head>', '<head><meta charset="utf-8">')
    const second = await crawl({ '/list': answerWith(200, lying, Buffer.from(utf8)) })
    expect(second.code, second.stderr).toBe(0)
    expect(namesInFile()).toEqual(['한글'])
  })

  test('leaves a calendar without end', async () => {
    const month: ShopRoute = (_request, response, call) => {
      const number = Number(/month=(\d+)/.exec(call.path)?.[1] ?? 0)
      response.writeHead(200, html)
      response.end(
        page(
          `${number === 0 ? product('달력', 'c1') + product('수첩', 'c2') : ''}<a rel="next" href="/list?month=${number + 1}">다음</a>`,
        ),
      )
    }
    const { code, stderr } = await crawl({ '/list': month })
    expect(code, stderr).toBe(0)
    expect(namesInFile()).toEqual(['달력', '수첩'])
    expect(shop.paths().length).toBeLessThan(10)
  })

  test('is cancelled by Ctrl-C: exit 130, what was read is written, the next crawl starts afresh', async () => {
    shop.route({
      '/list': page(
        `${product('첫 상품', 'a1')}${product('둘째 상품', 'a2')}<a rel="next" href="/list?page=2">다음</a>`,
      ),
      '/list?page=2': () => undefined, // never answers
    })
    const run = startCli(args(), { env: env(), cwd: folder })
    await waitFor(() => shop.paths().includes('/list?page=2') || run.hasEnded(), 'the second page')
    const asked = performance.now()
    run.process.kill('SIGINT')
    const { code, stderr, stdout } = await run.ended
    expect(code, stderr).toBe(130)
    expect(performance.now() - asked).toBeLessThan(5_000 * PATIENCE)
    expect(stdout.trim()).toBe(join(folder, 'out.jsonl'))
    expect(namesInFile()).toEqual(['첫 상품', '둘째 상품'])
    const look = lookAt(dataDir())
    expect(await look.rows('select state from jobs')).toEqual([{ state: 'cancelled' }])
    look.close()
  })

  test('shows no button: there is nobody to press it', async () => {
    const { code, stderr } = await crawl({ '/list': page(product('첫 상품', 'a1')) })
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('@local')
    expect(stderr).not.toMatch(/\[\d+\] /)
  })

  test('of an address that a name gives inwards exits 2, and nothing is asked', async () => {
    const { code, stderr } = await runCli(['crawl', `http://shop.test:${shop.port}/list`], {
      env: { ...env(), CRAWL_ALLOW_ADDRESSES: '', CRAWL_PORTS: `80,443,${shop.port}` },
      cwd: folder,
      node: ['--import', INWARD],
    })
    expect(code, stderr).toBe(2)
    expect(shop.calls).toEqual([])
  })
})
