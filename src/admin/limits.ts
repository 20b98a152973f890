/** Limits of the administrator's view, in one place. */

/** How often live numbers are read, once for all readers. */
export const LIVE_EVERY_MS = 1_000
/** Readers of live numbers, and of live logs, at once. */
export const LIVE_READERS = 20
/** Active jobs on the first screen. */
export const LIVE_ROWS = 50
/** How often a live view's session is looked at again. */
export const LOOK_AGAIN_MS = 15_000
/** Log lines that wait for one slow reader; after that it is cut off. */
export const BUFFER_MAX_BYTES = 1_000_000
