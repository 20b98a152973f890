import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Role } from './store.ts'

/** The tokens of the settings. */
export interface TokenSettings {
  adminToken: string | null
  viewerToken: string | null
}

/** Which role a token opens, compared in constant time. */
export interface Tokens {
  /** Whether the administrator's token is set: without it nothing opens. */
  isSet: boolean
  roleOf(token: string): Role | undefined
  /** A mark of a role's token under a session's id: another token gives another mark. */
  markOf(role: Role, sessionId: string): string
}

/** The tokens of the settings. Only hashes are kept: all are of one length, so comparing tells nothing of the token's. */
export function createTokens({ adminToken, viewerToken }: TokenSettings): Tokens {
  const admin = adminToken === null ? undefined : hash(adminToken)
  const viewer = adminToken === null || viewerToken === null ? undefined : hash(viewerToken)
  return {
    isSet: admin !== undefined,
    roleOf: (token) => {
      const given = hash(token)
      const isAdmin = timingSafeEqual(given, admin ?? NONE)
      const isViewer = timingSafeEqual(given, viewer ?? NONE)
      return isAdmin ? 'admin' : isViewer ? 'viewer' : undefined
    },
    markOf: (role, sessionId) =>
      createHmac('sha256', sessionId)
        .update((role === 'admin' ? admin : viewer) ?? NONE)
        .digest('base64url'),
  }
}

/** What no token's hash is equal to. */
const NONE = randomBytes(32)

const hash = (text: string): Buffer => createHash('sha256').update(text).digest()

/** A token that nobody can guess, for a sentence that proposes one. */
export const proposeToken = (): string => randomBytes(24).toString('base64url')
