import type { Message } from '../chat/message.ts'
import type { Place } from '../jobs/job.ts'
import type { Locale } from '../messages/locale.ts'
import type { Account, AccountKey, User } from '../users/user.ts'

/** A command, button or autocompletion, made neutral by an adapter. */
export interface Invocation {
  /** Deduplicates redeliveries: the platform's event id or signature; kept 24 h. */
  eventId: string | null
  account: AccountKey & { name: string; locale: Locale | undefined }
  place: Place
  /** The words after `/crawl`, as typed; buttons and typed options are put into the same grammar. */
  text: string
  /** Typed options of a platform that has them, by option name; they win over `text`. */
  options?: Record<string, string | number | boolean>
}

/** Always for the person alone. */
export interface Reply {
  message: Message
  /** For logs and the commands table: 'ok', or the refusal's code. */
  outcome: string
  jobId?: string
  /** Files to hand to the person alone (`result` in the console and Discord). */
  files?: import('../chat/platform.ts').Upload[]
}

/** Answers one invocation. Never throws: refusals and faults become a reply. Undefined for a redelivery. */
export type Dispatch = (invocation: Invocation) => Promise<Reply | undefined>

/** Who asks, resolved. */
export interface Asker {
  user: User
  account: Account
  locale: Locale
  requestId: string
}
