import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PlatformDown, RateLimited } from '../../src/chat/platform.ts'
import { aborted } from '../../src/clock.ts'
import type { Lease } from '../../src/crawl/store.ts'
import type { Duties } from '../../src/duty.ts'
import type { Job } from '../../src/jobs/job.ts'
import { type ChatHouse, openChatHouse, storePage } from '../support/chat-house.ts'
import { createRecordingPlatform, type RecordedMessage, type RecordingPlatform } from '../support/recording-platform.ts'

let house: ChatHouse
let slack: RecordingPlatform

beforeEach(async () => {
  house = await openChatHouse()
  slack = createRecordingPlatform({ clock: house.clock, pace: { editMs: 3_000 } })
})
afterEach(() => house.close())

async function runningJob(name = 'minji'): Promise<{ job: Job; lease: Lease }> {
  const job = await house.submit(await house.person('slack', name))
  return { job, lease: await house.crawl(job, 1) }
}

/** Duties of several processes: who asks first has one until the end. */
function firstComes(): Duties {
  const taken = new Set<string>()
  return {
    async during(name, act, signal) {
      if (taken.has(name)) return aborted(signal)
      taken.add(name)
      await act(signal)
    },
  }
}

const isProgress = (message: RecordedMessage): boolean => message.versions[0]?.bar !== undefined
const progress = (channel = 'C-minji') => slack.messages.filter((it) => it.channel === channel && isProgress(it))
/** The counts that a message showed, version by version. */
const shown = (message: RecordedMessage | undefined) => message?.versions.map((version) => version.bar?.done)
const edits = () => slack.calls.filter((call) => call.kind === 'edit')

