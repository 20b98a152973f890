/** What one key (a shop's host, a chat workspace) may do. */
export interface BudgetRule {
  /** Least milliseconds between two turns. */
  intervalMs: number
  /** How many turns may be taken in one go after a pause; 1 = strictly paced. */
  burst: number
}

/**
 * A rate shared by everybody who uses the key: all jobs of a process in memory, all instances on Redis.
 * Knows nothing of users; turns between them are taken before (fair.ts).
 */
export interface Budget {
  /**
   * Reserves the next turn of a key.
   * @returns milliseconds to wait before using it
   * @throws an error when the store behind it is away: then no request leaves (it fails closed)
   */
  take(key: string, rule: BudgetRule): Promise<number>
  /** Nobody takes a turn of the key for `ms` (a Retry-After, a crawl that must slow). */
  pause(key: string, ms: number): Promise<void>
}
