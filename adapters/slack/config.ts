import { z } from 'zod'
import type { PlatformSettings } from '../../src/config.ts'
import type { ConfigMistake } from '../../src/errors.ts'
import { list, type Setting, text } from '../../src/setting.ts'

const token = (name: string, prefix: string, about: string): Setting<string | null> => ({
  name,
  schema: text.regex(new RegExp(`^${prefix}[A-Za-z0-9-]{5,250}$`)),
  fallback: null,
  problem: 'token',
  expected: `${prefix}…`,
  example: '',
  about,
})

const SETTINGS = {
  botToken: token('SLACK_BOT_TOKEN', 'xoxb-', 'Bot token of the Slack app. With it the bot is in Slack.'),
  signingSecret: {
    name: 'SLACK_SIGNING_SECRET',
    schema: text.regex(/^[\x21-\x7e]{8,200}$/),
    fallback: null,
    problem: 'secret',
    expected: '8–200',
    example: '',
    about: 'Signing secret of the Slack app: proves that requests on POST /slack/events come from Slack.',
  } as Setting<string | null>,
  appToken: token('SLACK_APP_TOKEN', 'xapp-', 'App token of the Slack app: with it socket mode, else HTTP on PORT.'),
  apiUrl: {
    name: 'SLACK_API_URL',
    schema: z.url({ protocol: /^https?$/ }).transform((url) => (url.endsWith('/') ? url : `${url}/`)),
    fallback: 'https://slack.com/api/',
    problem: 'url',
    expected: 'https://slack.com/api/',
    example: 'https://slack.com/api/',
    about: 'Another root of Slack’s Web API, for tests and proxies.',
  } as Setting<string>,
  channels: {
    name: 'SLACK_CHANNELS',
    schema: list.pipe(z.array(z.string().regex(/^[CG][A-Z0-9]{2,20}$/))),
    fallback: [],
    problem: 'list',
    expected: 'C0123456789,G0123456789',
    example: '',
    about: 'Ids of the channels where the bot may be used; direct messages stay open. Default: every channel.',
  } as Setting<string[]>,
}

/** What Slack's own names say. */
export interface SlackSettings {
  botToken: string
  signingSecret: string | null
  /** With it: socket mode. */
  appToken: string | null
  /** Ends with a slash. */
  apiUrl: string
  /** Empty: every channel. */
  channels: string[]
}

/** The names of the environment that belong to Slack. */
export const slackSettings: PlatformSettings = { settings: SETTINGS, findMistakes }

function findMistakes({ botToken, signingSecret, appToken }: Record<string, unknown>): ConfigMistake[] {
  const needs = (setting: Setting<string | null>, expected: string): ConfigMistake[] => [
    { name: setting.name, problem: 'needs', expected },
  ]
  if (botToken && !appToken && !signingSecret)
    return needs(SETTINGS.botToken, `${SETTINGS.appToken.name} | ${SETTINGS.signingSecret.name}`)
  if (!botToken && appToken) return needs(SETTINGS.appToken, SETTINGS.botToken.name)
  return []
}

/** The settings of a Slack bot, or undefined where none is wanted. */
export const slackSettingsOf = (values: Record<string, unknown> | undefined): SlackSettings | undefined =>
  values?.botToken ? (values as unknown as SlackSettings) : undefined
