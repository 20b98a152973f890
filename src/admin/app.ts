import { OpenAPIHono } from '@hono/zod-openapi'
import type { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { Refusal } from '../errors.ts'
import { isForm, refuse, refuseAct } from './answers.ts'
import { type AdminApp, addActs, addReads } from './api.ts'
import { ASSETS } from './assets.ts'
import type { AdminEnv, AdminParts } from './env.ts'
import { guard, headers, limitBody, openOnly, turnAway, uncached } from './guard.ts'
import { addLive } from './live.ts'
import { addLiveLogs } from './live-logs.ts'
import { addPages } from './pages.ts'
import { addQueues } from './queues.ts'
import { prepareView } from './view.ts'

/**
 * `/admin`: the administrator's page and the same as JSON. Whatever is added below the guard is behind it; only the
 * page's own style and the sign-in form stand before, and those too need ADMIN_TOKEN to be set.
 */
export function mountAdmin(parts: AdminParts) {
  const app: AdminApp = new OpenAPIHono<AdminEnv>({
    defaultHook: (result, c) => (result.success ? undefined : refuse(c, 400, 'bad_request')),
  })
  app.onError((error, c) => {
    if (error instanceof Refusal) return refuseAct(c, error)
    if (error instanceof HTTPException && error.status < 500) return refuse(c, 400, 'bad_request')
    throw error
  })
  app.use('*', headers(parts), uncached, prepareView(parts), openOnly(parts), limitBody)
  ASSETS.mount(app)
  addSignIn(app, parts)
  app.use('*', guard(parts))
  addPages(app, parts)
  addReads(app, parts)
  addActs(app, parts)
  addLive(app, parts)
  addLiveLogs(app, parts)
  addQueues(app, parts)
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'shopcrawl', version: '1', description: 'What the administrator’s page reads and does.' },
    servers: [{ url: '/admin' }],
    security: [{ bearer: [] }],
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  app.all('*', (c) => refuse(c, 404, 'not_found'))
  // biome-ignore lint/suspicious/noExplicitAny: the port's own variables are none of ours
  return (http: Hono<any>): void => void http.route('/admin', app)
}

function addSignIn(app: AdminApp, { gate }: AdminParts): void {
  app.post('/sign-in', async (c) => {
    if (!gate.isOwnPage(c)) return refuse(c, 403, 'foreign')
    if (!isForm(c)) return refuse(c, 415, 'unsupported')
    const { token } = await c.req.parseBody()
    const verdict = await gate.signIn(c, typeof token === 'string' ? token : '')
    return verdict.kind === 'in' ? c.redirect('/admin', 303) : turnAway(c, verdict)
  })
  app.post('/sign-out', async (c) => {
    if (!gate.isOwnPage(c)) return refuse(c, 403, 'foreign')
    await gate.signOut(c)
    return c.redirect('/admin', 303)
  })
}
