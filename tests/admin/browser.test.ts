import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Job } from '../../src/jobs/job.ts'
import { ADMIN_TOKEN, type AdminRig, openAdminRig } from '../support/admin-rig.ts'
import { hasChromium, openBrowser, openPage } from '../support/browser.ts'
import { CONSOLE_PLACE, wanted } from '../support/house.ts'
import { suiteWhere } from '../support/suites.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const MARKUP = '<img src=x onerror="document.title=1">'
/** Where pictures for the README go, when somebody asks for them. */
const PICTURES = process.env.ADMIN_PICTURES

suiteWhere(hasChromium, 'chromium', 'the administrator’s page in a browser', () => {
  let rig: AdminRig
  let browser: Browser
  beforeAll(async () => {
    rig = await openAdminRig({ replica: { products: 8_000, latencyMs: 700, pageBytes: 30_000 } })
    browser = await openBrowser()
    await finishedJobs(rig)
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await rig?.close()
  }, 60_000)

  for (const width of [390, 1_440]) {
    test(`sign in, watch a job move, cancel it, read its log, follow its user, at ${width} px`, async () => {
      const { page, complaints } = await openPage(browser, { width })
      const name = `minji ${width} ${MARKUP}`
      const who = await rig.person(name)
      await signIn(page, rig)
      await inspect(page)
      const job = await rig.house.jobs.submit(who, wanted({ limit: 8_000 }), CONSOLE_PLACE)
      const bar = page.locator(`[data-job="${job.id}"] progress`)
      await bar.waitFor()
      const seen = await bar.evaluate<number, unknown>('(it) => it.value')
      await page.waitForFunction(`document.querySelector('[data-job="${job.id}"] progress').value > ${seen}`)
      await picture(page, `overview-${width}`)
      await page.click(`[data-job="${job.id}"] strong a`)
      await page.locator('.lines .line').first().waitFor()
      expect(await page.locator('.lines').textContent()).toContain(job.id)
      await inspect(page)
      await cancel(page, rig, job)
      await page.locator('h1 + .pill.cancelled').waitFor()
      await picture(page, `job-${width}`)
      await page.locator('.facts .owner a').click()
      await page.waitForURL(`**/admin/users/${who.user.id}`)
      await page.locator('.lines .line').first().waitFor()
      const lines = await page.locator('.lines .line .more').allTextContents()
      expect(lines.filter((line) => !line.includes(who.user.id))).toEqual([])
      await inspect(page)
      await picture(page, `user-${width}`)
      expect(await page.title()).not.toBe('1')
      expect(complaints).toEqual([])
      await page.context().close()
    }, 180_000)
  }

  test('speaks the language and shows the colours that are chosen, on every page, without a serious fault', async () => {
    const { page, complaints } = await openPage(browser, { width: 1_440 })
    await signIn(page, rig)
    await page.click('nav a[lang=ko]')
    expect(await page.locator('h1').textContent()).toBe('현황')
    await page.goto(`${rig.address}/admin?theme=dark`)
    for (const path of ['', '/jobs', '/users', '/errors?days=7', '/logs', '/audit']) {
      await page.goto(`${rig.address}/admin${path}`)
      expect(await page.locator('html').getAttribute('lang')).toBe('ko')
      expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
      await inspect(page)
      await picture(page, `dark-ko${path.replace(/\W.*$/, '').replace('/', '-')}`)
      const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      expect([path, isWide]).toEqual([path, false])
    }
    expect(complaints).toEqual([])
    await page.context().close()
  }, 180_000)

  test('is used by keyboard alone: the form, the menu, a button', async () => {
    const { page } = await openPage(browser, { width: 1_440 })
    await page.goto(`${rig.address}/admin`)
    await page.focus('#token')
    await page.keyboard.type(ADMIN_TOKEN)
    await page.keyboard.press('Enter')
    await page.waitForSelector('.numbers')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.className')).toBe('skip')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('content')
    await page.focus('form[action="/admin/sites/samsung/pause"] button')
    page.once('dialog', (dialog) => void dialog.accept())
    await page.keyboard.press('Enter')
    await page.locator('[role=status].done').waitFor()
    await page.locator('form[action="/admin/sites/samsung/resume"] button').click()
    await page.locator('form[action="/admin/sites/samsung/pause"]').waitFor()
    await page.context().close()
  }, 120_000)

  test('a form of another site changes nothing', async () => {
    const { page } = await openPage(browser, { width: 1_440 })
    await signIn(page, rig)
    await page.goto(rig.address.replace('127.0.0.1', 'localhost').concat('/healthz'))
    await page.setContent(`<form method="post" action="${rig.address}/admin/sites/ssg/pause"><button>x</button></form>`)
    await Promise.all([page.waitForNavigation(), page.click('button')])
    expect(await rig.house.store.override.pausedSites()).toEqual([])
    await page.context().close()
  }, 120_000)
})

async function signIn(page: Page, rig: AdminRig): Promise<void> {
  await page.goto(`${rig.address}/admin`)
  await page.fill('#token', ADMIN_TOKEN)
  await page.click('button.main')
  await page.locator('.live.on').waitFor()
}

async function cancel(page: Page, rig: AdminRig, job: Job): Promise<void> {
  page.once('dialog', (dialog) => void dialog.accept())
  await page.click(`[data-job="${job.id}"] button.danger`)
  await page.waitForSelector('[role=status].done')
  expect(await rig.house.store.override.job(job.id)).toMatchObject({ state: 'cancelled' })
}

interface AxeResult {
  violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[]
}

/** Serious faults that a screen reader or a weak eye would meet. */
async function inspect(page: Page): Promise<void> {
  await page.evaluate(axe)
  const { violations } = await page.evaluate<AxeResult>('axe.run()')
  const faults = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]!.html} ${nodes[0]!.failureSummary}`)
  expect(faults).toEqual([])
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/admin-${name}.png`, fullPage: false })
}

/** A few jobs that ended well, ended badly, and are of different people. */
async function finishedJobs(rig: AdminRig): Promise<void> {
  const asked = [
    { name: '민지', words: '노트북', limit: 20 },
    { name: 'jun', words: '', limit: 40 },
    { name: '서연', words: '노트북', limit: 60 },
    { name: 'mallory', words: MARKUP, limit: 60 },
  ]
  const jobs = await Promise.all(
    asked.map(async ({ name, ...request }) => {
      const who = await rig.person(name)
      return { who, job: await rig.house.jobs.submit(who, wanted(request), CONSOLE_PLACE) }
    }),
  )
  for (const { who, job } of jobs) await rig.ended(who, job.id)
}
