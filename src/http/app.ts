import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Emit } from '../telemetry/events.ts'
import { faultId } from '../telemetry/fault-id.ts'

/** The one port's application: handlers may reach Node's own request and answer. */
export type Http = Hono<{ Bindings: HttpBindings }>

/** A room's or an adapter's part of the one port. */
export type Mount = (http: Http) => void

/** What every answer says to browsers. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
}

/** The one port's application: what is mounted, 404 for all else, and no word to strangers about what went wrong. */
export function createHttpApp({ mounts, emit }: { mounts: Mount[]; emit: Emit }): Http {
  const http: Http = new Hono()
  http.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(HEADERS)) if (!c.res.headers.has(name)) c.res.headers.set(name, value)
  })
  for (const mount of mounts) mount(http)
  http.notFound((c) => c.text('not found', 404))
  http.onError((error, c) => {
    const id = faultId()
    emit('fault', { id, where: 'http', error })
    return c.text(`internal error ${id}`, 500)
  })
  return http
}
