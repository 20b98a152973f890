import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import type { UserId } from '../../src/ids.ts'
import { linkKey, signLink } from '../../src/results/links.ts'
import { ADMIN_TOKEN, type AdminRig, type AskOptions, FORM, openAdminRig, VIEWER_TOKEN } from '../support/admin-rig.ts'
import { CONSOLE_PLACE, wanted } from '../support/house.ts'

const NOBODY = 'AZq1X0d0cACjyYkv8ZpR2w'

/** What stands before a route of the port. */
type Door = 'open' | 'link' | 'style' | 'sign' | 'read' | 'act'

/** Which door a route has, by what it is called; undefined for one that nobody has thought of. */
function doorOf(method: string, path: string): Door | undefined {
  if (path === '/healthz' || path === '/readyz') return 'open'
  if (path.startsWith('/files/')) return 'link'
  if (path.startsWith('/admin/assets/')) return 'style'
  if (path === '/admin/sign-in' || path === '/admin/sign-out') return 'sign'
  if (path === '/metrics') return 'read'
  if (/^\/admin(?:\/|$)/.test(path)) return method === 'GET' ? 'read' : 'act'
  return undefined
}

interface Route {
  method: string
  path: string
  door: Door | undefined
}

/** Every route of the running port, with something in the place of its parameters. */
function routesOf(rig: AdminRig): Route[] {
  const filled = rig
    .routes()
    .filter(({ path }) => path !== '/*') // what every answer goes through
    .flatMap(({ method, path }) => (method === 'ALL' ? ['GET', 'POST'] : [method]).map((it) => ({ method: it, path })))
    .map(({ method, path }) => ({
      method,
      path: path.replace(':site', 'ssg').replace(/:\w+/g, NOBODY).replace(/\*$/, NOBODY),
    }))
  const once = new Map(filled.map((route) => [`${route.method} ${route.path}`, route]))
  return [...once.values()].map((route) => ({ ...route, door: doorOf(route.method, route.path) }))
}

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

  const doors = (...which: Door[]): Route[] => routesOf(rig).filter(({ door }) => door && which.includes(door))
  /** What each route of these doors answers. */
  const answers = async (routes: Route[], options: (route: Route) => AskOptions | Promise<AskOptions>) => {
    const told: Record<string, number> = {}
    for (const route of routes) {
      const { method, path } = route
      told[`${method} ${path}`] = await statusOf(rig, path, { method, ...(await options(route)) })
    }
    return told
  }
  const all = (routes: Route[], status: number) =>
    Object.fromEntries(routes.map(({ method, path }) => [`${method} ${path}`, status]))

  test('every route of the port is known by its door: a new one has to say who may use it', () => {
    expect(routesOf(rig).filter(({ door }) => door === undefined)).toEqual([])
    const counts = new Map<Door | undefined, number>()
    for (const { door } of routesOf(rig)) counts.set(door, (counts.get(door) ?? 0) + 1)
    expect(Object.fromEntries(counts)).toMatchObject({ open: 2, link: 2, style: 1, sign: 2 })
    expect(counts.get('read')).toBeGreaterThanOrEqual(17)
    expect(counts.get('act')).toBeGreaterThanOrEqual(10)
  })

  test('what the description tells is what there is, and nothing of it is missing', async () => {
    const description = (await (await rig.ask('/admin/openapi.json')).json()) as { paths: Record<string, object> }
    const told = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(
        (method) => `${method.toUpperCase()} /admin${path.replace('{site}', 'ssg').replace(/\{\w+\}/g, NOBODY)}`,
      ),
    )
    const others = [/^\/admin$/, /openapi\.json$/, /^\/admin\/queues/, new RegExp(`^/admin/${NOBODY}$`), /^\/metrics$/]
    const known = doors('read', 'act').filter(({ path }) => !others.some((it) => it.test(path)))
    expect(told.sort()).toEqual(known.map(({ method, path }) => `${method} ${path}`).sort())
  })

  test('without a token every read and act answers 401', async () => {
    const routes = doors('read', 'act')
    expect(await answers(routes, () => ({ token: null }))).toEqual(all(routes, 401))
    expect(await answers(routes, () => ({ token: null, headers: FORM }))).toEqual(all(routes, 401))
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'POST'])
      expect([method, await statusOf(rig, '/admin/jobs', { token: null, method })]).toEqual([method, 401])
  })

  test('with a wrong token every one answers 401, and does nothing', async () => {
    const routes = doors('read', 'act')
    const forget = new Sqlite(databasePath(rig.dataDir))
    const wrong = await answers(routes, async () => {
      forget.exec('delete from access_attempts') // else the sixth would not be looked at
      await rig.ask('/admin/stats')
      return { token: `${ADMIN_TOKEN}x` }
    })
    forget.exec('delete from access_attempts')
    forget.close()
    expect(wrong).toEqual(all(routes, 401))
    expect(await (await rig.ask('/admin/sites')).json()).toEqual({ paused: [] })
  })

  test('with a cookie that is stale, invented, or of another form every one answers 401', async () => {
    const stale = await rig.signIn()
    expect(await statusOf(rig, '/admin/stats', { cookie: stale })).toBe(200)
    await rig.ask('/admin/sign-out', { method: 'POST', cookie: stale, headers: FORM })
    const name = stale.split('=')[0]
    const routes = doors('read', 'act')
    for (const cookie of [stale, `${name}=${'A'.repeat(43)}`, `${name}=x`, `__Host-${name}=${'A'.repeat(43)}`])
      expect(await answers(routes, () => ({ cookie, headers: FORM }))).toEqual(all(routes, 401))
  })

  test('the viewer’s token reads everything and changes nothing', async () => {
    const cookie = await rig.signIn(VIEWER_TOKEN)
    const [reads, acts] = [doors('read'), doors('act')]
    for (const options of [{ token: VIEWER_TOKEN }, { cookie, headers: FORM }]) {
      const read = await answers(reads, () => options)
      expect(Object.entries(read).filter(([, status]) => status !== 200 && status !== 404)).toEqual([])
      expect(
        Object.entries(read).filter(
          ([route, status]) => status === 404 && !route.includes(NOBODY) && !route.endsWith('/queues'),
        ),
      ).toEqual([])
      expect(await answers(acts, () => options)).toEqual(all(acts, 403))
    }
    expect(await statusOf(rig, '/admin/sign-out', { method: 'POST', cookie, headers: FORM })).toBe(303)
  })

  test('the administrator’s token reaches every one', async () => {
    const routes = doors('read', 'act')
    const reached = await answers(routes, () => ({
      body: undefined,
      headers: { 'content-type': 'application/json' },
    }))
    expect(Object.entries(reached).filter(([, status]) => ![200, 400, 404].includes(status))).toEqual([])
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

  test('a change goes back to a page of ours, whatever its form says', async () => {
    const cookie = await rig.signIn()
    const backTo = async (back: string) => {
      const form = { cookie, method: 'POST', headers: FORM, body: new URLSearchParams({ back }).toString() }
      return (await rig.ask('/admin/sites/ssg/resume', form)).headers.get('location')
    }
    expect(await backTo('/admin/jobs?state=failed')).toMatch(/^\/admin\/jobs\?state=failed&done=/)
    expect(await backTo('/admin?lang=ko')).toMatch(/^\/admin\?lang=ko&done=/)
    for (const back of [
      '/admin/..//evil.example',
      '/admin/%2e%2e//evil.example',
      '/admin/.././/evil.example/admin',
      '/admin\\..\\\\evil.example',
      '//evil.example/x',
      'https://evil.example/x',
      'https://[',
      '/administrators',
      '',
    ])
      expect([back, await backTo(back)]).toEqual([back, expect.stringMatching(/^\/admin\?done=/)])
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

  test('what a proxy in front asks for beside a session (Basic) is no wrong token of ours, however often', async () => {
    const headers = {
      'x-forwarded-for': '203.0.113.78',
      'x-forwarded-proto': 'https',
      authorization: 'Basic bWluamk6eA==',
    }
    for (let request = 0; request < 10; request++)
      expect(await statusOf(rig, '/admin/stats', { token: null, headers })).toBe(401)
    const body = new URLSearchParams({ token: ADMIN_TOKEN }).toString()
    const signIn = { method: 'POST', token: null, body, headers: { ...FORM, ...headers } }
    const cookie = (await rig.ask('/admin/sign-in', signIn)).headers.get('set-cookie')!.split(';')[0]!
    expect(await statusOf(rig, '/admin/stats', { cookie, headers })).toBe(200)
    const bearer = { ...headers, authorization: 'Bearer' }
    expect(await statusOf(rig, '/admin/stats', { cookie, headers: bearer })).toBe(401)
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
    const headers = { accept: 'text/html', 'accept-language': 'en' }
    const page = await (await rig.ask('/admin/audit', { headers })).text()
    for (const text of ['Priority: 7', 'Jobs held: 1', 'Jobs that go on: 1']) expect(page).toContain(text)
    expect(page).not.toContain('{&quot;')
    const detail = (await (await rig.ask(`/admin/jobs/${job.id}`)).json()) as { job: { user: { name: string } } }
    expect(detail.job.user.name).toBe('minji')
  })
})

describe('the door of result files', () => {
  test('opens to the signed link of its owner’s own job, and to nothing else', async () => {
    const secret = 'the-key-of-links-in-this-test-0123456789'
    const rig = await openAdminRig({ env: { FILES_KEY: secret } })
    try {
      const [minji, jun] = [await rig.person('minji'), await rig.person('jun')]
      const [mine, theirs] = [
        await rig.house.jobs.submit(minji, wanted({ limit: 5 }), CONSOLE_PLACE),
        await rig.house.jobs.submit(jun, wanted({ limit: 5 }), CONSOLE_PLACE),
      ]
      await rig.ended(minji, mine.id)
      await rig.ended(jun, theirs.id)
      const claim = { userId: minji.user.id, jobId: mine.id, format: 'csv' as const }
      const signed = (more: Partial<typeof claim> = {}, key = secret, at = Date.now(), life = 60_000) =>
        signLink(linkKey(key), { ...claim, ...more }, at, life)
      const status = (link: string, token: string | null = null) => statusOf(rig, link, { token })
      expect(await status(signed())).toBe(200)
      expect(await status(signed({ userId: jun.user.id, jobId: theirs.id }))).toBe(200)
      const wrong: Record<string, string> = {
        'no signature': signed().replace(/\?.*/, ''),
        'a forged signature': signed().replace(/signature=.*/, `signature=${'A'.repeat(43)}`),
        'another key': signed({}, 'another-key-of-links-in-this-test-0123'),
        'an expired link': signed({}, secret, Date.now() - 120_000),
        'another user’s job': signed({ jobId: theirs.id }),
        'another user’s job under one’s own signature': signed().replace(mine.id, theirs.id),
        'a link of a user that is not there': signed({ userId: NOBODY as UserId }),
      }
      for (const [name, link] of Object.entries(wrong)) {
        expect([name, await status(link)]).toEqual([name, 404])
        expect([name, await status(link, ADMIN_TOKEN)]).toEqual([name, 404]) // it is no administrator's door
      }
      await rig.ask(`/admin/users/${minji.user.id}/block`, { method: 'POST' })
      expect(await status(signed())).toBe(404)
    } finally {
      await rig.close()
    }
  })
})

describe('without ADMIN_TOKEN', () => {
  test('everything under /admin answers 401, whatever is shown', async () => {
    const rig = await openAdminRig({ isCrawling: false, env: { ADMIN_TOKEN: '', ADMIN_VIEWER_TOKEN: '' } })
    try {
      const routes = routesOf(rig).filter(({ path }) => path.startsWith('/admin') || path === '/metrics')
      expect(routes.length).toBeGreaterThanOrEqual(25)
      for (const { method, path } of routes) {
        for (const token of [null, VIEWER_TOKEN, '', 'null', 'undefined']) {
          const status = await statusOf(rig, path, { method, token, headers: FORM })
          expect([method, path, token, status]).toEqual([method, path, token, 401])
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
