import type { AccountId, JobId, UserId } from '../ids.ts'
import type { Locale } from '../messages/locale.ts'
import type { Account, AccountKey, User } from './user.ts'

/** The part of storage that src/users needs. */
export interface UserStore {
  /**
   * The account and its user; both are made on first sight, in one transaction, so that two first commands at once
   * give one user. Keeps the newest display name and the time it was seen.
   */
  resolve(key: AccountKey, name: string): Promise<{ account: Account; user: User }>
  /** The account with its user, or undefined; makes nothing. */
  find(key: AccountKey): Promise<{ account: Account; user: User } | undefined>
  /** The user, or the one that it was merged into since. */
  user(id: UserId): Promise<User | undefined>
  accountsOf(id: UserId): Promise<Account[]>
  setLocale(id: UserId, locale: Locale | null): Promise<void>
}

/** An active job that stands in the way of a linking. */
export interface JobInTheWay {
  id: JobId
  site: string
  words: string
  url: string | null
}

/** What a code that somebody sent means for them. */
export type CodeAnswer =
  | { kind: 'good'; starter: Account }
  /** Wrong, used, too old, or of somebody who may no longer use the service: all alike, so that guessing tells nothing. */
  | { kind: 'unknown' }
  /** This account, or everybody of its workspace, has sent too many wrong codes. */
  | { kind: 'too_many' }
  /** The code comes from the same workspace of the same platform. */
  | { kind: 'same_chat' }
  | { kind: 'already' }

/** What became of a linking. */
export type Merged =
  | { kind: 'merged'; starter: Account; survivor: UserId; merged: UserId }
  /** Each side has an active job. Nothing was changed, the code holds. @see JobInTheWay of the account that confirmed */
  | { kind: 'both_active'; starter: Account; own: JobInTheWay }
  | Exclude<CodeAnswer, { kind: 'good' }>

/** How many wrong codes are taken, in which time. */
export interface TriesAllowed {
  account: { tries: number; ms: number }
  workspace: { tries: number; ms: number }
}

/** The part of storage that links and splits accounts. Times by the database's clock. */
export interface LinkStore {
  /** Keeps the hash of a new code; earlier codes of the account end. Clears away what is no longer needed. */
  offer(account: AccountId, hash: string, lifeMs: number): Promise<void>
  /** What a code means for the account that sent it. A wrong one is counted. */
  look(account: AccountId, hash: string, allowed: TriesAllowed): Promise<CodeAnswer>
  /**
   * Uses a code: the accounts become one user (the older one), with jobs, files, messages and commands, and the starter
   * is owed a notice: one transaction.
   */
  merge(account: AccountId, hash: string, allowed: TriesAllowed): Promise<Merged>
  /**
   * Gives an account, its own jobs and files a new user, in one transaction.
   * @returns whose it was before and is now, or undefined when its user has no other account
   */
  leave(account: AccountId): Promise<{ former: UserId; user: UserId } | undefined>
  /** Ends a code that others may have read. */
  burn(hash: string): Promise<void>
}
