import { aborted, type Clock, rest } from '../../src/clock.ts'
import type { Dispatch } from '../../src/commands/command.ts'
import type { Thread } from '../../src/jobs/job.ts'
import type { NetworkOptions, NetworkPlatform, PlatformService } from '../network-platform.ts'
import { type Api, createApi } from './api.ts'
import { type ButtonIds, createButtonIds } from './buttons.ts'
import { createDiscordCheck } from './check.ts'
import type { DiscordSettings } from './config.ts'
import { createCrowd, type PaceChanges } from './crowd.ts'
import { type InboundParts, onInteraction } from './inbound.ts'
import { STOP_MS } from './limits.ts'
import { createListener } from './mentions.ts'
import { discordWords } from './messages.ts'
import { createPeople, type People } from './people.ts'
import { inviteLink, registerUntilDone, slashCommands } from './register.ts'
import { createSending } from './sending.ts'
import { createGateway, type Gateway } from './transport.ts'

export interface DiscordOptions extends NetworkOptions {
  settings: DiscordSettings
  /** Other paces, for tests. */
  pace?: PaceChanges
}

/** Discord for one bot token. Sending needs no gateway and works from the start; commands come once it is connected. */
export function createDiscord(options: DiscordOptions): NetworkPlatform {
  const { settings, clock } = options
  const api = createApi(settings, clock)
  const people = createPeople({ api, guilds: settings.guilds, clock })
  const ids = createButtonIds()
  const crowd = createCrowd(clock, options.pace)
  const shared = { ...options, api, people, ids, crowd }
  const inHand = new Set<Promise<void>>()
  const stopped = new AbortController()
  let gateway: Gateway | undefined
  let isStarted = false
  let running: Promise<void> = Promise.resolve()
  return {
    name: 'discord',
    ...createSending(shared),
    link: async (thread) => linkTo(thread),
    pace: crowd.pace,
    locale: async (externalId) => people.locale(externalId),
    async start(dispatch, service) {
      isStarted = true
      const hear = async (held: AbortSignal) => {
        const mine = openGateway(shared, dispatch, service, { inHand, stopped: stopped.signal })
        gateway = mine
        await Promise.all([mine.run(), aborted(held).then(() => mine.stop())])
        gateway = undefined
      }
      // every session of one token hears every command: one process has one
      running = service.duties.during('discord/gateway', hear, stopped.signal)
    },
    async stop() {
      stopped.abort(new Error('stopping'))
      await running
      await within(STOP_MS, clock, Promise.all(inHand))
      api.close()
    },
    check: createDiscordCheck({ settings, api, commands: commandsOf(shared) }),
    trouble: () => api.refused() ?? (isStarted ? (gateway?.trouble() ?? null) : 'not started'),
  }
}

type Shared = DiscordOptions & { api: Api; people: People; ids: ButtonIds }

function openGateway(
  shared: Shared,
  dispatch: Dispatch,
  service: PlatformService,
  { inHand, stopped }: { inHand: Set<Promise<void>>; stopped: AbortSignal },
): Gateway {
  const { settings, api, clock, emit, locale } = shared
  let botId = ''
  const names = new Set(shopsOf(shared).map(({ name }) => name))
  const parts: InboundParts = { ...shared, ...service, dispatch, shops: names, botId: () => botId }
  const listen = createListener(parts)
  const hold = (work: Promise<void>): void => {
    const held: Promise<void> = work.finally(() => inHand.delete(held))
    inHand.add(held)
  }
  const commands = commandsOf(shared)
  let isRegistering = false
  return createGateway({
    ...{ settings, api, sessions: service.sessions, clock, emit },
    onReady({ userId, applicationId }) {
      botId = userId
      if (isRegistering) return // once a process, not once a session
      isRegistering = true
      service.tell(discordWords(locale).invite(inviteLink(applicationId)))
      const registration = { api, clock, emit, applicationId, guilds: settings.guilds, commands }
      hold(registerUntilDone(registration, stopped))
    },
    onInteraction: (interaction) => hold(onInteraction(parts, interaction)),
    onMessage: (message) => hold(listen(message)),
  })
}

const shopsOf = ({ sites }: NetworkOptions) => sites.all().filter(({ hosts }) => hosts.length > 0)
const commandsOf = (options: NetworkOptions) => slashCommands(shopsOf(options), options)

/** In a browser and in the app it opens the thread, or the root message where there is no thread. */
function linkTo({ workspace, channel, thread, root }: Thread): string {
  const base = `https://discord.com/channels/${workspace || '@me'}`
  if (thread !== null && thread === root) return `${base}/${thread}`
  return root === '' ? `${base}/${thread ?? channel}` : `${base}/${thread ?? channel}/${root}`
}

async function within(ms: number, clock: Clock, work: Promise<unknown>): Promise<void> {
  const ended = new AbortController()
  await Promise.race([work, rest(clock, ms, ended.signal)])
  ended.abort()
}
