import type { Command } from '../../src/commands/command.ts'
import { usageOf } from '../../src/commands/usage.ts'
import { createSay } from '../../src/messages/say.ts'
import { COMMAND, EVENTS_PATH } from './command.ts'

/** What the bot may do, and why: nothing that is not used. */
export const SCOPES = {
  'app_mentions:read': 'hear "@bot status" in threads, where slash commands do not work',
  'channels:history': 'look for its own message before one of unknown fate is sent again, in public channels',
  'chat:write': 'post and edit its threads',
  commands: 'offer /crawl',
  'files:write': 'put the result file into the thread',
  'groups:history': 'as channels:history, in private channels that it was invited to',
  'im:history': 'hear what is written to it directly',
  'im:write': 'open the direct message for private jobs and files',
  'users:read': 'know a person’s name and language',
} as const

/** The events that it hears. */
const EVENTS = ['app_home_opened', 'app_mention', 'message.im']

/** Slack shows this much of a usage hint. */
const HINT_MAX = 1_000
/** Where the placeholder of the service's address stands in the HTTP manifest. */
const ADDRESS = 'https://YOUR-PUBLIC-URL'

/** The app's manifest, made from the command table. @param mode `http` names PUBLIC_URL where it must be filled in */
export function slackManifest(commands: readonly Command[], mode: 'socket' | 'http'): Record<string, unknown> {
  const requests = mode === 'http' ? { request_url: `${ADDRESS}${EVENTS_PATH}` } : {}
  return {
    display_information: {
      name: 'shopcrawl',
      description: 'Crawls shop product listings into a file',
      long_description: LONG_DESCRIPTION,
      background_color: '#1f2937',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: 'shopcrawl', always_online: true },
      slash_commands: [
        {
          command: COMMAND,
          ...(mode === 'http' ? { url: requests.request_url } : {}),
          description: '쇼핑몰 상품 목록 수집 · Crawl a shop',
          usage_hint: usageHint(commands),
          should_escape: false,
        },
      ],
    },
    oauth_config: { scopes: { bot: Object.keys(SCOPES) } },
    settings: {
      event_subscriptions: { ...requests, bot_events: EVENTS },
      interactivity: { is_enabled: true, ...requests },
      org_deploy_enabled: false,
      socket_mode_enabled: mode === 'socket',
      token_rotation_enabled: false,
    },
  }
}

const LONG_DESCRIPTION = [
  'Type /crawl with a shop and what you look for, or an address of a product list. The bot opens a thread, shows how',
  'far it is, and puts an Excel, CSV or JSON file there when it is done. One crawl at a time for each person;',
  'robots.txt is obeyed, and nobody sees another person’s private results.',
].join(' ')

/** The first command with its options, then the names of the others. */
function usageHint(commands: readonly Command[]): string {
  const shown = commands.filter(({ isInternal }) => !isInternal)
  const [first, ...others] = shown
  const usage = usageOf(first!, createSay('Asia/Seoul'), 'en')
  return [usage, ...others.map(({ name }) => name)].join(' | ').slice(0, HINT_MAX)
}

/** The file's text, as it stands in the repository. */
export const manifestText = (commands: readonly Command[], mode: 'socket' | 'http'): string =>
  `${JSON.stringify(slackManifest(commands, mode), null, 2)}\n`