describe('the progress message', () => {
  test('is posted once a job is still active five seconds after it was asked for', async () => {
    await runningJob()
    house.chat([slack]).start()
    await house.pass(4_500)
    expect(progress()).toHaveLength(0)
    await house.pass(2_000)
    expect(progress()).toHaveLength(1)
    expect(progress()[0]!.versions[0]!.buttons).toMatchObject([{ style: 'danger' }])
  })

  test.each([
    ['ahead of', 600_000],
    ['behind', -600_000],
  ])('is posted then also where the process’s clock is %s the database’s', async (_, aheadMs) => {
    await runningJob()
    house.chat([slack], { aheadMs }).start()
    await house.pass(4_500)
    expect(progress()).toHaveLength(0)
    await house.pass(2_000)
    expect(progress()).toHaveLength(1)
  })

  test('is not posted for a job that ended before', async () => {
    const { lease } = await runningJob()
    house.chat([slack]).start()
    await house.pass(3_000)
    await house.end(lease)
    await house.pass(10_000)
    expect(progress()).toHaveLength(0)
  })

  test('is edited as the job moves, no oftener than its pace allows, and ends without buttons', async () => {
    const { lease } = await runningJob()
    const chat = house.chat([slack])
    chat.start()
    await house.pass(6_000)
    for (let page = 0; page < 20; page++) {
      await storePage(house.store, lease, 1)
      chat.nudge()
      await house.pass(500)
    }
    const between = edits().map((call, at, all) => call.at - (all[at - 1]?.at ?? 0))
    expect(edits().length).toBeGreaterThanOrEqual(3)
    expect(Math.min(...between)).toBeGreaterThanOrEqual(3_000)
    await house.end(lease)
    await house.pass(5_000)
    expect(progress()).toHaveLength(1)
    expect(progress()[0]!.versions.at(-1)!.bar).toEqual({ done: 21, total: 21 })
    expect(progress()[0]!.versions.at(-1)!.buttons).toBeUndefined()
  })

  test('of each platform is kept by the process that serves it, though another serves a further one', async () => {
    const discord = createRecordingPlatform({ name: 'discord', clock: house.clock, pace: { editMs: 3_000 } })
    const duties = firstComes()
    house.chat([slack], { duties }).start()
    house.chat([discord], { holder: 'other', duties }).start()
    await runningJob()
    await house.crawl(await house.submit(await house.person('discord', 'jisoo')), 1)
    await house.pass(7_000)
    expect(progress()).toHaveLength(1)
    expect(discord.messages.filter(isProgress)).toHaveLength(1)
  })

  test('of a job that waits says that there is no worker, and no longer once there is one, though the row stays', async () => {
    let isWorkerless = false
    await house.submit(await house.person('slack', 'minji'))
    const said = () =>
      progress()[0]?.versions.map(({ lines }) => lines.some((line) => String(line).startsWith('No worker is running')))
    house.chat([slack], { isWorkerless: () => isWorkerless }).start()
    await house.pass(10_000)
    expect(said()).toEqual([false])
    isWorkerless = true
    await house.pass(10_000)
    expect(said()).toEqual([false, true])
    isWorkerless = false
    await house.pass(10_000)
    expect(said()).toEqual([false, true, false])
  })

  test('of a running job says nothing of workers: another process has it', async () => {
    await runningJob()
    house.chat([slack], { isWorkerless: () => true }).start()
    await house.pass(20_000)
    expect(progress()[0]!.versions).toHaveLength(1)
    expect(JSON.stringify(progress()[0]!.versions)).not.toContain('No worker')
  })

  test('is taken back by the next process that paces, where the former one said that there is no worker', async () => {
    await house.submit(await house.person('slack', 'minji'))
    const former = house.chat([slack], { isWorkerless: () => true })
    former.start()
    await house.pass(10_000)
    const stopped = former.stop()
    await house.pass(1_000)
    await stopped
    house.chat([slack], { holder: 'other' }).start()
    await house.pass(10_000)
    const texts = progress().flatMap(({ versions }) => versions.map((version) => JSON.stringify(version.lines)))
    expect(texts.map((text) => text.includes('No worker'))).toEqual([true, false])
  })

  test('shows a change at once after a nudge', async () => {
    const { lease } = await runningJob()
    const chat = house.chat([slack])
    chat.start()
    await house.pass(10_000)
    await storePage(house.store, lease, 4)
    chat.nudge()
    await house.pass(150)
    expect(shown(progress()[0])).toEqual([1, 5])
  })

  test('is posted anew when a person deletes it', async () => {
    const { lease } = await runningJob()
    house.chat([slack]).start()
    await house.pass(7_000)
    slack.remove(progress()[0]!.id)
    await storePage(house.store, lease, 1)
    await house.pass(5_000)
    expect(shown(progress()[0])).toEqual([2])
    await storePage(house.store, lease, 1)
    await house.pass(5_000)
    expect(shown(progress()[0])).toEqual([2, 3])
  })

  test('shows the end, though the answer to its post was lost and the job ended before it was tried again', async () => {
    const { lease } = await runningJob()
    house.chat([slack]).start()
    slack.failNext('post', [{ error: new Error('500'), applied: true }])
    await house.pass(5_500)
    expect(progress()).toHaveLength(1)
    await house.end(lease)
    await house.pass(15_000)
    expect(progress()).toHaveLength(1)
    expect(progress()[0]!.versions.at(-1)!.buttons ?? []).toEqual([])
    expect(progress()[0]!.versions.at(-1)).not.toEqual(progress()[0]!.versions[0])
  })

  test('is the same message after a restart, though the answer to its post was lost', async () => {
    const { lease } = await runningJob()
    slack.failNext('post', ['apply and hang'])
    house.chat([slack], { holder: 'first' }).start()
    await house.pass(7_000)
    expect(slack.hanging()).toBe(1)
    house.chat([slack], { holder: 'second' }).start()
    await storePage(house.store, lease, 1)
    await house.pass(5_000)
    expect(progress()).toHaveLength(1)
  })
})

describe('a progress message whose process dies before its note', () => {
  const die = async () => {
    const { job, lease } = await runningJob()
    slack.failNext('post', ['apply and hang'])
    house.chat([slack], { holder: 'first' }).start()
    await house.pass(7_000)
    expect(progress()).toHaveLength(1)
    return { job, lease }
  }

  test('shows the end, though the job ends before the next process looks for it', async () => {
    const { lease } = await die()
    await house.end(lease)
    house.chat([slack], { holder: 'second' }).start()
    await house.pass(15_000)
    expect(progress()).toHaveLength(1)
    expect(progress()[0]!.versions.at(-1)!.buttons).toBeUndefined()
  })

  test('is the same message for a process that is older than the job', async () => {
    const second = house.chat([slack], { holder: 'second' })
    await house.pass(20_000)
    const { lease } = await die()
    second.start()
    await storePage(house.store, lease, 1)
    await house.pass(5_000)
    expect(progress()).toHaveLength(1)
  })
})

test('a first progress message that meets a limit, of a job that ends before the next try, is not posted after the end', async () => {
  const { lease } = await runningJob()
  slack.failNext('post', [{ error: new RateLimited(30_000) }])
  house.chat([slack]).start()
  await house.pass(7_000)
  await house.end(lease)
  await house.pass(60_000)
  expect(progress()).toHaveLength(0)
})

