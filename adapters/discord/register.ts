import { ApplicationCommandOptionType, InteractionContextType, PermissionFlagsBits, Routes } from 'discord.js'
import { PlatformDown, RateLimited, ThreadGone } from '../../src/chat/platform.ts'
import { type Clock, rest } from '../../src/clock.ts'
import type { Command, Options } from '../../src/commands/command.ts'
import { CRAWL } from '../../src/commands/command-words.ts'
import { WORDS_MAX } from '../../src/commands/limits.ts'
import type { Option } from '../../src/commands/options.ts'
import { COMMANDS } from '../../src/commands/table.ts'
import { explain } from '../../src/commands/usage.ts'
import type { Locale } from '../../src/messages/locale.ts'
import type { Say } from '../../src/messages/say.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import type { Api } from './api.ts'
import { cutTo } from './escape.ts'
import { ABOUT_MAX, OPTIONS_MAX, REGISTER_PAUSE_MAX_MS, REGISTER_PAUSE_MS, SERVERS_A_PAGE } from './limits.ts'

/** A shop that gets a subcommand. */
export interface Shop {
  name: string
  label: Record<Locale, string>
}

export interface Wording {
  say: Say
  maxProducts: number
}

/** The subcommand that takes an address instead of a shop. */
export const URL_COMMAND = 'url'
/** Commands for those who cannot click: where there are buttons, they are in the way. */
const TYPED_ONLY = ['press']

/** A slash command or an option of one, in the API's form; only fields that differ from Discord's defaults. */
export interface Registered {
  type?: number
  name: string
  description: string
  name_localizations?: Record<string, string>
  description_localizations?: Record<string, string>
  options?: Registered[]
  required?: boolean
  choices?: { name: string; value: string }[]
  autocomplete?: boolean
  min_value?: number
  max_value?: number
  max_length?: number
  contexts?: number[]
  integration_types?: number[]
}

/** `/crawl` with a subcommand for each shop, for an address, and for each command of the table. */
export function slashCommands(shops: readonly Shop[], wording: Wording): Registered[] {
  const crawl = COMMANDS.find(({ name }) => name === CRAWL)!
  const { site: _, url, words, ...common } = crawl.options
  const shown = COMMANDS.filter((one) => one !== crawl && !one.isInternal && !TYPED_ONLY.includes(one.name))
  const subcommands = [
    ...shops.map((shop) => shopCommand(shop, { ...(words ? { words } : {}), ...common }, wording)),
    addressCommand(crawl, { url: { ...url!, isRequired: true }, ...common }, wording),
    ...shown.map((one) => tableCommand(one, wording)),
  ]
  return [
    {
      type: 1, // a chat command
      name: CRAWL,
      ...described((locale) => wording.say(locale, 'help.title')),
      options: subcommands.slice(0, OPTIONS_MAX),
      contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
      integration_types: [0], // installed in a server
    },
  ]
}

const SUBCOMMAND = ApplicationCommandOptionType.Subcommand

const shopCommand = (shop: Shop, options: Options, wording: Wording): Registered => ({
  type: SUBCOMMAND,
  name: shop.name,
  ...named(shop.label.ko),
  ...described((locale) => `${shop.label[locale]}: ${wording.say(locale, 'help.crawl')}`),
  options: optionsOf(options, wording),
})

const addressCommand = (crawl: Command, options: Options, wording: Wording): Registered => ({
  type: SUBCOMMAND,
  name: URL_COMMAND,
  ...named(wording.say('ko', 'placeholder.url')),
  ...described((locale) => `${wording.say(locale, 'help.url')}: ${wording.say(locale, crawl.help)}`),
  options: optionsOf(options, wording),
})

const tableCommand = (one: Command, wording: Wording): Registered => ({
  type: SUBCOMMAND,
  name: one.name,
  ...named(one.names[0]),
  ...described((locale) => wording.say(locale, one.help)),
  options: optionsOf(one.options, wording),
})

/** Required ones first, as Discord wants. */
function optionsOf(options: Options, wording: Wording): Registered[] {
  const made = Object.entries(options).map(([name, option]) => optionOf(name, option, wording))
  return [...made.filter(({ required }) => required), ...made.filter(({ required }) => !required)]
}

function optionOf(name: string, option: Option, wording: Wording): Registered {
  return {
    ...typeOf(option, wording),
    name,
    ...named(koreanName(option, wording)),
    ...described((locale) => explain(option, wording.say, locale, wording.maxProducts)),
    ...(option.isRequired ? { required: true } : {}),
  }
}

function typeOf(option: Option, { maxProducts }: Wording): Partial<Registered> {
  const text = { type: ApplicationCommandOptionType.String }
  if (option.choices) return { ...text, choices: option.choices.map((value) => ({ name: value, value })) }
  if (option.kind === 'count')
    return { type: ApplicationCommandOptionType.Integer, min_value: 1, max_value: maxProducts }
  if (option.kind === 'flag') return { type: ApplicationCommandOptionType.Boolean }
  if (option.kind === 'url' || option.kind === 'code') return text
  return { ...text, autocomplete: true, ...(option.kind === 'words' ? { max_length: WORDS_MAX } : {}) }
}

/** The first Korean alias, else the word that stands for its value in help. */
const koreanName = (option: Option, { say }: Wording): string =>
  option.aliases.find((alias) => /\p{Script=Hangul}/u.test(alias)) ?? say('ko', option.placeholder)

/** Names on Discord: lower case, letters, digits, `-` and `_`. Another one stays without a translation. */
const NAME = /^[-_\p{L}\p{N}]{1,32}$/u
const named = (korean: string): Pick<Registered, 'name_localizations'> =>
  NAME.test(korean) ? { name_localizations: { ko: korean.toLowerCase() } } : {}

