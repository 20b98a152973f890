import { DiscordAPIError, RateLimitError } from 'discord.js'
import { PlatformDown, RateLimited, ThreadGone, UploadRefused } from '../../src/chat/platform.ts'
import { DIRECT_PAUSE_MS, SLOW_MODE_MS } from './limits.ts'

/** Discord refused the message as it is written: its form, or its words (automod). Repeating it is in vain. */
export class TextRefused extends Error {
  constructor(cause: string) {
    super(`text refused: ${cause}`)
    this.name = 'TextRefused'
  }
}

/** The thread is archived: it must be opened before a message in it is edited. */
export class ThreadArchived extends Error {
  constructor() {
    super('the thread is archived')
    this.name = 'ThreadArchived'
  }
}

type Meaning = 'channel' | 'message' | 'access' | 'slow' | 'direct' | 'archived' | 'size' | 'later'

/** Discord's error codes (JSON error codes of its documentation) that mean something for the bot. */
const MEANINGS: Record<number, Meaning> = {
  10003: 'channel',
  10004: 'access', // no such server
  10008: 'message',
  20016: 'slow',
  20028: 'slow',
  20029: 'slow',
  30046: 'message', // too many edits of an old message: another one is posted
  40003: 'direct', // direct messages opened too fast
  40005: 'size',
  40062: 'slow',
  50001: 'access',
  50005: 'message', // not ours
  50007: 'access', // the person takes no direct messages
  50013: 'access',
  50083: 'archived',
  50278: 'access', // no server in common
  130000: 'later',
  160005: 'access', // locked thread
}

/** The code that Discord gave, or undefined: no answer of its API. */
export const codeOf = (error: unknown): number | undefined =>
  error instanceof DiscordAPIError && typeof error.code === 'number' ? error.code : undefined

/**
 * What an answer of Discord means to those who send. What it has no word for is handed back as it is: the message may
 * have arrived.
 */
export function toPortError(error: unknown): unknown {
  if (error instanceof RateLimitError) return new RateLimited(Math.max(1_000, error.retryAfter))
  if (!(error instanceof DiscordAPIError)) return error
  const cause = `${error.status} ${error.code} ${error.message}`.slice(0, 300)
  if (error.status === 401) return new PlatformDown(cause)
  const code = codeOf(error)
  if (code === undefined) return error // a proxy's or a ban's page: not Discord's word on this channel
  if (error.status === 413) return new UploadRefused(cause)
  return byMeaning(MEANINGS[code], error, cause) ?? byStatus(error.status, error, cause)
}

function byMeaning(meaning: Meaning | undefined, error: DiscordAPIError, cause: string): unknown {
  switch (meaning) {
    case undefined:
      return undefined
    case 'slow':
      return new RateLimited(retryAfterOf(error) ?? SLOW_MODE_MS)
    case 'direct':
      return new RateLimited(DIRECT_PAUSE_MS)
    case 'archived':
      return new ThreadArchived()
    case 'size':
      return new UploadRefused(cause)
    case 'later':
      return error
    default:
      return new ThreadGone(meaning, cause)
  }
}

function byStatus(status: number, error: DiscordAPIError, cause: string): unknown {
  if (status === 403) return new ThreadGone('access', cause)
  if (status === 400) return new TextRefused(`${cause} ${JSON.stringify(error.rawError).slice(0, 500)}`)
  if (status === 404 && error.code !== 0) return new ThreadGone('channel', cause)
  return error
}

function retryAfterOf(error: DiscordAPIError): number | undefined {
  const seconds = (error.rawError as { retry_after?: unknown }).retry_after
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : undefined
}
