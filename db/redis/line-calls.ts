import type { HostRule } from '../../src/budget/host-line.ts'
import type { Clock } from '../../src/clock.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { type Lane, rest } from './lane.ts'
import { type Grant, LINE, type LineCall, type LineNews, type LineReply } from './line-script.ts'
import type { RedisLink } from './link.ts'
import { createScript } from './script.ts'

export interface RedisLineParts extends HostRule {
  link: RedisLink
  clock: Clock
  emit: Emit
  /** Before every key and channel. */
  prefix: string
  /** Names this process among all. */
  me: string
}

/** A step of a host's line. @param cause of a complaint, for whoever reads the log. @throws when Redis is away */
export type Call = (lane: Lane, op: LineCall['op'], more: Partial<LineCall>, cause?: string) => Promise<LineReply>

/** The steps of hosts' lines in Redis, and what their answers teach. */
export function createCall(parts: RedisLineParts, take: (lane: Lane, grant: Grant) => void): Call {
  const { link, clock, emit, prefix, me, rate, concurrency } = parts
  const script = createScript(link, LINE)
  return async (lane, op, more, cause = '') => {
    const sentAt = clock.monotonic()
    const { host, slowness, delayMs } = lane
    const restMs = Math.max(0, lane.pausedUntil - sentAt)
    const said: LineCall = { op, me, host, channel: `${prefix}:turns:`, rate, concurrency, slowness, restMs, delayMs }
    const text = await script(keysOf(prefix, host), [JSON.stringify({ ...said, ...more })])
    const reply = JSON.parse(String(text)) as LineReply
    lane.heardAt = Math.max(lane.heardAt, sentAt)
    lane.slowness = reply.slowness
    lane.intervalMs = reply.intervalMs
    lane.atOnce = reply.atOnce
    if (reply.restMs > 0) rest(lane, sentAt + reply.restMs) // rather too early than too late: Redis is asked again
    if (reply.isSlowed) emit('host.slowed', { host, intervalMs: reply.intervalMs, cause })
    if (reply.isRecovered) emit('host.recovered', { host, intervalMs: reply.intervalMs })
    for (const grant of Object.values(reply.grants)) take(lane, grant)
    return reply
  }
}

const keysOf = (prefix: string, host: string): string[] => [
  ...['', ':processes', ':slots', ':round', ':waiters'].map((part) => `${prefix}:line:{${host}}${part}`),
  `${prefix}:budget-born`,
]

/** Listens to this process's channel, once, as soon as Redis is there. */
export function createEars(
  { link, prefix, me }: RedisLineParts,
  onNews: (news: LineNews) => void,
): () => Promise<unknown> {
  let heard: Promise<void> | undefined
  const hear = () =>
    link
      .hear(`${prefix}:turns:${me}`, (text) => {
        const news = parseNews(text)
        if (news) onNews(news)
      })
      .catch((error) => {
        heard = undefined
        throw error
      })
  return () => link.answered(() => (heard ??= hear()))
}

/** Anybody who reaches Redis can publish: what is no news is nothing. */
function parseNews(text: string): LineNews | undefined {
  try {
    const { host, restMs, grant } = JSON.parse(text) as { host?: unknown; restMs?: unknown; grant?: unknown }
    if (typeof host !== 'string') return undefined
    if (typeof restMs === 'number') return { host, restMs }
    if (!Array.isArray(grant)) return undefined
    const [user, slot, wait] = grant as unknown[]
    const isGrant = typeof user === 'string' && typeof slot === 'string' && typeof wait === 'number'
    return isGrant ? { host, grant: [user, slot, wait] } : undefined
  } catch {
    return undefined
  }
}
