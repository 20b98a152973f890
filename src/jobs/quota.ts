import { Refusal } from '../errors.ts'
import type { UserId } from '../ids.ts'
import type { PersonLimits, Settings } from '../settings.ts'
import { hostOf, type JobRequest } from './job.ts'
import type { Requester } from './service.ts'
import type { OwnerJobs, Usage } from './store.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** What one chat user may use; after `retentionDays` the oldest result goes by itself. */
export type Quota = PersonLimits & Pick<Settings, 'retentionDays'>

/** What a user has used, beside what they may. */
export interface QuotaUsage {
  jobsHour: Share
  jobsDay: Share
  pagesDay: Share
  hostsDay: Share
  /** Of result files. */
  bytes: Share
}

export interface Share {
  used: number
  limit: number
}

export interface QuotaParts {
  store: Pick<OwnerJobs, 'usage' | 'oldestResultAt'>
  quota: Quota
}

/**
 * Refuses a job beyond what one user may use. The console's accounts are not counted: whoever sits at the machine may
 * do more than this anyway. A job that was begun within a quota may finish and keep
 * its result.
 * @throws Refusal `quota.jobs`, `quota.pages`, `quota.hosts`, `quota.bytes`, each with when it is possible again
 */
export async function checkQuota({ store, quota }: QuotaParts, who: Requester, ask: JobRequest): Promise<void> {
  if (who.account.platform === 'console') return
  const usage = await store.usage(who.user.id, DAY_MS)
  checkJobs(quota, usage)
  checkPages(quota, usage.jobs, hostOf(ask))
  checkHosts(quota, usage.jobs, hostOf(ask))
  if (usage.bytes < quota.bytesPerUser) return
  const oldestAt = await store.oldestResultAt(who.user.id)
  const at = oldestAt === null ? null : oldestAt + quota.retentionDays * DAY_MS
  throw new Refusal('quota.bytes', { bytes: usage.bytes, limit: quota.bytesPerUser, at })
}

/** What a user has used of each quota. */
export async function usageOf({ store, quota }: QuotaParts, owner: UserId): Promise<QuotaUsage> {
  const usage = await store.usage(owner, DAY_MS)
  const { jobs, bytes } = usage
  return {
    jobsHour: { used: within(usage, HOUR_MS).length, limit: quota.jobsPerHour },
    jobsDay: { used: jobs.length, limit: quota.jobsPerDay },
    pagesDay: { used: pagesOf(jobs), limit: quota.pagesPerDay },
    hostsDay: { used: new Set(jobs.map(({ host }) => host)).size, limit: quota.hostsPerDay },
    bytes: { used: bytes, limit: quota.bytesPerUser },
  }
}

type Jobs = Usage['jobs']

const within = ({ jobs, readAt }: Usage, ms: number): Jobs => jobs.filter(({ createdAt }) => createdAt > readAt - ms)
const pagesOf = (jobs: Jobs): number => jobs.reduce((sum, { pages }) => sum + pages, 0)

function checkJobs(quota: Quota, usage: Usage): void {
  const windows = [
    { window: 'day', ms: DAY_MS, limit: quota.jobsPerDay },
    { window: 'hour', ms: HOUR_MS, limit: quota.jobsPerHour },
  ] as const
  for (const { window, ms, limit } of windows) {
    const recent = within(usage, ms)
    const leaving = recent[recent.length - limit]
    if (leaving) throw new Refusal('quota.jobs', { limit, window, at: leaving.createdAt + ms })
  }
}

function checkPages(quota: Quota, jobs: Jobs, host: string): void {
  const own = jobs.filter((job) => job.host === host)
  refusePages(jobs, quota.pagesPerDay, null)
  refusePages(own, quota.pagesPerHostDay, host)
}

/** The pages are free again when enough of the oldest jobs are a day old. */
function refusePages(jobs: Jobs, limit: number, host: string | null): void {
  let left = pagesOf(jobs)
  if (left < limit) return
  for (const { createdAt, pages } of jobs) {
    left -= pages
    if (left < limit) throw new Refusal('quota.pages', { limit, host, at: createdAt + DAY_MS })
  }
}

function checkHosts(quota: Quota, jobs: Jobs, host: string): void {
  const lastOf = new Map(jobs.map((job) => [job.host, job.createdAt]))
  if (lastOf.has(host) || lastOf.size < quota.hostsPerDay) return
  const leaving = [...lastOf.values()].sort((a, b) => a - b)[lastOf.size - quota.hostsPerDay]!
  throw new Refusal('quota.hosts', { limit: quota.hostsPerDay, at: leaving + DAY_MS })
}
