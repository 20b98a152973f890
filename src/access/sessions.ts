import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Actor } from '../jobs/act.ts'
import { SESSION_IDLE_MS, SESSION_WHOLE_MS } from './limits.ts'
import type { AccessStore, Role } from './store.ts'
import type { Tokens } from './tokens.ts'

/** Sessions of the page, kept on the server. */
export interface Sessions {
  /** Opens one. @returns its id, for the cookie alone; 256 random bits */
  open(actor: Actor): Promise<string>
  /** Whose it is, or undefined: unknown, idle, old, or opened by a token that is no longer set. */
  roleOf(id: string, how?: 'watching'): Promise<Role | undefined>
  close(id: string, actor: Actor): Promise<void>
}

const ID_FORM = /^[A-Za-z0-9_-]{43}$/
const LIMITS = { idleMs: SESSION_IDLE_MS, wholeMs: SESSION_WHOLE_MS }

/** Sessions over storage, which never holds an id: whoever reads the database cannot use one. */
export function createSessions({ store, tokens }: { store: AccessStore; tokens: Tokens }): Sessions {
  return {
    open: async (actor) => {
      const id = randomBytes(32).toString('base64url')
      const { role } = actor
      await store.openSession({ idHash: hash(id), role, tokenMark: tokens.markOf(role, id) }, actor)
      return id
    },
    roleOf: async (id, how) => {
      if (!ID_FORM.test(id)) return undefined
      const session = await store.session(hash(id), { ...LIMITS, isUse: how !== 'watching' })
      if (!session) return undefined
      const [mark, kept] = [tokens.markOf(session.role, id), session.tokenMark].map((it) => Buffer.from(it))
      return mark!.length === kept!.length && timingSafeEqual(mark!, kept!) ? session.role : undefined
    },
    close: (id, actor) => (ID_FORM.test(id) ? store.closeSession(hash(id), actor) : Promise.resolve()),
  }
}

const hash = (id: string): string => createHash('sha256').update(id).digest('base64url')
