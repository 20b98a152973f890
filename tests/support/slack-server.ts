import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { SCOPES } from '../../adapters/slack/manifest.ts'
import { findBlockError } from './slack-blocks.ts'
import { until } from './until.ts'

export const BOT_TOKEN = 'xoxb-test-1'
export const APP_TOKEN = 'xapp-test-1'
export const SIGNING_SECRET = 'a-signing-secret'
export const TEAM = 'T1'
export const BOT_USER = 'U0BOT'

export interface SlackMessage {
  channel: string
  ts: string
  thread_ts?: string
  user: string
  text: string
  blocks: unknown[]
  metadata?: unknown
  files?: { id: string; name: string; title: string; size: number }[]
  /** As posted, then as it stood after each edit. */
  versions: { text: string; blocks: unknown[] }[]
}

/** What only one person sees. */
export interface Ephemeral {
  user: string
  channel: string | null
  thread_ts?: string
  text: string
  blocks: unknown[]
  via: 'response_url' | 'postEphemeral'
}

export interface SlackCall {
  method: string
  args: Record<string, string>
  authorization: string | undefined
  at: number
}

/** How a call goes wrong. `applied`: Slack did it all the same. */
export type SlackFault =
  | { error: string; applied?: boolean; more?: Record<string, unknown> }
  | { status: number; retryAfter?: number | null; applied?: boolean }
  | { cut: true; applied?: boolean }
  | { hang: true; applied?: boolean }
  | { delayMs: number }

interface Channel {
  id: string
  hasBot: boolean
  isArchived: boolean
  /** The person of a direct message. */
  person?: string
}

/** What Slack got back for something it delivered. */
export interface Delivered {
  status: number
  body: string
  ms: number
}

export interface Press {
  user: string
  channel?: string
  thread?: string
  value: string
  actionId?: string
  isEphemeral?: boolean
  isHome?: boolean
}

type Mode = { kind: 'http'; url: string } | { kind: 'socket' }

/** A Slack workspace with one app, on a port of this machine, speaking Slack's wire format. */
export class SlackServer {
  readonly calls: SlackCall[] = []
  readonly messages: SlackMessage[] = []
  readonly ephemerals: Ephemeral[] = []
  readonly files = new Map<string, { name: string; title: string; bytes: Buffer; length: number }>()
  readonly views: { kind: 'open' | 'publish'; user?: string; view: Record<string, unknown>; id: string }[] = []
  readonly sockets = new Set<WebSocket>()
  /** Envelopes that were acknowledged. */
  readonly acks = new Map<string, { at: number; payload: unknown }>()
  /** Sockets that were ever opened. */
  opened = 0
  locale = 'ko-KR'
  /** As auth.test tells them; the app's own unless a test says otherwise. */
  scopes = Object.keys(SCOPES)
  /** Milliseconds by which Slack's clock differs from this machine's. */
  skewMs = 0
  /** Milliseconds that every answer takes. */
  latencyMs = 0
  /** Milliseconds after which the message of a completed upload stands in its thread. */
  sharingMs = 0
  /** Pongs, and close frames, are sent back. */
  isAnsweringPings = true

  mode: Mode = { kind: 'socket' }
  private readonly channels = new Map<string, Channel>()
  private readonly planned = new Map<string, SlackFault[]>()
  private always: ((method: string) => SlackFault | undefined) | undefined
  private readonly triggers = new Map<string, 'fresh' | 'used' | 'expired'>()
  private readonly responses = new Map<string, { user: string; channel: string | null; uses: number }>()
  private readonly httpServer = createServer((request, response) => void this.serve(request, response))
  private readonly socketServer = new WebSocketServer({ noServer: true, autoPong: false })
  private readonly connections = new Set<Socket>()
  private count = 0
  private lastTs = 0

