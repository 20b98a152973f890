import { z } from 'zod'
import type { Setting } from '../../src/settings.ts'

const snowflakes = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  )
  .pipe(z.array(z.string().regex(/^\d{17,20}$/)))

const address = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol))
  .transform((value) => value.replace(/\/+$/, '')) // the library would write `/api//v10`

/** The names of the environment that Discord reads. Without a token the platform is not spoken. */
export const DISCORD_SETTINGS = {
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
} as const

/** What the environment says for Discord, with a token. */
export interface DiscordSettings {
  token: string
  apiUrl: string
  /** Servers whose members may use the bot; empty = all. */
  guilds: readonly string[]
}
