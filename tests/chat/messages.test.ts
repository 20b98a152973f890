import { describe, expect, test } from 'vitest'
import { lastWord } from '../../src/chat/last-word.ts'
import type { Message } from '../../src/chat/message.ts'
import { progressMessage, rootMessage, speed, target } from '../../src/chat/progress.ts'
import { createScenes, type Scene, type SceneParts } from '../../src/chat/scene.ts'
import type { AccountId, JobId, UserId } from '../../src/ids.ts'
import type { Job } from '../../src/jobs/job.ts'
import type { Locale } from '../../src/messages/locale.ts'
import { createSay } from '../../src/messages/say.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'

const clock = createJumpingClock()
const START = clock.now()

const jobOf = (changes: Partial<Job> = {}): Job => ({
  id: 'job' as JobId,
  userId: 'user' as UserId,
  accountId: 'account' as AccountId,
  request: { site: 'ssg', words: '노트북', url: null, limit: 100, format: 'xlsx', isPrivate: false },
  ...{
    state: 'running',
    stopReason: null,
    code: null,
    facts: null,
    priority: 0,
    runAt: START,
    attempt: 1,
    nextCharge: 1,
    takeovers: 0,
  },
  ...{
    fence: 1,
    version: 1,
    products: 0,
    pages: 0,
    failedPages: 0,
    bytes: 0,
    total: null,
    waiting: null,
    retryOf: null,
    requestId: null,
    clearedAt: null,
  },
  coverage: { products: 0 },
  ...{ routes: {}, warnings: {}, thread: null, progressId: null },
  place: { platform: 'slack', workspace: 'T', channel: 'C', thread: null, isDirect: false },
  ...{ createdAt: START, startedAt: START, checkpointAt: null, finishedAt: null, readAt: START },
  ...changes,
})

const sceneOf = (job: Job, locale: Locale = 'en', changes: Partial<SceneParts> = {}): Promise<Scene> => {
  const account = {
    id: job.accountId,
    userId: job.userId,
    platform: 'slack',
    workspace: 'T',
    externalId: 'U1',
    name: 'Minji',
  }
  const parts = { language: async () => locale, label: () => 'SSG.COM', say: createSay('Asia/Seoul') }
  return createScenes({ ...parts, isWorkerless: () => false, contact: null, ...changes })({
    job,
    owner: { account, locale: null },
  })
}

const textOf = (message: Message): string =>
  message.lines
    .map((line) => (Array.isArray(line) ? line : [line]))
    .map((spans) =>
      spans.map((it) => (typeof it === 'string' ? it : 'bold' in it ? it.bold : 'text' in it ? it.text : it.code)),
    )
    .map((spans) => spans.join(''))
    .join('\n')

const progressOf = async (changes: Partial<Job>, locale?: Locale, scene?: Partial<SceneParts>) => {
  const job = jobOf(changes)
  return progressMessage(job, await sceneOf(job, locale, scene))
}

const NOTHING = { first: [], lowest: null, highest: null, currency: null }
const lastWordOf = async (changes: Partial<Job>, digest = NOTHING, isMoved = false) => {
  const job = jobOf({ finishedAt: START + 90_000, ...changes })
  return lastWord(job, digest, await sceneOf(job), { isMoved })
}

