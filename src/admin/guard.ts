import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import type { Verdict } from '../access/gate.ts'
import { isForm, refuse, wantsPage } from './answers.ts'
import type { AdminContext, AdminEnv, AdminParts } from './env.ts'
import { QUEUES_PATH, QUEUES_STYLE } from './queue-board.ts'
import { signInPage } from './views/sign-in.tsx'

/** Bytes of a form. */
const BODY_MAX = 64 * 1_024
const YEAR_S = 31_536_000

/** Nothing runs on a page but what is served from here; nobody may put it into a frame. */
const POLICY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
}
const POLICY_HEADER = 'content-security-policy'
/** The queues' pages name their own place by a base element. */
const QUEUES_POLICY = { ...POLICY, styleSrc: ["'self'", QUEUES_STYLE], baseUri: ["'self'"] }

/** What every answer says to browsers. One that brings a policy of its own keeps that: a shop's saved page. */
export function headers({ isHttps }: AdminParts): MiddlewareHandler {
  const rest = {
    xFrameOptions: 'DENY',
    strictTransportSecurity: isHttps ? `max-age=${YEAR_S}` : (false as const),
    permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
  }
  const ours = secureHeaders({ ...rest, contentSecurityPolicy: POLICY })
  const queues = secureHeaders({ ...rest, contentSecurityPolicy: QUEUES_POLICY })
  return async (c, next) => {
    let stricter: string | null = null
    await (c.req.path.startsWith(QUEUES_PATH) ? queues : ours)(c, async () => {
      await next()
      stricter = c.res.headers.get(POLICY_HEADER)
    })
    if (stricter !== null) c.res.headers.set(POLICY_HEADER, stricter)
  }
}

/** No cache keeps what an administrator saw. */
export const uncached: MiddlewareHandler = async (c, next) => {
  await next()
  if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
}

/** What a body may be. */
export const limitBody = bodyLimit({ maxSize: BODY_MAX, onError: (c) => c.text('too large', 413) })

/** Lets nobody through without the administrator's token being set: not even to the page's style. */
export const openOnly =
  ({ gate }: AdminParts): MiddlewareHandler<AdminEnv> =>
  async (c, next) =>
    gate.isOpen ? next() : turnAway(c, { kind: 'closed' })

/** Lets through whoever the gate knows; lets change whoever may act, from a page of ours or with the token itself. */
export const guard =
  ({ gate }: AdminParts): MiddlewareHandler<AdminEnv> =>
  async (c, next) => {
    const verdict = await gate.look(c)
    if (verdict.kind !== 'in') return turnAway(c, verdict)
    const { actor } = verdict
    c.set('actor', actor)
    c.var.view.mayAct = actor.role === 'admin'
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    if (actor.way === 'page' && !gate.isOwnPage(c)) return refuse(c, 403, 'foreign')
    if (actor.role !== 'admin' && c.req.path !== '/admin/sign-out') return refuse(c, 403, 'viewer_only')
    if (hasForeignBody(c)) return refuse(c, 415, 'unsupported')
    return next()
  }

function hasForeignBody(c: AdminContext): boolean {
  const type = c.req.header('content-type')
  return type !== undefined && !isForm(c) && !/^application\/json\s*(?:;|$)/i.test(type)
}

/** 401, or 429 after too many wrong tokens: a page with the sign-in form for browsers, JSON for programs. */
export function turnAway(c: AdminContext, verdict: Exclude<Verdict, { kind: 'in' }>): Response | Promise<Response> {
  const { view } = c.var
  const status = verdict.kind === 'limited' ? 429 : verdict.kind === 'cleartext' ? 403 : 401
  const message = verdict.kind === 'limited' ? view.t('limited', { ms: verdict.retryAfterMs }) : view.t(verdict.kind)
  if (verdict.kind === 'limited') c.header('retry-after', String(Math.ceil(verdict.retryAfterMs / 1_000)))
  if (wantsPage(c)) return c.html(signInPage(view, verdict.kind, message), status)
  if (status === 401) c.header('www-authenticate', 'Bearer realm="shopcrawl"')
  return c.json({ error: { code: verdict.kind, message } }, status)
}
