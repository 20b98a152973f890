import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { until } from './until.ts'

// biome-ignore lint/suspicious/noExplicitAny: Discord's payloads, of every form
type Json = Record<string, any>

export const APPLICATION = '1100000000000000001'
export const BOT = '1100000000000000001'
export const GUILD = '1200000000000000001'
export const CHANNEL = '1300000000000000001'
/** A channel in which no threads can be made, as in a voice channel. */
export const VOICE = '1300000000000000002'
export const TOKEN = 'MTEwMDAwMDAwMDAwMDAwMDAwMQ.Gxxxxx.abcdefghijklmnopqrstuvwxyz012345'

/** One REST call, as it came. */
export interface Call {
  method: string
  /** Without `/api/v10`, decoded. */
  path: string
  query: URLSearchParams
  body: Json
  files: { name: string; contentType: string; bytes: Buffer }[]
  /** Of the answer; 0 while there is none. */
  status: number
  at: number
}

/** A message, with what it was before each edit. */
export interface Message extends Json {
  id: string
  channel_id: string
  content: string
  versions: Json[]
  files: Call['files']
  ephemeralTo?: string
}

/** How the next calls that match go wrong. */
export interface Fault {
  method?: string
  path?: RegExp
  /** How often; default once. */
  times?: number
  /** Only calls that bring files. */
  onlyFiles?: boolean
  /** Only every so many of the calls that match. */
  every?: number
  status?: number
  /** Of Discord's JSON error. */
  code?: number
  headers?: Record<string, string>
  body?: Json
  /** What was asked is done all the same, and then the fault comes. */
  applied?: boolean
  /** No answer comes; `cut`: the connection is closed without one. */
  how?: 'answer' | 'hang' | 'cut'
}

interface Channel {
  id: string
  type: number
  guild_id?: string
  parent_id?: string
  owner_id?: string
  name: string
  recipient?: string
  members: Set<string>
  thread_metadata?: { archived: boolean; locked: boolean; auto_archive_duration: number }
}

/** What a person did, and what they alone were answered. */
export interface Interaction {
  id: string
  token: string
  user: string
  type: number
  payload: Json
  ackAt: number | undefined
  /** Of the first answer: 4, 5, 8. */
  ackType: number | undefined
  isEphemeral: boolean
  choices: { name: string; value: string }[] | undefined
  /** The answer, once it has words. */
  answer: Message | undefined
}

/** A session of the gateway, from its IDENTIFY on. */
interface Session {
  /** Every event, for a connection that resumes. */
  sent: Json[]
  socket: WebSocket | undefined
  /** The bot closed it with 1000 or 1001, or could not resume it: it hears nothing more. */
  isOver: boolean
}

class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message = `error ${code}`,
    readonly more: Json = {},
  ) {
    super(message)
  }
}

let counter = 0
/** A new id, as Discord makes them: 19 digits that tell the time. */
export const snowflake = (): string =>
  String((BigInt(Date.now() - 1_420_070_400_000) << 22n) + BigInt(counter++ % 4_194_304))

/** Seconds as Discord writes them. */
const seconds = (ms: number): string => (ms / 1_000).toFixed(3)

