/** Limits of a job's life, in one place (reasons: docs/decisions/0003-limits.md). */

/** How long a claim is good without being renewed, by the database's clock. */
export const LEASE_MS = 15_000
/** How often a running job's lease is renewed. */
export const RENEW_MS = 5_000
/** Tries of a whole job for passing reasons; the fifth failure is the last. */
export const MAX_ATTEMPTS = 5
/** Takeovers without a checkpoint between them after which a job counts as poison. */
export const MAX_TAKEOVERS = 3
/** How often queued rows that the queue does not know are looked for: a lost hint, a row of another process. */
export const SWEEP_MS = 1_000
/** How many queued rows one sweep reads. */
export const SWEEP_ROWS = 500
/** Queued rows due within this long are handed to the queue already. */
export const SWEEP_AHEAD_MS = 60_000
/** How often leases that ran out are looked for. */
export const RESCUE_MS = 5_000
/** So many messages and files that wait for one workspace of a chat, and no new job begins there. */
export const BACKLOG_MAX = 10_000
/** robots.txt away: the job comes again after this long, ROBOTS_TRIES times (RFC 9309 §2.3.1.4 asks to assume "disallow"). */
export const ROBOTS_RETRY_MS = 300_000
export const ROBOTS_TRIES = 3
/** The longest Retry-After that a job waits for in the queue. */
export const MAX_REQUEUE_MS = 86_400_000
