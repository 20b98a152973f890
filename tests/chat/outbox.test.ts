import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PlatformDown, RateLimited, UploadRefused } from '../../src/chat/platform.ts'
import { Refusal } from '../../src/errors.ts'
import type { Job } from '../../src/jobs/job.ts'
import { type ChatHouse, openChatHouse, type Person } from '../support/chat-house.ts'
import {
  type CallKind,
  createRecordingPlatform,
  type Failure,
  type RecordedMessage,
  type RecordingPlatform,
} from '../support/recording-platform.ts'

let house: ChatHouse
let slack: RecordingPlatform

beforeEach(async () => {
  house = await openChatHouse()
  slack = createRecordingPlatform({ clock: house.clock })
})
afterEach(() => house.close())

/** A job that was submitted, crawled and ended while nothing was sent. */
async function endedJob(person: Person, products = 3): Promise<Job> {
  const job = await house.submit(person)
  return house.end(await house.crawl(job, products))
}

const text = (message: RecordedMessage | undefined): string => JSON.stringify(message?.versions.at(-1))
const isLastWord = (message: RecordedMessage): boolean => message.versions[0]?.mention !== undefined
const lastWords = (platform = slack) => platform.messages.filter(isLastWord)
const files = (platform = slack) => platform.messages.filter((message) => message.file)
const kinds = (channel: string): CallKind[] =>
  slack.calls.filter((call) => call.channel === channel).map((it) => it.kind)
const told = (name: string) => house.told.filter((event) => event.name === name)

describe('what an ended job owes', () => {
  test('is one root, one last word, one file and the final edit of the root, in that order', async () => {
    const minji = await house.person('slack', 'minji')
    await endedJob(minji)
    house.chat([slack]).start()
    await house.pass(2_000)
    expect(kinds('C-minji')).toEqual(['open', 'post', 'upload', 'edit'])
    expect(slack.messages.map((it) => it.thread)).toEqual([null, 'slack-1', 'slack-1'])
    expect(lastWords()[0]!.versions[0]!.mention).toEqual({ externalId: 'U-minji' })
    expect(text(lastWords()[0])).toContain('Laptop page-1-0')
    expect(files()[0]!.file).toMatchObject({ name: 'ssg_노트북.csv' })
    expect(text(slack.messages[0])).toContain('done')
    expect(told('outbox.sent')).toHaveLength(4)
  })

  test.each([
    ['ahead of', 8 * 86_400_000],
    ['behind', -8 * 86_400_000],
  ])(
    'is neither given up nor told to be old where the process’s clock is far %s the database’s',
    async (_, aheadMs) => {
      await endedJob(await house.person('slack', 'minji'))
      slack.failNext('open', [{ error: new RateLimited(3_000) }])
      house.chat([slack], { aheadMs }).start()
      await house.pass(10_000)
      expect(kinds('C-minji')).toEqual(['open', 'open', 'post', 'upload', 'edit'])
      const ages = told('outbox.sent').map(({ facts }) => (facts as { ms: number }).ms)
      expect(ages.every((ms) => ms >= 3_000 && ms <= 10_000)).toBe(true)
    },
  )

  test('has a last word alone when nothing was found, and it says how much was read', async () => {
    await endedJob(await house.person('slack', 'minji'), 0)
    house.chat([slack]).start()
    await house.pass(2_000)
    expect(kinds('C-minji')).toEqual(['open', 'post', 'edit'])
    expect(text(lastWords()[0])).toContain('no product on them matches')
  })

  test('says the reason of a failure, offers a retry, and calls the file partial', async () => {
    const job = await house.submit(await house.person('slack', 'minji'))
    const facts = { host: 'www.ssg.com', count: 5 }
    await house.end(await house.crawl(job, 3), {
      state: 'failed',
      code: 'crawl.pages_failing',
      facts,
      stopReason: null,
    })
    house.chat([slack]).start()
    await house.pass(2_000)
    expect(text(lastWords()[0])).toContain('www.ssg.com')
    expect(lastWords()[0]!.versions[0]!.buttons![0]).toMatchObject({ command: `retry ${job.id}` })
    expect(files()).toHaveLength(1)
    expect(text(files()[0])).toContain('until it ended early')
  })

  test('is told in the language that the person chose before it was sent', async () => {
    const minji = await house.person('slack', 'minji')
    await endedJob(minji)
    await house.store.users.setLocale(minji.user.id, 'ko')
    house.chat([slack]).start()
    await house.pass(2_000)
    expect(text(lastWords()[0])).toContain('상품 3개를 모았습니다')
  })

  test('of a retry goes into the failed job’s thread without a new root', async () => {
    const minji = await house.person('slack', 'minji')
    const failed = await house.submit(minji)
    const ending = { state: 'failed', code: 'internal', facts: { id: 'x' }, stopReason: null } as const
    await house.end(await house.crawl(failed, 0), ending)
    house.chat([slack]).start()
    await house.pass(2_000)
    const { job } = (await house.store.outbox.view(failed.id))!
    const retry = await house.submit(minji, { retry: { of: failed.id, thread: job.thread } })
    await house.end(await house.crawl(retry, 2))
    await house.pass(2_000)
    expect(slack.calls.filter((call) => call.kind === 'open')).toHaveLength(1)
    expect(lastWords().map((it) => it.thread)).toEqual(['slack-1', 'slack-1'])
  })
})

