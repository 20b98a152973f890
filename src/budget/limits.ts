/** Limits of a host's pace, in one place. */

/** The pace of a host that complains never gets slower than this. */
export const MAX_SLOWED_INTERVAL_MS = 60_000
/** Good answers in a row before a slowed host gets half its slowness back. */
export const ANSWERS_TO_RECOVER = 5
/** Until a host has answered so often it is asked one request at a time. */
export const ANSWERS_TO_TRUST = 3
/** A host without requests for so long starts anew as a fresh one. */
export const FORGET_HOST_MS = 60 * 60_000
/** Hosts remembered at once. */
export const MAX_HOSTS = 10_000