describe('progress', () => {
  test('tells products, pages, speed and time left once the shop has named a total', async () => {
    const message = await progressOf({ products: 40, pages: 2, total: 5_000, checkpointAt: START + 60_000 })
    expect(textOf(message)).toContain('40 of 100 products')
    expect(textOf(message)).toContain('40 a minute')
    expect(textOf(message)).toContain('1 min 30 sec')
    expect(message.bar).toEqual({ done: 40, total: 100 })
  })

  test('promises no end while the total is unknown', async () => {
    const message = await progressOf({ products: 40, checkpointAt: START + 60_000 })
    expect(message.bar).toEqual({ done: 40, total: null })
    expect(textOf(message)).not.toContain('left')
  })

  test('measures no speed in the first seconds, nor without products', () => {
    expect(speed(jobOf({ products: 40, checkpointAt: START + 1_000 }))).toBeNull()
    expect(speed(jobOf({ products: 0, checkpointAt: START + 60_000 }))).toBeNull()
    expect(speed(jobOf({ products: 40, startedAt: null, checkpointAt: START }))).toBeNull()
  })

  test('never aims below what it has: a shop may name less than it shows', () => {
    expect(target(jobOf({ state: 'cancelled', products: 30, total: 20 }))).toBe(30)
  })

  test.each([
    { products: 42, total: 42 },
    { products: 30, total: 20 },
    { products: 0, total: 0 },
  ])('is never whole while pages are still read: %o', async (counts) => {
    const message = await progressOf({ ...counts, checkpointAt: START + 60_000 })
    expect(message.bar).toEqual({ done: counts.products, total: null })
    expect(textOf(message)).toContain(`${counts.products} of 100 products`)
    expect(textOf(message)).not.toContain('left')
    expect((await progressOf({ products: 100, total: 5_000 })).bar).toEqual({ done: 100, total: 100 }) // it ends now
  })

  test('says what a running job waits for', async () => {
    const waiting = { for: 'retry-after', host: 'www.ssg.com', ms: 30_000 } as const
    expect(textOf(await progressOf({ waiting }, 'ko'))).toContain('www.ssg.com의 요청에 따라 30초 쉬는 중')
  })

  test('says why a job is back in the queue, and when it goes on', async () => {
    const facts = { host: 'www.ssg.com', retryAt: null }
    const text = textOf(await progressOf({ state: 'queued', code: 'page.rate_limited', facts, runAt: START + 300_000 }))
    expect(text).toContain('www.ssg.com')
    expect(text).toContain('5 min')
  })

  test('says of a job that waits that there is no worker, and whom to tell', async () => {
    const isWorkerless = () => true
    const text = textOf(await progressOf({ state: 'queued' }, 'en', { isWorkerless }))
    expect(text).toContain('No worker is running')
    expect(text).toContain('Please tell an administrator.')
    expect(text).not.toContain('it starts soon')
    const contact = '#shop-help'
    expect(textOf(await progressOf({ state: 'queued' }, 'ko', { isWorkerless, contact }))).toContain(
      '#shop-help에 알려',
    )
    expect(textOf(await progressOf({ state: 'running' }, 'en', { isWorkerless }))).not.toContain('worker')
  })

  test('says beside it why the last attempt failed, and promises no time', async () => {
    const facts = { host: 'www.ssg.com', retryAt: null }
    const failed = { state: 'queued', code: 'page.rate_limited', facts, runAt: clock.now() + 300_000 } as const
    const text = textOf(await progressOf(failed, 'en', { isWorkerless: () => true }))
    expect(text).toContain('www.ssg.com')
    expect(text).toContain('No worker is running')
    expect(text).not.toContain('5 min')
  })

  test('counts the next attempt only where the wait costs one', async () => {
    const again = { state: 'queued', code: 'page.rate_limited', facts: { host: 'a', retryAt: null } } as const
    expect(textOf(await progressOf({ ...again, attempt: 2, nextCharge: 1 }))).toContain('attempt 3 of 5')
    expect(textOf(await progressOf({ ...again, attempt: 5, nextCharge: 0 }))).toContain('attempt 5 of 5')
  })

  test.each(['queued', 'running'] as const)('can be cancelled while %s', async (state) => {
    expect((await progressOf({ state })).buttons).toMatchObject([{ command: 'cancel job' }])
  })

  test.each(['succeeded', 'failed', 'cancelled'] as const)('has no button once %s', async (state) => {
    expect((await progressOf({ state, finishedAt: START + 1 })).buttons).toBeUndefined()
  })

  test('has one root that names the person without a ping and changes with the end alone', async () => {
    const active = jobOf({ products: 3 })
    const root = rootMessage(active, await sceneOf(active))
    expect(root).toMatchObject({ who: { name: 'Minji' } })
    expect(root.mention).toBeUndefined()
    expect(rootMessage({ ...active, products: 9 }, await sceneOf(active))).toEqual(root)
    const over = jobOf({ state: 'succeeded', products: 9, finishedAt: START + 9_000 })
    expect(textOf(rootMessage(over, await sceneOf(over)))).toContain('9 products')
  })
})

describe('the last word', () => {
  const prices = { first: [], lowest: 10_000, highest: 1_299_000, currency: 'KRW' }

  test('of a whole result tells counts, prices, time, and offers the other formats', async () => {
    const message = await lastWordOf(
      { state: 'succeeded', stopReason: 'limit', products: 100, pages: 3 },
      prices as never,
    )
    const text = textOf(message)
    for (const part of ['100 products', '₩10,000', '₩1,299,000', '1 min 30 sec']) expect(text).toContain(part)
    expect(message.mention).toEqual({ externalId: 'U1' })
    expect(message.buttons!.map((button) => button.command)).toEqual([
      'again job',
      'result job --format csv',
      'result job --format json',
      'result job --format jsonl',
    ])
  })

  test('warns of a column that is mostly empty, and of no other', async () => {
    const coverage = { products: 100, price: 100, url: 49, imageUrl: 50, brand: 80 }
    const text = textOf(await lastWordOf({ state: 'succeeded', products: 100, coverage }))
    expect(text).toContain('49%')
    expect(text).not.toContain('50%')
  })

  test('of a failure with products says the reason and that the result is partial', async () => {
    const facts = { hours: 2 }
    const message = await lastWordOf({ state: 'failed', code: 'crawl.time_limit', facts, products: 7 })
    expect(textOf(message)).toContain('partial')
    expect(textOf(message)).toContain('2')
    expect(message.buttons![0]).toMatchObject({ command: 'retry job' })
  })

  test('of a failure without products offers no file', async () => {
    const message = await lastWordOf({ state: 'failed', code: 'internal', facts: { id: 'f-1' } })
    expect(textOf(message)).toContain('f-1')
    expect(message.buttons!.map((button) => button.command)).toEqual(['retry job'])
  })

  test('of nothing tells apart a shop that has none and a list in which none matched', async () => {
    const none = await lastWordOf({ state: 'succeeded', stopReason: 'nothing', pages: 1 })
    const unmatched = await lastWordOf({ state: 'succeeded', stopReason: 'end', pages: 4 })
    expect(textOf(unmatched)).toContain('4 list pages')
    expect(textOf(none)).not.toContain('list pages')
  })

  test('names three products and says when it could not go where it belongs', async () => {
    const first = [1, 2, 3, 4].map((at) => ({
      name: `P${at}`,
      price: at,
      currency: 'KRW',
      discountRate: null,
      url: null,
    }))
    const text = textOf(await lastWordOf({ state: 'succeeded', products: 4 }, { ...NOTHING, first } as never, true))
    expect(text).toContain('P3')
    expect(text).not.toContain('P4')
    expect(text).toContain('comes here')
  })
})
