import { ApplicationFlagsBitField, PermissionsBitField, REST, Routes } from 'discord.js'
import { askSignal, type Check, type CheckContext, causeOf, type Finding } from '../../src/upkeep/finding.ts'
import type { Api } from './api.ts'
import type { DiscordSettings } from './config.ts'
import { type DiscordWords, discordWords } from './messages.ts'
import { inviteLink, isRegistered, PERMISSIONS, type Registered } from './register.ts'
import { INTENTS } from './transport.ts'

interface CheckParts {
  settings: DiscordSettings
  api: Pick<Api, 'options' | 'close'>
  commands: Registered[]
}

/** Below so many sessions left, something uses them up. */
const FEW_SESSIONS = 100

interface Application {
  id: string
  name: string
  bot_public?: boolean
  flags?: number
}
interface Server {
  id: string
  name: string
  /** Of the bot there. */
  permissions: string
}

/** One check underway. */
interface Inquiry extends CheckParts {
  words: DiscordWords['check']
  context: CheckContext
  get<T>(route: `/${string}`, query?: Record<string, string>): Promise<T>
}

/** Tests the settings of Discord: token, openness, intents, gateway, servers, permissions, commands. */
export const createDiscordCheck =
  (parts: CheckParts): Check =>
  async (context) => {
    const rest = new REST(parts.api.options).setToken(parts.settings.token)
    const { host } = new URL(parts.settings.apiUrl)
    rest.on('response', (_, response) => context.hearDate(host, response.headers.get('date')))
    const inquiry: Inquiry = {
      ...parts,
      words: discordWords(context.locale).check,
      context,
      get: async <T>(route: `/${string}`, query = {}) =>
        (await rest.get(route, { query: new URLSearchParams(query), signal: askSignal(context) })) as T,
    }
    try {
      return await inquire(inquiry)
    } finally {
      rest.clearHashSweeper()
      rest.clearHandlerSweeper()
      parts.api.close()
    }
  }

async function inquire(inquiry: Inquiry): Promise<Finding[]> {
  const { words, settings, get } = inquiry
  const application = await get<Application>('/applications/@me').catch((error) => ({ error }))
  if ('error' in application) {
    const { error } = application
    const sentence =
      error.status === 401
        ? words.tokenRefused(String(error.message))
        : words.silent(new URL(settings.apiUrl).host, causeOf(error))
    return [{ verdict: 'failure', sentence }]
  }
  const parts = await Promise.all([
    checkGateway(inquiry),
    checkServers(inquiry, application),
    checkCommands(inquiry, application),
  ])
  return [
    { verdict: 'pass', sentence: words.token(application.name) },
    checkOpenness(inquiry, application),
    ...checkIntents(inquiry, application),
    ...parts.flat(),
  ]
}

function checkOpenness({ words, settings }: Inquiry, { bot_public: isPublic }: Application): Finding {
  if (isPublic === false) return { verdict: 'pass', sentence: words.closed }
  return settings.guilds.length > 0
    ? { verdict: 'note', sentence: words.openListed }
    : { verdict: 'warning', sentence: words.open }
}

const PRIVILEGED = [
  ...(['GatewayPresence', 'GatewayPresenceLimited', 'GatewayGuildMembers'] as const),
  ...(['GatewayGuildMembersLimited', 'GatewayMessageContent', 'GatewayMessageContentLimited'] as const),
]

function checkIntents({ words }: Inquiry, { flags = 0 }: Application): Finding[] {
  const granted = new ApplicationFlagsBitField(flags).toArray()
  const spare = PRIVILEGED.filter((flag) => granted.includes(flag)).map((flag) =>
    flag.replace(/^Gateway|Limited$/g, ''),
  )
  const names = Object.keys(INTENTS).join(', ')
  return [
    { verdict: 'pass', sentence: words.intents(names) },
    ...(spare.length > 0 ? [{ verdict: 'note', sentence: words.intentsSpare(spare.join(', ')) } as const] : []),
  ]
}

/** Nobody logs in: a login costs one of the day's sessions. */
async function checkGateway({ words, context, get }: Inquiry): Promise<Finding[]> {
  const { url, session_start_limit: limit } = await get<{ url: string; session_start_limit: { remaining: number } }>(
    '/gateway/bot',
  )
  const { host } = new URL(url)
  const few: Finding[] =
    limit.remaining < FEW_SESSIONS ? [{ verdict: 'warning', sentence: words.sessions(limit.remaining) }] : []
  try {
    // any answer shows that the way is open; without an upgrade it is refused there
    const response = await fetch(url.replace(/^ws/, 'http'), { redirect: 'manual', signal: askSignal(context) })
    await response.body?.cancel()
    return [{ verdict: 'pass', sentence: words.gateway(host) }, ...few]
  } catch (error) {
    return [{ verdict: 'failure', sentence: words.gatewaySilent(host, causeOf(error)) }, ...few]
  }
}

async function checkServers({ words, settings, get }: Inquiry, { id }: Application): Promise<Finding[]> {
  const servers = await get<Server[]>(Routes.userGuilds())
  const invite = inviteLink(id)
  const absent = settings.guilds.filter((wanted) => !servers.some((server) => server.id === wanted))
  const used = servers.filter((server) => settings.guilds.length === 0 || settings.guilds.includes(server.id))
  return [
    ...(servers.length === 0 && absent.length === 0
      ? [{ verdict: 'warning', sentence: words.noServer(invite) } as const]
      : []),
    ...absent.map((server): Finding => ({ verdict: 'failure', sentence: words.absent(server, invite) })),
    ...used.map(({ name, permissions }): Finding => {
      const missing = new PermissionsBitField(BigInt(permissions)).missing(PERMISSIONS)
      return missing.length === 0
        ? { verdict: 'pass', sentence: words.server(name) }
        : { verdict: 'failure', sentence: words.permissions(name, missing.join(', '), invite) }
    }),
  ]
}

async function checkCommands({ words, settings, commands, get }: Inquiry, { id }: Application): Promise<Finding[]> {
  const places =
    settings.guilds.length === 0
      ? [{ where: words.everywhere, route: Routes.applicationCommands(id) }]
      : settings.guilds.map((guild) => ({ where: guild, route: Routes.applicationGuildCommands(id, guild) }))
  const findings = await Promise.all(
    places.map(async ({ where, route }): Promise<Finding> => {
      try {
        const known = await get<Registered[]>(route, { with_localizations: 'true' })
        const isSame = isRegistered(known, commands, settings.guilds.length > 0)
        return isSame
          ? { verdict: 'pass', sentence: words.commands }
          : { verdict: 'warning', sentence: words.commandsDiffer(where) }
      } catch (error) {
        return { verdict: 'failure', sentence: words.commandsRefused(where, causeOf(error)) }
      }
    }),
  )
  return findings
}
