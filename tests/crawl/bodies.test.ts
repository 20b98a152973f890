import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import * as zlib from 'node:zlib'
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { HTTP_LIMITS } from '../../src/crawl/http-limits.ts'
import { isPassing } from '../../src/errors.ts'
import { answerWith, openShopServer, type ShopRoute } from '../support/shop-server.ts'
import { createBench, SHORT_LIMITS } from './shop-http.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function open(route: ShopRoute, limits = HTTP_LIMITS) {
  const shop = await openShopServer({ '/list': route })
  closers.push(shop.close)
  const bench = createBench({ allowAddresses: [shop.address], limits })
  closers.push(bench.close)
  return { shop, bench, fetch: () => bench.fetch(`${shop.origin}/list`) }
}
const fetchOf = async (route: ShopRoute, limits = HTTP_LIMITS) => (await open(route, limits)).fetch()
const encoded = (encoding: string, body: Buffer): ShopRoute =>
  answerWith(200, { 'content-type': 'text/html', 'content-encoding': encoding }, body)

const HTML = `<!doctype html><html><body>${'노트북 1,299,000원 '.repeat(2_000)}</body></html>`
const MIB = 2 ** 20

describe('content codings', () => {
  const codings: [string, Buffer][] = [
    ['gzip', gzipSync(HTML)],
    ['x-gzip', gzipSync(HTML)],
    ['GZIP', gzipSync(HTML)],
    ['deflate', deflateSync(HTML)],
    ['deflate', deflateRawSync(HTML)],
    ['br', brotliCompressSync(HTML)],
    ['identity', Buffer.from(HTML)],
    ['gzip, br', brotliCompressSync(gzipSync(HTML))],
    ['gzip', Buffer.concat([gzipSync(HTML.slice(0, 100)), gzipSync(HTML.slice(100))])],
  ]
  const plainZstd = (zlib as { zstdCompressSync?: (text: string) => Buffer }).zstdCompressSync
  if (plainZstd) codings.push(['zstd', plainZstd(HTML)])

  test.each(codings)('%s is unpacked', async (encoding, body) => {
    const page = await fetchOf(encoded(encoding, body))
    expect(Buffer.from(page.body).toString()).toBe(HTML)
    expect(page.body.byteOffset).toBe(0)
    expect(page.body.buffer.byteLength).toBe(page.bytes)
    expect(structuredClone(page.body, { transfer: [page.body.buffer] }).byteLength).toBe(page.bytes)
  })
  test('what this Node can unpack is what it asks for', async () => {
    const { shop, fetch } = await open(HTML)
    await fetch()
    expect(shop.calls.at(-1)!.headers['accept-encoding']).toBe(`gzip, deflate, br${plainZstd ? ', zstd' : ''}`)
  })
  test.each<[string, string, Buffer, string]>([
    ['half a gzip', 'gzip', gzipSync(HTML).subarray(0, 150), 'page.truncated'],
    ['half a brotli', 'br', brotliCompressSync(HTML).subarray(0, 30), 'page.truncated'],
    ['brotli called gzip', 'gzip', brotliCompressSync(HTML), 'page.encoding'],
    ['text called brotli', 'br', Buffer.from(HTML), 'page.encoding'],
    ['text called deflate', 'deflate', Buffer.from('xyz'), 'page.encoding'],
    ['an unknown coding', 'compress', Buffer.from(HTML), 'page.encoding'],
    ['three codings', 'gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(HTML))), 'page.encoding'],
  ])('%s is refused', async (_name, encoding, body, code) => {
    await expect(fetchOf(encoded(encoding, body))).rejects.toMatchObject({ code })
  })
})

describe('bombs and endless bodies', () => {
  /** Highest resident set while `act` runs, above what it was before. */
  async function growthWhile(act: () => Promise<unknown>): Promise<number> {
    globalThis.gc?.()
    const before = process.memoryUsage.rss()
    let highest = before
    const timer = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage.rss())
    }, 5)
    await act()
    clearInterval(timer)
    return (Math.max(highest, process.memoryUsage.rss()) - before) / MIB
  }

  const zeros = Buffer.alloc(200 * MIB)
  const gzipped = gzipSync(zeros)
  // A single gzip of them has 194 KB: a hundred times that is above the cap on any page, which ends it first.
  const bombs: [string, string, Buffer][] = [
    ['gzip', 'page.too_large', gzipped],
    ['gzip, gzip', 'page.bomb', gzipSync(gzipped)],
    ['deflate', 'page.too_large', deflateSync(zeros)],
    ['br', 'page.bomb', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })],
    ['gzip, br', 'page.bomb', brotliCompressSync(gzipped)],
    ['gzip', 'page.bomb', gzipSync(zeros.subarray(0, 15 * MIB))],
  ]
  test.each(bombs)('zeros packed as %s end as %s, with little memory', async (encoding, code, body) => {
    const { fetch } = await open(encoded(encoding, body))
    const growth = await growthWhile(async () => {
      await expect(fetch()).rejects.toMatchObject({ code })
    })
    expect(growth).toBeLessThan(128)
  })
  test('a page of the size of a real one may pack as well as it likes', async () => {
    const page = await fetchOf(encoded('gzip', gzipSync(Buffer.alloc(900_000, 'a'))))
    expect(page.bytes).toBe(900_000)
  })
  test('a large page that packs like text is too large, not a bomb', async () => {
    const random = Buffer.from(Array.from({ length: 20 * MIB }, (_, index) => 97 + (((index * index) >> 7) % 26)))
    await expect(fetchOf(encoded('gzip', gzipSync(random)))).rejects.toMatchObject({
      code: 'page.too_large',
      facts: { megabytes: 16 },
    })
  })
  test('500 MB without an end are left after 8, with little memory', async () => {
    let sent = 0
    const piece = Buffer.alloc(256 * 1_024, 'a')
    const endless: ShopRoute = async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      const gone = new AbortController()
      response.once('close', () => gone.abort())
      while (sent < 500 * MIB && !response.destroyed) {
        sent += piece.length
        if (!response.write(piece)) await once(response, 'drain', { signal: gone.signal }).catch(() => undefined)
      }
      response.end()
    }
    const { fetch } = await open(endless)
    const growth = await growthWhile(async () => {
      await expect(fetch()).rejects.toMatchObject({ code: 'page.too_large', facts: { megabytes: 8 } })
    })
    expect(growth).toBeLessThan(128)
    expect(sent).toBeLessThan(40 * MIB)
  })
  test('a body that says it has 500 MB is not begun', async () => {
    const { shop, fetch } = await open((_request, response) => {
      response.writeHead(200, { 'content-length': String(500 * MIB) }).write('a')
    })
    await expect(fetch()).rejects.toMatchObject({ code: 'page.too_large' })
    expect(shop.paths()).toEqual(['/list'])
  })
})

