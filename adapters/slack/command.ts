/** The one slash command; all others are words behind it. */
export const COMMAND = '/crawl'
/** Where Slack sends events, commands and presses in HTTP mode. */
export const EVENTS_PATH = '/slack/events'
