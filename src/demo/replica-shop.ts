import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type Catalogue, createCatalogue } from './catalogue.ts'
import type { ReplicaAnswer, ReplicaCall, ReplicaFront } from './front.ts'
import { samsungFront } from './samsung/front.ts'
import { shinsegaeFront } from './shinsegae/front.ts'
import { ssgFront } from './ssg/front.ts'
import { storeFront } from './store/front.ts'

/** What a shop may do to a crawler; for tests. */
export type Trouble =
  | { kind: 'block' }
  | { kind: 'status'; status: number; retryAfter?: string }
  /** The body ends after so many bytes; its length is told (`isLengthTold`) or not. */
  | { kind: 'cut'; bytes: number; isLengthTold: boolean }
  /** Classes and keys of the products are renamed. */
  | { kind: 'drift' }
  /** This share of the products of a search's embedded state lose their prices. */
  | { kind: 'priceless'; share: number }
  | { kind: 'hang' }
  | { kind: 'reset' }
  | { kind: 'answer'; answer: ReplicaAnswer }

/** How a replica shop behaves; everything has a default. */
export interface ReplicaOptions {
  products?: number
  seed?: number
  /** Text of robots.txt; by default everything is allowed. */
  robots?: string
  /** robots.txt answers 503. */
  isRobotsAway?: boolean
  latencyMs?: number
  /** Bytes that a listing weighs, at least; 250,000 by default. */
  pageBytes?: number
  /** How the search is written: `state` (default) or `cards`. */
  form?: 'state' | 'cards'
  /** Products that leave the head of every list with each request. */
  slide?: number
  /** Asked before every answer but robots.txt, which waits for it; null answers as usual. */
  trouble?: (call: ReplicaCall) => Trouble | null | Promise<Trouble | null>
  /** Further shops, asked in order after those that are always there. */
  fronts?: ReplicaFront[]
  /** 0 (default) takes a free one. */
  port?: number
}

/** A pretend shop on this machine's loopback: it serves the forms of the real shops' pages from one catalogue. */
export interface ReplicaShop {
  /** @returns origin, e.g. `http://127.0.0.1:41234`, and address:port for CRAWL_ALLOW_ADDRESSES */
  start(): Promise<{ origin: string; address: string }>
  stop(): Promise<void>
  /** Every request since the start, in order. */
  readonly calls: ReplicaCall[]
  readonly catalogue: Catalogue
  /** May be changed while the shop runs. */
  options: ReplicaOptions
}

const HOST = '127.0.0.1'
const PAGE_BYTES = 250_000

/** A replica shop; nothing listens before `start`. */
export function createReplicaShop(options: ReplicaOptions = {}): ReplicaShop {
  const calls: ReplicaCall[] = []
  const catalogue = createCatalogue(options)
  let server: Server | undefined
  const shop: ReplicaShop = {
    calls,
    catalogue,
    options,
    async start() {
      const startedAt = performance.now()
      server = createServer((request, response) => {
        receive(request, startedAt)
          .then((call) => {
            calls.push(call)
            return answer(shop, call, response)
          })
          .catch(() => response.destroy()) // the client went away
      })
      server.listen(shop.options.port ?? 0, HOST)
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      return { origin: `http://${HOST}:${port}`, address: `${HOST}:${port}` }
    },
    async stop() {
      if (!server) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      server = undefined
      await closed
    },
  }
  return shop
}

async function receive(request: IncomingMessage, startedAt: number): Promise<ReplicaCall> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return {
    at: performance.now() - startedAt,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks).toString(),
    status: 0,
  }
}

async function answer(shop: ReplicaShop, call: ReplicaCall, response: ServerResponse): Promise<void> {
  const { latencyMs = 0, trouble } = shop.options
  if (latencyMs > 0) await wait(latencyMs)
  if (call.path === '/robots.txt') {
    const status = shop.options.isRobotsAway ? 503 : 200
    send(call, response, {
      status,
      contentType: 'text/plain',
      body: shop.options.robots ?? 'User-agent: *\nAllow: /\n',
    })
    return
  }
  const wrong = (await trouble?.(call)) ?? null
  if (wrong === null) send(call, response, pageOf(shop, call))
  else make(wrong, shop, call, response)
}