const refused = new Error('503 Service Unavailable')
const faults: [string, CallKind, Failure[]][] = [
  ['a root is refused with 503', 'open', [{ error: refused }, { error: refused }]],
  ['a root arrives and its answer is lost', 'open', [{ error: refused, applied: true }]],
  ['a last word is refused with 503', 'post', [{ error: refused }, { error: refused }, { error: refused }]],
  ['a last word arrives and its answer is lost', 'post', [{ error: refused, applied: true }]],
  ['a last word hangs', 'post', ['hang']],
  ['a last word arrives and then hangs', 'post', ['apply and hang']],
  ['a last word is told to wait', 'post', [{ error: new RateLimited(30_000) }]],
  [
    'a lost answer is followed by a wait',
    'post',
    [{ error: refused, applied: true }, { error: new RateLimited(3_000) }],
  ],
  ['a file is refused with 503', 'upload', [{ error: refused }]],
  ['a file arrives and its answer is lost', 'upload', [{ error: refused, applied: true }]],
  ['a file hangs', 'upload', ['hang']],
  ['a final edit is refused', 'edit', [{ error: refused }]],
]

describe('one last word and one file, in order', () => {
  test.each(faults)('when %s', async (_name, kind, failures) => {
    slack.failNext(kind, failures)
    await endedJob(await house.person('slack', 'minji'))
    house.chat([slack]).start()
    await house.pass(60_000)
    expect(slack.messages.map((it) => (it.file ? 'file' : isLastWord(it) ? 'word' : 'root'))).toEqual([
      'root',
      'word',
      'file',
    ])
    expect(text(slack.messages[0])).toContain('done')
    expect(await house.store.outbox.nextDueInMs(['slack'])).toBeUndefined()
  })

  test('after an outage of half an hour, within a minute of its end', async () => {
    slack.failAll(refused)
    await endedJob(await house.person('slack', 'minji'))
    house.chat([slack]).start()
    await house.pass(30 * 60_000)
    expect(slack.calls.length).toBeLessThan(100)
    slack.failAll(undefined)
    await house.pass(60_000)
    expect([lastWords().length, files().length]).toEqual([1, 1])
  })

  test('when the process is gone between the platform’s acceptance and our note of it', async () => {
    await endedJob(await house.person('slack', 'minji'))
    slack.failNext('post', ['apply and hang'])
    const dying = house.chat([slack], { holder: 'first' })
    dying.start()
    await house.pass(1_000)
    expect(slack.hanging()).toBe(1)
    house.chat([slack], { holder: 'second' }).start() // the claims of the first are taken over at once
    await house.pass(5_000)
    expect([lastWords().length, files().length]).toEqual([1, 1])
  })

  test('when the program stops in the middle and starts again', async () => {
    await endedJob(await house.person('slack', 'minji'))
    slack.failNext('post', ['apply and hang'])
    const first = house.chat([slack], { holder: 'first' })
    first.start()
    await house.pass(1_000)
    let isStopped = false
    const stopping = first.stop().then(() => {
      isStopped = true
    })
    await house.pass(9_000)
    expect(isStopped).toBe(true)
    await stopping
    house.chat([slack], { holder: 'second' }).start()
    await house.pass(5_000)
    expect([lastWords().length, files().length]).toEqual([1, 1])
  })
})

