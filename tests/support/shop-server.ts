import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as the server saw it. */
export interface Call {
  method: string
  /** Path with query. */
  path: string
  headers: IncomingMessage['headers']
  body: string
  /** performance.now() at its arrival. */
  at: number
  /** Requests that the server was answering when it came, itself counted. */
  atOnce: number
}

/** Answers a request by hand, or is a page: a text served as HTML. */
export type ShopRoute = string | ShopHandler
export type ShopHandler = (request: IncomingMessage, response: ServerResponse, call: Call) => unknown

/** A shop on loopback that remembers how it was asked. */
export interface ShopServer {
  origin: string
  port: number
  /** `127.0.0.1:port`, for CRAWL_ALLOW_ADDRESSES. */
  address: string
  calls: Call[]
  /** Paths asked, without robots.txt. */
  paths(): string[]
  /** Adds or replaces routes; the key is a path, with or without its query, or `*`. */
  route(routes: Record<string, ShopRoute>): void
  /** How many TCP connections were opened to it. */
  connections(): number
  close(): Promise<void>
}

/**
 * Opens a shop on 127.0.0.1, port 0. Unless a route says otherwise robots.txt is absent (404), like any unknown path.
 * @param settings.keepAliveMs how long an idle connection is kept; Node's 5 s unless said
 */
export async function openShopServer(
  routes: Record<string, ShopRoute> = {},
  settings: { keepAliveMs?: number } = {},
): Promise<ShopServer> {
  const table = new Map(Object.entries(routes))
  const calls: Call[] = []
  let busy = 0
  let connections = 0

  const listener: RequestListener = async (request, response) => {
    busy += 1
    response.on('close', () => {
      busy -= 1
    })
    const path = request.url ?? ''
    const { method = '', headers } = request
    const call: Call = { method, path, headers, body: '', at: performance.now(), atOnce: busy }
    calls.push(call)
    for await (const chunk of request) call.body += chunk
    const route =
      table.get(path) ?? table.get(path.split('?')[0]!) ?? (path === '/robots.txt' ? absent : table.get('*'))
    if (typeof route === 'string') sendHtml(response, route)
    else await (route ?? absent)(request, response, call)
  }

  const server = createServer((request, response) => {
    Promise.resolve(listener(request, response)).catch(() => response.destroy())
  })
  if (settings.keepAliveMs !== undefined) {
    server.keepAliveTimeout = settings.keepAliveMs
    ;(server as { keepAliveTimeoutBuffer?: number }).keepAliveTimeoutBuffer = 0 // Node 24 adds a second of its own
  }
  server.on('connection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    address: `127.0.0.1:${port}`,
    calls,
    paths: () => calls.map((call) => call.path).filter((path) => path !== '/robots.txt'),
    route: (more) => {
      for (const [path, route] of Object.entries(more)) table.set(path, route)
    },
    connections: () => connections,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const absent: ShopHandler = (_request, response) => {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('no such page')
}

/** Sends a page as HTML in UTF-8. */
export function sendHtml(response: ServerResponse, html: string): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': Buffer.byteLength(html) })
  response.end(html)
}

/** A route that redirects. */
export const redirectTo =
  (location: string, status = 302): ShopHandler =>
  (_request, response) => {
    response.writeHead(status, { location }).end()
  }

/** A route that answers a status, with headers. */
export const answerWith =
  (status: number, headers: Record<string, string> = {}, body: string | Buffer = ''): ShopHandler =>
  (_request, response) => {
    response.writeHead(status, headers).end(body)
  }

/** A route that serves a text file. */
export const textFile = (text: string): ShopHandler => answerWith(200, { 'content-type': 'text/plain' }, text)
