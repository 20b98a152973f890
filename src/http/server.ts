import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Refusal } from '../errors.ts'
import type { Http } from './app.ts'
import {
  CONNECTIONS_MAX,
  HEADERS_MAX_BYTES,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  REQUEST_TIMEOUT_MS,
  STOP_GRACE_MS,
  TIMEOUT_CHECK_MS,
} from './limits.ts'

/** The one port. */
export interface HttpServer {
  /** @returns where it listens, e.g. http://127.0.0.1:3000 @throws Refusal `port.taken`, `port.unusable` */
  start(): Promise<string>
  /** Takes no new request; answers in flight get a few seconds. */
  stop(): Promise<void>
}

/** @param port 0 takes any free one */
export function createHttpServer({ http, host, port }: { http: Http; host: string; port: number }): HttpServer {
  const server = createAdaptorServer({
    fetch: http.fetch,
    serverOptions: {
      maxHeaderSize: HEADERS_MAX_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
  }) as Server
  server.maxConnections = CONNECTIONS_MAX
  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) => {
          const { code: cause = '' } = error
          const at = { host, port }
          if (cause === 'EADDRINUSE') reject(new Refusal('port.taken', at, { cause: error }))
          else reject(new Refusal('port.unusable', { ...at, cause }, { cause: error }))
        })
        server.listen(port, host, () => resolve(addressOf(server, host)))
      }),
    async stop() {
      if (!server.listening) return
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS)
      await closed
      clearTimeout(timer)
    },
  }
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
