import { z } from 'zod'
import type { PlatformSettings } from '../../src/config.ts'
import { list, type Setting } from '../../src/setting.ts'

const snowflakes = list.pipe(z.array(z.string().regex(/^\d{17,20}$/)))

const address = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol))
  .transform((value) => value.replace(/\/+$/, '')) // the library would write `/api//v10`

const SETTINGS = {
  token: {
    name: 'DISCORD_TOKEN',
    schema: z.string().regex(/^[\w-]{10,40}\.[\w-]{4,10}\.[\w-]{20,120}$/),
    fallback: null,
    problem: 'token',
    expected: 'MTA….Gx….abc…',
    example: '',
    about: 'Bot token of the Discord application (Developer Portal, Bot, Reset Token). Empty: no Discord.',
  } as Setting<string | null>,
  apiUrl: {
    name: 'DISCORD_API_URL',
    schema: address,
    fallback: 'https://discord.com/api',
    problem: 'url',
    expected: 'https://discord.com/api',
    example: 'https://discord.com/api',
    about: 'Base address of Discord’s API; another one for tests.',
  } as Setting<string>,
  guilds: {
    name: 'DISCORD_GUILDS',
    schema: snowflakes,
    fallback: [],
    problem: 'list',
    expected: '123456789012345678,234567890123456789',
    example: '',
    about: 'Servers (ids, with commas between) where the bot may be used and its commands are shown. Default: all.',
  } as Setting<string[]>,
}

/** What the environment says for Discord, with a token. */
export interface DiscordSettings {
  token: string
  apiUrl: string
  /** Servers whose members may use the bot; empty = all. */
  guilds: readonly string[]
}

/** The names of the environment that belong to Discord. */
export const discordSettings: PlatformSettings = { settings: SETTINGS, findMistakes: () => [] }

/** The settings of a Discord bot, or undefined where none is wanted. */
export const discordSettingsOf = (values: Record<string, unknown> | undefined): DiscordSettings | undefined =>
  values?.token ? (values as unknown as DiscordSettings) : undefined
