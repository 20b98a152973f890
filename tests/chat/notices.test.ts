import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PlatformDown, RateLimited, ThreadGone } from '../../src/chat/platform.ts'
import { type ChatHouse, openChatHouse, type Person } from '../support/chat-house.ts'
import { createRecordingPlatform, type RecordingPlatform } from '../support/recording-platform.ts'

let house: ChatHouse
let slack: RecordingPlatform
let minji: Person

/** Minji asks for a code on Slack and uses it on Discord; her Slack account is owed a notice. */
async function link(): Promise<void> {
  const there = await house.person('discord', 'minji#1')
  const allowed = { account: { tries: 5, ms: 1 }, workspace: { tries: 5, ms: 1 } }
  await house.store.linking.offer(minji.account.id, 'code', 600_000)
  expect((await house.store.linking.merge(there.account.id, 'code', allowed)).kind).toBe('merged')
}

beforeEach(async () => {
  house = await openChatHouse()
  slack = createRecordingPlatform({ clock: house.clock })
  minji = await house.person('slack', 'minji')
  await link()
})
afterEach(() => house.close())

describe('the other accounts of a person who was forgotten', () => {
  test('are told directly, once, where it was asked and what stays; afterwards nothing is left to tell', async () => {
    const { id } = (await house.store.users.user(minji.user.id))! // of the two, the one that is left
    await house.store.users.setLocale(id, 'ko')
    const begun = await house.store.forget.begin(minji.account.id, { tellOthers: true })
    expect(begun).toMatchObject({ told: 1 })
    const discord = createRecordingPlatform({ clock: house.clock, name: 'discord' })
    discord.failNext('post', [{ error: new RateLimited(3_000) }])
    house.chat([slack, discord]).start()
    await house.pass(60_000)
    expect(slack.messages).toEqual([]) // the notice of the linking went too
    expect(discord.messages).toHaveLength(1)
    const { lines, buttons } = discord.messages[0]!.versions[0]!
    expect(lines[0]).toContain('연결된 Slack 계정에서 요청하여')
    expect(lines[1]).toContain('채팅에서 지워 주세요')
    expect(buttons).toBeUndefined()
    expect(await house.store.notices.claim(['discord'], 9, 1)).toEqual([])
  })
})

describe('the thread of a crawl whose person was forgotten', () => {
  /** A job of Minji's that runs, with its progress in the thread. */
  const shown = async () => {
    const job = await house.submit(minji)
    house.chat([slack]).start()
    await house.pass(1_000)
    await house.crawl(job, 40)
    await house.pass(10_000)
    const thread = slack.messages.filter(({ channel }) => channel === job.place.channel)
    expect(thread.map(({ versions }) => JSON.stringify(versions.at(-1)).includes('노트북'))).toEqual([true, true])
    expect(thread.at(-1)?.versions.at(-1)?.buttons).toMatchObject([{ command: `cancel ${job.id}` }])
    return thread
  }
  const forget = async () => {
    const begun = await house.store.forget.begin(minji.account.id, { tellOthers: false })
    while ((await house.store.forget.removeJobs(begun!.user, 5)) > 0);
  }
  const isTakenBack = ({ versions }: (typeof slack.messages)[number]) => {
    const { lines, buttons, who } = versions.at(-1)!
    expect(lines).toEqual(['Whoever asked for this crawl has had everything about them deleted. It has ended.'])
    expect([buttons, who]).toEqual([undefined, undefined])
  }

  test('shows neither words nor buttons nor a name any more, and gets no new message', async () => {
    const thread = await shown()
    const count = slack.messages.length
    await forget()
    await house.pass(60_000)
    expect(thread).toHaveLength(2)
    thread.forEach(isTakenBack)
    expect(slack.messages).toHaveLength(count)
    expect(await house.store.notices.claim(['slack'], 9, 1)).toEqual([])
  })

  test('also when a last edit was under way, the platform was away, or somebody deleted the root', async () => {
    const [root, progress] = await shown()
    slack.failNext('edit', ['apply and hang'], root!.channel)
    await house.pass(100)
    await forget()
    slack.remove(root!.id)
    await house.pass(18_000)
    slack.failAll(new Error('away'))
    await house.pass(20_000)
    slack.failAll(undefined)
    await house.pass(120_000)
    isTakenBack(progress!)
  })
})

const told = () => slack.messages.map(({ versions }) => versions[0]!)

describe('the person who asked for a code', () => {
  test('is told directly who was linked, once, with a button that undoes it', async () => {
    const chat = house.chat([slack])
    chat.start()
    await house.pass(60_000)
    expect(told()).toHaveLength(1)
    expect(JSON.stringify(told()[0]!.lines)).toContain('Discord · minji#1')
    expect(told()[0]!.buttons).toMatchObject([{ command: 'unlink' }])
    expect(told()[0]!.mention).toBeUndefined()
    expect(slack.calls.map(({ kind }) => kind)).toEqual(['direct', 'post'])
  })

  test.each([
    ['a rate limit', new RateLimited(3_000)],
    ['a failure that nobody has a word for', new Error('socket hang up')],
  ])('is told once after %s', async (_, error) => {
    slack.failNext('post', [{ error }])
    house.chat([slack]).start()
    await house.pass(30_000)
    expect(told()).toHaveLength(1)
  })

  test('is told also where the process’s clock is days ahead of the database’s', async () => {
    slack.failNext('post', [{ error: new RateLimited(3_000) }])
    house.chat([slack], { aheadMs: 2 * 86_400_000 }).start()
    await house.pass(30_000)
    expect(told()).toHaveLength(1)
  })

  test('is told once where the message arrived and its answer was lost', async () => {
    slack.failNext('post', [{ error: new Error('socket hang up'), applied: true }])
    house.chat([slack]).start()
    await house.pass(30_000)
    expect(told()).toHaveLength(1)
    expect(slack.calls.at(-1)).toMatchObject({ kind: 'post', isUncertain: true })
  })

  test('is told by the next process when the first one ends before', async () => {
    slack.failAll(new Error('away'))
    const first = house.chat([slack])
    first.start()
    await house.pass(3_000)
    await first.stop()
    slack.failAll(undefined)
    house.chat([slack]).start()
    await house.pass(60_000)
    expect(told()).toHaveLength(1)
  })

  test('who takes no direct messages holds up nobody', async () => {
    slack.failNext('direct', [{ error: new ThreadGone('access', 'closed') }])
    house.chat([slack]).start()
    await house.pass(60_000)
    expect(told()).toEqual([])
    expect(slack.calls).toHaveLength(1)
    const job = await house.submit(minji)
    await house.pass(2_000)
    expect(slack.messages.some(({ channel }) => channel === job.place.channel)).toBe(true)
  })

  test('on a platform whose token was refused is told after a restart with a good one', async () => {
    slack.failNext('direct', [{ error: new PlatformDown('token') }])
    const first = house.chat([slack])
    first.start()
    await house.pass(60_000)
    expect(slack.calls).toHaveLength(1)
    await first.stop()
    house.chat([slack]).start()
    await house.pass(60_000)
    expect(told()).toHaveLength(1)
  })
})