describe('edits in flight', () => {
  test('are one a thread, and nothing comes after the final one', async () => {
    const { lease } = await runningJob()
    house.chat([slack]).start()
    await house.pass(9_000)
    slack.failNext('edit', ['hang'])
    await storePage(house.store, lease, 1)
    await house.pass(1_000)
    expect(slack.hanging()).toBe(1)
    await storePage(house.store, lease, 1)
    await house.end(lease)
    await house.pass(5_000)
    expect(edits()).toHaveLength(1) // the final edits wait for the one that hangs
    await house.pass(20_000)
    expect(shown(progress()[0])).toEqual([1, 3])
    expect(progress()[0]!.versions.at(-1)!.buttons).toBeUndefined()
    const count = edits().length
    await house.pass(30_000)
    expect(edits()).toHaveLength(count)
  })

  test('that fail are tried again, and the last state arrives', async () => {
    const { lease } = await runningJob()
    house.chat([slack]).start()
    await house.pass(7_000)
    slack.failNext('edit', [{ error: new Error('500') }, { error: new Error('500'), applied: true }])
    await storePage(house.store, lease, 6)
    await house.pass(20_000)
    expect(shown(progress()[0])!.at(-1)).toBe(7)
    expect((await house.store.outbox.behind(['slack'], 10)).length).toBe(0)
  })

  test('wait for a Retry-After', async () => {
    const { lease } = await runningJob()
    house.chat([slack]).start()
    await house.pass(7_000)
    slack.failNext('edit', [{ error: new RateLimited(30_000) }])
    await storePage(house.store, lease, 1)
    await house.pass(28_000)
    expect(edits()).toHaveLength(1)
    await house.pass(6_000)
    expect(edits()).toHaveLength(2)
    expect(shown(progress()[0])).toEqual([1, 2])
  })

  test('in a thread that is gone are not repeated', async () => {
    const { lease } = await runningJob()
    house.chat([slack]).start()
    await house.pass(7_000)
    slack.close({ channel: 'C-minji' }, 'thread')
    for (let page = 0; page < 5; page++) {
      await storePage(house.store, lease, 1)
      await house.pass(5_000)
    }
    expect(edits()).toHaveLength(1)
  })

  test('end for a platform whose token is refused', async () => {
    const { lease } = await runningJob()
    const chat = house.chat([slack])
    chat.start()
    await house.pass(7_000)
    slack.failNext('edit', [{ error: new PlatformDown('token_revoked') }])
    await storePage(house.store, lease, 1)
    await house.pass(60_000)
    expect(edits()).toHaveLength(1)
    expect(chat.down().has('slack')).toBe(true)
  })
})

describe('a hundred threads under one budget of 50 calls a minute', () => {
  const INTERVAL_MS = 1_200

  test('stay within it, each is shown in turn, last words come first, and every last state arrives', async () => {
    slack.pace = () => ({ key: 'T', intervalMs: INTERVAL_MS, editMs: 3_000, progressAfterMs: 5_000 })
    const jobs = await Promise.all(Array.from({ length: 100 }, (_, at) => runningJob(`p${at}`)))
    house.chat([slack]).start()
    await house.pass(100 * INTERVAL_MS * 2 + 10_000) // a hundred roots, a hundred progress messages
    expect(slack.messages.filter(isProgress)).toHaveLength(100)

    for (const { lease } of jobs) await storePage(house.store, lease, 1)
    const before = slack.calls.length
    await house.pass(50 * INTERVAL_MS)
    await house.end(jobs[99]!.lease)
    await house.pass(6 * INTERVAL_MS)
    const words = slack.messages.filter((it) => it.versions[0]!.mention)
    expect(words.map((it) => it.channel)).toEqual(['C-p99']) // though half of the threads still wait for an edit
    await house.pass(60 * INTERVAL_MS)
    const edited = slack.calls.slice(before).filter((call) => call.kind === 'edit')
    expect(new Set(edited.map((call) => call.channel)).size).toBe(100) // nobody twice before all were shown once
    expect(edited.length).toBeLessThanOrEqual(102)

    for (const { lease } of jobs.slice(0, 99)) await house.end(lease)
    await house.pass(100 * INTERVAL_MS * 4 + 10_000)
    for (const message of slack.messages.filter(isProgress)) {
      expect(message.versions.at(-1)!.bar).toEqual({ done: 2, total: 2 })
      expect(message.versions.at(-1)!.buttons).toBeUndefined()
    }
    const times = slack.calls.map((call) => call.at)
    const worst = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length))
    expect(worst).toBeLessThanOrEqual(50)
  })
})
