import { afterEach, describe, expect, test } from 'vitest'
import type { Trouble } from '../../src/demo/replica-shop.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { CONSOLE_PLACE, openTestHouse, type TestHouse, wanted } from '../support/house.ts'
import { crawlToEnd, evidenceOf, idsOf, pagesAsked, soldFor, told } from '../support/job-run.ts'
import { until } from '../support/until.ts'

let at: TestHouse
afterEach(async () => {
  await at.close()
})

const SPEED = 20
const replica = { products: 1_500, pageBytes: 20_000 }

/** The nth request for a page meets this trouble; the others are answered. */
const onPage = (...pages: number[]) => {
  let asked = 0
  return (trouble: Trouble) => () => (pages.includes(++asked) ? trouble : null)
}

describe('a shop that asks to come back later', () => {
  test('is waited for in place when it says up to a minute, and nothing is missing', async () => {
    const trouble = onPage(2)({ kind: 'status', status: 429, retryAfter: '40' })
    at = await openTestHouse({ clock: createFastClock(SPEED), replica: { ...replica, trouble } })
    const job = await crawlToEnd(at, { limit: 200 })
    expect(job).toMatchObject({ state: 'succeeded', products: 200, attempt: 1, failedPages: 0 })
    expect(await idsOf(at, job)).toEqual(soldFor(at, '노트북', 200))
    const [refused, next] = pagesAsked(at).slice(1)
    // Pages that were on their way already may arrive; the shop hears nothing new before its time.
    const after = pagesAsked(at).filter((call) => call.at > refused!.at + 1_000)
    expect(after[0]!.at - refused!.at).toBeGreaterThanOrEqual(40_000 / SPEED - 50)
    expect(next).toBeDefined()
    expect(told(at, 'job.requeued')).toEqual([])
    expect(told(at, 'host.slowed').length).toBeGreaterThan(0)
  })

  test('gets the job back at the time that it named, no try charged, and the job says so', async () => {
    const trouble = onPage(2)({ kind: 'status', status: 503, retryAfter: '100' })
    at = await openTestHouse({ clock: createFastClock(SPEED), replica: { ...replica, trouble } })
    const minji = await at.person('minji')
    const { id } = await at.house.jobs.submit(minji, wanted({ limit: 100 }), CONSOLE_PLACE)
    await until(() => told(at, 'job.requeued').length > 0)
    const waiting = await at.house.jobs.job(minji.user.id, id)
    expect(waiting).toMatchObject({ state: 'queued', code: 'page.rate_limited', attempt: 1, products: 40 })
    expect(told(at, 'job.requeued')[0]).toMatchObject({ charged: false, code: 'page.rate_limited' })
    const ended = await at.ended(minji, id)
    expect(ended).toMatchObject({ state: 'succeeded', products: 100, attempt: 1 })
    const claims = told(at, 'job.claimed')
    expect(claims).toHaveLength(2)
    expect(await idsOf(at, ended)).toEqual(soldFor(at, '노트북', 100))
  })

  test('that never means it ends the job as failed, with what was read', async () => {
    const trouble = (call: { path: string }): Trouble | null =>
      call.path.includes('page=2') ? { kind: 'status', status: 429, retryAfter: '1' } : null
    at = await openTestHouse({ clock: createFastClock(SPEED), replica: { ...replica, trouble } })
    const job = await crawlToEnd(at, { limit: 100 })
    expect(job).toMatchObject({ state: 'failed', code: 'page.rate_limited', products: 40, attempt: 5 })
  })
})

