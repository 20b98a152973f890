import type { Place, Thread } from '../jobs/job.ts'
import type { Locale } from '../messages/locale.ts'
import type { Message } from './message.ts'

/** A file to send: bytes are read from `path`. */
export interface Upload {
  path: string
  name: string
  bytes: number
  contentType: string
  /** The sentence that comes with it. */
  title: string
}

/**
 * A chat service, as src/chat sees it. It translates and never decides: when to send, whether to repeat and where to
 * go instead are the outbox's. A Thread whose `root` is an empty text is a place without a root message (a direct
 * message, a copy that a person asked for elsewhere).
 * @throws RateLimited, ThreadGone, UploadRefused, PlatformDown, the signal's reason; anything else is taken as "the
 * message may have arrived" and repeated later with `isUncertain`
 */
export interface Platform {
  readonly name: string
  /** Posts the root message and opens its thread. */
  open(place: Place, root: Message, options: OpenOptions): Promise<Thread>
  /** Posts into the thread. @returns the message's id */
  post(thread: Thread, message: Message, send: Send): Promise<string>
  /** Replaces a message of ours, buttons too (none given = none left); repeating it is safe. */
  edit(thread: Thread, messageId: string, message: Message, signal: AbortSignal): Promise<void>
  /** Puts a file into the thread. @returns an id of what was sent */
  upload(thread: Thread, file: Upload, send: Send): Promise<string>
  /** Where a direct message to this person goes. */
  direct(externalId: string, workspace: string): Promise<Place>
  /** An address that opens the thread for a person, or null. */
  link(thread: Thread): Promise<string | null>
  /** Limits of posts or edits for the outbox and the pacer: calls with the same key share one budget. */
  pace(thread: Thread, call: CallKind): Pace
  /** The person's language as the platform tells it now, or undefined. Called before every message: keep it cached. */
  locale(externalId: string, workspace: string): Promise<Locale | undefined>
}

/** What is paced: new messages and files, or edits. Platforms limit the two apart. */
export type CallKind = 'post' | 'edit'

/** How one message is sent. */
export interface Send {
  /** Names the message (≤ 25 characters of A–Z a–z 0–9 _ -): with it a platform drops or finds a double. */
  key: string
  /** An earlier try may have reached the platform: look for the key first, and hand back what is there. */
  isUncertain: boolean
  /** Aborts after 15 s and when the program stops: cut the call, so that it does not arrive later. */
  signal: AbortSignal
}

export interface OpenOptions extends Send {
  /** A place that only the person sees. */
  isPrivate: boolean
  /** Of the thread, where a platform names them. */
  title: string
  owner: { externalId: string; name: string }
}

export interface Pace {
  key: string
  /** Least milliseconds between two calls under this key. */
  intervalMs: number
  /** Least milliseconds between two edits of one message. */
  editMs: number
  /** After how long an active job gets its progress message; 0 = at once. */
  progressAfterMs: number
}

/** The platform says: not now. */
export class RateLimited extends Error {
  readonly retryAfterMs: number
  constructor(retryAfterMs: number) {
    super(`rate limited for ${retryAfterMs} ms`)
    this.name = 'RateLimited'
    this.retryAfterMs = retryAfterMs
  }
}

/** The thread, channel or message is gone for good, or the bot is no longer in it. */
export class ThreadGone extends Error {
  readonly what: 'message' | 'thread' | 'channel' | 'access'
  constructor(what: 'message' | 'thread' | 'channel' | 'access', cause: string) {
    super(`${what} gone: ${cause}`)
    this.name = 'ThreadGone'
    this.what = what
  }
}

/** The platform does not take a file of this size or kind here. */
export class UploadRefused extends Error {
  constructor(cause: string) {
    super(`upload refused: ${cause}`)
    this.name = 'UploadRefused'
  }
}

/** The platform's own settings are wrong (token, scope): sending stops for it until a restart. */
export class PlatformDown extends Error {
  constructor(cause: string) {
    super(`platform down: ${cause}`)
    this.name = 'PlatformDown'
  }
}
