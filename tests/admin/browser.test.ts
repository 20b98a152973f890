import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Trouble } from '../../src/demo/replica-shop.ts'
import { createTelemetry } from '../../src/telemetry/log.ts'
import { ADMIN_TOKEN, type AdminRig, openAdminRig, VIEWER_TOKEN } from '../support/admin-rig.ts'
import {
  chromiumPath,
  controls,
  excessWidth,
  focused,
  openBrowser,
  openVisit,
  seriousFaults,
  untilShown,
  type Visit,
} from '../support/browser.ts'
import { CONSOLE_PLACE, wanted } from '../support/house.ts'
import { createRecordingPlatform } from '../support/recording-platform.ts'
import { openShopServer } from '../support/shop-server.ts'
import { suiteWhere } from '../support/suites.ts'
import { until } from '../support/until.ts'

/** What somebody would write to run a script where it is shown. */
const MARKUP = '<script>alert(1)</script><img src=x onerror=alert(2)>"><svg onload=alert(3)>'
/** A word of a query whose pages cannot be read. */
const BROKEN = 'broken'
const DESKTOP = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }

const telemetry = createTelemetry({ level: 'debug', destination: { write: () => undefined } })
let rig: AdminRig
let browser: Browser
let visits: Visit[] = []

/** A page of the view in a profile of its own, signed in. */
async function visit(path = '/admin', options: Parameters<typeof openVisit>[1] = {}, token = ADMIN_TOKEN) {
  const it = await openVisit(browser, { viewport: DESKTOP, locale: 'en-US', ...options })
  visits.push(it)
  const [name, value] = (await rig.signIn(token)).split('=') as [string, string]
  await it.context.addCookies([{ name, value, url: rig.address, httpOnly: true, sameSite: 'Strict' }])
  await it.page.goto(rig.address + path)
  return it
}

/** A person's command, as a platform brings it. */
async function command(name: string, text: string) {
  const account = { platform: 'slack', workspace: 'T1', externalId: `U-${name}`, name, locale: 'en' as const }
  const place = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: null, isDirect: false }
  const reply = await rig.house.dispatch({ eventId: null, account, place, text })
  return reply!.jobId!
}

/** A job that runs for as long as a test looks at it. */
const longJob = async (name: string) => {
  const who = await rig.person(name)
  const job = await rig.house.jobs.submit(who, wanted({ words: '', limit: 10_000 }), CONSOLE_PLACE)
  return { who, id: job.id, end: () => rig.house.jobs.cancel(who.user.id).then(() => rig.ended(who, job.id)) }
}

const barOf = async (page: Page, job: string) =>
  Number(await page.locator(`[data-job="${job}"] progress`).getAttribute('value'))

const linesOf = (page: Page) => page.locator('.lines .line').allInnerTexts()

