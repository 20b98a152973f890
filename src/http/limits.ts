/** Limits of the one port, in one place. */

/** All headers of a request. */
export const HEADERS_MAX_BYTES = 16 * 1_024
/** How long a client may take for its headers, and for a whole request. */
export const HEADERS_TIMEOUT_MS = 10_000
export const REQUEST_TIMEOUT_MS = 30_000
/** How often those times are looked at. */
export const TIMEOUT_CHECK_MS = 2_000
export const KEEP_ALIVE_MS = 5_000
/** Connections at once; further ones are closed. */
export const CONNECTIONS_MAX = 1_000
/** Answers in flight at a stop get this long. */
export const STOP_GRACE_MS = 3_000
/** How long the database may take to say that it is there. */
export const READY_TIMEOUT_MS = 3_000