describe('a shop with errors of its own', () => {
  test('gives all its products once it is calm, however it flaps', async () => {
    let asked = 0
    const trouble = (): Trouble | null => (++asked % 2 === 0 && asked < 40 ? { kind: 'status', status: 500 } : null)
    at = await openTestHouse({ clock: createFastClock(SPEED), replica: { ...replica, trouble } })
    const job = await crawlToEnd(at, { limit: 300 })
    expect(job).toMatchObject({ state: 'succeeded', failedPages: 0 })
    expect(await idsOf(at, job)).toEqual(soldFor(at, '노트북', 300))
    expect(told(at, 'host.slowed').length).toBeGreaterThan(0)
  })

  test('is tried five times with longer and longer pauses, then the job fails', async () => {
    at = await openTestHouse({
      clock: createFastClock(SPEED),
      replica: { ...replica, trouble: () => ({ kind: 'reset' }) },
    })
    const job = await crawlToEnd(at, { limit: 50 })
    expect(job).toMatchObject({ state: 'failed', code: 'page.network', attempt: 5, products: 0 })
    const pauses = told(at, 'job.requeued')
    expect(pauses.map(({ charged }) => charged)).toEqual([true, true, true, true])
    const claims = told(at, 'job.claimed')
    expect(claims.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5])
  })

  test('is not asked again for what no second try can change', async () => {
    at = await openTestHouse({ replica: { ...replica, trouble: () => ({ kind: 'status', status: 400 }) } })
    const job = await crawlToEnd(at)
    expect(job).toMatchObject({ state: 'failed', code: 'page.status', attempt: 1 })
    expect(pagesAsked(at)).toHaveLength(1)
  })

  test('that breaks off a page is asked for it again', async () => {
    const cut = onPage(1, 3)({ kind: 'cut', bytes: 9_000, isLengthTold: true })
    at = await openTestHouse({ clock: createFastClock(SPEED), replica: { ...replica, trouble: cut } })
    const job = await crawlToEnd(at, { limit: 120 })
    expect(job).toMatchObject({ state: 'succeeded', products: 120, failedPages: 0 })
    expect(await idsOf(at, job)).toEqual(soldFor(at, '노트북', 120))
  })
})

