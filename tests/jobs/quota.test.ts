import { describe, expect, test } from 'vitest'
import type { JobRequest } from '../../src/jobs/job.ts'
import { checkQuota, type Quota, usageOf } from '../../src/jobs/quota.ts'
import type { Requester } from '../../src/jobs/service.ts'
import type { Usage } from '../../src/jobs/store.ts'
import { wanted } from '../support/house.ts'

const HOUR_MS = 3_600_000
const NOW = Date.UTC(2026, 10, 24, 6, 30)
const QUOTA: Quota = {
  ...{ jobsPerHour: 2, jobsPerDay: 4, pagesPerDay: 100, pagesPerHostDay: 60, hostsPerDay: 2 },
  ...{ bytesPerUser: 1_000, retentionDays: 90 },
}
const who = (platform = 'slack') => ({ user: { id: 'u1' }, account: { platform } }) as unknown as Requester
const job = (hoursAgo: number, host = 'ssg', pages = 0) => ({ createdAt: NOW - hoursAgo * HOUR_MS, host, pages })
const used = (
  jobs: Usage['jobs'],
  { bytes = 0, oldestAt = null }: { bytes?: number; oldestAt?: number | null } = {},
) => ({
  store: { usage: async (): Promise<Usage> => ({ jobs, bytes, readAt: NOW }), oldestResultAt: async () => oldestAt },
  quota: QUOTA,
})
const refusal = (usage: ReturnType<typeof used>, ask: JobRequest = wanted(), person = who()) =>
  checkQuota(usage, person, ask).then(
    () => 'allowed',
    (error: { code: string; facts: unknown }) => ({ code: error.code, facts: error.facts }),
  )

describe('a quota tells when it is possible again', () => {
  test.each<[name: string, usage: ReturnType<typeof used>, ask: JobRequest, code: string, facts: object]>([
    [
      'jobs of an hour: when the oldest that counts is an hour old',
      used([job(0.9), job(0.5), job(0.2)]),
      ...([wanted(), 'quota.jobs', { limit: 2, window: 'hour', at: NOW + 0.5 * HOUR_MS }] as const),
    ],
    [
      'jobs of a day',
      used([job(20), job(10), job(5), job(4)]),
      ...([wanted(), 'quota.jobs', { limit: 4, window: 'day', at: NOW + 4 * HOUR_MS }] as const),
    ],
    [
      'pages of a day: when enough old jobs have left',
      used([job(20, 'a', 15), job(10, 'ssg', 50), job(5, 'a', 40)]),
      ...([wanted(), 'quota.pages', { limit: 100, host: null, at: NOW + 4 * HOUR_MS }] as const),
    ],
    [
      'pages of one host',
      used([job(20, 'shop.example', 60), job(2, 'ssg', 10)]),
      ...([
        wanted({ site: 'web', url: 'https://shop.example/list' }),
        'quota.pages',
        { limit: 60, host: 'shop.example', at: NOW + 4 * HOUR_MS },
      ] as const),
    ],
    [
      'a new host: when the last job at one of the others is a day old',
      used([job(20, 'a'), job(10, 'b'), job(5, 'a')]),
      ...([wanted(), 'quota.hosts', { limit: 2, at: NOW + 14 * HOUR_MS }] as const),
    ],
    [
      'bytes of result files: when the oldest goes by itself',
      used([], { bytes: 1_000, oldestAt: NOW - 24 * HOUR_MS }),
      ...([wanted(), 'quota.bytes', { bytes: 1_000, limit: 1_000, at: NOW + 89 * 24 * HOUR_MS }] as const),
    ],
  ])('%s', async (_, usage, ask, code, facts) => {
    expect(await refusal(usage, ask)).toEqual({ code, facts })
  })

  test('what is within all quotas is allowed, and a host that was crawled is no new one', async () => {
    expect(await refusal(used([job(20, 'a', 10), job(5, 'ssg', 59)], { bytes: 999 }))).toBe('allowed')
  })

  test('the console is not counted', async () => {
    expect(await refusal(used([job(0.1), job(0.1), job(0.1)]), wanted(), who('console'))).toBe('allowed')
  })

  test('an administrator can read what a user has used', async () => {
    const usage = used([job(20, 'a', 10), job(0.5, 'ssg', 59)], { bytes: 42 })
    expect(await usageOf(usage, who().user.id)).toEqual({
      jobsHour: { used: 1, limit: 2 },
      jobsDay: { used: 2, limit: 4 },
      pagesDay: { used: 69, limit: 100 },
      hostsDay: { used: 2, limit: 2 },
      bytes: { used: 42, limit: 1_000 },
    })
  })
})
