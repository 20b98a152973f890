import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Clock } from '../clock.ts'
import type { Actor } from '../jobs/act.ts'
import { createAttempts } from './attempts.ts'
import { SESSION_WHOLE_MS } from './limits.ts'
import { createSessions } from './sessions.ts'
import type { AccessStore } from './store.ts'
import { createTokens, type TokenSettings } from './tokens.ts'
import { type Visitor, type VisitorSettings, visitorOf } from './visitor.ts'

/** A request as the gate reads it. */
// biome-ignore lint/suspicious/noExplicitAny: rooms have variables of their own beside the bindings
export type AtGate = Context<any>

/**
 * What the gate says. `closed`: no ADMIN_TOKEN, nobody comes in. `absent`: nothing was shown, or a session that is over.
 * `limited`: too many wrong tokens, this one was not looked at. `cleartext`: a cookie would travel readable.
 */
export type Verdict =
  | { kind: 'in'; actor: Actor }
  | { kind: 'closed' | 'absent' | 'wrong' | 'cleartext' }
  | { kind: 'limited'; retryAfterMs: number }

/** Who may see the administrator's doors: the page, its JSON, the metrics, the queues. */
export interface Gate {
  /** Whether ADMIN_TOKEN is set: without it nobody comes in. */
  isOpen: boolean
  /** Looks at the bearer, where one is shown, else at the session's cookie. `watching`: a live view asks again, which is no use of a session. */
  look(c: AtGate, how?: 'watching'): Promise<Verdict>
  /** Opens a session for whoever gives a right token, and ends the one that was there. */
  signIn(c: AtGate, token: string): Promise<Verdict>
  signOut(c: AtGate): Promise<void>
  /** Whether a change comes from a page of ours: a browser says so, a program with a bearer needs not. */
  isOwnPage(c: AtGate): boolean
}

const PLAIN_COOKIE = 'shopcrawl_session'
const BEARER = /^Bearer +(\S{1,500})$/i

/** The token of a bearer, empty where it cannot be one of ours; undefined for another scheme, which is a proxy's. */
const bearerOf = (header = ''): string | undefined =>
  /^Bearer(?: |$)/i.test(header) ? (BEARER.exec(header)?.[1] ?? '') : undefined

/** The gate over its parts. */
export function createGate(parts: {
  store: AccessStore
  clock: Clock
  settings: TokenSettings & VisitorSettings
}): Gate {
  const { store, clock, settings } = parts
  const tokens = createTokens(settings)
  const sessions = createSessions({ store, tokens })
  const attempts = createAttempts({ store, tokens, clock })
  const visitor = (c: AtGate) => visitorOf((c.env as HttpBindings).incoming, settings)
  const endSession = async (c: AtGate, { address, way }: Visitor): Promise<void> => {
    const id = cookieOf(c, way)
    const role = id === undefined ? undefined : await sessions.roleOf(id)
    if (id && role) await sessions.close(id, { role, way: 'page', address })
  }
  return {
    isOpen: tokens.isSet,
    look: async (c, how) => {
      if (!tokens.isSet) return { kind: 'closed' }
      const { address, way } = visitor(c)
      const token = bearerOf(c.req.header('authorization'))
      if (token !== undefined) {
        const tried = await attempts.try(token, address)
        return tried.kind === 'in' ? { kind: 'in', actor: { role: tried.role, way: 'program', address } } : tried
      }
      const id = cookieOf(c, way)
      const role = id === undefined ? undefined : await sessions.roleOf(id, how)
      return role ? { kind: 'in', actor: { role, way: 'page', address } } : { kind: 'absent' }
    },
    signIn: async (c, token) => {
      if (!tokens.isSet) return { kind: 'closed' }
      const at = visitor(c)
      if (at.way === 'http') return { kind: 'cleartext' }
      const tried = await attempts.try(token, at.address)
      if (tried.kind !== 'in') return tried
      await endSession(c, at)
      const actor: Actor = { role: tried.role, way: 'page', address: at.address }
      writeCookie(c, at.way, await sessions.open(actor))
      return { kind: 'in', actor }
    },
    signOut: async (c) => {
      const at = visitor(c)
      await endSession(c, at)
      eraseCookie(c, at.way)
    },
    isOwnPage: (c) => {
      const site = c.req.header('sec-fetch-site')
      if (site !== undefined) return site === 'same-origin'
      return c.req.header('origin') === visitor(c).origin
    },
  }
}

/** `__Host-`: no other host, path or plain connection can set it. Browsers take it over https alone. */
const cookieOf = (c: AtGate, way: Visitor['way']): string | undefined =>
  way === 'https' ? getCookie(c, PLAIN_COOKIE, 'host') : way === 'loopback' ? getCookie(c, PLAIN_COOKIE) : undefined

function writeCookie(c: AtGate, way: 'https' | 'loopback', id: string): void {
  const isSecure = way === 'https'
  setCookie(c, PLAIN_COOKIE, id, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: isSecure,
    maxAge: SESSION_WHOLE_MS / 1_000,
    ...(isSecure && { prefix: 'host' as const }),
  })
}

function eraseCookie(c: AtGate, way: Visitor['way']): void {
  if (way === 'https') deleteCookie(c, PLAIN_COOKIE, { path: '/', secure: true, prefix: 'host' })
  else deleteCookie(c, PLAIN_COOKIE, { path: '/' })
}
