import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UserId } from '../../src/ids.ts'
import { ADMIN_TOKEN, type AdminRig, type AskOptions, FORM, openAdminRig, VIEWER_TOKEN } from '../support/admin-rig.ts'
import { CONSOLE_PLACE, wanted } from '../support/house.ts'

const NOBODY = 'AZq1X0d0cACjyYkv8ZpR2w'
const READS = [
  '/admin',
  '/admin/stats',
  '/admin/series',
  '/admin/errors',
  '/admin/jobs',
  `/admin/jobs/${NOBODY}`,
  `/admin/jobs/${NOBODY}/evidence/${NOBODY}`,
  '/admin/users',
  `/admin/users/${NOBODY}`,
  '/admin/sites',
  '/admin/audit',
  '/admin/logs',
  '/admin/live',
  '/admin/queues',
  '/admin/queues/api/queues',
  '/admin/queues/static/images/logo.svg',
  '/admin/openapi.json',
  '/admin/nothing',
  '/metrics',
]
const ACTS = [
  `/admin/jobs/${NOBODY}/cancel`,
  `/admin/jobs/${NOBODY}/retry`,
  `/admin/jobs/${NOBODY}/priority`,
  '/admin/sites/ssg/pause',
  '/admin/sites/ssg/resume',
  `/admin/users/${NOBODY}/block`,
  `/admin/users/${NOBODY}/unblock`,
  '/admin/queues/api/queues/pause',
  '/admin/queues/api/queues/jobs/1/retry',
]

/** The status alone: live answers never end by themselves. */
async function statusOf(rig: AdminRig, path: string, options: AskOptions = {}): Promise<number> {
  const answer = await rig.ask(path, options)
  await answer.body?.cancel()
  return answer.status
}

