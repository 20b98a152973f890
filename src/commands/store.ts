import type { AccountId, UserId } from '../ids.ts'

/** The part of storage that src/commands needs. */
export interface CommandStore {
  /** Whether this event id is new; keeps it 24 h. */
  isNewEvent(platform: string, eventId: string): Promise<boolean>
  /** "Requests by user": one row a command; none of an account that was forgotten meanwhile. */
  log(row: {
    requestId: string
    userId: UserId
    accountId: AccountId
    command: string
    outcome: string
    jobId: string | null
  }): Promise<void>
  /** Newest search words of a user, for autocompletion. */
  recentWords(owner: UserId, limit: number): Promise<string[]>
}