/** A Discord of one bot on 127.0.0.1: REST with its limits and errors, and a gateway that resumes. */
export async function openDiscordServer(
  options: { bucket?: { limit: number; ms: number }; heartbeatMs?: number } = {},
) {
  const bucket = options.bucket ?? { limit: 1_000, ms: 1_000 }
  const calls: Call[] = []
  const faults: (Fault & { left: number; seen: number })[] = []
  const channels = new Map<string, Channel>()
  const messages = new Map<string, Message[]>()
  const interactions: Interaction[] = []
  const commands = new Map<string, Json[]>()
  const buckets = new Map<string, { left: number; resetAt: number }>()
  const nonces = new Map<string, { id: string; until: number }>()
  const denied = new Map<string, Set<string>>()
  const members = new Map<string, Set<string>>([[GUILD, new Set()]])
  const closedDirect = new Set<string>()
  let global: { left: number; resetAt: number; limit: number } | undefined
  let interactionLifeMs = 15 * 60_000
  let firstAnswerMs = 15_000 // Discord’s is three seconds; five times as much for a busy machine
  let nonceLifeMs = 180_000
  let attachmentLimit = 10 * 1024 * 1024

  const addChannel = (channel: Omit<Channel, 'members'>): Channel => {
    const made = { members: new Set<string>(), ...channel }
    channels.set(channel.id, made)
    messages.set(channel.id, [])
    return made
  }
  addChannel({ id: CHANNEL, type: 0, guild_id: GUILD, name: 'general' })
  addChannel({ id: VOICE, type: 2, guild_id: GUILD, name: 'voice' })

  const channelAt = (id: string): Channel => {
    const channel = channels.get(id)
    if (!channel) throw new ApiError(404, 10_003, 'Unknown Channel')
    return channel
  }
  const messageAt = (channel: string, id: string): Message => {
    const found = messages.get(channelAt(channel).id)!.find((it) => it.id === id && it.ephemeralTo === undefined)
    if (!found) throw new ApiError(404, 10_008, 'Unknown Message')
    return found
  }
  const mustBeAllowed = (channel: Channel, what: string): void => {
    const set = denied.get(channel.id) ?? denied.get(channel.parent_id ?? '')
    if (set?.has('view')) throw new ApiError(403, 50_001, 'Missing Access')
    if (set?.has(what)) throw new ApiError(403, 50_013, 'Missing Permissions')
  }

  // ——— messages
  function checkBody(body: Json, files: Call['files'], isEdit = false): void {
    const invalid = (field: string) => new ApiError(400, 50_035, 'Invalid Form Body', { errors: { [field]: {} } })
    if ((body.content ?? '').length > 2_000) throw invalid('content')
    if ((body.embeds ?? []).some((it: Json) => it.description.length > 4_096)) throw invalid('embeds')
    const rows: Json[] = body.components ?? []
    const buttons = rows.flatMap((row) => row.components)
    const ids = buttons.map((it) => it.custom_id)
    if (rows.length > 5 || rows.some((row) => row.components.length > 5)) throw invalid('components')
    if (new Set(ids).size < ids.length || ids.some((id) => id.length < 1 || id.length > 100)) throw invalid('custom_id')
    if (buttons.some((it) => it.label.length < 1 || it.label.length > 80)) throw invalid('label')
    if (body.nonce !== undefined && String(body.nonce).length > 25) throw invalid('nonce')
    const isEmpty = !body.content && !(body.embeds?.length > 0) && files.length === 0
    if (!isEdit && isEmpty) throw new ApiError(400, 50_006, 'Cannot send an empty message')
    if (files.some((file) => file.bytes.length > attachmentLimit))
      throw new ApiError(413, 40_005, 'Request entity too large')
  }

  function addMessage(channel: Channel, body: Json, files: Call['files'], more: Json = {}): Message {
    const id = snowflake()
    const fields = { content: body.content ?? '', embeds: body.embeds ?? [], components: body.components ?? [] }
    const message: Message = {
      id,
      channel_id: channel.id,
      author: { id: BOT, username: 'shopcrawl', discriminator: '0', bot: true, avatar: null },
      ...fields,
      allowed_mentions: body.allowed_mentions,
      message_reference: body.message_reference,
      attachments: files.map((file) => ({
        id: snowflake(),
        filename: file.name,
        size: file.bytes.length,
        url: '',
        proxy_url: '',
      })),
      timestamp: new Date().toISOString(),
      edited_timestamp: null,
      ...{ tts: false, mention_everyone: false, mentions: [], mention_roles: [], pinned: false, type: 0 },
      flags: body.flags ?? 0,
      versions: [fields],
      files,
      ...more,
    }
    messages.get(channel.id)!.push(message)
    return message
  }

  function post(channelId: string, call: Call): Message {
    const channel = channelAt(channelId)
    mustBeAllowed(channel, 'send')
    if (call.files.length > 0) mustBeAllowed(channel, 'attach')
    if (channel.recipient && closedDirect.has(channel.recipient))
      throw new ApiError(403, 50_007, 'Cannot send messages to this user')
    if (channel.thread_metadata?.locked) throw new ApiError(403, 160_005, 'Thread is locked')
    checkBody(call.body, call.files)
    const nonce = call.body.enforce_nonce ? `${channelId}/${call.body.nonce}` : undefined
    const known = nonce && nonces.get(nonce)
    if (known && known.until > Date.now()) return messages.get(channelId)!.find((it) => it.id === known.id)!
    if (channel.thread_metadata) channel.thread_metadata.archived = false
    const message = addMessage(channel, call.body, call.files)
    if (nonce) nonces.set(nonce, { id: message.id, until: Date.now() + nonceLifeMs })
    return message
  }

  function edit(message: Message, call: Call): Message {
    const { thread_metadata: thread } = channelAt(message.channel_id)
    if (thread?.archived) throw new ApiError(400, 50_083, 'Thread is archived')
    checkBody(call.body, call.files, true)
    for (const field of ['content', 'embeds', 'components', 'flags', 'allowed_mentions'])
      if (call.body[field] !== undefined) message[field] = call.body[field]
    if (call.files.length > 0) message.files = call.files
    message.versions.push({ content: message.content, embeds: message.embeds, components: message.components })
    message.edited_timestamp = new Date().toISOString()
    return message
  }

  const shown = ({ versions: _, files: __, ephemeralTo: ___, ...message }: Message): Json => message
  const shownChannel = ({ members: _, recipient: __, ...channel }: Channel): Json => channel

  function createThread(parent: Channel, body: Json, id: string, type: number): Channel {
    if (parent.guild_id === undefined || parent.type !== 0)
      throw new ApiError(400, 50_024, 'Cannot execute action on this channel type')
    mustBeAllowed(parent, type === 12 ? 'private threads' : 'threads')
    if (!body.name || body.name.length > 100) throw new ApiError(400, 50_035, 'Invalid Form Body')
    if (channels.has(id)) throw new ApiError(400, 160_004, 'A thread has already been created for this message')
    return addChannel({
      ...{ id, type, guild_id: parent.guild_id, parent_id: parent.id, owner_id: BOT, name: body.name },
      thread_metadata: { archived: false, locked: false, auto_archive_duration: body.auto_archive_duration },
    })
  }

  // ——— interactions
  function acknowledge(interaction: Interaction, call: Call): Json | undefined {
    if (Date.now() - Number((BigInt(interaction.id) >> 22n) + 1_420_070_400_000n) > firstAnswerMs)
      throw new ApiError(404, 10_062, 'Unknown interaction')
    if (interaction.ackAt !== undefined) throw new ApiError(400, 40_060, 'Interaction has already been acknowledged')
    const { type, data = {} } = call.body
    interaction.ackAt = Date.now()
    interaction.ackType = type
    interaction.isEphemeral = (data.flags & 64) !== 0
    if (type === 8) interaction.choices = data.choices
    return undefined
  }

  function editOriginal(interaction: Interaction, call: Call): Json {
    const age = interaction.ackAt === undefined ? Number.POSITIVE_INFINITY : Date.now() - interaction.ackAt
    if (age > interactionLifeMs) throw new ApiError(401, 50_027, 'Invalid Webhook Token')
    checkBody(call.body, call.files)
    const channel = channelAt(interaction.payload.channel_id)
    if (interaction.answer) return shown(edit(interaction.answer, call))
    interaction.answer = addMessage(channel, call.body, call.files, {
      flags: 64,
      ...(interaction.isEphemeral ? { ephemeralTo: interaction.user } : {}),
    })
    return shown(interaction.answer)
  }

  const interactionOf = (token: string): Interaction => {
    const found = interactions.find((it) => it.token === token)
    if (!found) throw new ApiError(404, 10_015, 'Unknown Webhook')
    return found
  }

  // ——— routes
  type Handler = (call: Call, ...ids: string[]) => Json | Json[] | undefined
  const gatewayCalls = { url: '' }
  const routes: [string, RegExp, Handler][] = [
    [
      'GET',
      /^\/gateway\/bot$/,
      () => ({
        url: gatewayCalls.url,
        shards: 1,
        session_start_limit: { total: 1_000, remaining: 999, reset_after: 86_400_000, max_concurrency: 1 },
      }),
    ],
    ['GET', /^\/applications\/@me$/, () => ({ id: APPLICATION, name: 'shopcrawl', ...state.application })],
    ['GET', /^\/users\/@me$/, () => ({ id: BOT, username: 'shopcrawl', discriminator: '0', bot: true })],
    [
      'GET',
      /^\/users\/@me\/guilds$/,
      (call) => {
        const after = call.query.get('after') ?? '0'
        const behind = state.servers.filter(({ id }) => BigInt(id) > BigInt(after))
        return behind.slice(0, Number(call.query.get('limit') ?? 200))
      },
    ],
    ['POST', /^\/users\/@me\/channels$/, (call) => shownChannel(directChannel(call.body.recipient_id))],
    [
      'GET',
      /^\/guilds\/(\d+)\/members\/(\d+)$/,
      (_, guild, user) => {
        if (!members.get(guild!)?.has(user!)) throw new ApiError(404, 10_007, 'Unknown Member')
        return { user: { id: user }, roles: [], joined_at: '' }
      },
    ],
    [
      'GET',
      /^\/guilds\/(\d+)\/threads\/active$/,
      (_, guild) => ({
        threads: [...channels.values()]
          .filter((it) => it.guild_id === guild && it.thread_metadata?.archived === false)
          .map(shownChannel),
        members: [],
      }),
    ],
    ['GET', /^\/channels\/(\d+)$/, (_, id) => shownChannel(channelAt(id!))],
    [
      'PATCH',
      /^\/channels\/(\d+)$/,
      (call, id) => {
        const channel = channelAt(id!)
        if (channel.thread_metadata) Object.assign(channel.thread_metadata, call.body)
        return shownChannel(channel)
      },
    ],
    [
      'GET',
      /^\/channels\/(\d+)\/messages$/,
      (call, id) => {
        const channel = channelAt(id!)
        mustBeAllowed(channel, 'history')
        const after = BigInt(call.query.get('after') ?? 0)
        const limit = Number(call.query.get('limit') ?? 50)
        const all = messages.get(channel.id)!.filter((it) => it.ephemeralTo === undefined && BigInt(it.id) > after)
        return all.slice(0, limit).reverse().map(shown)
      },
    ],
    ['POST', /^\/channels\/(\d+)\/messages$/, (call, id) => ({ ...shown(post(id!, call)), nonce: call.body.nonce })],
    [
      'PATCH',
      /^\/channels\/(\d+)\/messages\/(\d+)$/,
      (call, channel, id) => shown(edit(messageAt(channel!, id!), call)),
    ],
    [
      'POST',
      /^\/channels\/(\d+)\/messages\/(\d+)\/threads$/,
      (call, channel, id) => {
        messageAt(channel!, id!)
        return shownChannel(createThread(channelAt(channel!), call.body, id!, 11))
      },
    ],
    [
      'POST',
      /^\/channels\/(\d+)\/threads$/,
      (call, channel) => shownChannel(createThread(channelAt(channel!), call.body, snowflake(), call.body.type ?? 12)),
    ],
    [
      'PUT',
      /^\/channels\/(\d+)\/thread-members\/(\d+)$/,
      (_, id, user) => {
        channelAt(id!).members.add(user!)
        return undefined
      },
    ],
    [
      'POST',
      /^\/interactions\/(\d+)\/([^/]+)\/callback$/,
      (call, _, token) => acknowledge(interactionOf(token!), call),
    ],
    [
      'PATCH',
      /^\/webhooks\/(\d+)\/([^/]+)\/messages\/@original$/,
      (call, _, token) => editOriginal(interactionOf(token!), call),
    ],
    [
      'GET',
      /^\/applications\/(\d+)\/(?:guilds\/\d+\/)?commands$/,
      (call) => (commands.get(call.path) ?? []).map((it) => described(it, call)),
    ],
    [
      'PUT',
      /^\/applications\/(\d+)\/(?:guilds\/\d+\/)?commands$/,
      (call) => {
        commands.set(call.path, call.body as unknown as Json[])
        return commands.get(call.path)!.map((it) => described(it, call))
      },
    ],
  ]

  /** As Discord hands a command back: with its own fields and defaults. */
  function described(command: Json, call: Call): Json {
    const withTexts = call.query.get('with_localizations') === 'true' || call.method === 'PUT'
    const filled = (it: Json): Json => {
      const { name_localizations: names, description_localizations: texts, ...rest } = it
      const localized = withTexts ? { name_localizations: names ?? null, description_localizations: texts ?? null } : {}
      return { ...rest, ...localized, ...(it.options ? { options: it.options.map(filled) } : {}) }
    }
    const own = { id: snowflake(), application_id: APPLICATION, version: snowflake(), nsfw: false, dm_permission: true }
    return { ...own, default_member_permissions: null, ...filled(command) }
  }

  const directChannel = (user: string): Channel =>
    [...channels.values()].find((it) => it.recipient === user) ??
    addChannel({ id: snowflake(), type: 1, name: '', recipient: user })

  // ——— HTTP
  const server = createServer((request, response) => void serve(request, response))

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let call: Call
    try {
      call = await readCall(request)
    } catch (error) {
      if (request.readableAborted) return // the bot cut its own call
      throw error
    }
    calls.push(call)
    const fault = faults.find(
      (it) =>
        it.left > 0 &&
        (it.method ?? call.method) === call.method &&
        (it.path?.test(call.path) ?? true) &&
        (!it.onlyFiles || call.files.length > 0) &&
        ++it.seen % (it.every ?? 1) === 0,
    )
    if (fault) fault.left--
    const limited = fault ? undefined : limitOf(call)
    let answer = limited ?? { status: 200, body: undefined as unknown, headers: {} as Record<string, string> }
    if (!limited && (!fault || fault.applied)) answer = { ...answer, ...perform(call, request) }
    if (fault) {
      if (fault.how === 'hang') return
      if (fault.how === 'cut') return void request.socket.destroy()
      answer = {
        status: fault.status ?? 500,
        body: fault.body ?? { message: 'fault', code: fault.code ?? 0 },
        headers: fault.headers ?? {},
      }
    }
    call.status = answer.status
    const type = answer.status === 204 ? {} : { 'content-type': 'application/json' }
    response.writeHead(answer.status, { ...type, ...answer.headers })
    response.end(answer.status === 204 ? undefined : JSON.stringify(answer.body))
  }

  function perform(
    call: Call,
    request: IncomingMessage,
  ): { status: number; body: unknown; headers?: Record<string, string> } {
    const isOpen = /^\/(?:interactions|webhooks)\//.test(call.path)
    if (!isOpen && request.headers.authorization !== `Bot ${state.token}`)
      return { status: 401, body: { message: '401: Unauthorized', code: 0 } }
    for (const [method, path, handle] of routes) {
      const match = path.exec(call.path)
      if (method !== call.method || !match) continue
      try {
        const body = handle(call, ...match.slice(1))
        return { status: body === undefined ? 204 : 200, body, headers: headersOf(call) }
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        return { status: error.status, body: { message: error.message, code: error.code, ...error.more } }
      }
    }
    return { status: 404, body: { message: '404: Not Found', code: 0 } }
  }

  const bucketName = (call: Call): string => `${call.method} ${call.path.replace(/(\/messages\/)\d+/, '$1:id')}`

  function limitOf(call: Call) {
    if (/^\/(?:interactions|webhooks|gateway)/.test(call.path)) return undefined
    if (global) {
      if (Date.now() >= global.resetAt) Object.assign(global, { left: global.limit, resetAt: Date.now() + 1_000 })
      if (global.left-- <= 0) return tooMany(global.resetAt - Date.now(), 'global')
    }
    const kept = buckets.get(bucketName(call))
    const now = kept && kept.resetAt > Date.now() ? kept : { left: bucket.limit, resetAt: Date.now() + bucket.ms }
    buckets.set(bucketName(call), now)
    return now.left-- <= 0 ? tooMany(now.resetAt - Date.now(), 'user') : undefined
  }

  function headersOf(call: Call): Record<string, string> {
    const now = buckets.get(bucketName(call))
    if (!now) return {}
    return {
      'x-ratelimit-limit': String(bucket.limit),
      'x-ratelimit-remaining': String(Math.max(0, now.left)),
      'x-ratelimit-reset': seconds(now.resetAt),
      'x-ratelimit-reset-after': seconds(Math.max(0, now.resetAt - Date.now())),
      'x-ratelimit-bucket': Buffer.from(bucketName(call)).toString('hex').slice(0, 32),
    }
  }

  // ——— gateway
  const sockets = new WebSocketServer({ noServer: true })
  const live = new Set<WebSocket>()
  const sessions = new Map<string, Session>()
  const gatewayLog: Json[] = []
  const gateway = {
    isMute: false,
    acks: true,
    accepts: true,
    closeWith: undefined as number | undefined,
    resumes: true,
  }
  server.on('upgrade', (request, socket, head) => {
    if (!gateway.accepts) return void socket.destroy()
    sockets.handleUpgrade(request, socket, head, (ws) => greet(ws))
  })

  function greet(ws: WebSocket): void {
    live.add(ws)
    ws.on('close', (code) => {
      live.delete(ws)
      for (const session of sessions.values()) {
        if (session.socket !== ws) continue
        session.socket = undefined
        session.isOver ||= code === 1_000 || code === 1_001
      }
    })
    ws.on('message', (data) => hear(ws, JSON.parse(String(data))))
    ws.send(JSON.stringify({ op: 10, d: { heartbeat_interval: options.heartbeatMs ?? 41_250 }, s: null, t: null }))
  }

  function hear(ws: WebSocket, frame: Json): void {
    gatewayLog.push(frame)
    if (frame.op === 1 && gateway.acks) ws.send(JSON.stringify({ op: 11, d: null, s: null, t: null }))
    if (frame.op === 2) identify(ws, frame.d)
    if (frame.op === 6) resume(ws, frame.d)
  }

  function identify(ws: WebSocket, d: Json): void {
    if (gateway.isMute) return
    const isPrivileged = (d.intents & 32_768) !== 0
    const refusal = gateway.closeWith ?? (d.token !== state.token ? 4_004 : isPrivileged ? 4_014 : undefined)
    if (refusal !== undefined) {
      ws.close(refusal)
      return
    }
    const id = randomBytes(16).toString('hex')
    sessions.set(id, { sent: [], socket: ws, isOver: false })
    const user = { id: BOT, username: 'shopcrawl', discriminator: '0', avatar: null, bot: true, flags: 0 }
    dispatchTo(id, 'READY', {
      ...{ v: 10, user, guilds: [{ id: GUILD, unavailable: true }], session_id: id, shard: [0, 1] },
      ...{ resume_gateway_url: gatewayCalls.url, application: { id: APPLICATION, flags: 0 } },
    })
    dispatchTo(id, 'GUILD_CREATE', guildPayload())
  }

  const guildPayload = (): Json => ({
    ...{ id: GUILD, name: 'test', owner_id: '1', unavailable: false, member_count: 3, large: false },
    ...{
      roles: [{ id: GUILD, name: '@everyone', permissions: '0', position: 0, color: 0, hoist: false }],
      emojis: [],
      features: [],
    },
    channels: [...channels.values()].filter((it) => it.guild_id && !it.thread_metadata).map(shownChannel),
    members: [
      { user: { id: BOT, username: 'shopcrawl', discriminator: '0' }, roles: [], joined_at: new Date().toISOString() },
    ],
    threads: [],
  })

  function resume(ws: WebSocket, d: Json): void {
    const session = sessions.get(d.session_id)
    if (!session || session.isOver || !gateway.resumes) {
      if (session) session.isOver = true
      ws.send(JSON.stringify({ op: 9, d: false, s: null, t: null }))
      return
    }
    session.socket = ws
    for (const frame of session.sent) if (frame.s > d.seq) ws.send(JSON.stringify(frame))
    dispatchTo(d.session_id, 'RESUMED', {})
  }

  function dispatchTo(id: string, t: string, d: Json): void {
    const session = sessions.get(id)!
    const frame = { op: 0, t, s: session.sent.length + 1, d }
    session.sent.push(frame)
    session.socket?.send(JSON.stringify(frame))
  }

  /** To every session that is not over, there or to be resumed: all of them are of the one shard. */
  function emit(t: string, d: Json): void {
    const open = [...sessions].filter(([, { isOver }]) => !isOver)
    if (open.length === 0) throw new Error('the bot has no session')
    for (const [id] of open) dispatchTo(id, t, d)
  }

  // ——— people
  const userOf = (id: string, name: string): Json => ({
    id,
    username: name,
    global_name: name,
    discriminator: '0',
    avatar: null,
  })

  function interact(
    user: { id: string; name: string },
    type: number,
    data: Json,
    where: { channel?: string; locale?: string; message?: Json; at?: string },
  ): Interaction {
    const channel = channelAt(where.channel ?? CHANNEL)
    const id = where.at ?? snowflake()
    const token = `aW50ZXJhY3Rpb246${randomBytes(24).toString('base64url')}`
    const isGuild = channel.guild_id !== undefined
    const payload: Json = {
      ...{ id, application_id: APPLICATION, type, token, version: 1, data, locale: where.locale ?? 'ko' },
      ...{ channel: shownChannel(channel), channel_id: channel.id, app_permissions: '0', entitlements: [] },
      ...{ authorizing_integration_owners: { 0: isGuild ? channel.guild_id : '0' }, context: isGuild ? 0 : 1 },
      attachment_size_limit: attachmentLimit,
      ...(where.message ? { message: where.message } : {}),
      ...(isGuild
        ? {
            guild_id: channel.guild_id,
            guild: { id: channel.guild_id, locale: 'ko', features: [] },
            guild_locale: 'ko',
            member: {
              user: userOf(user.id, user.name),
              roles: [],
              permissions: '0',
              joined_at: '',
              deaf: false,
              mute: false,
              flags: 0,
            },
          }
        : { user: userOf(user.id, user.name) }),
    }
    const interaction: Interaction = {
      ...{ id, token, user: user.id, type, payload, ackAt: undefined, ackType: undefined, isEphemeral: false },
      ...{ choices: undefined, answer: undefined },
    }
    interactions.push(interaction)
    emit('INTERACTION_CREATE', payload)
    return interaction
  }

  const typeOf = (value: unknown): number => (typeof value === 'boolean' ? 5 : typeof value === 'number' ? 4 : 3)
  const optionsOf = (values: Json, focused?: string): Json[] =>
    Object.entries(values).map(([name, value]) => ({
      name,
      value,
      type: typeOf(value),
      ...(name === focused ? { focused: true } : {}),
    }))

  const state = {
    token: TOKEN,
    application: { bot_public: false, flags: 0 },
    servers: [{ id: GUILD, name: 'test', permissions: String(2n ** 50n - 1n) }],
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  gatewayCalls.url = `ws://127.0.0.1:${port}`

  return {
    url: `http://127.0.0.1:${port}/api`,
    ...{
      calls,
      channels,
      messages,
      interactions,
      commands,
      gateway,
      gatewayLog,
      sessions,
      closedDirect,
      members,
      emit,
    },
    /** What the developer portal shows: the right token (changing it is a reset), the application, its servers. */
    state,
    fail: (fault: Fault) => void faults.push({ ...fault, left: fault.times ?? 1, seen: 0 }),
    /** Connections to the gateway. */
    live: () => live.size,
    /** Ends all faults. */
    mend: () => void faults.splice(0),
    /** 50 a second or what is said here, over all routes. */
    limitGlobally: (limit: number) => {
      global = { limit, left: limit, resetAt: Date.now() + 1_000 }
    },
    deny: (channel: string, ...what: ('view' | 'send' | 'threads' | 'private threads' | 'attach' | 'history')[]) =>
      void denied.set(channel, new Set(what)),
    setLimits: (limits: { interactionLifeMs?: number; firstAnswerMs?: number; attachmentLimit?: number }) => {
      interactionLifeMs = limits.interactionLifeMs ?? interactionLifeMs
      firstAnswerMs = limits.firstAnswerMs ?? firstAnswerMs
      attachmentLimit = limits.attachmentLimit ?? attachmentLimit
    },
    forgetNonces: () => nonces.clear(),
    /** As if every repeat came later than Discord knows a nonce. */
    forgetNoncesAlways: () => {
      nonceLifeMs = 0
      nonces.clear()
    },
    /** A thread of the bot's in the channel. */
    addThread: () =>
      addChannel({ id: snowflake(), type: 11, guild_id: GUILD, parent_id: CHANNEL, owner_id: BOT, name: 'thread' }).id,
    addChannel,
    directChannel,
    deleteChannel: (id: string) => {
      channels.delete(id)
      messages.delete(id)
    },
    deleteMessage: (channel: string, id: string) => {
      const list = messages.get(channel)!
      list.splice(
        list.findIndex((it) => it.id === id),
        1,
      )
    },
    /** Types `/crawl sub …`. */
    command: (
      user: { id: string; name: string },
      sub: string,
      values: Json = {},
      where: { channel?: string; locale?: string; at?: string } = {},
    ) =>
      interact(
        user,
        2,
        { id: snowflake(), name: 'crawl', type: 1, options: [{ name: sub, type: 1, options: optionsOf(values) }] },
        where,
      ),
    complete: (user: { id: string; name: string }, sub: string, values: Json, focused: string) =>
      interact(
        user,
        4,
        {
          id: snowflake(),
          name: 'crawl',
          type: 1,
          options: [{ name: sub, type: 1, options: optionsOf(values, focused) }],
        },
        {},
      ),
    press: (user: { id: string; name: string }, message: Message, customId: string) =>
      interact(
        user,
        3,
        { custom_id: customId, component_type: 2, id: 1 },
        { channel: message.channel_id, message: shown(message) },
      ),
    /** Writes a message, as people do. */
    write(user: { id: string; name: string }, channelId: string, content: string, more: Json = {}): Json {
      const channel = channelAt(channelId)
      const message = {
        ...{ id: snowflake(), channel_id: channelId, content, author: userOf(user.id, user.name), type: 0, tts: false },
        ...{ timestamp: new Date().toISOString(), edited_timestamp: null, mention_everyone: false, mention_roles: [] },
        ...{
          mentions: content.includes(BOT) ? [userOf(BOT, 'shopcrawl')] : [],
          attachments: [],
          embeds: [],
          components: [],
          pinned: false,
        },
        ...(channel.guild_id
          ? { guild_id: channel.guild_id, member: { roles: [], joined_at: '' } }
          : { channel_type: 1 }),
        ...more,
      }
      emit('MESSAGE_CREATE', message)
      return message
    },
    /** Resolves once the bot has a session. */
    connected: (count = 1) =>
      until(() => sessions.size >= count && [...sessions.values()].some((it) => it.socket), 'a session'),
    /** Cuts every connection without a word. */
    drop: () => {
      for (const ws of live) ws.terminate()
    },
    close: (code: number) => {
      for (const ws of live) ws.close(code)
    },
    send: (frame: Json) => {
      for (const ws of live) ws.send(JSON.stringify({ s: null, t: null, d: null, ...frame }))
    },
    async stop() {
      for (const ws of live) ws.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type DiscordServer = Awaited<ReturnType<typeof openDiscordServer>>

function tooMany(ms: number, scope: 'user' | 'global' | 'shared') {
  const headers: Record<string, string> = { 'retry-after': seconds(Math.max(1, ms)), 'x-ratelimit-scope': scope }
  if (scope === 'global') headers['x-ratelimit-global'] = 'true'
  return {
    status: 429,
    body: { message: 'You are being rate limited.', retry_after: ms / 1_000, global: scope === 'global' },
    headers,
  }
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const url = new URL(request.url!, 'http://discord')
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  const call: Call = {
    method: request.method!,
    path: decodeURIComponent(url.pathname).replace(/^\/api\/v10/, ''),
    query: url.searchParams,
    ...{ body: {}, files: [], status: 0, at: Date.now() },
  }
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('multipart/')) {
    const form = await new Response(bytes, { headers: { 'content-type': type } }).formData()
    for (const [name, value] of form as unknown as Iterable<[string, string | File]>) {
      if (name === 'payload_json') call.body = JSON.parse(String(value))
      else if (typeof value !== 'string')
        call.files.push({ name: value.name, contentType: value.type, bytes: Buffer.from(await value.arrayBuffer()) })
    }
  } else if (bytes.length > 0) call.body = JSON.parse(bytes.toString('utf8'))
  return call
}