  async start(): Promise<this> {
    this.httpServer.on('connection', (socket) => {
      this.connections.add(socket)
      socket.on('close', () => this.connections.delete(socket))
    })
    this.httpServer.on('upgrade', (request, socket, head) => {
      this.socketServer.handleUpgrade(request, socket, head, (ws) => this.greet(ws))
    })
    await new Promise<void>((resolve) => this.httpServer.listen(0, '127.0.0.1', resolve))
    for (const id of ['C1', 'C2']) this.addChannel(id)
    return this
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate()
    for (const socket of this.connections) socket.destroy()
    await new Promise((resolve) => this.httpServer.close(resolve))
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.httpServer.address() as AddressInfo).port}`
  }

  get apiUrl(): string {
    return `${this.origin}/api/`
  }

  // what a test arranges

  addChannel(id: string, more: Partial<Channel> = {}): Channel {
    const channel = { id, hasBot: true, isArchived: false, ...more }
    this.channels.set(id, channel)
    return channel
  }

  channel(id: string): Channel {
    return this.channels.get(id)!
  }

  /** The next calls of a method go wrong so, in this order. */
  failNext(method: string, ...faults: SlackFault[]): void {
    this.planned.set(method, [...(this.planned.get(method) ?? []), ...faults])
  }

  /** Every call is asked about until undefined is given. */
  failAll(fault: ((method: string) => SlackFault | undefined) | undefined): void {
    this.always = fault
  }

  remove(ts: string): void {
    const at = this.messages.findIndex((message) => message.ts === ts)
    this.messages.splice(at, 1)
  }

  expire(trigger: string): void {
    this.triggers.set(trigger, 'expired')
  }

  newTrigger(): string {
    const trigger = `${++this.count}.trigger.${this.count}`
    this.triggers.set(trigger, 'fresh')
    return trigger
  }

  callsOf(method: string): SlackCall[] {
    return this.calls.filter((call) => call.method === method)
  }

  /** The channel of the direct message with a person. */
  directOf(user: string): string {
    const id = `D${user}`
    if (!this.channels.has(id)) this.addChannel(id, { person: user })
    return id
  }

  inThread(thread: string): SlackMessage[] {
    return this.messages.filter((message) => message.thread_ts === thread && message.ts !== thread)
  }

  // what people do

  commandPayload(user: string, channel: string, text: string, more: Record<string, string> = {}) {
    const isDirect = this.channels.get(channel)?.person !== undefined
    return {
      token: 'legacy',
      team_id: TEAM,
      team_domain: 'test',
      channel_id: channel,
      channel_name: isDirect ? 'directmessage' : channel.toLowerCase(),
      user_id: user,
      user_name: nameOf(user),
      command: '/crawl',
      text: escapeForSlack(text),
      api_app_id: 'A1',
      is_enterprise_install: 'false',
      response_url: this.responseUrl(user, channel),
      trigger_id: this.newTrigger(),
      ...more,
    }
  }

  command(user: string, channel: string, text: string, more: Record<string, string> = {}): Promise<Delivered> {
    return this.deliver('slash_commands', this.commandPayload(user, channel, text, more))
  }

  pressPayload({ user, channel, thread, value, actionId = 'run:0', isEphemeral = false, isHome = false }: Press) {
    const about = isHome
      ? { container: { type: 'view', view_id: 'V1' }, view: { id: 'V1', type: 'home' } }
      : {
          container: { type: 'message', channel_id: channel, is_ephemeral: isEphemeral, thread_ts: thread },
          channel: { id: channel, name: channel?.toLowerCase() },
          ...(isEphemeral ? {} : { message: { ts: '1.2', thread_ts: thread, text: '', blocks: [] } }),
          response_url: this.responseUrl(user, channel ?? null),
        }
    return {
      type: 'block_actions',
      user: { id: user, username: nameOf(user), name: nameOf(user), team_id: TEAM },
      api_app_id: 'A1',
      token: 'legacy',
      team: { id: TEAM, domain: 'test' },
      enterprise: null,
      is_enterprise_install: false,
      state: { values: {} },
      trigger_id: this.newTrigger(),
      ...about,
      actions: [
        {
          type: 'button',
          action_id: actionId,
          block_id: 'b1',
          value,
          text: { type: 'plain_text', text: 'x' },
          action_ts: '1.3',
        },
      ],
    }
  }

  press(press: Press): Promise<Delivered> {
    return this.deliver('interactive', this.pressPayload(press))
  }

  submit(user: string, view: Record<string, unknown>, values: Record<string, unknown>): Promise<Delivered> {
    return this.deliver('interactive', {
      type: 'view_submission',
      team: { id: TEAM, domain: 'test' },
      user: { id: user, name: nameOf(user), team_id: TEAM },
      api_app_id: 'A1',
      trigger_id: this.newTrigger(),
      is_enterprise_install: false,
      view: { ...view, id: 'V2', hash: 'h', state: { values } },
      response_urls: [],
    })
  }

  eventPayload(event: Record<string, unknown>, eventId = `Ev${++this.count}`) {
    return {
      type: 'event_callback',
      token: 'legacy',
      team_id: TEAM,
      api_app_id: 'A1',
      event_id: eventId,
      event_time: 1_700_000_000,
      is_ext_shared_channel: false,
      authorizations: [
        { enterprise_id: null, team_id: TEAM, user_id: BOT_USER, is_bot: true, is_enterprise_install: false },
      ],
      event: { ts: this.newTs(), event_ts: '1.2', ...event },
    }
  }

  event(event: Record<string, unknown>): Promise<Delivered> {
    return this.deliver('events_api', this.eventPayload(event))
  }

  mention(user: string, channel: string, text: string, thread?: string): Promise<Delivered> {
    const more = thread ? { thread_ts: thread } : {}
    return this.event({ type: 'app_mention', user, channel, text: `<@${BOT_USER}> ${text}`, team: TEAM, ...more })
  }

  write(user: string, text: string, more: Record<string, unknown> = {}): Promise<Delivered> {
    const about = { type: 'message', channel_type: 'im', channel: this.directOf(user), team: TEAM }
    return this.event({ ...about, user, text: escapeForSlack(text), ...more })
  }

  openHome(user: string): Promise<Delivered> {
    return this.event({ type: 'app_home_opened', user, channel: this.directOf(user), tab: 'home' })
  }

  // delivering

  /** Hands a payload to the bot in the mode of the app, and waits for its acknowledgement. */
  async deliver(kind: 'slash_commands' | 'interactive' | 'events_api', payload: unknown): Promise<Delivered> {
    if (this.mode.kind === 'http') return this.post(kind, payload)
    const startedAt = performance.now()
    const id = `envelope-${++this.count}`
    await until(() => this.openSockets().length > 0, 'an open socket')
    this.send(this.openSockets()[0]!, id, kind, payload)
    await until(() => this.acks.has(id), `the acknowledgement of ${id}`)
    const { at, payload: body } = this.acks.get(id)!
    return { status: 200, body: JSON.stringify(body ?? ''), ms: at - startedAt }
  }

  openSockets(): WebSocket[] {
    return [...this.sockets].filter((socket) => socket.readyState === socket.OPEN)
  }

  send(socket: WebSocket, id: string, type: string, payload: unknown, retry = 0): void {
    socket.send(
      JSON.stringify({
        envelope_id: id,
        type,
        accepts_response_payload: type !== 'events_api',
        payload,
        ...(type === 'events_api' ? { retry_attempt: retry, retry_reason: retry ? 'timeout' : '' } : {}),
      }),
    )
  }

  /** A signed request, as Slack sends it. */
  signed(kind: string, payload: unknown, { at = Date.now(), secret = SIGNING_SECRET } = {}) {
    const isForm = kind !== 'events_api'
    const fields =
      kind === 'slash_commands' ? (payload as Record<string, string>) : { payload: JSON.stringify(payload) }
    const body = isForm ? new URLSearchParams(fields).toString() : JSON.stringify(payload)
    const timestamp = String(Math.floor(at / 1_000))
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
    const headers: Record<string, string> = {
      'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    }
    return { body, headers }
  }

  private async post(kind: string, payload: unknown): Promise<Delivered> {
    return this.request(this.signed(kind, payload))
  }

  /** Sends a request that was signed before, perhaps again, perhaps changed. */
  async request({ body, headers }: { body: string; headers: Record<string, string> }): Promise<Delivered> {
    const startedAt = performance.now()
    const url = (this.mode as { url: string }).url
    const answer = await fetch(url, { method: 'POST', body: Buffer.from(body), headers })
    return { status: answer.status, body: await answer.text(), ms: performance.now() - startedAt }
  }

  /** Slack wants this socket renewed. */
  refresh(socket: WebSocket, reason = 'refresh_requested'): void {
    socket.send(JSON.stringify({ type: 'disconnect', reason }))
  }

  private greet(socket: WebSocket): void {
    this.opened++
    this.sockets.add(socket)
    socket.on('ping', (data) => this.isAnsweringPings && socket.pong(data))
    socket.on('close', () => this.sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.on('message', (data) => {
      const { envelope_id: id, payload } = JSON.parse(String(data)) as { envelope_id: string; payload: unknown }
      this.acks.set(id, { at: performance.now(), payload })
    })
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A1' } }))
  }

  private responseUrl(user: string, channel: string | null): string {
    const id = `r${++this.count}`
    this.responses.set(id, { user, channel, uses: 0 })
    return `${this.origin}/response/${id}`
  }

  private newTs(): string {
    this.lastTs = Math.max(this.lastTs + 1, Date.now() * 1_000)
    const text = String(this.lastTs)
    return `${text.slice(0, -6)}.${text.slice(-6)}`
  }

  // answering

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    try {
      for await (const piece of request) pieces.push(piece as Buffer)
    } catch {
      return // the bot cut its own call
    }
    const body = Buffer.concat(pieces)
    const path = new URL(request.url!, this.origin).pathname
    if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs))
    if (path.startsWith('/api/')) return this.answerCall(path.slice(5), request, body, response)
    if (path.startsWith('/upload/')) return this.takeBytes(path.slice(8), request, body, response)
    if (path.startsWith('/response/')) return this.takeResponse(path.slice(10), body, response)
    response.writeHead(404).end()
  }

  private async answerCall(method: string, request: IncomingMessage, body: Buffer, response: ServerResponse) {
    const args = Object.fromEntries(new URLSearchParams(body.toString()))
    const { authorization } = request.headers
    this.calls.push({ method, args, authorization, at: performance.now() })
    const fault = this.planned.get(method)?.shift() ?? this.always?.(method)
    const isApplied = fault === undefined || 'delayMs' in fault || fault.applied === true
    if (fault && 'delayMs' in fault) await new Promise((resolve) => setTimeout(resolve, fault.delayMs))
    const answer = isApplied ? this.perform(method, args, authorization) : undefined
    if (fault && !('delayMs' in fault)) return this.fail(fault, response)
    response.setHeader('date', new Date(Date.now() + this.skewMs).toUTCString())
    if (method === 'auth.test' && answer?.ok) response.setHeader('x-oauth-scopes', this.scopes.join(','))
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer))
  }

  private fail(fault: SlackFault, response: ServerResponse): void {
    if ('hang' in fault) return
    if ('cut' in fault) return void response.socket?.destroy()
    if ('error' in fault) {
      const body = { ok: false, error: fault.error, ...fault.more }
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (!('status' in fault)) return
    const retry =
      fault.status === 429 && fault.retryAfter !== null ? { 'retry-after': String(fault.retryAfter ?? 1) } : {}
    const body = fault.status === 429 ? '{"ok":false,"error":"ratelimited"}' : 'upstream failed'
    response.writeHead(fault.status, { 'content-type': 'application/json', ...retry }).end(body)
  }

  private perform(method: string, args: Record<string, string>, authorization?: string): Record<string, unknown> {
    if (method === 'apps.connections.open') {
      if (authorization !== `Bearer ${APP_TOKEN}`) return { ok: false, error: 'not_allowed_token_type' }
      return { ok: true, url: `${this.origin.replace('http', 'ws')}/socket/?ticket=${++this.count}` }
    }
    if (authorization !== `Bearer ${BOT_TOKEN}`) return { ok: false, error: 'invalid_auth' }
    try {
      return { ok: true, ...this.methods[method]!(args) }
    } catch (error) {
      if (error instanceof SlackRefusal) return { ok: false, error: error.message }
      throw error
    }
  }

  private readonly methods: Record<string, (args: Record<string, string>) => Record<string, unknown>> = {
    'auth.test': () => ({
      url: this.origin,
      team: 'test',
      user: 'shopcrawl',
      team_id: TEAM,
      user_id: BOT_USER,
      bot_id: 'B1',
    }),
    'users.info': ({ user, include_locale }) => ({
      user: {
        id: user,
        name: nameOf(user!),
        real_name: nameOf(user!),
        tz: 'Asia/Seoul',
        profile: { display_name: nameOf(user!) },
        ...(include_locale === 'true' ? { locale: this.locale } : {}),
      },
    }),
    'conversations.open': ({ users }) => ({ channel: { id: this.directOf(users!) } }),
    'chat.postMessage': (args) => this.postMessage(args),
    'chat.update': (args) => this.update(args),
    'chat.postEphemeral': (args) => this.postEphemeral(args),
    'chat.getPermalink': ({ channel, message_ts }) => {
      this.find(channel!, message_ts!)
      return { permalink: `https://test.slack.com/archives/${channel}/p${message_ts!.replace('.', '')}` }
    },
    'conversations.history': (args) => this.read(args, ({ thread_ts, ts }) => !thread_ts || thread_ts === ts),
    'conversations.replies': (args) => {
      if (!this.messages.some(({ ts, thread_ts }) => ts === args.ts || thread_ts === args.ts))
        throw new SlackRefusal('thread_not_found')
      return this.read(args, ({ ts, thread_ts }) => ts === args.ts || thread_ts === args.ts)
    },
    'views.open': ({ trigger_id, view }) => {
      const state = this.triggers.get(trigger_id!)
      if (state !== 'fresh') throw new SlackRefusal(state === 'used' ? 'exchanged_trigger_id' : 'expired_trigger_id')
      this.triggers.set(trigger_id!, 'used')
      return this.keepView('open', view!)
    },
    'views.publish': ({ user_id, view }) => this.keepView('publish', view!, user_id),
    'files.getUploadURLExternal': ({ filename, length }) => {
      if (!(Number(length) > 0)) throw new SlackRefusal('missing_argument')
      const id = `F${++this.count}`
      this.files.set(id, { name: filename!, title: '', bytes: Buffer.alloc(0), length: Number(length) })
      return { upload_url: `${this.origin}/upload/${id}`, file_id: id }
    },
    'files.completeUploadExternal': (args) => this.completeUpload(args),
  }

  private place(id: string | undefined): Channel {
    const channel = this.channels.get(id ?? '')
    if (!channel) throw new SlackRefusal('channel_not_found')
    if (!channel.hasBot) throw new SlackRefusal(channel.id.startsWith('C') ? 'not_in_channel' : 'channel_not_found')
    if (channel.isArchived) throw new SlackRefusal('is_archived')
    return channel
  }

  private checked(args: Record<string, string>, textMax: number): { text: string; blocks: unknown[] } {
    const blocks = JSON.parse(args.blocks ?? '[]') as unknown[]
    if (!args.text && blocks.length === 0) throw new SlackRefusal('no_text')
    if ((args.text ?? '').length > textMax) throw new SlackRefusal('msg_too_long')
    const error = findBlockError(blocks, 50)
    if (error) throw new SlackRefusal(error)
    return { text: args.text ?? '', blocks }
  }

  private postMessage(args: Record<string, string>): Record<string, unknown> {
    const channel = this.place(args.channel)
    const shown = this.checked(args, 40_000)
    const message: SlackMessage = {
      channel: channel.id,
      ts: this.newTs(),
      user: BOT_USER,
      ...shown,
      versions: [shown],
      ...(args.thread_ts ? { thread_ts: args.thread_ts } : {}),
      ...(args.metadata ? { metadata: JSON.parse(args.metadata) } : {}),
    }
    this.messages.push(message)
    return { channel: channel.id, ts: message.ts, message }
  }

  private find(channel: string, ts: string): SlackMessage {
    this.place(channel)
    const message = this.messages.find((one) => one.channel === channel && one.ts === ts)
    if (!message) throw new SlackRefusal('message_not_found')
    return message
  }

  private update(args: Record<string, string>): Record<string, unknown> {
    const message = this.find(args.channel!, args.ts!)
    const shown = this.checked(args, 4_000)
    message.text = shown.text
    if (args.blocks !== undefined) message.blocks = shown.blocks // absent blocks stay as they were
    message.versions.push({ text: message.text, blocks: message.blocks })
    return { channel: message.channel, ts: message.ts, text: message.text, message }
  }

  private postEphemeral(args: Record<string, string>): Record<string, unknown> {
    const channel = this.place(args.channel)
    const shown = this.checked(args, 40_000)
    const thread = args.thread_ts ? { thread_ts: args.thread_ts } : {}
    this.ephemerals.push({ user: args.user!, channel: channel.id, ...shown, ...thread, via: 'postEphemeral' })
    return { message_ts: this.newTs() }
  }

  private read(args: Record<string, string>, isAmong: (message: SlackMessage) => boolean): Record<string, unknown> {
    this.place(args.channel)
    const messages = this.messages
      .filter((message) => message.channel === args.channel && isAmong(message))
      .filter(({ ts }) => Number(ts) >= Number(args.oldest ?? 0))
      .map(({ versions: _, metadata, ...message }) =>
        args.include_all_metadata === 'true' && metadata ? { ...message, metadata } : message,
      )
    const from = Number(args.cursor || 0)
    const to = from + Number(args.limit ?? 100)
    const more = to < messages.length ? { response_metadata: { next_cursor: String(to) } } : {}
    return { messages: messages.slice(from, to), has_more: to < messages.length, ...more }
  }

  private keepView(kind: 'open' | 'publish', json: string, user?: string): Record<string, unknown> {
    const view = JSON.parse(json) as { blocks: unknown[]; private_metadata?: string; submit?: unknown }
    const error = findBlockError(view.blocks, 100)
    if (error || (view.private_metadata?.length ?? 0) > 3_000) throw new SlackRefusal(error ?? 'invalid_arguments')
    if (kind === 'open' && !view.submit) throw new SlackRefusal('invalid_arguments')
    const id = `V${++this.count}`
    this.views.push({ kind, view: view as unknown as Record<string, unknown>, id, ...(user ? { user } : {}) })
    return { view: { id, ...view } }
  }

  private takeBytes(id: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const fault = this.planned.get('upload')?.shift() ?? this.always?.('upload')
    this.calls.push({ method: 'upload', args: { id }, authorization: undefined, at: performance.now() })
    const file = this.files.get(id)!
    file.bytes = partOf(body, request.headers['content-type'] ?? '')
    if (fault) {
      this.fail(fault, response)
      return
    }
    response.writeHead(200).end(`OK - ${file.bytes.length}`)
  }

  private completeUpload(args: Record<string, string>): Record<string, unknown> {
    const channel = this.place(args.channel_id)
    const asked = JSON.parse(args.files!) as { id: string; title: string }[]
    const files = asked.map(({ id, title }) => {
      const { name, bytes } = this.files.get(id)!
      return { id, name, title, size: bytes.length }
    })
    const shown = { text: args.initial_comment ?? '', blocks: [] }
    const thread = args.thread_ts ? { thread_ts: args.thread_ts } : {}
    const message = {
      channel: channel.id,
      ts: this.newTs(),
      user: BOT_USER,
      ...shown,
      versions: [shown],
      files,
      ...thread,
    }
    if (this.sharingMs > 0) setTimeout(() => this.messages.push(message), this.sharingMs).unref()
    else this.messages.push(message)
    return { files: files.map(({ id, title }) => ({ id, title })) }
  }

  private takeResponse(id: string, body: Buffer, response: ServerResponse): void {
    this.calls.push({ method: 'response_url', args: { id }, authorization: undefined, at: performance.now() })
    const fault = this.planned.get('response_url')?.shift() ?? this.always?.('response_url')
    if (fault) {
      this.fail(fault, response)
      return
    }
    const known = this.responses.get(id)
    if (!known || ++known.uses > 5) return void response.writeHead(404).end('used_url')
    const { text, blocks = [], thread_ts } = JSON.parse(body.toString())
    const thread = thread_ts ? { thread_ts } : {}
    const error = findBlockError(blocks, 50)
    if (error) return void response.writeHead(400).end(error)
    this.ephemerals.push({ user: known.user, channel: known.channel, text, blocks, ...thread, via: 'response_url' })
    response.writeHead(200).end('ok')
  }
}

class SlackRefusal extends Error {}

export const userOf = (name: string): string => `U${name.toUpperCase()}`
export const nameOf = (user: string): string => user.slice(1).toLowerCase()

const escapeForSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** The bytes of the one part of a multipart body. */
function partOf(body: Buffer, contentType: string): Buffer {
  const boundary = /boundary=([^;]+)/.exec(contentType)?.[1]
  if (!boundary) return body
  const from = body.indexOf('\r\n\r\n') + 4
  const to = body.lastIndexOf(`\r\n--${boundary}--`)
  return body.subarray(from, to)
}
