import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { ReplicaFront } from '../../src/demo/front.ts'
import type { Trouble } from '../../src/demo/replica-shop.ts'
import { PATIENCE } from '../support/faults.ts'
import { createHold } from '../support/held-shop.ts'
import {
  CONSOLE_PLACE,
  fromPage,
  openTestHouse,
  type TestHouse,
  type TestHouseOptions,
  wanted,
} from '../support/house.ts'
import { crawlToEnd, idsOf, pagesAsked, rowsOf, soldFor, told } from '../support/job-run.ts'
import { createRecordingPlatform } from '../support/recording-platform.ts'
import { until } from '../support/until.ts'

let at: TestHouse
const open = async (options: TestHouseOptions = {}) => {
  at = await openTestHouse({ ...options, replica: { products: 1_500, pageBytes: 20_000, ...options.replica } })
}
afterEach(async () => {
  await at.close()
})

describe('a cancelled job', () => {
  const waits: [string, TestHouseOptions, () => boolean][] = [
    ['for its turn', { env: { CRAWL_RATE: '0.1' } }, () => at.shop.calls.length === 1],
    [
      'for the time that the shop named',
      { replica: { trouble: () => ({ kind: 'status', status: 429, retryAfter: '50' }) } },
      () => pagesAsked(at).length === 1,
    ],
    ['for robots.txt', { replica: { latencyMs: 30_000 } }, () => at.shop.calls.length === 1],
    ['for an answer', { replica: { trouble: () => ({ kind: 'hang' }) } }, () => pagesAsked(at).length === 1],
    [
      'for the next try',
      { replica: { trouble: () => ({ kind: 'status', status: 500 }) } },
      () => told(at, 'page.failed').length > 0,
    ],
  ]
  test.each(waits)('leaves its place within a second while it waits %s', async (_what, options, isWaiting) => {
    await open({ ...options, env: { CRAWL_JOBS: '1', ...options.env } })
    const [minji, junho] = [await at.person('minji'), await at.person('junho')]
    const job = await at.house.jobs.submit(minji, wanted(), CONSOLE_PLACE)
    const next = await at.house.jobs.submit(junho, wanted(), CONSOLE_PLACE)
    await until(isWaiting, 'the wait')
    const cancelledAt = performance.now()
    expect((await at.house.jobs.cancel(minji.user.id, job.id)).state).toBe('cancelled')
    await until(() => told(at, 'job.claimed').some((claim) => claim.job === next.id), 'the next job')
    expect(performance.now() - cancelledAt).toBeLessThan(1_000 * PATIENCE)
    await at.house.jobs.cancel(junho.user.id, next.id)
  })

  test('keeps what it has read, and a cancelled one is never taken up again', async () => {
    await open({
      replica: { trouble: fromPage(2, { kind: 'hang' }) },
    })
    const minji = await at.person('minji')
    const { id } = await at.house.jobs.submit(minji, wanted(), CONSOLE_PLACE)
    await until(() => told(at, 'page.stored').length === 1)
    await at.house.jobs.cancel(minji.user.id, id)
    at = await at.reopen()
    const job = await at.house.jobs.job(minji.user.id, id)
    expect(job).toMatchObject({ state: 'cancelled', products: 40 })
    expect(await idsOf(at, job)).toEqual(soldFor(at, '노트북', 40))
    expect(await at.house.jobs.active(minji.user.id)).toBeUndefined()
  })
})

