import type { UserId } from '../ids.ts'
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
  user(id: UserId): Promise<User | undefined>
  accountsOf(id: UserId): Promise<Account[]>
  setLocale(id: UserId, locale: Locale | null): Promise<void>
}