describe('one thread’s trouble', () => {
  test('does not hold up the others', async () => {
    const people = await Promise.all(['minji', 'jun', 'sora'].map((name) => house.person('slack', name)))
    slack.failNext('post', ['hang'], 'C-minji')
    for (const person of people) await endedJob(person)
    house.chat([slack]).start()
    await house.pass(3_000)
    expect(
      lastWords()
        .map((it) => it.channel)
        .sort(),
    ).toEqual(['C-jun', 'C-sora'])
    await house.pass(30_000)
    expect(lastWords()).toHaveLength(3)
  })

  test('of a whole platform does not hold up another platform', async () => {
    const discord = createRecordingPlatform({ name: 'discord', clock: house.clock })
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) {
      slack.failNext('open', ['hang'], `C-${name}`)
      await endedJob(await house.person('slack', name))
    }
    await endedJob(await house.person('discord', 'jun'))
    house.chat([slack, discord]).start()
    await house.pass(3_000)
    expect(lastWords(discord)).toHaveLength(1)
    expect(lastWords(slack)).toHaveLength(0)
  })

  test('a Retry-After stops everything under its key until it is over, and nothing else', async () => {
    slack.pace = (thread) => ({ key: thread.channel, intervalMs: 0, editMs: 0, progressAfterMs: 5_000 })
    slack.failNext('open', [{ error: new RateLimited(20_000) }], 'C-minji')
    await endedJob(await house.person('slack', 'minji'))
    await endedJob(await house.person('slack', 'jun'))
    house.chat([slack]).start()
    await house.pass(19_000)
    expect(kinds('C-minji')).toEqual(['open'])
    expect(kinds('C-jun')).toEqual(['open', 'post', 'upload', 'edit'])
    await house.pass(5_000)
    expect(kinds('C-minji')).toEqual(['open', 'open', 'post', 'upload', 'edit'])
    expect(told('chat.limited')).toHaveLength(1)
  })

  test('a token that is refused stops its platform alone, and its entries stay', async () => {
    const discord = createRecordingPlatform({ name: 'discord', clock: house.clock })
    slack.failAll(new PlatformDown('invalid_auth'))
    await endedJob(await house.person('slack', 'minji'))
    await endedJob(await house.person('discord', 'jun'))
    const chat = house.chat([slack, discord])
    chat.start()
    await house.pass(120_000)
    expect(slack.calls).toHaveLength(1)
    expect(chat.down()).toEqual(new Map([['slack', 'platform down: invalid_auth']]))
    expect(lastWords(discord)).toHaveLength(1)
    expect(await house.store.outbox.nextDueInMs(['slack'])).toBeDefined()
  })
})

describe('a place that is gone', () => {
  test('gives the last word and the file to the person directly, and is not called again', async () => {
    const job = await house.submit(await house.person('slack', 'minji'))
    house.chat([slack]).start()
    await house.pass(1_000)
    slack.close({ channel: 'C-minji' }, 'channel')
    await house.end(await house.crawl(job, 3))
    await house.pass(5_000)
    expect(kinds('C-minji')).toEqual(['open', 'post'])
    expect(slack.messages.filter((it) => it.channel === 'D-U-minji')).toHaveLength(2)
    expect(text(lastWords()[0])).toContain('comes here')
    expect(told('outbox.dropped').map((it) => it.facts)).toMatchObject([{ kind: 'edit' }])
  })

  test('from the start moves the job into the direct message', async () => {
    slack.close({ channel: 'C-minji' }, 'access')
    const job = await endedJob(await house.person('slack', 'minji'))
    house.chat([slack]).start()
    await house.pass(5_000)
    const view = await house.store.outbox.view(job.id)
    expect(view!.job.place.channel).toBe('C-minji')
    expect(view!.job.thread!.channel).toBe('D-U-minji')
    expect([lastWords().length, files().length]).toEqual([1, 1])
  })

  test('with no direct message either drops the words, typed, and stops', async () => {
    slack.close({ channel: 'C-minji' }, 'channel')
    slack.close({ channel: 'D-U-minji' }, 'access')
    await endedJob(await house.person('slack', 'minji'))
    house.chat([slack]).start()
    await house.pass(5_000)
    expect(told('outbox.dropped').map((it) => it.facts)).toMatchObject([
      { kind: 'open', cause: 'access gone: closed by the test' },
      { kind: 'final' },
      { kind: 'file' },
      { kind: 'edit' },
    ])
    expect(await house.store.outbox.nextDueInMs(['slack'])).toBeUndefined()
  })
})

describe('a file', () => {
  test('that the platform does not take becomes a message with a button that fetches it', async () => {
    slack.failNext('upload', [{ error: new UploadRefused('too large') }])
    const job = await endedJob(await house.person('slack', 'minji'))
    house.chat([slack]).start()
    await house.pass(2_000)
    expect(slack.messages.at(-1)!.versions[0]!.buttons).toMatchObject([{ command: `result ${job.id} --format csv` }])
    expect(kinds('C-minji')).toEqual(['open', 'post', 'upload', 'post', 'edit'])
  })

  test('that finds the disk full becomes a message, and the final edit still comes', async () => {
    house.results = {
      open: async () => {
        throw new Refusal('store.disk_full', { path: house.dir })
      },
    }
    await endedJob(await house.person('slack', 'minji'))
    house.chat([slack]).start()
    await house.pass(2_000)
    expect(text(slack.messages.at(-1))).toContain('The disk is full')
    expect(kinds('C-minji')).toEqual(['open', 'post', 'post', 'edit'])
  })

  test('asked for elsewhere as another format goes to that place', async () => {
    const minji = await house.person('slack', 'minji')
    const job = await endedJob(minji)
    const place = { ...minji.place, channel: 'D-minji', isDirect: true }
    await house.store.ownerJobs.oweCopy(minji.user.id, job.id, 'jsonl', place)
    house.chat([slack]).start()
    await house.pass(2_000)
    expect(files().map((it) => [it.channel, it.file!.name])).toContainEqual(['D-minji', 'ssg_노트북.jsonl'])
  })
})
