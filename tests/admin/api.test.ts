import type { z } from '@hono/zod-openapi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as schema from '../../src/admin/schemas.ts'
import type { Trouble } from '../../src/demo/replica-shop.ts'
import type { Job } from '../../src/jobs/job.ts'
import type { Requester } from '../../src/jobs/service.ts'
import { type AdminRig, openAdminRig } from '../support/admin-rig.ts'
import { wanted } from '../support/house.ts'
import { until } from '../support/until.ts'

/** A word of a query whose pages cannot be read. */
const BROKEN = 'broken'
const HTML = { accept: 'text/html', 'accept-language': 'en' }

describe('the administrator’s JSON, after a few crawls', () => {
  let rig: AdminRig
  let minji: Requester
  let jun: Requester
  let done: Job
  let failed: Job

  beforeAll(async () => {
    const trouble = ({ path }: { path: string }): Trouble | null =>
      path.includes(BROKEN) ? { kind: 'status', status: 400 } : null
    const unreadable = ({ path }: { path: string }): Trouble | null =>
      path.includes('unreadable')
        ? { kind: 'answer', answer: { contentType: 'text/html', body: '<title>?</title><p>nothing here</p>' } }
        : trouble({ path })
    rig = await openAdminRig({ replica: { products: 200, pageBytes: 0, trouble: unreadable } })
    const place = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: null, isDirect: false }
    const person = (name: string) =>
      rig.house.store.users.resolve({ platform: 'slack', workspace: 'T1', externalId: `U-${name}` }, name)
    const crawl = async (who: Requester, words: string) =>
      rig.ended(who, (await rig.house.jobs.submit(who, wanted({ words, limit: 5 }), place)).id)
    ;[minji, jun] = [await person('minji'), await person('jun')]
    done = await crawl(minji, '노트북')
    failed = await crawl(jun, 'unreadable')
    await crawl(minji, BROKEN)
    const account = { platform: 'slack', workspace: 'T1', externalId: 'U-minji', name: 'minji', locale: 'ko' as const }
    await rig.house.dispatch({ eventId: null, account, place, text: 'status' })
    await rig.ask('/admin/sites/samsung/pause', { method: 'POST' })
  })
  afterAll(() => rig.close())

  /** Reads an answer, which has to be of this form and of no other. */
  async function read<T extends z.ZodType>(path: string, form: T): Promise<z.output<T>> {
    const answer = await rig.ask(path)
    expect([path, answer.status]).toEqual([path, 200])
    return form.parse(await answer.json())
  }

  test('every answer is as the description says, field by field', async () => {
    expect(await read('/admin/stats', schema.StatsAnswer)).toMatchObject({ users: 2, completedJobs: 1, failedJobs: 2 })
    const series = await read('/admin/series', schema.SeriesAnswer)
    expect(series).toHaveLength(49)
    expect(series.reduce((sum, { jobs }) => sum + jobs, 0)).toBe(3)
    expect(await read('/admin/errors', schema.ErrorsAnswer)).toContainEqual(
      expect.objectContaining({
        code: 'page.unreadable',
        site: 'ssg',
        count: 1,
        last: expect.objectContaining({ job: failed.id }),
      }),
    )
    expect(await read('/admin/drift', schema.DriftAnswer)).toEqual([])
    expect(await read('/admin/sites', schema.PausedAnswer)).toMatchObject({ paused: [{ site: 'samsung' }] })
    expect(await read('/admin/audit', schema.AuditAnswer)).toMatchObject({
      audit: [{ act: 'site.pause', site: 'samsung' }],
    })
    expect(await read('/admin/users', schema.UsersAnswer)).toMatchObject({ next: null })
    const user = await read(`/admin/users/${minji.user.id}`, schema.UserDetailAnswer)
    expect(user).toMatchObject({ user: { jobs: 2, requests: 1 }, requests: [{ command: 'status', outcome: 'ok' }] })
    expect(user.jobs).toHaveLength(2)
    expect(user.quota.jobsDay.used).toBe(2)
    const detailOf = () => read(`/admin/jobs/${done.id}`, schema.JobDetailAnswer)
    await until(async () => (await detailOf()).requests.length > 0, 'the log of requests') // written in batches
    const detail = await detailOf()
    expect(detail).toMatchObject({ job: { state: 'succeeded', products: 5, attempt: 1 }, retries: [] })
    expect(detail.pages.length).toBeGreaterThan(0)
    expect(detail.deliveries.length).toBeGreaterThan(2)
  })

  test('a page that could not be read is kept, and handed out as text that nothing runs in', async () => {
    const { evidence } = await read(`/admin/jobs/${failed.id}`, schema.JobDetailAnswer)
    expect(evidence).toMatchObject([{ code: 'page.unreadable', status: 200 }])
    const answer = await rig.ask(`/admin/jobs/${failed.id}/evidence/${evidence[0]!.id}`)
    expect(await answer.text()).toContain('nothing here')
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment/)
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    expect((await rig.ask(`/admin/jobs/${done.id}/evidence/${evidence[0]!.id}`)).status).toBe(404)
  })

  test('lists go on where the page before ended', async () => {
    const ids: string[] = []
    let next: string | null = null
    do {
      const page: { jobs: { id: string }[]; next: string | null } = await read(
        `/admin/jobs?limit=2${next ? `&after=${next}` : ''}`,
        schema.JobsAnswer as never,
      )
      ids.push(...page.jobs.map(({ id }) => id))
      next = page.next
    } while (next)
    expect(ids).toHaveLength(3)
    expect(new Set(ids).size).toBe(3)
  })

  test('a time without a zone is one of TIME_ZONE, in the address as in the page’s own form', async () => {
    const seoul = (at: number) => new Date(at + 9 * 3_600_000).toISOString().slice(0, 16)
    const count = async (query: string) =>
      ((await (await rig.ask(`/admin/jobs?${query}`)).json()) as { jobs: [] }).jobs.length
    const { createdAt } = done
    expect(await count(`from=${seoul(createdAt - 120_000)}`)).toBe(3)
    expect(await count(`to=${seoul(createdAt - 120_000)}`)).toBe(0)
    expect(await count(`from=${seoul(createdAt + 3_600_000)}`)).toBe(0)
    expect(await count(`from=${new Date(createdAt - 120_000).toISOString()}`)).toBe(3)
    expect(await count(`to=${createdAt}`)).toBe(0)
    const typed = seoul(createdAt - 120_000)
    const page = await (await rig.ask(`/admin/jobs?from=${typed}`, { headers: HTML })).text()
    expect(page).toContain(`name="from" value="${typed}"`)
    expect(page).toContain('Asia/Seoul')
  })

  test('the page of errors names cause, shop and count, and leads to the last example', async () => {
    const page = await (await rig.ask('/admin/errors', { headers: HTML })).text()
    expect(page).toMatch(/page\.unreadable/)
    expect(page).toContain(`href="/admin/jobs/${failed.id}"`)
    expect(page).toContain('SSG.COM')
  })

  test('a user’s page shows what is used of each quota, and what is left', async () => {
    const page = await (await rig.ask(`/admin/users/${minji.user.id}`, { headers: HTML })).text()
    for (const name of ['Jobs in 24 hours', 'Pages in 24 hours', 'Shops in 24 hours', 'Result files kept'])
      expect(page).toContain(name)
    expect(page).toMatch(/<progress aria-label="Jobs in 24 hours" max="\d+" value="2">/)
  })
})
