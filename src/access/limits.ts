/** Limits of signing in, in one place. */

/** Wrong tokens: of one address, and in all. */
export const ADDRESS_TRIES = { count: 5, ms: 15 * 60_000 }
export const ALL_TRIES = { count: 20, ms: 60 * 60_000 }
/** Wrong tokens one after another, after which nobody may sign in until a restart. */
export const TRIES_IN_A_ROW = 100
/** The answer to the first wrong token of a row comes so much later, to each further one twice so late, up to the maximum. */
export const DELAY_MS = 100
export const DELAY_MAX_MS = 2_000
/** A session without a request, and one in all. */
export const SESSION_IDLE_MS = 30 * 60_000
export const SESSION_WHOLE_MS = 12 * 3_600_000
/** A shorter token can be guessed. */
export const TOKEN_LENGTH = 24
