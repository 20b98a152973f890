import type { IncomingMessage } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type App, HTTPReceiver, verifySlackRequest } from '@slack/bolt'
import type { Clock } from '../../src/clock.ts'
import type { Mount } from '../../src/http/app.ts'
import { readBody } from '../../src/http/read-body.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { createMemory } from '../memory.ts'
import { EVENTS_PATH } from './command.ts'
import { BODY_MAX_BYTES, CLOCK_SKEW_MS, SIGNATURES_MAX } from './limits.ts'
import type { SlackLogger } from './logger.ts'
import type { Transport } from './transport.ts'

export interface RequestsOptions {
  signingSecret: string
  clock: Clock
  emit: Emit
  logger: SlackLogger
}

/** What Bolt takes for a body that was read already. */
type Buffered = IncomingMessage & { rawBody?: Buffer }

/** HTTP mode: Bolt's receiver behind the one port. */
export function createRequestsTransport(options: RequestsOptions): Transport {
  const receiver = new HTTPReceiver({
    signingSecret: options.signingSecret,
    endpoints: [EVENTS_PATH],
    logger: options.logger,
    customPropertiesExtractor: (request) => ({ requestKey: request.headers['x-slack-signature'] }),
  })
  let isOpen = false
  return {
    start(app: App) {
      receiver.init(app)
      isOpen = true
    },
    stop: async () => {
      isOpen = false
    },
    mount: mountOf(options, receiver, () => isOpen),
    trouble: () => null,
  }
}

function mountOf(options: RequestsOptions, receiver: HTTPReceiver, isOpen: () => boolean): Mount {
  const isReplay = createReplayGuard(options)
  return (http) => {
    http.post(EVENTS_PATH, async (c) => {
      if (!isOpen()) return c.body(null, 503) // Slack delivers events again; a person sees that it did not work
      const { incoming, outgoing } = c.env
      const body = await readBody(incoming, BODY_MAX_BYTES).catch(() => null)
      if (body === null) return c.body(null, 400) // the sender has gone
      if (body === undefined) return c.body(null, 413, { connection: 'close' })
      const verdict = judge(options, incoming, body)
      if (verdict === 'stale') return c.body(null, 401)
      if (verdict === 'genuine' && isReplay(String(incoming.headers['x-slack-signature']))) return c.body(null, 200)
      ;(incoming as Buffered).rawBody = body
      receiver.requestListener(incoming, outgoing) // checks the signature once more, and refuses what is not genuine
      return RESPONSE_ALREADY_SENT
    })
  }
}

/** Bolt takes timestamps of the future; a stolen request could wait there. */
function judge({ signingSecret, clock, emit }: RequestsOptions, request: IncomingMessage, body: Buffer) {
  const seconds = Number(request.headers['x-slack-request-timestamp'])
  const signature = request.headers['x-slack-signature']
  if (!Number.isFinite(seconds) || typeof signature !== 'string') return 'doubtful'
  try {
    verifySlackRequest({
      signingSecret,
      body: body.toString(),
      headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': seconds },
      nowMilliseconds: seconds * 1_000, // here only the signature is asked about
    })
  } catch {
    return 'doubtful'
  }
  const skewMs = clock.now() - seconds * 1_000
  if (Math.abs(skewMs) <= CLOCK_SKEW_MS) return 'genuine'
  const cause = `a genuine request is ${Math.round(skewMs / 1_000)} s off: an old one, or this machine's clock is wrong`
  emit('chat.failed', { platform: 'slack', cause })
  return 'stale'
}

/** Remembers the signatures of genuine requests for as long as their timestamps hold. */
function createReplayGuard({ clock }: RequestsOptions): (signature: string) => boolean {
  const seen = createMemory<number>(SIGNATURES_MAX)
  return (signature) => {
    const until = seen.get(signature) ?? 0
    seen.set(signature, clock.now() + 2 * CLOCK_SKEW_MS)
    return until > clock.now()
  }
}