describe('the administrator’s doors', () => {
  let rig: AdminRig
  beforeAll(async () => {
    rig = await openAdminRig({ isCrawling: false, env: { TRUST_PROXY: '1' } })
  })
  afterAll(() => rig.close())

  test('every route is known here: a new one has to say who may use it', async () => {
    const description = (await (await rig.ask('/admin/openapi.json')).json()) as { paths: Record<string, object> }
    const told = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} /admin${path.replace('{id}', NOBODY).replace('{site}', 'ssg')}`),
    )
    const known = [...READS.map((path) => `get ${path}`), ...ACTS.map((path) => `post ${path}`)]
    expect(told.filter((route) => !known.includes(route))).toEqual([])
  })

  test('without a token every one answers 401', async () => {
    for (const path of READS) expect([path, await statusOf(rig, path, { token: null })]).toEqual([path, 401])
    for (const path of ACTS) {
      expect([path, await statusOf(rig, path, { token: null, method: 'POST' })]).toEqual([path, 401])
    }
  })

  test('a cookie that is stale, invented or of another form answers 401', async () => {
    const stale = await rig.signIn()
    expect(await statusOf(rig, '/admin/stats', { cookie: stale })).toBe(200)
    await rig.ask('/admin/sign-out', { method: 'POST', cookie: stale, headers: FORM })
    const name = stale.split('=')[0]
    for (const cookie of [stale, `${name}=${'A'.repeat(43)}`, `${name}=x`, `__Host-${name}=${'A'.repeat(43)}`]) {
      for (const path of READS) expect([path, await statusOf(rig, path, { cookie })]).toEqual([path, 401])
    }
  })

  test('the viewer’s token reads everything and changes nothing', async () => {
    for (const path of READS) {
      expect([path, await statusOf(rig, path, { token: VIEWER_TOKEN })]).not.toEqual([path, 401])
    }
    const cookie = await rig.signIn(VIEWER_TOKEN)
    for (const path of ACTS) {
      expect([path, await statusOf(rig, path, { token: VIEWER_TOKEN, method: 'POST' })]).toEqual([path, 403])
      expect([path, await statusOf(rig, path, { cookie, method: 'POST', headers: FORM })]).toEqual([path, 403])
    }
  })

  test('a change by a session has to come from a page of ours', async () => {
    const cookie = await rig.signIn()
    for (const headers of [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ] as Record<string, string>[]) {
      const options = { cookie, method: 'POST', headers: { 'content-type': FORM['content-type'], ...headers } }
      expect(await statusOf(rig, '/admin/sites/ssg/pause', options)).toBe(403)
    }
    const text = { cookie, method: 'POST', body: 'x', headers: { ...FORM, 'content-type': 'text/plain' } }
    expect(await statusOf(rig, '/admin/sites/ssg/pause', text)).toBe(415)
    expect(await (await rig.ask('/admin/sites')).json()).toEqual({ paused: [] })
  })

  test('a wrong token answers 401, and the sixth of one address 429', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.77' }
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect(await statusOf(rig, '/admin/stats', { token: `wrong-${attempt}`, headers })).toBe(401)
    }
    const limited = await rig.ask('/admin/stats', { token: 'wrong-6', headers })
    expect(limited.status).toBe(429)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await statusOf(rig, '/admin/stats', { token: ADMIN_TOKEN, headers })).toBe(429)
    expect(await statusOf(rig, '/admin/stats', { token: ADMIN_TOKEN })).toBe(200)
    const invented = { 'x-forwarded-for': `10.0.0.1, 203.0.113.77` } // what stands before the proxy's own word is nobody's
    expect(await statusOf(rig, '/admin/stats', { token: ADMIN_TOKEN, headers: invented })).toBe(429)
  })

  test('a path that is written otherwise opens nothing', async () => {
    for (const path of [
      '//admin',
      '/./admin/stats',
      '/%61dmin/stats',
      '/admin%2fstats',
      '/ADMIN/stats',
      '/admin./stats',
      '/admin/stats/',
      '/admin;/stats',
      '/x/../admin/stats',
      '/admin%5cstats',
      '/metrics/',
      '//metrics',
    ]) {
      expect([401, 404]).toContain(await statusOf(rig, path, { token: null }))
    }
  })

  test('says in its headers that nothing foreign runs in it', async () => {
    const answer = await rig.ask('/admin', { headers: { accept: 'text/html' } })
    expect(answer.status).toBe(200)
    const policy = answer.headers.get('content-security-policy') ?? ''
    for (const part of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(part)
    }
    expect(policy).not.toContain('unsafe')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.text()).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|javascript:/i)
  })

  test('over https the cookie is the host’s alone; in the clear over a network nobody signs in', async () => {
    const body = new URLSearchParams({ token: ADMIN_TOKEN }).toString()
    const options = (headers: Record<string, string>) => ({
      method: 'POST',
      token: null,
      body,
      headers: { ...FORM, 'x-forwarded-for': '203.0.113.9', ...headers },
    })
    const safe = await rig.ask('/admin/sign-in', options({ 'x-forwarded-proto': 'https' }))
    expect(safe.headers.get('set-cookie')).toMatch(
      /^__Host-shopcrawl_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
    const open = await rig.ask('/admin/sign-in', options({ 'x-forwarded-proto': 'http' }))
    expect([open.status, open.headers.get('set-cookie')]).toEqual([403, null])
  })

  test('a new sign-in ends the session that was there, and ids are never the same', async () => {
    const first = await rig.signIn()
    const body = new URLSearchParams({ token: ADMIN_TOKEN }).toString()
    const again = await rig.ask('/admin/sign-in', { method: 'POST', cookie: first, headers: FORM, body })
    const second = again.headers.get('set-cookie')!.split(';')[0]!
    expect(second).not.toBe(first)
    expect(await statusOf(rig, '/admin/stats', { cookie: first })).toBe(401)
    expect(await statusOf(rig, '/admin/stats', { cookie: second })).toBe(200)
  })

  test('a body that is too large or says nothing right is refused', async () => {
    const large = { method: 'POST', body: 'a'.repeat(70_000), headers: { 'content-type': 'application/json' } }
    expect(await statusOf(rig, '/admin/sites/ssg/pause', large)).toBe(413)
    const broken = { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }
    expect(await statusOf(rig, `/admin/jobs/${NOBODY}/priority`, broken)).toBe(400)
    const wrong = { method: 'POST', body: '{"priority":99}', headers: { 'content-type': 'application/json' } }
    expect(await statusOf(rig, `/admin/jobs/${NOBODY}/priority`, wrong)).toBe(400)
    for (const query of ['?limit=0', '?limit=201', '?after=x', '?state=gone', '?user=me', '?from=yesterday']) {
      expect([query, await statusOf(rig, `/admin/jobs${query}`)]).toEqual([query, 400])
    }
  })

  test('without Redis the queues answer 404, and say why', async () => {
    for (const path of ['/admin/queues', '/admin/queues/', '/admin/queues/api/queues']) {
      const answer = await rig.ask(path, { headers: { 'accept-language': 'en' } })
      expect([path, answer.status]).toEqual([path, 404])
      expect(await answer.json()).toMatchObject({ error: { message: expect.stringContaining('REDIS_URL') } })
    }
    const page = await rig.ask('/admin', { headers: { accept: 'text/html' } })
    expect(await page.text()).not.toContain('/admin/queues')
  })

  test('counts in the metrics are for the token too', async () => {
    expect(await (await rig.ask('/metrics', { token: VIEWER_TOKEN })).text()).toContain('# TYPE shopcrawl_jobs gauge')
  })

  test('acts on jobs, shops and users, with a row for each in the audit list', async () => {
    const minji = await rig.person('minji')
    const job = await rig.house.jobs.submit(minji, wanted(), CONSOLE_PLACE)
    const act = (path: string, body = '{}') =>
      rig.ask(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    expect((await act(`/admin/jobs/${job.id}/priority`, '{"priority":7}')).status).toBe(200)
    expect((await act(`/admin/jobs/${job.id}/retry`)).status).toBe(409)
    expect((await act('/admin/sites/ssg/pause')).status).toBe(200)
    const other = await rig.person('jun')
    await expect(rig.house.jobs.submit(other, wanted(), CONSOLE_PLACE)).rejects.toMatchObject({ code: 'site.paused' })
    expect((await act('/admin/sites/ssg/resume')).status).toBe(200)
    expect((await act('/admin/sites/nowhere/pause')).status).toBe(404)
    expect((await act(`/admin/users/${minji.user.id}/block`)).status).toBe(200)
    expect(await rig.house.jobs.job(minji.user.id, job.id)).toMatchObject({ state: 'cancelled', priority: 7 })
    expect((await act(`/admin/jobs/${job.id}/cancel`)).status).toBe(409)
    expect((await act(`/admin/users/${minji.user.id}/unblock`)).status).toBe(200)
    expect((await act(`/admin/users/${NOBODY as UserId}/block`)).status).toBe(404)
    const { audit } = (await (await rig.ask('/admin/audit?limit=5')).json()) as { audit: { act: string }[] }
    expect(audit.map((row) => row.act).sort()).toEqual(
      ['job.priority', 'site.pause', 'site.resume', 'user.block', 'user.unblock'].sort(),
    )
    const detail = (await (await rig.ask(`/admin/jobs/${job.id}`)).json()) as { job: { user: { name: string } } }
    expect(detail.job.user.name).toBe('minji')
  })
})

describe('without ADMIN_TOKEN', () => {
  test('everything under /admin answers 401, whatever is shown', async () => {
    const rig = await openAdminRig({ isCrawling: false, env: { ADMIN_TOKEN: '', ADMIN_VIEWER_TOKEN: VIEWER_TOKEN } })
    try {
      for (const path of [...READS, '/admin/assets/admin.css']) {
        for (const token of [null, VIEWER_TOKEN, '', 'null', 'undefined']) {
          expect([path, token, await statusOf(rig, path, { token })]).toEqual([path, token, 401])
        }
      }
      expect(await rig.signIn()).toBe('')
    } finally {
      await rig.close()
    }
  })

  test('a session of a former token is over', async () => {
    const rig = await openAdminRig({ isCrawling: false })
    const cookie = await rig.signIn()
    const { createGate } = await import('../../src/access/gate.ts')
    const { systemClock } = await import('../../src/clock.ts')
    const settings = { adminToken: 'another-token-0123456789abcdef', viewerToken: null, trustProxy: 0, publicUrl: null }
    const gate = createGate({ store: rig.house.store.access, clock: systemClock, settings })
    const { Hono } = await import('hono')
    const { createHttpServer } = await import('../../src/http/server.ts')
    const http = new Hono().get('/', async (c) => c.text((await gate.look(c)).kind))
    const server = createHttpServer({ http: http as never, host: '127.0.0.1', port: 0 })
    const address = await server.start()
    try {
      expect(await statusOf(rig, '/admin/stats', { cookie })).toBe(200)
      expect(await (await fetch(address, { headers: { cookie } })).text()).toBe('absent')
    } finally {
      await server.stop()
      await rig.close()
    }
  })
})