suiteWhere(chromiumPath !== undefined, 'Chromium (CHROMIUM_PATH)', 'the administrator’s page in a browser', () => {
  beforeAll(async () => {
    const trouble = ({ path }: { path: string }): Trouble | null =>
      path.includes(BROKEN)
        ? { kind: 'answer', answer: { contentType: 'text/html', body: `<title>${MARKUP}</title><p>?</p>` } }
        : null
    browser = await openBrowser()
    rig = await openAdminRig({
      telemetry,
      platforms: [createRecordingPlatform({ clock: systemClock })],
      replica: { products: 10_000, pageBytes: 0, trouble },
      env: { CRAWL_RATE: '2' }, // 250 pages
    })
  })
  afterAll(async () => {
    await browser?.close()
    await rig?.close()
  })
  afterEach(async () => {
    for (const { context } of visits) await context.close()
    visits = []
  })

  test('signs in by the keyboard alone, out again, and says so when the token is wrong', async () => {
    const { page, faults } = await openVisit(browser, { locale: 'en-US' })
    await page.goto(`${rig.address}/admin`)
    for (const token of ['wrong', ADMIN_TOKEN]) {
      await page.keyboard.press('Tab')
      expect(await focused(page)).toMatchObject({ markup: expect.stringContaining('id="token"'), isSeen: true })
      await page.keyboard.type(token)
      await page.keyboard.press('Enter')
      if (token === 'wrong') expect(await page.getByRole('alert').textContent()).toContain('not right')
    }
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).press('Enter')
    await page.getByLabel('Administrator’s token').waitFor()
    await page.goto(`${rig.address}/admin/jobs`)
    expect(await page.getByLabel('Administrator’s token').isVisible()).toBe(true)
    expect(faults).toEqual([])
    await page.context().close()
  })

  test('shows a job begin, moves its bar, and cancels it, all without a reload', async () => {
    const { page, faults, loads } = await visit()
    await page.getByText('Live', { exact: true }).waitFor()
    expect(await page.locator('.chart canvas').count()).toBe(3)
    const before = loads()
    const job = await longJob('minji')
    const block = page.locator(`[data-job="${job.id}"]`)
    await block.waitFor()
    expect(await block.getByRole('link', { name: 'minji' }).isVisible()).toBe(true)
    const cancel = block.getByRole('button', { name: /^Cancel: / })
    await cancel.focus()
    const seen = [await barOf(page, job.id)]
    await untilShown(async () => {
      const now = await barOf(page, job.id)
      if (now !== seen.at(-1)) seen.push(now)
      return seen.length > 3
    }, 'a bar that moves')
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    await untilShown(
      async () => (await page.locator('[data-number="runningJobs"]').textContent()) === '1',
      'the number',
    )
    expect(await focused(page)).toMatchObject({ markup: expect.stringContaining('Cancel: ') }) // whatever moves around it
    expect(loads()).toBe(before)
    await page.keyboard.press('Enter')
    await page.getByRole('status').filter({ hasText: 'cancelled a job' }).waitFor()
    expect(await rig.ended(job.who, job.id)).toMatchObject({ state: 'cancelled' })
    await block.waitFor({ state: 'detached' })
    expect(await page.getByText('No job is running.').isVisible()).toBe(true)
    await page.getByRole('link', { name: 'Audit' }).click()
    const row = page.getByRole('row').filter({ has: page.locator(`a[href="/admin/jobs/${job.id}"]`) })
    expect(await row.textContent()).toContain('Cancelled a job')
    expect(faults).toEqual([])
  })

  test('does each act by its button, asks before what ends something, and lists it with who did it', async () => {
    const failed = await command('iseul', `ssg ${BROKEN} --limit 5`)
    await until(() => telemetry.recent().some((it) => it.includes('job.ended') && it.includes(failed)))
    const { page, faults, says } = await visit()
    const done = (what: string) => page.getByRole('status').filter({ hasText: what }).waitFor()
    const paused = () => rig.house.store.override.pausedSites()
    says.yes = false
    await page.getByRole('button', { name: 'Pause: SSG.COM' }).click()
    expect(await paused()).toEqual([])
    says.yes = true
    await page.getByRole('button', { name: 'Pause: SSG.COM' }).click()
    await done('paused a shop')
    expect(await paused()).toMatchObject([{ site: 'ssg' }])
    await page.getByRole('button', { name: 'Resume: SSG.COM' }).click()
    await done('resumed a shop')
    expect(await paused()).toEqual([])

    await page.getByRole('link', { name: 'Errors', exact: true }).click()
    await page.getByRole('row').filter({ hasText: 'page.unreadable' }).getByRole('link').click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('section[aria-labelledby=evidence] a[download]').click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^[\w-]{22}\.txt$/)
    await page.getByRole('button', { name: /^Retry: / }).click()
    await done('retried a job')
    expect(await page.locator('.facts a[href^="/admin/jobs/"]').count()).toBe(1) // the new one

    await page.locator('.facts .owner a').click()
    await page.getByRole('heading', { level: 1, name: 'iseul' }).waitFor()
    await page.getByRole('button', { name: 'Block: iseul' }).click()
    await done('blocked a user')
    expect(await page.locator('h1 + .pill').textContent()).toBe('Blocked')
    await page.getByRole('button', { name: 'Unblock: iseul' }).click()
    await done('unblocked a user')

    await page.getByRole('link', { name: 'Audit' }).click()
    const acts = await page.locator('tbody tr').allInnerTexts()
    for (const act of ['Paused a shop', 'Resumed a shop', 'Retried a job', 'Blocked a user', 'Unblocked a user'])
      expect(acts.some((row) => row.includes(act) && row.includes('Administrator · page · 127.0.0.1'))).toBe(true)
    expect(faults).toEqual([])
  })

  test('a job’s page reads its own log as it is written, and shows the end when it comes', async () => {
    const [job, other] = [await longJob('jun'), await longJob('sora')]
    const { page, faults } = await visit(`/admin/jobs/${job.id}`)
    await until(
      async () => (await linesOf(page)).filter((line) => line.includes('page stored')).length > 1,
      'its lines',
    )
    const lines = await linesOf(page)
    expect(lines.filter((line) => !line.includes(`job=${job.id}`))).toEqual([])
    await until(() => telemetry.recent().some((line) => line.includes('page.stored') && line.includes(other.id)))
    await job.end()
    await page.locator('h1 + .pill.cancelled').waitFor()
    await untilShown(async () => (await linesOf(page)).some((line) => line.includes('job ended')), 'the last line')
    expect(faults).toEqual([])
    await other.end()
  })

  test('follows one user: their jobs and requests, and one request from the command to the last message', async () => {
    const [job, other] = [await command('hana', 'ssg 노트북 --limit 5'), await command('dain', 'ssg --limit 5')]
    await until(() => telemetry.recent().filter((it) => it.includes('outbox.sent') && it.includes(job)).length > 3)
    await until(() => telemetry.recent().some((it) => it.includes('job.ended') && it.includes(other)))
    const { page, faults } = await visit('/admin/users')
    await page.getByLabel('Name').fill('han')
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByRole('link', { name: 'hana' }).click()
    await page.getByRole('heading', { level: 1, name: 'hana' }).waitFor()
    const hana = page.url().split('/').at(-1)!
    expect(await page.locator('section[aria-labelledby=jobs] .pill.succeeded').count()).toBe(1)
    await untilShown(
      async () => (await linesOf(page)).some((line) => line.includes('message sent')),
      'the user’s lines',
    )
    expect((await linesOf(page)).filter((line) => !line.includes(`user=${hana}`))).toEqual([])
    await page.locator('section[aria-labelledby=requests] code').click()
    await page.waitForURL(/logs\?request=/)
    await untilShown(
      async () => (await linesOf(page)).some((line) => line.includes('message sent')),
      'the request’s lines',
    )
    const steps = (await linesOf(page)).map((line) => line.split('\n').find((part) => / [a-z]/.test(part)) ?? line)
    for (const step of [
      'command received',
      'job submitted',
      'page fetched',
      'page stored',
      'job ended',
      'message sent',
    ])
      expect(steps.some((line) => line.includes(step))).toBe(true)
    expect(faults).toEqual([])
  })

  test('the log is filtered by level, and stands still while it is held', async () => {
    const { page, faults } = await visit('/admin/logs?level=warn')
    telemetry.log('warn', 'a first warning')
    telemetry.log('info', 'only for information')
    await untilShown(async () => (await linesOf(page)).some((line) => line.includes('a first warning')), 'the warning')
    await page.getByLabel('Pause the stream').check()
    telemetry.log('warn', 'a second warning')
    telemetry.log('error', 'the end')
    const second = await visit('/admin/logs?level=error')
    await untilShown(async () => (await linesOf(second.page)).some((line) => line.includes('the end')), 'the error')
    expect((await linesOf(page)).some((line) => line.includes('a second warning'))).toBe(false)
    await page.getByLabel('Pause the stream').uncheck()
    await untilShown(async () => (await linesOf(page)).some((line) => line.includes('a second warning')), 'what came')
    const lines = await linesOf(page)
    expect(lines.some((line) => line.includes('only for information'))).toBe(false)
    expect((await linesOf(second.page)).some((line) => line.includes('warning'))).toBe(false)
    expect([...faults, ...second.faults]).toEqual([])
  })

  test('keeps the language and the colours that were chosen', async () => {
    const { page, faults } = await visit('/admin/jobs?state=failed')
    await page.getByRole('link', { name: '한국어' }).click()
    await page.getByRole('heading', { level: 1, name: '작업' }).waitFor()
    expect(new URL(page.url()).searchParams.get('state')).toBe('failed')
    await page.getByRole('link', { name: '사용자' }).first().click()
    expect(await page.locator('html').getAttribute('lang')).toBe('ko')
    const paper = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    const light = await paper()
    await page.getByRole('link', { name: '어둡게' }).click()
    await page.waitForURL(/theme=dark/)
    const dark = await paper()
    expect(dark).not.toBe(light)
    await page.goto(`${rig.address}/admin`)
    expect(await paper()).toBe(dark)
    await page.getByRole('link', { name: 'English' }).click()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(faults).toEqual([])
  })

  test('nothing that a person, a shop or a log line says runs as a script, or is anything but text', async () => {
    const evil = await rig.person(MARKUP)
    const submit = (words: string) => rig.house.jobs.submit(evil, wanted({ words, limit: 5 }), CONSOLE_PLACE)
    const unreadable = await submit(`${BROKEN} ${MARKUP}`)
    expect(await rig.ended(evil, unreadable.id)).toMatchObject({ state: 'failed', code: 'page.unreadable' })
    const { page, faults } = await visit()
    const active = await longJob(MARKUP)
    await page.locator(`[data-job="${active.id}"]`).waitFor() // set into the open page by the script
    telemetry.log('warn', MARKUP, { [MARKUP]: MARKUP, user: evil.user.id, job: unreadable.id })
    for (const path of [
      '/admin',
      '/admin/jobs',
      `/admin/jobs/${unreadable.id}`,
      '/admin/users',
      `/admin/users?name=${encodeURIComponent(MARKUP)}`,
      `/admin/users/${evil.user.id}`,
      '/admin/errors',
      `/admin/logs?user=${evil.user.id}`,
      `/admin/logs?user=${encodeURIComponent(MARKUP.slice(0, 40))}`,
      '/admin/audit',
      `/admin?done=${encodeURIComponent(`act.${MARKUP}`)}`,
      `/admin/${encodeURIComponent(MARKUP)}`,
    ]) {
      await page.goto(rig.address + path)
      const isLog = path.endsWith(evil.user.id) || path.endsWith(unreadable.id)
      if (isLog) await untilShown(async () => (await linesOf(page)).some((line) => line.includes(MARKUP)), 'the line')
      if (path === `/admin/jobs/${unreadable.id}`) {
        expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('<script>alert(1)</script>')
        expect(await page.locator('section[aria-labelledby=evidence]').textContent()).toContain('<script>alert(1)')
      }
      expect(await page.locator('script:not([src]), img, svg, [onerror], [onload]').count()).toBe(0)
    }
    expect(faults).toEqual([])
    await active.end()
  })

  test('a form of another site changes nothing', async () => {
    const { page } = await visit()
    const elsewhere = await openShopServer({
      '/': `<form method="post" action="${rig.address}/admin/sites/ssg/pause"><button>free prizes</button></form>`,
    })
    await page.goto(`http://localhost:${elsewhere.port}/`)
    const answer = page.waitForResponse(/pause/)
    await page.getByRole('button').click()
    expect((await answer).status()).toBe(401)
    expect(await rig.house.store.override.pausedSites()).toEqual([])
    await elsewhere.close()
  })

  test('without scripts every page and button works all the same', async () => {
    const job = await longJob('bora')
    const { page } = await visit(`/admin/jobs/${job.id}`, { javaScriptEnabled: false })
    await page.getByLabel(/Priority/).fill('3')
    await page.getByRole('button', { name: 'Set' }).click()
    await page.getByRole('status').filter({ hasText: 'changed a priority' }).waitFor()
    await page.getByRole('button', { name: /^Cancel: / }).click()
    await page.getByRole('status').filter({ hasText: 'cancelled a job' }).waitFor()
    expect(await rig.ended(job.who, job.id)).toMatchObject({ state: 'cancelled', priority: 3 })
  })

  test('the viewer’s token shows the same and offers no act', async () => {
    const job = await longJob('yuri')
    const { page, faults } = await visit('/admin', {}, VIEWER_TOKEN)
    await page.locator(`[data-job="${job.id}"]`).waitFor()
    expect(await page.getByRole('button').allInnerTexts()).toEqual(['Sign out'])
    expect(await page.getByText('Reading only').isVisible()).toBe(true)
    await page.getByRole('button').click()
    await page.getByLabel('Administrator’s token').waitFor()
    expect(faults).toEqual([])
    await job.end()
  })

  test.each(['/admin', '/admin/jobs', 'a job', 'a user', '/admin/logs'])(
    'the keyboard reaches every control of %s, sees where it is, and may skip the menu',
    async (which) => {
      const job = await longJob('mina')
      const paths: Record<string, string> = {
        'a job': `/admin/jobs/${job.id}`,
        'a user': `/admin/users/${job.who.user.id}`,
      }
      await job.end()
      const { page } = await visit(paths[which] ?? which)
      const reached = new Map<number, string>()
      const unseen: string[] = []
      let last = -1
      for (;;) {
        await page.keyboard.press('Tab')
        const it = await focused(page)
        if (!it || (it.at !== last && reached.has(it.at))) break // a field of a date has several stops
        if (!it.isSeen) unseen.push(it.markup)
        reached.set(it.at, it.markup)
        last = it.at
      }
      expect(unseen).toEqual([])
      expect((await controls(page)).filter((at) => !reached.has(at))).toEqual([])
      expect([...reached.values()][0]).toContain('class="skip"')
      await page.locator('.skip').press('Enter')
      expect((await focused(page))?.markup).toContain('<main')
    },
  )

  test.each(['ko-KR', 'en-US'])(
    'on every page in %s axe finds nothing serious, light or dark, and none is wider than its window',
    async (locale) => {
      const seen = await command('nari', `ssg ${BROKEN} --limit 5`)
      await until(() => telemetry.recent().some((it) => it.includes('job.ended') && it.includes(seen)))
      const job = await longJob('areum')
      const { page, faults } = await visit('/admin', { locale })
      const found: string[] = []
      const look = async (path: string, rules: Parameters<typeof seriousFaults>[1]) => {
        for (const fault of await seriousFaults(page, rules)) found.push(`${path}, ${rules}: ${fault}`)
      }
      for (const path of [
        '/admin',
        '/admin/jobs',
        `/admin/jobs/${job.id}`,
        `/admin/jobs/${seen}`,
        '/admin/users',
        `/admin/users/${job.who.user.id}`,
        '/admin/errors',
        '/admin/logs',
        '/admin/audit',
        '/admin/nothing',
        'the sign-in form',
      ]) {
        if (path === 'the sign-in form') await page.context().clearCookies()
        await page.goto(rig.address + (path.startsWith('/') ? path : '/admin'))
        await page.emulateMedia({ colorScheme: 'light' })
        await look(path, 'all')
        await page.emulateMedia({ colorScheme: 'dark' })
        await look(path, 'colours')
        if ((await excessWidth(page)) > 0) found.push(`${path}: wider than ${DESKTOP.width}`)
        await page.setViewportSize(PHONE)
        if (locale === 'ko-KR') await look(path, 'structure') // tables are cards there
        if ((await excessWidth(page)) > 0) found.push(`${path}: wider than ${PHONE.width}`)
        await page.setViewportSize(DESKTOP)
      }
      expect(found).toEqual([])
      expect(faults).toEqual([])
      await job.end()
    },
    400_000,
  )

  test('axe does find what is wrong: a picture without words, letters in the colour of their paper', async () => {
    const { page } = await openVisit(browser)
    await page.setContent('<html lang="en"><title>x</title><main><img src="x"><p style="color:#eee">pale</p></main>')
    expect((await seriousFaults(page)).map((it) => it.split(':')[0])).toEqual(
      expect.arrayContaining(['image-alt', 'color-contrast']),
    )
    await page.context().close()
  })
})
