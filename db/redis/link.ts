import { Redis } from 'ioredis'
import type { Emit } from '../../src/telemetry/events.ts'

/** A command that is not answered within this counts as refused: a person waits for it. */
const ANSWER_MS = 1_500
/** Longest pause between two attempts to connect. */
const RECONNECT_MS = 2_000

/** A refusal stands in readyz for so long, and so does silence … */
const REFUSED_MS = 5_000
/** … and one after a pause of so long is told anew. */
const TELL_AGAIN_MS = 60_000

/** The connections to one Redis, and what is known of it. */
export interface RedisLink {
  /** For single commands: refused at once while Redis is away, never kept for later. */
  commands: Redis
  /** Another connection, which waits for Redis as long as it takes. The caller closes it. */
  patient(): Redis
  /** Hears a channel, over one connection for all channels. Resolves once Redis sends what is published. */
  hear(channel: string, onText: (text: string) => void): Promise<void>
  /** Runs an act of BullMQ's, which has no time limit of its own. @throws when Redis is away or silent */
  answered<T>(act: () => Promise<T>): Promise<T>
  /** Tells once that Redis is away, however many connections notice. */
  tell(error: unknown): void
  /** What is wrong now, for readyz; null when all is well. */
  trouble(): string | null
  close(): Promise<void>
}

/**
 * Connects to Redis in the background; one that is away holds up no start.
 * @param url `redis://` or `rediss://`
 */
export function openRedisLink({ url, emit }: { url: string; emit: Emit }): RedisLink {
  let isClosed = false
  const options = {
    // BullMQ makes connections of its own after this one: none of them may keep a process alive that ends
    retryStrategy: (times: number) => (isClosed ? null : Math.min(times * 100, RECONNECT_MS)),
    connectionName: 'shopcrawl',
  }
  const commands = new Redis(url, {
    ...options,
    enableOfflineQueue: false,
    commandTimeout: ANSWER_MS,
    maxRetriesPerRequest: 0,
  })
  let awaySince: number | undefined
  const tell = (error: unknown): void => {
    // an answer of before may be told late, by another connection: no `ready` would follow that ends the trouble
    if (isClosed || awaySince !== undefined || commands.status === 'ready') return
    awaySince = performance.now()
    emit('redis.away', { cause: error instanceof Error ? error.message || error.name : String(error) })
  }
  commands.on('error', tell)
  commands.on('close', () => tell(new Error('connection closed')))
  commands.on('ready', () => {
    if (awaySince !== undefined) emit('redis.back', { ms: Math.round(performance.now() - awaySince) })
    awaySince = undefined
    void warnOfEviction(commands, emit)
  })
  const patient = (): Redis => {
    const connection = new Redis(url, { ...options, maxRetriesPerRequest: null })
    connection.on('error', tell)
    return connection
  }
  const ears = createEars(patient)
  const refusals = createRefusals(emit)
  const silence = createSilence(emit)
  return {
    ...{ commands, tell, patient },
    hear: ears.hear,
    answered: (act) => silence.heed(refusals.heed(within(ANSWER_MS, commands, act))),
    trouble() {
      if (awaySince !== undefined) return 'away'
      return commands.status === 'ready' ? (silence.last() ?? refusals.last()) : 'not connected yet'
    },
    close: async () => {
      isClosed = true
      commands.disconnect()
      ears.close()
    },
  }
}

/** Tells that Redis refuses what it is asked, now and then while it does: it may go on answering other questions. */
function createRefusals(emit: Emit) {
  let refused = { cause: '', at: Number.NEGATIVE_INFINITY }
  let toldAt = Number.NEGATIVE_INFINITY
  return {
    /** As `readyz` says it. */
    last: () => (performance.now() - refused.at < REFUSED_MS ? `refuses commands: ${refused.cause}` : null),
    async heed<T>(answer: Promise<T>): Promise<T> {
      try {
        return await answer
      } catch (error) {
        if (error instanceof Error && error.name === 'ReplyError') {
          refused = { cause: error.message, at: performance.now() }
          if (refused.at - toldAt >= TELL_AGAIN_MS) emit('redis.refused', { cause: error.message })
          toldAt = Math.max(toldAt, refused.at)
        }
        throw error
      }
    },
  }
}

/**
 * Tells of a Redis that is connected and says nothing (stopped, or busy with something long) as of one that is away,
 * and of its next answer as of one that is back.
 */
function createSilence(emit: Emit) {
  let since: number | undefined
  let noticedAt = Number.NEGATIVE_INFINITY
  return {
    /** As `readyz` says it. */
    last: () => (since !== undefined && performance.now() - noticedAt < REFUSED_MS ? 'does not answer' : null),
    async heed<T>(answer: Promise<T>): Promise<T> {
      try {
        const value = await answer
        if (since !== undefined) emit('redis.back', { ms: Math.round(performance.now() - since) })
        since = undefined
        return value
      } catch (error) {
        if (isSilence(error)) {
          noticedAt = performance.now()
          if (since === undefined) emit('redis.away', { cause: error.message })
          since ??= noticedAt
        }
        throw error
      }
    },
  }
}

/** Ours, or ioredis's for a single command. */
const isSilence = (error: unknown): error is Error =>
  error instanceof Silent || (error instanceof Error && error.message === 'Command timed out')

class Silent extends Error {
  override readonly name = 'Silent'
}

/** One connection that hears; made when something is to be heard. */
function createEars(open: () => Redis) {
  const listeners = new Map<string, (text: string) => void>()
  let connection: Redis | undefined
  return {
    async hear(channel: string, onText: (text: string) => void): Promise<void> {
      listeners.set(channel, onText)
      connection ??= open().on('message', (from: string, text: string) => listeners.get(from)?.(text))
      await connection.subscribe(channel)
    },
    close: () => connection?.disconnect(),
  }
}

async function within<T>(ms: number, { status }: Redis, act: () => Promise<T>): Promise<T> {
  if (status !== 'ready') throw new Error(`Redis is not there (${status})`)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Silent(`Redis did not answer within ${ms} ms`)), ms)
  })
  return Promise.race([act(), late]).finally(() => clearTimeout(timer))
}

/** A Redis that drops keys when its memory is full would drop hints and budgets (BullMQ, going to production). */
async function warnOfEviction(commands: Redis, emit: Emit): Promise<void> {
  const info = await commands.info('memory').catch(() => '')
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction'
  if (policy === 'noeviction') return
  emit('config.warning', { name: 'REDIS_URL', text: `maxmemory-policy is ${policy}; it should be noeviction` })
}
