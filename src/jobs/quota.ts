import { Refusal } from '../errors.ts'
import type { Requester } from './service.ts'
import type { OwnerJobs } from './store.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/**
 * Refuses a job beyond what one user may start in an hour or a day. The console's accounts are not counted: whoever
 * sits at the machine may do more than this anyway.
 * @throws Refusal `quota.jobs`
 */
export async function checkQuota(
  store: Pick<OwnerJobs, 'startedSince'>,
  who: Requester,
  quota: { jobsPerHour: number; jobsPerDay: number },
): Promise<void> {
  if (who.account.platform === 'console') return
  const [hour, day] = await Promise.all([
    store.startedSince(who.user.id, HOUR_MS),
    store.startedSince(who.user.id, DAY_MS),
  ])
  if (day >= quota.jobsPerDay) throw new Refusal('quota.jobs', { limit: quota.jobsPerDay, window: 'day' })
  if (hour >= quota.jobsPerHour) throw new Refusal('quota.jobs', { limit: quota.jobsPerHour, window: 'hour' })
}
