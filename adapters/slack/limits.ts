/** Slack's limits and our own shares of them, in one place. Sources: docs.slack.dev, "rate limits" and "block kit". */

/** How long one call to the Web API may take. */
export const API_TIMEOUT_MS = 15_000
/** How long a call may take whose answer a person waits for. */
export const ANSWER_TIMEOUT_MS = 5_000
/** A press or command is worth nothing to Slack after 3 s; a form must be open by then. */
export const FORM_TIMEOUT_MS = 2_500
/** How long a file for one person may take to arrive. */
export const FILE_TIMEOUT_MS = 120_000

/** chat.update is tier 3: about 50 a minute for the whole workspace. */
export const EDIT_INTERVAL_MS = 1_200
/** chat.postMessage: one a second and channel. */
export const POST_INTERVAL_MS = 1_000
/** People read no faster than this. */
export const EDIT_MS = 3_000
/** A job that is over sooner gets no progress message. */
export const PROGRESS_AFTER_MS = 5_000
/** Where Slack says "too fast" without saying for how long. */
export const STANDARD_RETRY_AFTER_MS = 30_000
/** message_limit_exceeded: a workspace's limit of minutes. */
export const WORKSPACE_RETRY_AFTER_MS = 300_000

/** Top-level text: chat.update takes 4,000 characters. */
export const TEXT_MAX = 3_000
/** Blocks of one message; Home and forms take 100. */
export const BLOCKS_MAX = 50
export const VIEW_BLOCKS_MAX = 100
/** Characters of all blocks together; above about 13,200 Slack refuses (slackapi/bolt-js#2509). */
export const BLOCKS_TEXT_MAX = 11_000
/** Characters of one rich text block, as of a section. */
export const BLOCK_TEXT_MAX = 3_000
export const BUTTONS_A_BLOCK = 25
export const BUTTON_TEXT_MAX = 75
export const BUTTON_VALUE_MAX = 2_000
export const LINK_MAX = 3_000
export const TITLE_MAX = 24
export const OPTIONS_MAX = 100
export const OPTION_TEXT_MAX = 75

/** Body of a request from Slack: larger ones are refused before they are held in memory. */
export const BODY_MAX_BYTES = 1_048_576
/** A timestamp further from our clock than this, on either side, is refused. */
export const CLOCK_SKEW_MS = 300_000
/** Signatures remembered: none can be replayed within its ten minutes. */
export const SIGNATURES_MAX = 100_000

/** Sockets at once: while one is renewed by Slack, the other hears. */
export const SOCKETS = 2
/** A socket that has not said hello by then is given up. */
export const HELLO_TIMEOUT_MS = 15_000
/** A socket that ends sooner is no sign that the next may be opened at once. */
export const SHORT_LIFE_MS = 1_000
/** Pauses between tries to connect; apps.connections.open is tier 1, so they grow to a minute. */
export const FIRST_PAUSE_MS = 500
export const LAST_PAUSE_MS = 60_000
/** So long without any socket is worth a red light. */
export const DEAF_AFTER_MS = 20_000

/** People whose name, language and direct channel are remembered, and for how long. */
export const PEOPLE_MAX = 10_000
export const PERSON_KEEP_MS = 3_600_000
export const PERSON_RETRY_MS = 60_000
/** response_url works for 30 minutes, five times. */
export const RESPONSE_URL_MS = 1_700_000
export const RESPONSE_URLS_MAX = 5_000
/** Permanent links remembered. */
export const LINKS_MAX = 5_000

/** Pages of a conversation that are searched for a message of ours, and messages a page. */
export const LOOKUP_PAGES = 5
export const LOOKUP_MESSAGES = 200
/** How long Slack may take to show a file whose upload it has completed. */
export const SHARING_MS = 3_000
/** How far our clock and Slack's may differ when a search is bounded by time. */
export const LOOKUP_SKEW_MS = 600_000

/** Handlers in flight at a stop get this long to end. */
export const STOP_GRACE_MS = 5_000
