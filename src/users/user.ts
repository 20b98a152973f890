import type { AccountId, UserId } from '../ids.ts'
import type { Locale } from '../messages/locale.ts'

/** The chat identity as a platform tells it. */
export interface AccountKey {
  platform: string
  /** Slack team (or enterprise), Discord and console: an empty text. */
  workspace: string
  externalId: string
}

/** A chat identity: never a user by itself. */
export interface Account extends AccountKey {
  id: AccountId
  userId: UserId
  name: string
}

/** A person; owns jobs and files; has one or more accounts. */
export interface User {
  id: UserId
  /** What `/crawl lang` set; null = follow the platform. */
  locale: Locale | null
  blockedAt: number | null
}
