import type { Clock } from '../clock.ts'
import { Refusal } from '../errors.ts'
import type { UserId } from '../ids.ts'
import { QUOTA_USERS_MAX, QUOTA_WINDOW_MS } from './limits.ts'

/**
 * Counts the commands of each user in this process.
 * @throws Refusal `command.too_many` for one more than `limit` in a minute; a refused command does not count
 */
export function createCommandQuota(clock: Clock, limit: number): (user: UserId) => void {
  const taken = new Map<UserId, number[]>()
  return (user) => {
    const now = clock.monotonic()
    const recent = (taken.get(user) ?? []).filter((at) => now - at < QUOTA_WINDOW_MS)
    if (recent.length >= limit) {
      const seconds = Math.max(1, Math.ceil((recent[0]! + QUOTA_WINDOW_MS - now) / 1_000))
      throw new Refusal('command.too_many', { limit, seconds })
    }
    taken.delete(user) // set again, so that the map's order is by last command
    taken.set(user, [...recent, now])
    if (taken.size > QUOTA_USERS_MAX) taken.delete(taken.keys().next().value!)
  }
}