/** A server that says exactly these bytes to every request but robots.txt, and then closes. */
async function openRaw(head: string, body = '') {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (request) => {
      const isRobots = request.toString().startsWith('GET /robots.txt')
      socket.end(isRobots ? 'HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n' : `${head}\r\n\r\n${body}`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const bench = createBench({ allowAddresses: [`127.0.0.1:${port}`] })
  closers.push(async () => server.close(), bench.close)
  return () => bench.fetch(`http://127.0.0.1:${port}/list`)
}

describe('a body that was cut', () => {
  const OK = 'HTTP/1.1 200 OK\r\ncontent-type: text/html'
  test.each<[string, string, string]>([
    ['shorter than its length', `${OK}\r\ncontent-length: 1000`, '<html>'],
    ['without its last chunk', `${OK}\r\ntransfer-encoding: chunked`, '6\r\n<html>\r\n'],
    ['inside a chunk', `${OK}\r\ntransfer-encoding: chunked`, '64\r\n<html>'],
  ])('%s is refused, and may be tried again', async (_name, head, body) => {
    const error = await (await openRaw(head, body))().catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'page.truncated' })
    expect(isPassing(error)).toBe(true)
  })
  test.each<[string, string, string, boolean]>([
    ['whole HTML', 'text/html', '<html><body>a</body></html>\n', false],
    ['HTML in capitals', 'text/html', '<HTML></HTML >', false],
    ['HTML without its end', 'text/html', '<html><body><ul><li>a</li>', true],
    ['HTML inside a tag', 'text/html', '<html></html><div class="a', true],
    ['whole JSON', 'application/json', '{"a":[1,2]}', false],
    ['JSON without its end', 'application/json', '{"a":[1,2],', true],
    ['a text', 'text/plain', 'no end to tell', false],
    ['XML inside a tag', 'text/xml', '<urlset><url', true],
  ])('%s whose end is the closed connection: suspect or not', async (_name, contentType, body, isSuspect) => {
    const page = await (await openRaw(`HTTP/1.1 200 OK\r\ncontent-type: ${contentType}`, body))()
    expect(page.isSuspect).toBe(isSuspect)
  })
  test('with a known end nothing is suspect', async () => {
    const page = await fetchOf(answerWith(200, { 'content-type': 'text/html' }, '<html><p>no end tag'))
    expect(page.isSuspect).toBe(false)
  })
})

describe('broken HTTP', () => {
  test.each<[string, string]>([
    ['a bad status line', 'HTTP/9.9 abc'],
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked'],
    ['a head of 20 KB', `HTTP/1.1 200 OK\r\nx-filler: ${'a'.repeat(20_000)}`],
    ['a control character in a header', 'HTTP/1.1 200 OK\r\nx-a: \u0000'],
  ])('%s is a refusal that may be tried again', async (_name, head) => {
    const error = await (await openRaw(head, 'abc'))().catch((thrown) => thrown)
    expect(['page.network', 'page.truncated']).toContain(error.code)
    expect(isPassing(error)).toBe(true)
  })
  test('a flood of 1xx answers ends at the time limit', async () => {
    const server = createServer((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(50)), 5)
      socket.on('close', () => clearInterval(timer)).on('error', () => undefined)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const bench = createBench({
      allowAddresses: [`127.0.0.1:${port}`],
      permissions: ['127.0.0.1'],
      limits: SHORT_LIMITS,
    })
    closers.push(async () => server.close(), bench.close)
    await expect(bench.fetch(`http://127.0.0.1:${port}/list`)).rejects.toMatchObject({ code: 'page.timeout' })
  })
})
