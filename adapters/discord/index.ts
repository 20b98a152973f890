import type { Platform } from '../../src/chat/platform.ts'
import type { SessionStore } from '../../src/chat/sessions.ts'
import type { Clock } from '../../src/clock.ts'
import type { Autocomplete } from '../../src/commands/autocomplete.ts'
import type { Dispatch } from '../../src/commands/command.ts'
import type { Thread } from '../../src/jobs/job.ts'
import type { Locale } from '../../src/messages/locale.ts'
import type { Say } from '../../src/messages/say.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import type { FileLink } from './answers.ts'
import { type Api, createApi } from './api.ts'
import { createButtonIds } from './buttons.ts'
import type { DiscordSettings } from './config.ts'
import { createCrowd, type PaceChanges } from './crowd.ts'
import { type InboundParts, onInteraction } from './inbound.ts'
import { STOP_MS } from './limits.ts'
import { createListener } from './mentions.ts'
import { discordWords } from './messages.ts'
import { createPeople } from './people.ts'
import { inviteLink, registerUntilDone, type Shop, slashCommands } from './register.ts'
import { createSending } from './sending.ts'
import { createGateway, type Gateway } from './transport.ts'

export { DISCORD_SETTINGS, type DiscordSettings } from './config.ts'

export interface DiscordOptions {
  settings: DiscordSettings
  clock: Clock
  emit: Emit
  say: Say
  /** Where neither the person nor the server tells a language. */
  locale: Locale
  /** The highest limit (MAX_PRODUCTS). */
  maxProducts: number
  /** A line for the operator: the invite link, once connected. */
  tell(line: string): void
  pace?: PaceChanges
}

/** What people's words are handed to. */
export interface DiscordDoor {
  dispatch: Dispatch
  autocomplete: Autocomplete
  /** Shops that get a subcommand of their own. */
  shops: readonly Shop[]
  /** Counts sessions over restarts. */
  sessions: SessionStore
  /** A signed link for the owner of a file above the attachment limit; without it a sentence says what to do. */
  fileLink?: FileLink
}

/** Discord as a chat platform. Sending needs no gateway and works from the start; commands come once it is connected. */
export interface Discord extends Platform {
  /** Connects and keeps the connection; returns at once, and a Discord that is away stops nothing else. */
  start(door: DiscordDoor): void
  /** Takes no more commands; those in hand get their answers within five seconds. */
  stop(): Promise<void>
  /** Undefined while commands arrive and messages can be sent; else why not. */
  trouble(): string | undefined
}

/** Discord for one bot token. Nothing is sent before it is asked to. */
export function createDiscord(options: DiscordOptions): Discord {
  const { settings, clock } = options
  const api = createApi(settings, clock)
  const people = createPeople({ api, guilds: settings.guilds, clock })
  const ids = createButtonIds()
  const crowd = createCrowd(clock, options.pace)
  const shared = { ...options, api, people, ids, crowd }
  const inHand = new Set<Promise<void>>()
  const stopped = new AbortController()
  let gateway: Gateway | undefined
  let running: Promise<void> = Promise.resolve()
  return {
    name: 'discord',
    ...createSending(shared),
    link: async (thread) => linkTo(thread),
    pace: crowd.pace,
    locale: async (externalId) => people.locale(externalId),
    start(door) {
      const parts = {
        fileLink: async () => null,
        ...shared,
        ...door,
        shops: new Set(door.shops.map(({ name }) => name)),
      }
      gateway = openGateway(options, parts, door, { inHand, stopped: stopped.signal })
      running = gateway.run()
    },
    async stop() {
      stopped.abort(new Error('stopping'))
      await gateway?.stop()
      await running
      await within(STOP_MS, clock, Promise.all(inHand))
      api.close()
    },
    trouble: () => api.refused() ?? (gateway ? gateway.trouble() : 'not started'),
  }
}

function openGateway(
  options: DiscordOptions,
  parts: InboundParts & { api: Api },
  door: DiscordDoor,
  { inHand, stopped }: { inHand: Set<Promise<void>>; stopped: AbortSignal },
): Gateway {
  const { settings, say, maxProducts, emit, locale, tell } = options
  let botId = ''
  const listen = createListener(parts, () => botId)
  const hold = (work: Promise<void>): void => {
    const held: Promise<void> = work.finally(() => inHand.delete(held))
    inHand.add(held)
  }
  const commands = slashCommands(door.shops, { say, maxProducts })
  let isRegistering = false
  return createGateway({
    ...{ settings, api: parts.api, sessions: door.sessions, clock: options.clock, emit },
    onReady({ userId, applicationId }) {
      botId = userId
      if (isRegistering) return // once a process, not once a session
      isRegistering = true
      tell(discordWords(locale).invite(inviteLink(applicationId)))
      const registration = { ...parts, applicationId, guilds: settings.guilds, commands }
      hold(registerUntilDone(registration, stopped))
    },
    onInteraction: (interaction) => hold(onInteraction(parts, interaction)),
    onMessage: (message) => hold(listen(message)),
  })
}

/** In a browser and in the app it opens the thread, or the root message where there is no thread. */
function linkTo({ workspace, channel, thread, root }: Thread): string {
  const base = `https://discord.com/channels/${workspace || '@me'}`
  if (thread !== null && thread === root) return `${base}/${thread}`
  return root === '' ? `${base}/${thread ?? channel}` : `${base}/${thread ?? channel}/${root}`
}

async function within(ms: number, clock: Clock, work: Promise<unknown>): Promise<void> {
  const ended = new AbortController()
  await Promise.race([work, clock.sleep(ms, ended.signal).catch(() => undefined)])
  ended.abort()
}
