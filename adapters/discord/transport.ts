import { type APIInteraction, type APIMessage, Client, Events, GatewayIntentBits, Options, Partials } from 'discord.js'
import type { SessionStore } from '../../src/chat/sessions.ts'
import { type Clock, rest } from '../../src/clock.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import type { Api } from './api.ts'
import type { DiscordSettings } from './config.ts'
import { createIdentifyThrottle, type IdentifyThrottle } from './identify.ts'
import { CLOSE_MS, FIRST_LOGIN_PAUSE_MS, LOGIN_PAUSE_MAX_MS, LOOK_MS, STUCK_MS } from './limits.ts'

/** A message event as it comes through the gateway. */
export type MessageEvent = APIMessage & { guild_id?: string; member?: { nick?: string | null } }

export interface GatewayParts {
  settings: DiscordSettings
  api: Api
  sessions: SessionStore
  clock: Clock
  emit: Emit
  /** A new session begins: who the bot is, and how its application is called. */
  onReady(bot: { userId: string; applicationId: string }): void
  onInteraction(interaction: APIInteraction): void
  onMessage(message: MessageEvent): void
}

/** Discord's gateway: where commands come from. */
export interface Gateway {
  /** Logs in again and again until it is stopped or Discord refuses for good; never throws. */
  run(): Promise<void>
  stop(): Promise<void>
  /** Undefined while commands arrive; else why they do not. */
  trouble(): string | undefined
}

/** What the gateway is asked for: servers, mentions there, direct messages. None is privileged. */
export const INTENTS = {
  Guilds: GatewayIntentBits.Guilds,
  GuildMessages: GatewayIntentBits.GuildMessages,
  DirectMessages: GatewayIntentBits.DirectMessages,
} as const

/** Close codes after which another try is in vain: token, shards, version, intents. */
const FINAL_CODES = [4004, 4010, 4011, 4012, 4013, 4014]
const BAD_TOKEN = 4004

interface State {
  cause: string | undefined
  /** By the monotonic clock: since when the gateway is away. */
  since: number
  /** Discord refused for good. */
  isFinal: boolean
}

/** The gateway of one token. Each try has a client of its own: one that failed to log in is of no further use. */
export function createGateway(parts: GatewayParts): Gateway {
  const { clock, emit } = parts
  const stopped = new AbortController()
  const state: State = { cause: 'not connected yet', since: clock.monotonic(), isFinal: false }
  let life: Life | undefined

  const lose = (cause: string): void => {
    if (state.isFinal) return // what follows a refusal says less than it
    if (state.cause === undefined) state.since = clock.monotonic()
    if (state.cause !== cause && !stopped.signal.aborted) emit('chat.disconnected', { platform: 'discord', cause })
    state.cause = cause
  }
  const refuse = (cause: string): void => {
    if (state.isFinal) return
    state.cause = cause
    state.isFinal = true
    emit('chat.failed', { platform: 'discord', cause })
  }

  const throttle = createIdentifyThrottle({
    ...parts,
    onSpent(cause, waitMs) {
      lose(cause)
      state.since = clock.monotonic() + waitMs // waiting is right: it is not stuck
    },
  })

  /** One client's life: until it is stopped, refused, or away for too long. */
  async function live(): Promise<void> {
    life = createLife(parts, throttle)
    listen(life.client, parts, state, { lose, refuse })
    state.since = clock.monotonic()
    await Promise.race([life.login(), stuck(stopped.signal)])
    await stuck(stopped.signal)
  }

  async function stuck(signal: AbortSignal): Promise<void> {
    const isStuck = () => state.cause !== undefined && clock.monotonic() - state.since > STUCK_MS
    while (!signal.aborted && !state.isFinal && !isStuck()) await rest(clock, LOOK_MS, signal)
  }

  async function attempt(): Promise<void> {
    try {
      await live()
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error)
      const isToken = (error as { code?: unknown }).code === 'TokenInvalid'
      if (isToken) parts.api.refuse(cause)
      if (isToken) refuse(cause)
      else lose(cause)
    } finally {
      await life?.end()
    }
  }

  return {
    async run() {
      for (let pause = FIRST_LOGIN_PAUSE_MS; !stopped.signal.aborted; pause = Math.min(pause * 2, LOGIN_PAUSE_MAX_MS)) {
        const begun = clock.monotonic()
        await attempt()
        if (state.isFinal) return
        if (clock.monotonic() - begun > STUCK_MS) pause = FIRST_LOGIN_PAUSE_MS // it had been up
        await rest(clock, pause, stopped.signal)
      }
    },
    async stop() {
      stopped.abort(new Error('stopping'))
      await life?.end()
    },
    trouble: () => state.cause,
  }
}