describe('one more job of the same person', () => {
  test('is refused while the first is active, and names it', async () => {
    await open({ replica: { trouble: () => ({ kind: 'hang' }) } })
    const minji = await at.person('minji')
    const { id } = await at.house.jobs.submit(minji, wanted(), CONSOLE_PLACE)
    await expect(at.house.jobs.submit(minji, wanted({ words: '모니터' }), CONSOLE_PLACE)).rejects.toMatchObject({
      code: 'job.active',
      facts: { jobId: id, site: 'ssg', words: '노트북' },
    })
  })

  test('may take the place of the first, in one step', async () => {
    await open({
      replica: { trouble: (call) => (decodeURIComponent(call.path).includes('노트북') ? { kind: 'hang' } : null) },
    })
    const minji = await at.person('minji')
    const first = await at.house.jobs.submit(minji, wanted(), CONSOLE_PLACE)
    await until(() => pagesAsked(at).length === 1)
    const next = await at.house.jobs.replace(minji, first.id, wanted({ words: '모니터', limit: 20 }), CONSOLE_PLACE)
    expect((await at.ended(minji, first.id)).state).toBe('cancelled')
    expect(told(at, 'job.ended')).toMatchObject([{ job: first.id, state: 'cancelled' }])
    expect(await at.ended(minji, next.id)).toMatchObject({ state: 'succeeded', products: 20 })
  })

  test('tries a failed one again from nothing, or runs any request once more', async () => {
    await open({ replica: { trouble: () => ({ kind: 'status', status: 400 }) } })
    const failed = await crawlToEnd(at, { limit: 20 })
    expect(failed.state).toBe('failed')
    const minji = await at.person('minji')
    at.shop.options.trouble = undefined
    const again = await at.house.jobs.retry(minji, undefined, CONSOLE_PLACE)
    expect(again.retryOf).toBe(failed.id)
    const ended = await at.ended(minji, again.id)
    expect(ended).toMatchObject({ state: 'succeeded', products: 20, request: failed.request })
    await expect(at.house.jobs.retry(minji, undefined, CONSOLE_PLACE)).rejects.toMatchObject({ code: 'job.not_failed' })
    const once = await at.house.jobs.again(minji, ended.id, CONSOLE_PLACE)
    expect(once.retryOf).toBeNull()
    expect(await idsOf(at, await at.ended(minji, once.id))).toEqual(await idsOf(at, ended))
  })
})

describe('a limit', () => {
  test.each([1, 39, 40, 41, 80, 121])('of %i is met exactly, in the order of the shop', async (limit) => {
    await open()
    const job = await crawlToEnd(at, { limit })
    expect(job).toMatchObject({ state: 'succeeded', products: limit, stopReason: 'limit' })
    expect(await idsOf(at, job)).toEqual(soldFor(at, '노트북', limit))
    expect(pagesAsked(at)).toHaveLength(Math.ceil(limit / 40))
  })

  test('beyond what the shop sells ends with all that it sells', async () => {
    await open()
    const job = await crawlToEnd(at, { limit: 5_000 })
    expect(job).toMatchObject({ state: 'succeeded', stopReason: 'end' })
    expect(await idsOf(at, job)).toEqual(soldFor(at, '노트북'))
  })
})

describe('a list that plays tricks', () => {
  test('and slides while it is read shows each product once', async () => {
    await open({ replica: { slide: 3 } })
    const job = await crawlToEnd(at, { limit: 5_000 })
    expect(job.state).toBe('succeeded')
    expect(job.products).toBeGreaterThan(100)
    expect(new Set(await idsOf(at, job)).size).toBe(job.products)
  })

  test('and shows the same page for every number ends after two pages without anything new', async () => {
    await open()
    const { body } = await fetchPage()
    at.shop.options.trouble = (): Trouble => ({
      kind: 'answer',
      answer: { contentType: 'text/html; charset=UTF-8', body: body.replace('"hasNext":false', '"hasNext":true') },
    })
    const asked = pagesAsked(at).length
    const job = await crawlToEnd(at, { limit: 5_000 })
    expect(job).toMatchObject({ state: 'succeeded', products: 40, stopReason: 'end' })
    expect(pagesAsked(at).length - asked).toBeLessThanOrEqual(1 + 2 + 3) // and what was on its way when the list ended
  })

  test('and never ends, with something new on every second page, is left at the page limit', async () => {
    await open({ replica: { fronts: [calendar] }, env: { QUOTA_PAGES_JOB: '6' } })
    const job = await crawlToEnd(at, { site: 'web', words: '', url: `${at.origin}/days?from=0`, limit: 20 })
    expect(job).toMatchObject({ state: 'succeeded', stopReason: 'page_limit', pages: 22 })
    expect(job.products).toBe(12)
  })
})

const offer = (sku: string) => ({
  '@type': 'Product',
  ...{ name: sku, sku, url: `/p/${sku}`, offers: { '@type': 'Offer', price: 1_000, priceCurrency: 'KRW' } },
})

/** A list of days without end: each page shows the same product and one that its neighbour shows too. */
const calendar: ReplicaFront = (url) => {
  if (url.pathname !== '/days') return undefined
  const day = Number(url.searchParams.get('from'))
  const shown = JSON.stringify([offer('always'), offer(`day-${Math.floor(day / 2)}`)])
  const next = `<a rel="next" href="/days?from=${day + 1}">다음</a>`
  const body = `<!doctype html><title>달력</title><script type="application/ld+json">${shown}</script>${next}</html>`
  return { contentType: 'text/html; charset=utf-8', body }
}

