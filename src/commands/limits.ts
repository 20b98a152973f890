/** Limits of what a person may type and of what is kept in memory, in one place. */

/** Longest command line, in characters, before anything is read of it. */
export const TEXT_MAX = 20_000
/** Longest search words, in characters (code points). */
export const WORDS_MAX = 200
/** Longest address: what old browsers and proxies take, in characters. */
export const URL_MAX = 2_083
/** Products unless said. */
export const STANDARD_LIMIT = 100
/** Window of the command quota, in milliseconds. */
export const QUOTA_WINDOW_MS = 60_000
/** People whose last commands are kept in memory for the quota; the longest silent is forgotten first. */
export const QUOTA_USERS_MAX = 10_000
/** Jobs that `history` shows. */
export const HISTORY_ROWS = 10
/** Choices of an autocompletion; Discord takes 25 of 100 characters. */
export const CHOICES_MAX = 25
export const CHOICE_LENGTH_MAX = 100