/** A client from its login to its end. */
interface Life {
  client: Client
  login(): Promise<unknown>
  end(): Promise<void>
}

function createLife(parts: GatewayParts, throttle: IdentifyThrottle): Life {
  const { clock, settings, api } = parts
  let login: Promise<unknown> = Promise.resolve()
  let isEnded = false
  // the library answers a destroy in the middle of a login with a new connection: it is ended where it asks again
  const client = createClient(api.options, (endNow) => ({
    async waitForIdentify(shardId, signal) {
      if (isEnded) endNow()
      await (isEnded ? untilAborted(signal) : throttle.waitForIdentify(shardId, signal))
    },
  }))
  return {
    client,
    login() {
      login = client.login(settings.token)
      login.catch(() => undefined) // it may fail long after we have gone on
      return login
    },
    async end() {
      if (isEnded) return
      const settled = login.catch(() => undefined)
      await within(clock, settled)
      isEnded = true
      await within(clock, client.destroy())
    },
  }
}

/** One whose other side does not answer is left alone after a while. */
async function within(clock: Clock, work: Promise<unknown>): Promise<void> {
  const limit = new AbortController()
  const tooLong = rest(clock, CLOSE_MS, limit.signal)
  await Promise.race([work.catch(() => undefined), tooLong])
  limit.abort()
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

function createClient(rest: Api['options'], throttle: (endNow: () => void) => IdentifyThrottle): Client {
  const isSelf = (it: { id: string; client: Client }) => it.id === it.client.user?.id
  return new Client({
    intents: Object.values(INTENTS),
    partials: [Partials.Channel], // else a direct message from a person not yet seen vanishes
    rest,
    allowedMentions: { parse: [] },
    ws: {
      buildIdentifyThrottler: async (gateway) =>
        throttle(() => void Promise.resolve(gateway.destroy()).catch(() => undefined)),
    },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      UserManager: { maxSize: 0, keepOverLimit: isSelf },
      GuildMemberManager: { maxSize: 0, keepOverLimit: isSelf },
      ...{ PresenceManager: 0, ReactionManager: 0, VoiceStateManager: 0, GuildEmojiManager: 0, GuildStickerManager: 0 },
      ...{ ThreadMemberManager: 0, StageInstanceManager: 0, GuildScheduledEventManager: 0 },
    }),
  })
}

interface Changes {
  lose(cause: string): void
  refuse(cause: string): void
}

function listen(client: Client, parts: GatewayParts, state: State, { lose, refuse }: Changes): void {
  const fault = (error: unknown) => lose(error instanceof Error ? error.message : String(error))
  const connected = (how: 'new' | 'resumed') => {
    state.cause = undefined
    parts.emit('chat.connected', { platform: 'discord', how })
  }
  client.on(Events.Error, fault) // without a listener it would end the process
  client.on(Events.ShardError, fault)
  client.on(Events.ShardReconnecting, () => lose('the gateway closed the connection'))
  client.on(Events.ShardDisconnect, ({ code }) => {
    if (!FINAL_CODES.includes(code)) return lose(`gateway close code ${code}`)
    if (code === BAD_TOKEN) parts.api.refuse(`gateway close code ${code}: bad token`)
    refuse(`gateway close code ${code}`)
  })
  client.on(Events.ShardResume, () => connected('resumed'))
  // the events as they come: structures need caches, and the library holds back what arrives before it is ready
  client.ws.on('READY' as never, (data: { user: { id: string }; application: { id: string } }) => {
    connected('new')
    parts.onReady({ userId: data.user.id, applicationId: data.application.id })
  })
  client.ws.on('INTERACTION_CREATE' as never, parts.onInteraction)
  client.ws.on('MESSAGE_CREATE' as never, parts.onMessage)
}