function pageOf(shop: ReplicaShop, call: ReplicaCall): ReplicaAnswer {
  const { pageBytes = PAGE_BYTES, form = 'state', slide = 0, fronts = [] } = shop.options
  const origin = `http://${call.headers.host ?? HOST}`
  const shelves = { catalogue: shop.catalogue, pageBytes, form, offset: slide * (pagesAsked(shop) - 1), origin }
  for (const front of [ssgFront, shinsegaeFront, samsungFront, storeFront, ...fronts]) {
    const found = front(new URL(call.path, origin), call, shelves)
    if (found) return found
  }
  return NOT_FOUND
}

const pagesAsked = ({ calls }: ReplicaShop): number => calls.filter(({ path }) => path !== '/robots.txt').length

const NOT_FOUND: ReplicaAnswer = {
  status: 404,
  contentType: 'text/html; charset=UTF-8',
  body: '<!doctype html><title>페이지를 찾을 수 없습니다</title><p>요청하신 페이지를 찾을 수 없습니다.</p></html>',
}
const BLOCK_PAGE: ReplicaAnswer = {
  contentType: 'text/html; charset=UTF-8',
  body: '<!doctype html><title>SSG.COM</title><p>비정상적인 접근이 감지되어 접속이 잠시 제한되었습니다.</p></html>',
}

function make(trouble: Trouble, shop: ReplicaShop, call: ReplicaCall, response: ServerResponse): void {
  if (trouble.kind === 'block') send(call, response, BLOCK_PAGE)
  else if (trouble.kind === 'answer') send(call, response, trouble.answer)
  else if (trouble.kind === 'drift') send(call, response, drifted(pageOf(shop, call)))
  else if (trouble.kind === 'priceless') send(call, response, priceless(pageOf(shop, call), trouble.share))
  else if (trouble.kind === 'cut') cut(call, response, pageOf(shop, call), trouble)
  else if (trouble.kind === 'reset') response.socket?.resetAndDestroy()
  else if (trouble.kind === 'status') {
    const headers: Record<string, string> =
      trouble.retryAfter === undefined ? {} : { 'retry-after': trouble.retryAfter }
    send(call, response, { status: trouble.status, contentType: 'text/plain', body: 'try later', headers })
  } // hang: nothing is ever sent
}

/** A shop after a relaunch: nothing has the name that it had. */
function drifted(page: ReplicaAnswer): ReplicaAnswer {
  const body = Buffer.from(page.body).toString()
  return {
    ...page,
    body: body.replace(/mnemitem_|mnsditem_|cunit_|disp_cart_/g, 'x9_').replace(/"item(Id|Name|Nm|List)"/g, '"g$1"'),
  }
}

/** Every place where a product's price stands in the state, each once a product and in the products' order. */
const PRICE_PLACES = [/"finalPrice":"[^"]*"/g, /"primaryPrice":"[^"]*"/g, /"lwst_sellprc":\d+/g]

/** A shop that writes its prices somewhere else, product by product. */
function priceless(page: ReplicaAnswer, share: number): ReplicaAnswer {
  let body = Buffer.from(page.body).toString()
  for (const place of PRICE_PLACES) {
    let count = 0
    body = body.replace(place, (written) => {
      count += 1
      const isGone = Math.floor(count * share) > Math.floor((count - 1) * share)
      return isGone ? `${written.slice(0, written.indexOf(':'))}:""` : written
    })
  }
  return { ...page, body }
}

function send(call: ReplicaCall, response: ServerResponse, page: ReplicaAnswer): void {
  call.status = page.status ?? 200
  const body = Buffer.from(page.body)
  response.writeHead(call.status, {
    'content-type': page.contentType,
    'content-length': body.byteLength,
    ...page.headers,
  })
  response.end(body)
}

function cut(call: ReplicaCall, response: ServerResponse, page: ReplicaAnswer, how: Trouble & { kind: 'cut' }): void {
  call.status = page.status ?? 200
  const body = Buffer.from(page.body)
  const length: Record<string, string> = how.isLengthTold
    ? { 'content-length': String(body.byteLength) }
    : { connection: 'close' }
  response.useChunkedEncodingByDefault = false
  response.writeHead(call.status, { 'content-type': page.contentType, ...length })
  response.write(body.subarray(0, how.bytes), () => {
    if (how.isLengthTold) response.destroy()
    else response.socket?.end() // without a length the end of the connection is the end of the page
  })
}
