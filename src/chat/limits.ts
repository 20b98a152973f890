/** Limits of what is sent to chat, in one place. */

/** Deliveries of one platform at once: enough to hide latency, few enough that each gets its turn within its hold. */
export const DELIVERIES = 8
/** Progress messages of one platform in flight at once. */
export const EDITS = 8
/** How long one call to a platform may take. */
export const CALL_MS = 15_000
/** How long a claimed entry is ours; after that another instance may take it. Covers two turns and two calls, which final edits need. */
export const HOLD_MS = 60_000
/** How often the tables are read when nobody nudges: rows of other processes are found so. */
export const POLL_MS = 1_000
/** Least time between two looks into the tables: checkpoints of a hundred jobs nudge more often than that. */
export const LOOK_MS = 50
/** A look is followed by so many times its own length: looks take a tenth of the thread's time at most. */
const LOOK_PAUSES = 9
/** @param tookMs how long the last look took */
export const pauseAfterLook = (tookMs: number): number => Math.min(Math.max(LOOK_MS, tookMs * LOOK_PAUSES), POLL_MS)
/** Pause after the first failed try of an entry; doubled by each further one. */
export const FIRST_BACKOFF_MS = 1_000
/** The longest pause between two tries: the newest state is shown within a minute of a platform's return. */
export const MAX_BACKOFF_MS = 30_000
/** After so many tries (about two hours) the pauses grow to LATE_BACKOFF_MS. */
export const LATE_AFTER_ATTEMPTS = 240
export const LATE_BACKOFF_MS = 600_000
/** An entry older than this is dropped. */
export const GIVE_UP_MS = 7 * 86_400_000
/** After this long, nothing that was on its way to a thread can arrive there any more: a call is cut before. */
export const CLOSING_AFTER_MS = CALL_MS + 5_000
/** How often notices of other processes are looked for; a process's own are told at once. */
export const NOTICE_POLL_MS = 10_000
/** Notices read at once. */
export const NOTICES = 20
/** A notice older than this tells nothing new. */
export const NOTICE_GIVE_UP_MS = 86_400_000
/** A key that is busy for longer is not waited for: its entries go back and others get their slots. */
export const TURN_WAIT_MS = 5_000
/** Calls in flight at a stop get this long to end; then they are cut and become uncertain. */
export const STOP_GRACE_MS = 8_000
/** Rows of `behind` read at once. */
export const BEHIND_ROWS = 500
/** Threads known to be gone that are remembered, so that no call is repeated there. */
export const GONE_THREADS = 1_000
/** How long a platform's word about a person's language is kept, and how long it may take to give it. */
export const LOCALE_KEEP_MS = 600_000
export const LOCALE_CALL_MS = 3_000
