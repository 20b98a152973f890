import type { Clock } from '../clock.ts'
import { ADDRESS_TRIES, ALL_TRIES, DELAY_MAX_MS, DELAY_MS, TRIES_IN_A_ROW } from './limits.ts'
import type { AccessStore, Role } from './store.ts'
import type { Tokens } from './tokens.ts'

/** What a token that somebody gave is worth. `limited`: it was not looked at. */
export type Tried = { kind: 'in'; role: Role } | { kind: 'wrong' } | { kind: 'limited'; retryAfterMs: number }

/** Looks at tokens, one after another, and counts the wrong ones. */
export interface Attempts {
  /** @param address whoever gives it, as src/access/address.ts names them */
  try(token: string, address: string): Promise<Tried>
}

const LIMITS = { ofAddress: ADDRESS_TRIES, ofAll: ALL_TRIES }

/**
 * Attempts over storage, so that all instances and a restart share the counts. They wait for each other: a hundred
 * guesses at once are counted like a hundred in a row. The answer to a wrong one comes late, and keeps nobody waiting.
 */
export function createAttempts(parts: { store: AccessStore; tokens: Tokens; clock: Clock }): Attempts {
  const { store, tokens, clock } = parts
  let inARow = 0
  let last: Promise<unknown> = Promise.resolve()
  const look = async (token: string, address: string): Promise<Tried> => {
    if (inARow >= TRIES_IN_A_ROW) return { kind: 'limited', retryAfterMs: ALL_TRIES.ms }
    const retryAfterMs = await store.untilFree(address, LIMITS)
    if (retryAfterMs > 0) return { kind: 'limited', retryAfterMs }
    const role = tokens.roleOf(token)
    if (role) {
      inARow = 0
      return { kind: 'in', role }
    }
    inARow++
    await store.noteWrong(address, Math.max(ADDRESS_TRIES.ms, ALL_TRIES.ms))
    return { kind: 'wrong' }
  }
  return {
    try: async (token, address) => {
      const turn = last.then(() => look(token, address))
      last = turn.catch(() => undefined)
      const tried = await turn
      if (tried.kind === 'wrong') await clock.sleep(Math.min(DELAY_MAX_MS, DELAY_MS * 2 ** (inARow - 1)))
      return tried
    },
  }
}
