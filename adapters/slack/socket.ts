import { type App, type ReceiverEvent, SocketModeReceiver } from '@slack/bolt'
import type { Dispatcher } from 'undici'
import { aborted, type Clock, rest } from '../../src/clock.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { slackCode } from './errors.ts'
import { DEAF_AFTER_MS, FIRST_PAUSE_MS, HELLO_TIMEOUT_MS, LAST_PAUSE_MS, SHORT_LIFE_MS, SOCKETS } from './limits.ts'
import { SILENT, type SlackLogger } from './logger.ts'
import type { Transport } from './transport.ts'
import { clientOptions } from './web-api.ts'

export interface SocketOptions {
  appToken: string
  apiUrl: string
  fetch: typeof fetch
  /** The way out through a proxy, where one is set. */
  dispatcher?: Dispatcher | undefined
  clock: Clock
  emit: Emit
  /** What Bolt tells of a listener's failure. */
  logger: SlackLogger
  /** How soon a silent peer is given up; Bolt's own is 5 s. */
  pingTimeoutMs?: number
}

/**
 * Socket mode over two sockets, each renewed on its own. The library's reconnecting is off: it leaves 5 s without a
 * connection at every refresh, and ends the process when Slack refuses one.
 */
export function createSocketTransport(options: SocketOptions): Transport {
  const { clock } = options
  const ended = new AbortController()
  const lines = Array.from({ length: SOCKETS }, () => createLine(options, ended.signal))
  let running: Promise<unknown> = Promise.resolve()
  let heardAt = clock.monotonic()

  return {
    start(app) {
      heardAt = clock.monotonic()
      running = Promise.all(lines.map((line) => line.run(app)))
    },
    async stop() {
      ended.abort()
      await running
    },
    trouble() {
      if (lines.some((line) => line.isOpen())) heardAt = clock.monotonic()
      else if (clock.monotonic() - heardAt > DEAF_AFTER_MS || lines.every((line) => line.refusal() !== null))
        return lines.map((line) => line.refusal()).find((cause) => cause !== null) ?? 'no socket is open'
      return null
    },
  }
}

interface Line {
  /** Keeps one socket open until the signal. Never throws. */
  run(app: App): Promise<void>
  isOpen(): boolean
  /** Why the last try was refused; null since one succeeded. */
  refusal(): string | null
}

function createLine(options: SocketOptions, signal: AbortSignal): Line {
  const { clock, emit } = options
  let current: Socket | undefined
  let refusal: string | null = null

  return {
    isOpen: () => current?.isOpen() ?? false,
    refusal: () => refusal,
    async run(app) {
      let pauseMs = 0
      const stopped = aborted(signal)
      while (!signal.aborted) {
        if (pauseMs > 0) await rest(clock, pauseMs, signal)
        if (signal.aborted) return
        const startedAt = clock.monotonic()
        current = openSocket(options, app, signal)
        try {
          await Promise.race([current.opened, stopped])
          refusal = null
          await Promise.race([current.ended, stopped])
        } catch (error) {
          const cause = slackCode(error) ?? (error instanceof Error ? error.message : String(error))
          if (cause !== refusal) emit('chat.failed', { platform: 'slack', cause: `socket: ${cause}` })
          refusal = cause
        }
        current.close()
        const hasLived = refusal === null && clock.monotonic() - startedAt > SHORT_LIFE_MS
        pauseMs = hasLived ? 0 : Math.min(LAST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pauseMs * 2))
      }
    },
  }
}

interface Socket {
  /** Resolves at Slack's hello. */
  opened: Promise<void>
  /** Resolves when Slack wants it renewed, or when it is gone. */
  ended: Promise<void>
  isOpen(): boolean
  close(): void
}

function openSocket(options: SocketOptions, app: App, signal: AbortSignal): Socket {
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    autoReconnectEnabled: false,
    ...(options.dispatcher ? { dispatcher: options.dispatcher } : {}),
    logger: SILENT,
    ...(options.pingTimeoutMs === undefined ? {} : { clientPingTimeout: options.pingTimeoutMs }),
    installerOptions: { clientOptions: clientOptions(options.apiUrl, options.fetch) },
    customPropertiesExtractor: ({ envelope_id }: { envelope_id?: string }) => ({ requestKey: envelope_id }),
    processEventErrorHandler: async ({ error }) => {
      options.logger.error(error)
      return false
    },
  })
  // what still comes while the program ends is not acknowledged: Slack brings events again
  const processEvent = async (event: ReceiverEvent) => {
    if (!signal.aborted) await app.processEvent(event)
  }
  receiver.init({ processEvent } as App)
  let isOpen = false
  let isClosed = false
  const ended = new Promise<void>((resolve) => {
    const over = () => {
      isOpen = false
      resolve()
    }
    receiver.client.on('disconnected', over)
    receiver.client.on('error', over)
    // a new socket is opened as soon as Slack asks for it, not when this one is closed
    receiver.client.on('ws_message', (data: unknown) => {
      if (typeof data === 'string' && isGoodbye(data)) over()
    })
  })
  const limit = new AbortController()
  const tooLate = options.clock.sleep(HELLO_TIMEOUT_MS, limit.signal).then(
    () => Promise.reject(new Error('no hello')),
    () => undefined,
  )
  const opened = Promise.race([
    receiver.start().then(() => {
      isOpen = !isClosed
      if (isClosed) end(receiver) // it was given up while Slack still thought about it
    }),
    tooLate,
  ]).finally(() => limit.abort())
  return {
    opened: opened.then(() => undefined),
    ended,
    isOpen: () => isOpen,
    close() {
      isClosed = true
      isOpen = false
      end(receiver)
    },
  }
}

function isGoodbye(data: string): boolean {
  if (data.length > 1_000) return false
  try {
    return (JSON.parse(data) as { type?: unknown }).type === 'disconnect'
  } catch {
    return false
  }
}

function end(receiver: SocketModeReceiver): void {
  receiver.client.on('error', () => undefined)
  receiver.stop().catch(() => undefined)
}
