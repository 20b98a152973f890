import type { Actor } from '../jobs/act.ts'

/** Who may see and who may act. */
export type Role = Actor['role']

/** A session as it is stored: nothing in it opens anything. */
export interface StoredSession {
  /** SHA-256 of the id that the cookie holds. */
  idHash: string
  role: Role
  /** HMAC of the token that opened it, under the cookie's id. */
  tokenMark: string
}

/** How many wrong tokens there were, and when there is room for another try. */
export interface Tries {
  count: number
  ms: number
}

/** The part of storage that src/access needs. */
export interface AccessStore {
  /** Keeps a session, notes it in the audit list, and removes sessions that are over; in one transaction. */
  openSession(session: StoredSession, actor: Actor): Promise<void>
  /** A session that is neither idle nor old, or undefined; with `isUse` it is noted that it was used. */
  session(
    idHash: string,
    limits: { idleMs: number; wholeMs: number; isUse: boolean },
  ): Promise<StoredSession | undefined>
  /** Ends a session and notes it in the audit list. */
  closeSession(idHash: string, actor: Actor): Promise<void>
  /** Milliseconds until an address may try again: 0 when it may now. */
  untilFree(address: string, limits: { ofAddress: Tries; ofAll: Tries }): Promise<number>
  /** Counts a wrong token; counts older than `keepMs` go. */
  noteWrong(address: string, keepMs: number): Promise<void>
}
