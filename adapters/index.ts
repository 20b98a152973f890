import type { PlatformSettings } from '../src/config.ts'
import { type Console, type ConsoleOptions, createConsole } from './console/index.ts'
import { slackSettings, slackSettingsOf } from './slack/config.ts'
import type { Slack, SlackOptions } from './slack/index.ts'

export type { Console, ConsoleOptions }

/** A chat service that people reach over the network: it can be started, stopped, and asked how it is. */
export type NetworkPlatform = Slack

/** What every network platform is made with; its own settings come beside it. */
export type NetworkOptions = Omit<SlackOptions, 'settings'>

/** The terminal. */
export const PLATFORMS = {
  console: createConsole,
}

/** The names of the environment of every network platform, one line each. */
export const PLATFORM_SETTINGS: Record<string, PlatformSettings> = {
  slack: slackSettings,
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
}
