import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { classifyError } from '../../src/crawl/classify-error.ts'
import { HTTP_LIMITS } from '../../src/crawl/http-limits.ts'
import { isPassing } from '../../src/errors.ts'
import { freePort } from '../support/free-port.ts'
import { openShopServer, type ShopRoute } from '../support/shop-server.ts'
import { openTcpProxy, type TcpProxy, type Toxics } from '../support/tcp-proxy.ts'
import { type Bench, type BenchOptions, createBench, SHORT_LIMITS } from './shop-http.ts'

/** Far above what an answer takes on a busy machine, and short enough for a test that waits for them. */
const QUICK_LIMITS = { ...SHORT_LIMITS, connectMs: 2_000, headersMs: 1_500, idleMs: 1_500, wholeMs: 2_000 }

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const PAGE = `<html>${'a'.repeat(50_000)}</html>`

/** A shop behind a proxy; its robots.txt is fetched before the toxics come. */
async function openBehind(toxics: Toxics, options: BenchOptions = {}) {
  const shop = await openShopServer({ '/list': PAGE, '/warm': PAGE })
  closers.push(shop.close)
  const proxy = await openTcpProxy(shop.port)
  closers.push(proxy.close)
  const bench = createBench({ allowAddresses: [proxy.address], ...options })
  closers.push(bench.close)
  const once = createBench({ allowAddresses: [proxy.address], robotsRows: bench.robotsRows })
  await once.fetch(`${proxy.origin}/warm`)
  await once.close()
  proxy.poison(toxics)
  return { shop, proxy, bench }
}
const refusalOf = async (bench: Bench, proxy: TcpProxy) =>
  bench.fetch(`${proxy.origin}/list`).then(
    (page) => page,
    (error) => error,
  )

describe('a connection that suffers', () => {
  test.each<[string, Toxics, string]>([
    ['cut in the head', { cutAfter: { bytes: 20 } }, 'page.network'],
    ['cut in the body', { cutAfter: { bytes: 10_000 } }, 'page.truncated'],
    ['reset before an answer', { resetAfter: { bytes: 0 } }, 'page.network'],
    ['reset in the body', { resetAfter: { bytes: 10_000 } }, 'page.truncated'],
    ['a black hole', { blackHole: true }, 'page.timeout'],
    ['closed without a word', { timeout: { ms: 50 } }, 'page.network'],
    ['a head that trickles', { slicer: { bytes: 1, ms: 20 } }, 'page.timeout'],
    [
      'a body that trickles and never idles',
      { bandwidth: { bytesPerSecond: 1 }, slicer: { bytes: 400, ms: 0 } },
      'page.timeout',
    ],
  ])('%s: %j gives a passing %s, and the slot is free again', async (_name, toxics, code) => {
    const limits = code === 'page.timeout' ? QUICK_LIMITS : HTTP_LIMITS
    const { proxy, bench } = await openBehind(toxics, { concurrency: 1, limits })
    const error = await refusalOf(bench, proxy)
    expect(error).toMatchObject({ code })
    expect(isPassing(error)).toBe(true)
    proxy.poison({})
    expect((await bench.fetch(`${proxy.origin}/list`)).status).toBe(200)
  })
  test.each<[string, Toxics]>([
    ['late', { latency: { ms: 50 } }],
    ['in slices', { slicer: { bytes: 5_000, ms: 5 } }],
    ['slowly closed', { slowClose: { ms: 2_000 } }],
  ])('%s, it still gives the page', async (_name, toxics) => {
    const { proxy, bench } = await openBehind(toxics)
    expect(await refusalOf(bench, proxy)).toMatchObject({ status: 200, bytes: Buffer.byteLength(PAGE) })
  })
  test('a timeout slows the host for all', async () => {
    const { proxy, bench } = await openBehind({ blackHole: true }, { limits: QUICK_LIMITS })
    await refusalOf(bench, proxy)
    expect(bench.events).toMatchObject([{ name: 'host.slowed', facts: { cause: 'page.timeout' } }])
  })
  test('limits of headers and body are told in seconds', async () => {
    const hang: ShopRoute = () => undefined
    const idle: ShopRoute = (_request, response) => void response.writeHead(200).write('<html>')
    const shop = await openShopServer({ '/hang': hang, '/idle': idle })
    closers.push(shop.close)
    const bench = createBench({
      allowAddresses: [shop.address],
      limits: { ...SHORT_LIMITS, headersMs: 100, idleMs: 200, wholeMs: 10_000 },
    })
    closers.push(bench.close)
    await expect(bench.fetch(`${shop.origin}/hang`)).rejects.toMatchObject({
      facts: { host: shop.address, seconds: 0.1 },
    })
    await expect(bench.fetch(`${shop.origin}/idle`)).rejects.toMatchObject({
      facts: { host: shop.address, seconds: 0.2 },
    })
  })
})

describe('no connection at all', () => {
  const ask = async (isBehindProxy: boolean) => {
    const port = await freePort()
    const bench = createBench({ allowAddresses: [`127.0.0.1:${port}`], permissions: ['127.0.0.1'], isBehindProxy })
    closers.push(bench.close)
    return bench.fetch(`http://127.0.0.1:${port}/`).catch((error) => error)
  }
  test('refused: passing', async () => {
    const error = await ask(false)
    expect(error).toMatchObject({ code: 'page.network', facts: { cause: 'ECONNREFUSED', proxyHint: false } })
    expect(isPassing(error)).toBe(true)
  })
  test('while a proxy is set for other clients, the refusal hints at it', async () => {
    expect(await ask(true)).toMatchObject({ code: 'page.network', facts: { proxyHint: true } })
  })
})

