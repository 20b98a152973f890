import type { Http } from '../../src/http/app.ts'
import type { HttpServer } from '../../src/http/server.ts'
import { createTelemetry } from '../../src/telemetry/log.ts'
import { openTestHouse, type TestHouse, type TestHouseOptions } from './house.ts'

export const ADMIN_TOKEN = 'admin-token-of-the-tests-0123456789'
export const VIEWER_TOKEN = 'viewer-token-of-the-tests-0123456789'

/** A house with its port open and both tokens set. */
export interface AdminRig extends TestHouse {
  address: string
  /** Every handler of the port, as its router knows it: method and path. */
  routes(): { method: string; path: string }[]
  /** Asks with a bearer. */
  ask(path: string, options?: AskOptions): Promise<Response>
  /** Signs in as the page does. @returns the Cookie header */
  signIn(token?: string): Promise<string>
}

export interface AskOptions {
  method?: string
  token?: string | null
  cookie?: string
  body?: string
  headers?: Record<string, string>
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }

/** Opens it. Environment names of the options win over the tokens. */
export async function openAdminRig(options: TestHouseOptions = {}): Promise<AdminRig> {
  const telemetry = createTelemetry({ level: 'debug', destination: { write: () => undefined } })
  const env = { ADMIN_TOKEN, ADMIN_VIEWER_TOKEN: VIEWER_TOKEN, ...options.env }
  const house = await openTestHouse({ telemetry, ...options, env })
  let isStopping = false
  let http: Http | undefined
  const server: HttpServer = house.house.createServer({
    mounts: [
      (it) => {
        http = it
      },
    ],
    troubles: () => new Map(),
    isStopping: () => isStopping,
  })
  const address = await server.start()
  const ask = (path: string, asked: AskOptions = {}): Promise<Response> => {
    const token = asked.token === undefined ? ADMIN_TOKEN : asked.token
    return fetch(address + path, {
      method: asked.method ?? 'GET',
      redirect: 'manual',
      headers: {
        ...(token !== null && asked.cookie === undefined && { authorization: `Bearer ${token}` }),
        ...(asked.cookie !== undefined && { cookie: asked.cookie }),
        ...asked.headers,
      },
      ...(asked.body !== undefined && { body: asked.body }),
    })
  }
  return {
    ...house,
    address,
    routes: () => http!.routes,
    ask,
    signIn: async (token = ADMIN_TOKEN) => {
      const body = new URLSearchParams({ token }).toString()
      const answer = await ask('/admin/sign-in', { method: 'POST', token: null, headers: FORM, body })
      return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    },
    close: async () => {
      isStopping = true
      await server.stop()
      await house.close()
    },
  }
}
