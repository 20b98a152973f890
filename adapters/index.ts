import type { PlatformSettings } from '../src/config.ts'
import { type Console, type ConsoleOptions, createConsole } from './console/index.ts'
import { discordSettings, discordSettingsOf } from './discord/config.ts'
import type { NetworkOptions, NetworkPlatform } from './network-platform.ts'
import { slackSettings, slackSettingsOf } from './slack/config.ts'

export type { Console, ConsoleOptions, NetworkPlatform }

/** The terminal. */
export const PLATFORMS = {
  console: createConsole,
}

/** The names of the environment of every network platform, one line each. */
export const PLATFORM_SETTINGS: Record<string, PlatformSettings> = {
  slack: slackSettings,
  discord: discordSettings,
}

/** How each is made, one line each: undefined where its settings ask for none. Its library is loaded only when wanted. */
export const NETWORK_PLATFORMS: Record<
  string,
  (values: Record<string, unknown> | undefined, options: NetworkOptions) => Promise<NetworkPlatform | undefined>
> = {
  slack: async (values, options) => {
    const settings = slackSettingsOf(values)
    return settings && (await import('./slack/index.ts')).createSlack({ ...options, settings })
  },
  discord: async (values, options) => {
    const settings = discordSettingsOf(values)
    return settings && (await import('./discord/index.ts')).createDiscord({ ...options, settings })
  },
}