describe('a kept connection that the server has closed', () => {
  test('costs a GET nothing: it is sent once more, on a new one', async () => {
    let broken = 0
    // The first request of a connection is answered; the second finds it closed as it arrives.
    const server = createServer((socket) => {
      let requests = 0
      socket.on('error', () => undefined)
      socket.on('data', () => {
        requests += 1
        if (requests > 1) {
          broken += 1
          socket.resetAndDestroy()
        } else socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok')
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const bench = createBench({ allowAddresses: [address], concurrency: 1 })
    closers.push(async () => server.close(), bench.close)
    for (let page = 0; page < 6; page += 1) {
      expect((await bench.fetch(`http://${address}/${page}`)).status).toBe(200)
      await new Promise((resolve) => setTimeout(resolve, 5)) // the connection is put back
    }
    expect(broken).toBeGreaterThan(1)
    const post = await bench.fetch(`http://${address}/post`, { method: 'POST', body: 'a' }).catch((error) => error)
    expect(post).toMatchObject({ code: 'page.network' })
  })
  test('with idle connections kept a millisecond, pages keep coming', async () => {
    const shop = await openShopServer({ '*': PAGE }, { keepAliveMs: 1 })
    closers.push(shop.close)
    const bench = createBench({ allowAddresses: [shop.address] })
    closers.push(bench.close)
    for (let page = 0; page < 50; page += 1) {
      expect((await bench.fetch(`${shop.origin}/${page}`)).status).toBe(200)
      if (page % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    }
  })
  test('a fresh connection that breaks is not tried again for free', async () => {
    let connections = 0
    const server = createServer((socket) => {
      connections += 1
      socket.on('error', () => undefined).once('data', () => socket.resetAndDestroy())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const bench = createBench({ allowAddresses: [address] })
    closers.push(async () => server.close(), bench.close)
    await expect(bench.fetch(`http://${address}/`)).rejects.toMatchObject({ code: 'robots.unreachable' })
    expect(connections).toBe(1)
  })
})

describe('TLS', () => {
  const file = (name: string) => fileURLToPath(new URL(`./certificates/${name}.pem`, import.meta.url))

  async function openTls(certificate: string): Promise<number> {
    const server = createTlsServer(
      { key: readFileSync(file('key')), cert: readFileSync(file(certificate)) },
      (_, response) => response.end('<html></html>'),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closers.push(async () => {
      server.closeAllConnections()
      server.close()
    })
    return (server.address() as AddressInfo).port
  }

  /** Asks in a process of its own: Node reads NODE_EXTRA_CA_CERTS at its start only. */
  async function askTrusting(port: number): Promise<string> {
    const module = (path: string) => JSON.stringify(new URL(`../../dist/src/${path}.js`, import.meta.url).href)
    const program = `
      import { createGuard } from ${module('crawl/guard')}
      import { createTransport } from ${module('crawl/transport')}
      const guard = createGuard({ allowAddresses: ['127.0.0.1:${port}'], ports: [443], blockHosts: [],
        lookup: async () => [{ address: '127.0.0.1', family: 4 }] })
      const transport = createTransport({ guard, connections: 1, userAgent: 'shopcrawl' })
      const url = 'https://shop.test:${port}/'
      const outcome = await transport.send({ method: 'GET', actual: new URL(url), url, headers: {} }, new AbortController().signal)
        .then((answer) => String(answer.status), (error) => error.code + ' ' + error.facts?.cause)
      await transport.close()
      console.log(outcome)`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: file('authority') },
    })
    return stdout.trim()
  }

  test.each([
    ['good', '200'],
    ['expired', 'page.tls CERT_HAS_EXPIRED'],
    ['wrong-name', 'page.tls ERR_TLS_CERT_ALTNAME_INVALID'],
    ['self-signed', 'page.tls DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['no-intermediate', 'page.tls UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ])('a certificate that is %s: %s', async (certificate, outcome) => {
    expect(await askTrusting(await openTls(certificate))).toBe(outcome)
  })
  test('a plain server asked for TLS is a TLS error, not a bug', async () => {
    const shop = await openShopServer()
    closers.push(shop.close)
    const bench = createBench({ allowAddresses: [shop.address] })
    closers.push(bench.close)
    const error = await bench.fetch(`https://${shop.address}/`).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'page.tls' })
    expect(isPassing(error)).toBe(false)
  })
})

describe('what an error means', () => {
  const EXCHANGE = { host: 'shop.test', url: 'https://shop.test/', hasHead: false, isBehindProxy: false }
  const coded = (code: string) => Object.assign(new Error(code), { code })

  test.each([
    ['EMFILE', 'page.network', true],
    ['ENETUNREACH', 'page.network', true],
    ['EPIPE', 'page.network', true],
    ['ETIMEDOUT', 'page.timeout', true],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'page.tls', false],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'page.tls', false],
    ['CERT_NOT_YET_VALID', 'page.tls', false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'page.tls', false],
    ['EPROTO', 'page.tls', false],
  ])('%s is %s', (code, expected, passing) => {
    const error = classifyError(coded(code), EXCHANGE)
    expect(error).toMatchObject({ code: expected })
    expect(isPassing(error)).toBe(passing)
  })
  test('a bug stays what it is', () => {
    for (const bug of [new TypeError('a bug'), coded('UND_ERR_INVALID_ARG'), coded('ERR_INVALID_ARG_TYPE')]) {
      expect(classifyError(bug, EXCHANGE)).toBe(bug)
    }
  })
})
