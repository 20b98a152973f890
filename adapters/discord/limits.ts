/** Limits of Discord (its API documentation) and of this adapter, in one place. Times in milliseconds. */

/** Characters of a message. */
export const CONTENT_MAX = 2_000
/** Characters of an embed's description. */
export const DESCRIPTION_MAX = 4_096
/** Characters of one piece of text before escaping, which can double it. */
export const SPAN_MAX = 900
export const BUTTONS_PER_ROW = 5
export const ROWS_MAX = 5
export const LABEL_MAX = 80
export const CUSTOM_ID_MAX = 100
export const THREAD_NAME_MAX = 100
/** Longer addresses become plain text. */
export const LINK_MAX = 500
/** Characters of a command's description. */
export const ABOUT_MAX = 100
export const OPTIONS_MAX = 25

/** Where no interaction has told another limit yet: 10 MiB. */
export const ATTACHMENT_BYTES = 10 * 1024 * 1024
/** Minutes of silence after which a thread is archived: a day. */
export const AUTO_ARCHIVE_MINUTES = 1_440

/** One try of a REST call. */
export const REST_MS = 15_000
/** Discord bans an address after 10,000 answers of 401, 403 and 429 in ten minutes; we stop ourselves far before. */
export const INVALID_MAX = 1_000
export const INVALID_WINDOW_MS = 600_000
/** Discord ends all sessions and resets the token after 1,000 IDENTIFY in a day. */
export const IDENTIFIES_A_DAY = 200
/** One IDENTIFY in five seconds (max_concurrency 1). */
export const IDENTIFY_EVERY_MS = 5_000
/** Pauses between tries to log in. */
export const FIRST_LOGIN_PAUSE_MS = 1_000
export const LOGIN_PAUSE_MAX_MS = 60_000
/** A gateway that is away for so long is begun anew; the library's own tries come every half second until then. */
export const STUCK_MS = 120_000
export const LOOK_MS = 5_000
/** How long a login may still settle at an end, and a connection take to close. */
export const CLOSE_MS = 2_000
/** Pauses between tries to register the commands. */
export const REGISTER_PAUSE_MS = 5_000
export const REGISTER_PAUSE_MAX_MS = 600_000
/** Commands in hand at a stop get this long for their answers. */
export const STOP_MS = 5_000

/** Least time between two edits of one progress message. */
export const EDIT_MS = 3_000
/** Least time between two calls in one channel: usually 5 posts and 5 edits in 5 seconds are allowed. */
export const CHANNEL_MS = 1_000
/** A bot may send 50 requests a second; so much of a second each active thread's edit takes, which leaves room. */
export const EDIT_SHARE_MS = 30
/** A thread without an edit for this long is no longer active. */
export const ACTIVE_MS = 60_000
/** A job that ends sooner gets no progress message. */
export const PROGRESS_AFTER_MS = 5_000

/** An interaction takes its first answer for 3 seconds; less the way there. */
export const DEFER_MS = 2_500
/** Waits before the answer to a command is tried again. */
export const ANSWER_PAUSES_MS = [500, 2_000]
/** Slow mode and write limits that name no time of their own. */
export const SLOW_MODE_MS = 10_000
/** Direct messages opened too fast. */
export const DIRECT_PAUSE_MS = 120_000

/** Clocks of Discord and of this machine may differ by so much. */
export const SKEW_MS = 10_000
/** Messages of one reading, and readings, when an uncertain post is looked for. */
export const FIND_PAGE = 100
export const FIND_PAGES = 5
/** Entries of each memory (languages, direct channels, threads' parents, long commands). */
export const REMEMBERED = 5_000
/** How long a person's membership of an allowed server is believed. */
export const MEMBER_MS = 600_000
/** Servers that one call tells of (docs.discord.com, Get Current User Guilds). */
export const SERVERS_A_PAGE = 200