const fetchPage = async () => {
  const answer = await fetch(`${at.origin}/search.ssg?query=${encodeURIComponent('노트북')}`)
  return { body: await answer.text() }
}

describe('a job that outlives its process', () => {
  test('goes on from its checkpoint, in the same thread, with the same progress message', async () => {
    const slack = createRecordingPlatform({ clock: systemClock, pace: { progressAfterMs: 0 } })
    const hold = createHold()
    await open({ platforms: [slack], replica: { trouble: hold.from(2) } })
    const key = { platform: 'slack', workspace: 'T1', externalId: 'U1' }
    const minji = await at.house.store.users.resolve(key, 'minji')
    const place = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: null, isDirect: false }
    const { id } = await at.house.jobs.submit(minji, wanted({ limit: 240 }), place)
    await until(async () => {
      const job = await at.house.jobs.job(minji.user.id, id)
      return job.progressId !== null && job.pages >= 1
    }, 'the progress message')
    const reopening = at.reopen() // pages that are on their way are still read, and no others
    hold.letGo()
    at = await reopening
    const between = await at.house.jobs.job(minji.user.id, id)
    const ended = await at.ended(minji, id)
    expect(ended).toMatchObject({ state: 'succeeded', products: 240, attempt: 1, takeovers: 0 })
    expect(ended.thread).toEqual(between.thread)
    expect(ended.progressId).toBe(between.progressId)
    await until(async () => (await at.house.store.outbox.nextDueInMs(['slack'])) === undefined, 'the last word')
    expect(slack.messages.filter(({ thread }) => thread === null)).toHaveLength(1)
    expect(slack.messages.filter(({ file }) => file)).toHaveLength(1)
    expect(new Set(slack.messages.map(({ thread, id }) => thread ?? id)).size).toBe(1)
    expect(await idsOf(at, ended)).toEqual(soldFor(at, '노트북', 240))
  })

  test('that it ended each time fails after three takeovers without a page', async () => {
    await open({ isCrawling: false })
    const minji = await at.person('minji')
    const { id } = await at.house.jobs.submit(minji, wanted(), CONSOLE_PLACE)
    const { workerJobs } = at.house.store
    for (let life = 1; life <= 4; life += 1) {
      expect(await workerJobs.claim(id, `worker-${life}`, 60_000)).toBeDefined()
      if (life < 4) await workerJobs.rescue(3, { exceptHolder: 'the next one' })
    }
    await at.house.takeOwnership({ kind: 'service', waitMs: 0 })
    await at.house.startRunner()
    expect(await at.house.jobs.job(minji.user.id, id)).toMatchObject({ state: 'failed', code: 'crawl.worker_crashed' })
    expect(told(at, 'job.ended')).toMatchObject([{ job: id, state: 'failed', code: 'crawl.worker_crashed' }])
  })
})

describe('a bug in one job', () => {
  test('fails that job alone, under an id that the log has too', async () => {
    await open()
    const { ssg } = { ssg: at.house.sites.get('ssg')! }
    const start = ssg.start
    ssg.start = (ask) => {
      if (ask.words === '모니터') throw new TypeError('planted')
      return start(ask)
    }
    try {
      const minji = await at.person('minji')
      const junho = await at.person('junho')
      const draft = (who: typeof minji, words: string) => ({
        accountId: who.account.id,
        request: wanted({ words, limit: 30 }),
        place: CONSOLE_PLACE,
        priority: 0,
      })
      const bad = (await at.house.store.ownerJobs.create(minji.user.id, draft(minji, '모니터'))).job
      const good = (await at.house.store.ownerJobs.create(junho.user.id, draft(junho, '노트북'))).job
      const failed = await at.ended(minji, bad.id)
      expect(failed).toMatchObject({ state: 'failed', code: 'internal' })
      expect(await at.ended(junho, good.id)).toMatchObject({ state: 'succeeded', products: 30 })
      const [fault] = told(at, 'fault')
      expect(fault).toMatchObject({ where: 'crawl', job: bad.id, id: (failed.facts as { id: string }).id })
      expect(await rowsOf(at, `select kind from outbox where job_id = '${bad.id}' and kind = 'final'`)).toHaveLength(1)
    } finally {
      ssg.start = start
    }
  })
})
