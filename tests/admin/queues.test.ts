import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HttpServer } from '../../src/http/server.ts'
import type { House } from '../../src/main.ts'
import { ADMIN_TOKEN, FORM, VIEWER_TOKEN } from '../support/admin-rig.ts'
import { chromiumPath, openBrowser, openVisit } from '../support/browser.ts'
import { CONSOLE_PLACE, recordEvents, wanted } from '../support/house.ts'
import { hasPostgres } from '../support/postgres.ts'
import { hasRedis } from '../support/redis.ts'
import { openSharedGround, type SharedGround } from '../support/shared-house.ts'
import { suiteWhere } from '../support/suites.ts'

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'the queue’s pages', () => {
  let ground: SharedGround
  let house: House
  let server: HttpServer
  let address: string

  beforeAll(async () => {
    ground = await openSharedGround()
    house = await ground.open({ telemetry: recordEvents().telemetry, platforms: [] }, { ROLE: 'bot' })
    server = house.createServer({ mounts: [], troubles: () => new Map(), isStopping: () => false })
    address = await server.start()
  })
  afterAll(async () => {
    await server.stop()
    await ground.close()
  })

  const ask = (path: string, token: string | null = ADMIN_TOKEN, init: RequestInit = {}) =>
    fetch(address + path, {
      redirect: 'manual',
      ...init,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(init.headers as Record<string, string>) },
    })
  /** A job that waits: nobody crawls here. */
  const submit = async (name: string) => {
    const who = await house.store.users.resolve({ platform: 'console', workspace: '', externalId: name }, name)
    const job = await house.jobs.submit(who, wanted({ words: '비밀스러운 말' }), CONSOLE_PLACE)
    return { job, hint: `job-${job.id}-0` }
  }
  const hints = async (token: string): Promise<{ readOnlyMode: boolean; jobs: { id: string }[] }> => {
    const answer = await ask('/admin/queues/api/queues?activeQueue=jobs&status=latest', token)
    expect(answer.status).toBe(200)
    return ((await answer.json()) as { queues: { readOnlyMode: boolean; jobs: { id: string }[] }[] }).queues[0]!
  }

  test('answer 401 without a token: the page, its scripts and its data', async () => {
    for (const path of ['', '/', '/queue/jobs', '/static/images/logo.svg', '/api/queues', '/api/redis/stats']) {
      expect([path, (await ask(`/admin/queues${path}`, null)).status]).toEqual([path, 401])
    }
  })

  test('come with all that they load, from here alone, under a policy that lets nothing else in', async () => {
    for (const token of [ADMIN_TOKEN, VIEWER_TOKEN]) {
      const answer = await ask('/admin/queues', token)
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
      const policy = answer.headers.get('content-security-policy') ?? ''
      for (const part of ["default-src 'self'", "script-src 'self'", "style-src 'self'", "base-uri 'self'"]) {
        expect(policy).toContain(part)
      }
      expect(policy).toContain("object-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      const page = await answer.text()
      expect(page).toContain('<base href="/admin/queues/"')
      expect(page).not.toMatch(/https?:\/\/|\sstyle=|<style/)
      const loaded = [...page.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map((match) => match[1]!)
      expect(loaded.length).toBeGreaterThan(3)
      for (const path of loaded) {
        const file = await ask(`/admin/queues/${path}`, token)
        expect([path, file.status]).toEqual([path, 200])
        expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(0)
      }
    }
    expect((await ask('/admin/queues/static/..%2f..%2fpackage.json')).status).toBe(404)
  })

  test('show the jobs that wait, by ids and never by words', async () => {
    const { hint } = await submit('minji')
    expect((await hints(VIEWER_TOKEN)).jobs.map(({ id }) => id)).toContain(hint)
    const detail = await (await ask(`/admin/queues/api/queues/jobs/${hint}`, VIEWER_TOKEN)).text()
    expect(detail).toContain(hint)
    expect(detail).not.toContain('비밀')
  })

  test('a viewer changes nothing, and is shown no button that would', async () => {
    const { hint } = await submit('junho')
    expect((await hints(VIEWER_TOKEN)).readOnlyMode).toBe(true)
    expect((await hints(ADMIN_TOKEN)).readOnlyMode).toBe(false)
    for (const path of [
      `/api/queues/jobs/${hint}/retry`,
      `/api/queues/jobs/${hint}/clean`,
      '/api/queues/jobs/pause',
      '/api/queues/jobs/empty',
      '/api/queues/jobs/obliterate',
      '/api/queues/pause',
    ]) {
      for (const method of ['PUT', 'POST', 'PATCH', 'DELETE']) {
        const answer = await ask(`/admin/queues${path}`, VIEWER_TOKEN, { method })
        expect([method, path, answer.status]).toEqual([method, path, 403])
      }
    }
    expect((await hints(VIEWER_TOKEN)).jobs.map(({ id }) => id)).toContain(hint)
  })

  test('an administrator may take a hint out, which the audit list tells; the job waits all the same', async () => {
    const { job, hint } = await submit('sora')
    const answer = await ask(`/admin/queues/api/queues/jobs/${hint}/clean`, ADMIN_TOKEN, { method: 'PUT' })
    expect(answer.status).toBeLessThan(300)
    expect((await hints(ADMIN_TOKEN)).jobs.map(({ id }) => id)).not.toContain(hint)
    const { audit } = (await (await ask('/admin/audit?limit=1')).json()) as { audit: object[] }
    expect(audit).toMatchObject([{ act: 'queue.change', facts: { what: `PUT /api/queues/jobs/${hint}/clean` } }])
    expect(await house.jobs.job(job.userId, job.id)).toMatchObject({ state: 'queued' })
  })

  test('a session may change the queue from a page of ours alone', async () => {
    const { hint } = await submit('hana')
    const body = new URLSearchParams({ token: ADMIN_TOKEN }).toString()
    const signedIn = await ask('/admin/sign-in', null, { method: 'POST', headers: FORM, body })
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
    const clean = (headers: Record<string, string>) =>
      ask(`/admin/queues/api/queues/jobs/${hint}/clean`, null, { method: 'PUT', headers: { cookie, ...headers } })
    expect((await clean({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await clean({ 'sec-fetch-site': 'same-origin' })).status).toBeLessThan(300)
  })

  test('the menu leads there, and while Redis is away the place says so', async () => {
    const page = await ask('/admin', ADMIN_TOKEN, { headers: { accept: 'text/html' } })
    expect(await page.text()).toContain('href="/admin/queues"')
    const other = await ground.open(
      { telemetry: recordEvents().telemetry, platforms: [] },
      { REDIS_URL: 'redis://127.0.0.1:1' },
    )
    const door = other.createServer({ mounts: [], troubles: () => new Map(), isStopping: () => false })
    const answer = await fetch(`${await door.start()}/admin/queues`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'accept-language': 'en' },
    })
    await door.stop()
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ error: { message: expect.stringContaining('Redis') } })
  })
  suiteWhere(chromiumPath !== undefined, 'Chromium (CHROMIUM_PATH)', 'in a browser', () => {
    test('stand behind the sign-in, then show the queue and a job: no script or style fails, nothing is asked elsewhere', async () => {
      const { hint } = await submit('bora')
      const browser = await openBrowser()
      try {
        const { page, faults } = await openVisit(browser, { locale: 'en-US' })
        const elsewhere: string[] = []
        page.on('request', (request) => {
          if (!request.url().startsWith(`${address}/`)) elsewhere.push(request.url())
        })
        const answer = await page.goto(`${address}/admin/queues`)
        expect(answer?.status()).toBe(401)
        await page.getByLabel('Administrator’s token').fill(ADMIN_TOKEN)
        await page.keyboard.press('Enter')
        await page.getByRole('link', { name: 'Queue', exact: true }).click()
        await page.getByRole('link', { name: 'jobs' }).first().waitFor()
        await page.getByRole('link', { name: 'jobs' }).first().click()
        await page.getByRole('link', { name: hint }).first().click()
        await page.waitForURL(new RegExp(`/admin/queues/queue/jobs/${hint}`))
        expect({ faults, elsewhere }).toEqual({ faults: [], elsewhere: [] })
      } finally {
        await browser.close()
      }
    })
  })
})