describe('a shop that does not want to be read', () => {
  test('with a block page in the middle: the job fails with its part and the page, and the shop is left alone', async () => {
    let asked = 0
    const trouble = (): Trouble | null => (++asked > 3 ? { kind: 'block' } : null)
    at = await openTestHouse({ replica: { ...replica, trouble } })
    const job = await crawlToEnd(at, { limit: 300 })
    expect(job).toMatchObject({ state: 'failed', code: 'page.blocked' })
    expect(job.products).toBeGreaterThanOrEqual(40)
    expect(await idsOf(at, job)).toEqual(soldFor(at, '노트북', job.products))
    expect(await evidenceOf(at, job.id)).toMatchObject([
      { code: 'page.blocked', status: 200, title: 'SSG.COM', has_text: 1 },
    ])
    expect(told(at, 'host.slowed').some(({ cause }) => cause === 'page.blocked')).toBe(true)
    // The page that was blocked, and those that were on their way with it.
    expect(pagesAsked(at).length).toBeLessThanOrEqual(3 + 4)
    expect(told(at, 'job.claimed')).toHaveLength(1)
    const file = await at.house.results.open(job.userId, job.id, 'xlsx')
    expect(file?.name).toContain('_일부')
  })

  test('with a block page: pages that were still waiting for their turn are not asked for any more', async () => {
    // A turn takes longer than a busy machine needs to read a page.
    let asked = 0
    const trouble = (): Trouble | null => (++asked > 3 ? { kind: 'block' } : null)
    at = await openTestHouse({ replica: { ...replica, trouble }, env: { CRAWL_RATE: '0.3' } })
    const job = await crawlToEnd(at, { limit: 300 })
    expect(job).toMatchObject({ state: 'failed', code: 'page.blocked', products: 120 })
    expect(pagesAsked(at)).toHaveLength(4)
  })

  test('after a relaunch: no product is no success, and the page is kept', async () => {
    at = await openTestHouse({ replica: { ...replica, trouble: () => ({ kind: 'drift' }) } })
    const job = await crawlToEnd(at)
    expect(job).toMatchObject({ state: 'failed', code: 'page.unreadable', products: 0, attempt: 1 })
    expect(await evidenceOf(at, job.id)).toMatchObject([{ code: 'page.unreadable', has_text: 1 }])
    expect(told(at, 'job.claimed')).toHaveLength(1)
  })

  test('after a relaunch in the middle: the job fails, and what was read before is its part', async () => {
    let asked = 0
    const trouble = (): Trouble | null => (++asked > 3 ? { kind: 'drift' } : null)
    at = await openTestHouse({ replica: { ...replica, trouble } })
    const job = await crawlToEnd(at, { limit: 300 })
    expect(job).toMatchObject({ state: 'failed', code: 'page.unreadable', products: 120, attempt: 1 })
    expect(await idsOf(at, job)).toEqual(soldFor(at, '노트북', 120))
    const kept = await evidenceOf(at, job.id)
    expect(kept[0]).toMatchObject({ code: 'page.unreadable', has_text: 1 })
    const file = await at.house.results.open(job.userId, job.id, 'xlsx')
    expect(file?.name).toContain('_일부')
  })

  test('after a relaunch behind the last page that the limit needs: nobody misses anything', async () => {
    let asked = 0
    const trouble = (): Trouble | null => (++asked > 3 ? { kind: 'drift' } : null)
    at = await openTestHouse({ replica: { ...replica, trouble } })
    expect(await crawlToEnd(at, { limit: 120 })).toMatchObject({ state: 'succeeded', products: 120 })
  })

  test('for a moment: what is waited for is the host that is asked again', async () => {
    let asked = 0
    const trouble = (): Trouble | null => (++asked === 2 ? { kind: 'status', status: 503 } : null)
    at = await openTestHouse({ replica: { ...replica, trouble } })
    const minji = await at.person('minji')
    const { id } = await at.house.jobs.submit(minji, wanted({ limit: 80 }), CONSOLE_PLACE)
    const seen: unknown[] = []
    await until(async () => {
      const { waiting, state } = await at.house.jobs.job(minji.user.id, id)
      if (waiting?.for === 'backoff') seen.push(waiting.host)
      return state === 'succeeded'
    }, 'the end of the job')
    expect(new Set(seen)).toEqual(new Set(['www.ssg.com']))
  })

  test('by robots.txt: the job fails at its first request, the next one is refused at once', async () => {
    at = await openTestHouse({ replica: { ...replica, robots: 'User-agent: *\nDisallow: /search\n' } })
    const job = await crawlToEnd(at)
    expect(job).toMatchObject({ state: 'failed', code: 'robots.forbidden', attempt: 1 })
    const junho = await at.person('junho')
    await expect(at.house.jobs.submit(junho, wanted(), CONSOLE_PLACE)).rejects.toMatchObject({
      code: 'robots.forbidden',
    })
    expect(pagesAsked(at)).toEqual([])
  })

  test('by robots.txt, but with its owner’s permission: it is read', async () => {
    at = await openTestHouse({
      replica: { ...replica, robots: 'User-agent: *\nDisallow: /\n' },
      env: { ROBOTS_PERMISSION: 'ssg' },
    })
    expect(await crawlToEnd(at, { limit: 10 })).toMatchObject({ state: 'succeeded', products: 10 })
  })
})

describe('a shop whose robots.txt cannot be had', () => {
  test('is asked for it again, five minutes apart, and then given up; no page is asked for', async () => {
    at = await openTestHouse({ clock: createFastClock(100), replica: { ...replica, isRobotsAway: true } })
    const job = await crawlToEnd(at)
    expect(job).toMatchObject({ state: 'failed', code: 'robots.unreachable', attempt: 4 })
    expect(pagesAsked(at)).toEqual([])
    expect(at.shop.calls).toHaveLength(4)
  })
})

describe('a shop that truly has nothing', () => {
  test('is a success without products', async () => {
    at = await openTestHouse({ replica })
    const job = await crawlToEnd(at, { words: '없는상품이름' })
    expect(job).toMatchObject({ state: 'succeeded', stopReason: 'nothing', products: 0, failedPages: 0, code: null })
    expect(await evidenceOf(at, job.id)).toEqual([])
  })

  test('is not said to have nothing when its lists were filtered and it was never asked', async () => {
    at = await openTestHouse({ replica })
    const job = await crawlToEnd(at, { site: 'web', url: `${at.origin}/store/json-ld`, words: '없는상품이름' })
    expect(job).toMatchObject({ state: 'succeeded', stopReason: 'end', products: 0, code: null })
    expect(job.pages).toBeGreaterThan(0)
  })
})