const described = (
  about: (locale: Locale) => string,
): Pick<Registered, 'description' | 'description_localizations'> => ({
  description: cutTo(about('en'), ABOUT_MAX),
  description_localizations: { ko: cutTo(about('ko'), ABOUT_MAX) },
})

/** Fields that are compared: the others are Discord's own or at their defaults. */
const FIELDS = [
  ...['type', 'name', 'description', 'name_localizations', 'description_localizations', 'required', 'choices'],
  ...['autocomplete', 'min_value', 'max_value', 'max_length', 'contexts', 'integration_types', 'options'],
] as const

/** A command as a text that is equal for equal commands, whatever defaults Discord has filled in. */
function canonical(command: Registered): unknown {
  const entries = FIELDS.map((field): [string, unknown] => [field, comparable(command[field as keyof Registered])])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function comparable(value: unknown): unknown {
  if (value === null || value === false || (Array.isArray(value) && value.length === 0)) return undefined
  if (!Array.isArray(value)) return value
  return value.map((item) =>
    typeof item !== 'object' ? item : 'value' in item ? [item.name, item.value] : canonical(item),
  )
}

const textOf = (commands: Registered[]): string => JSON.stringify(commands.map(canonical))

/** Where a command shows is told of global ones only. */
const inServer = ({ contexts: _, integration_types: __, ...command }: Registered): Registered => command

/** Whether what Discord has is what is wanted. @param isServer where it shows is told of global commands only */
export const isRegistered = (known: Registered[], wanted: Registered[], isServer: boolean): boolean => {
  const read = isServer ? inServer : (it: Registered) => it
  return textOf(known.map(read)) === textOf(wanted.map(read))
}

export interface Registration {
  api: Api
  clock: Clock
  emit: Emit
  applicationId: string
  /** Empty: everywhere. */
  guilds: readonly string[]
  commands: Registered[]
}

/** Registers the commands, again and again until Discord has them, or the signal aborts. Never throws. */
export async function registerUntilDone(parts: Registration, signal: AbortSignal): Promise<void> {
  for (let pause = REGISTER_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, REGISTER_PAUSE_MAX_MS)) {
    try {
      return await register(parts)
    } catch (error) {
      const cause = `registration: ${error instanceof Error ? error.message : String(error)}`
      parts.emit('chat.failed', { platform: 'discord', cause })
      if (error instanceof PlatformDown) return
      await rest(parts.clock, pause, signal)
    }
  }
}

/**
 * Registers the commands where they differ from what Discord has: in the allowed servers, else globally; and nowhere
 * else any stay, or people would see each command twice, or one that is always refused.
 */
async function register(parts: Registration): Promise<void> {
  const { emit, applicationId, guilds, commands } = parts
  const tell = (where: string, changed: boolean) => emit('chat.registered', { platform: 'discord', where, changed })
  const global = guilds.length === 0 ? commands : []
  tell('global', await sync(parts, Routes.applicationCommands(applicationId), global, false))
  for (const guild of guilds) tell(guild, await syncServer(parts, guild, commands.map(inServer)))
  await clearOthers(parts, (guild) => tell(guild, true))
}

/** @returns whether Discord had something else */
async function sync(
  { api }: Registration,
  route: `/${string}`,
  wanted: Registered[],
  isServer: boolean,
): Promise<boolean> {
  const query = { with_localizations: 'true' }
  const known = await api.call<Registered[]>({ method: 'GET', route, query })
  const changed = !isRegistered(known, wanted, isServer)
  if (changed) await api.call({ method: 'PUT', route, body: wanted })
  return changed
}

const syncServer = (parts: Registration, guild: string, wanted: Registered[]): Promise<boolean> =>
  sync(parts, Routes.applicationGuildCommands(parts.applicationId, guild), wanted, true)

/**
 * Takes a server's own commands away wherever the bot is and the list does not name the server: they would stay there
 * for ever, beside the global ones or as commands that are always refused.
 */
async function clearOthers(parts: Registration, cleared: (guild: string) => void): Promise<void> {
  for (const guild of await joinedServers(parts)) {
    if (parts.guilds.includes(guild)) continue
    try {
      if (await patiently(parts, () => syncServer(parts, guild, []))) cleared(guild)
    } catch (error) {
      // a server that took the bot without its commands has none; the others go on
      if (!(error instanceof ThreadGone)) throw error
    }
  }
}

/** Servers that the bot is in, however many. */
async function joinedServers(parts: Registration): Promise<string[]> {
  const found: string[] = []
  for (;;) {
    const query = { limit: String(SERVERS_A_PAGE), ...(found.length > 0 ? { after: found.at(-1)! } : {}) }
    const page = await patiently(parts, () =>
      parts.api.call<{ id: string }[]>({ method: 'GET', route: Routes.userGuilds(), query }),
    )
    found.push(...page.map(({ id }) => id))
    if (page.length < SERVERS_A_PAGE) return found
  }
}

/** There may be thousands of servers, and no hurry: a pause that Discord asks for is made where it is asked for. */
async function patiently<T>({ clock }: Registration, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof RateLimited)) throw error
      await clock.sleep(error.retryAfterMs)
    }
  }
}

/** What the bot does in a server, and no more. */
export const PERMISSIONS =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.SendMessagesInThreads |
  PermissionFlagsBits.CreatePublicThreads |
  PermissionFlagsBits.CreatePrivateThreads |
  PermissionFlagsBits.EmbedLinks |
  PermissionFlagsBits.AttachFiles |
  PermissionFlagsBits.ReadMessageHistory

/** The address that puts the bot into a server. */
export const inviteLink = (applicationId: string): string =>
  `https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=${PERMISSIONS}`
