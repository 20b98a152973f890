import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../src/chat/message.ts'
import {
  PlatformDown,
  RateLimited,
  type Send,
  ThreadGone,
  type Upload,
  UploadRefused,
} from '../../src/chat/platform.ts'
import { newId } from '../../src/ids.ts'
import type { Place, Thread } from '../../src/jobs/job.ts'
import { buttonsOf, visibleText } from '../support/slack-blocks.ts'
import { openSlackHouse, type SlackHouse } from '../support/slack-rig.ts'
import { type SlackFault, TEAM, userOf } from '../support/slack-server.ts'

const MINJI = userOf('minji')
const place: Place = { platform: 'slack', workspace: TEAM, channel: 'C1', thread: null, isDirect: false }
const root: Message = { who: { externalId: MINJI, name: 'minji' }, lines: [{ bold: 'SSG.COM · 노트북' }] }
const word: Message = { mention: { externalId: MINJI }, lines: ['끝났습니다'] }

let house: SlackHouse
let folder: string

beforeEach(async () => {
  house = await openSlackHouse('http')
  folder = mkdtempSync(join(tmpdir(), 'shopcrawl-slack-'))
})
afterEach(async () => {
  await house.stop()
  rmSync(folder, { recursive: true, force: true })
})

const send = (isUncertain = false, key: string = newId<never>(Date.now())): Send => ({
  key,
  isUncertain,
  signal: AbortSignal.timeout(60_000),
})
const open = (isPrivate = false, at = place, how = send()) =>
  house.slack.open(at, root, { ...how, isPrivate, title: '', owner: { externalId: MINJI, name: 'minji' } })
const fileOf = (text: string, name = 'ssg_노트북.csv'): Upload => {
  const path = join(folder, 'file.csv')
  writeFileSync(path, text)
  const bytes = Buffer.byteLength(text)
  return { path, name, bytes, contentType: 'text/csv', title: `${name} · 상품 <1>개` }
}

describe('a message of Slack', () => {
  test('is posted once, carries its key, and unfurls nothing', async () => {
    const thread = await open()
    expect(thread).toEqual({
      platform: 'slack',
      workspace: TEAM,
      channel: 'C1',
      thread: thread.root,
      root: thread.root,
    })
    const how = send()
    const ts = await house.slack.post(thread, word, how)
    const { args } = house.server.callsOf('chat.postMessage').at(-1)!
    expect(args).toMatchObject({ thread_ts: thread.root, unfurl_links: 'false', unfurl_media: 'false' })
    expect(JSON.parse(args.metadata!).event_payload).toEqual({ key: how.key })
    expect(house.server.inThread(thread.root).map((message) => message.ts)).toEqual([ts])
  })

  test.each<[string, SlackFault]>([
    ['applied and then 500', { status: 500, applied: true }],
    ['applied and then cut', { cut: true, applied: true }],
    ['applied and then internal_error', { error: 'internal_error', applied: true }],
  ])('%s is not repeated by the library, and found again before it is repeated', async (_, fault) => {
    const thread = await open()
    const key = newId<never>(Date.now())
    house.server.failNext('chat.postMessage', fault)
    await expect(house.slack.post(thread, word, send(false, key))).rejects.toThrow()
    const calls = house.server.callsOf('chat.postMessage').length
    const ts = await house.slack.post(thread, word, send(true, key))
    expect(house.server.callsOf('chat.postMessage')).toHaveLength(calls)
    expect(house.server.inThread(thread.root).map((message) => message.ts)).toEqual([ts])
  })

  test('that did not arrive is posted when it is looked for in vain', async () => {
    const thread = await open()
    const how = send(true)
    house.server.failNext('chat.postMessage', { status: 502 })
    await expect(house.slack.post(thread, word, { ...how, isUncertain: false })).rejects.toThrow()
    await house.slack.post(thread, word, how)
    expect(house.server.inThread(thread.root)).toHaveLength(1)
  })

  test('a root of unknown fate is found in the channel, behind hundreds of other messages', async () => {
    const key = newId<never>(Date.now())
    house.server.failNext('chat.postMessage', { cut: true, applied: true })
    await expect(open(false, place, send(false, key))).rejects.toThrow()
    for (let i = 0; i < 250; i++)
      house.server.messages.unshift({
        ...house.server.messages[0]!,
        metadata: undefined,
        ts: `${9_000_000_000 + i}.000000`,
      })
    const thread = await open(false, place, send(true, key))
    expect(house.server.messages.find(({ ts }) => ts === thread.root)!.metadata).toMatchObject({
      event_payload: { key },
    })
    expect(house.server.callsOf('chat.postMessage')).toHaveLength(1)
  })

  test('is cut by its signal, with the signal’s reason', async () => {
    house.server.failNext('chat.postMessage', { hang: true })
    const reason = new Error('no longer')
    const abort = new AbortController()
    const posted = open(false, place, { ...send(), signal: abort.signal })
    setImmediate(() => abort.abort(reason))
    await expect(posted).rejects.toBe(reason)
  })

  test('an edit always carries blocks, so that buttons go when there are none', async () => {
    const thread = await open()
    const buttons = [{ label: '취소', style: 'danger' as const, command: 'cancel x' }]
    const ts = await house.slack.post(thread, { lines: ['1'], buttons }, send())
    await house.slack.edit(thread, ts, { lines: ['2'] }, send().signal)
    const message = house.server.inThread(thread.root)[0]!
    expect([visibleText(message.blocks), buttonsOf(message.blocks)]).toEqual(['2', []])
    await house.slack.edit(thread, ts, { lines: [] }, send().signal)
    expect(house.server.callsOf('chat.update').at(-1)!.args.blocks).toBe('[]')
  })

  test('that Slack finds unfit goes once as a short text, and is told as a bug', async () => {
    const thread = await open()
    house.server.failNext('chat.postMessage', { error: 'msg_blocks_too_long' })
    await house.slack.post(thread, { lines: ['안녕'] }, send())
    expect(house.server.inThread(thread.root)[0]).toMatchObject({ text: '안녕', blocks: [] })
    expect(house.faults).toHaveLength(1)
    house.server.failNext('chat.postMessage', { error: 'invalid_blocks' }, { error: 'no_text' })
    await expect(house.slack.post(thread, { lines: ['x'] }, send())).rejects.toThrow(ThreadGone)
  })
})

describe('what Slack refuses', () => {
  const cases: [SlackFault, new (...facts: never[]) => Error, string][] = [
    [{ status: 429, retryAfter: 30 }, RateLimited, '30000'],
    [{ status: 429, retryAfter: null }, RateLimited, '30000'],
    [{ error: 'ratelimited' }, RateLimited, ''],
    [{ error: 'message_limit_exceeded' }, RateLimited, '300000'],
    [{ error: 'not_in_channel' }, ThreadGone, 'access'],
    [{ error: 'channel_not_found' }, ThreadGone, 'access'],
    [{ error: 'restricted_action_read_only_channel' }, ThreadGone, 'access'],
    [{ error: 'is_archived' }, ThreadGone, 'channel'],
    [{ error: 'cannot_reply_to_message' }, ThreadGone, 'thread'],
    [{ error: 'token_revoked' }, PlatformDown, 'token_revoked'],
    [{ error: 'account_inactive' }, PlatformDown, ''],
    [{ error: 'missing_scope', more: { needed: 'chat:write' } }, PlatformDown, 'chat:write'],
  ]
  test.each(cases)('%o', async (fault, type, says) => {
    const thread = await open()
    house.server.failNext('chat.postMessage', fault)
    const error = await house.slack.post(thread, word, send()).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(type)
    expect(error.message).toContain(says)
  })

  test('passing failures stay uncertain: 5xx, cut connections, Slack’s own', async () => {
    const thread = await open()
    for (const fault of [{ status: 503 }, { cut: true }, { error: 'fatal_error' }] as SlackFault[]) {
      house.server.failNext('chat.postMessage', fault)
      const error = await house.slack.post(thread, word, send()).catch((thrown) => thrown)
      for (const type of [RateLimited, ThreadGone, PlatformDown, UploadRefused]) expect(error).not.toBeInstanceOf(type)
    }
  })

  test('an edit of a deleted message, and one that may no longer be edited', async () => {
    const thread = await open()
    house.server.remove(thread.root)
    const gone = house.slack.edit(thread, thread.root, root, send().signal)
    await expect(gone).rejects.toMatchObject({ what: 'message' })
    house.server.failNext('chat.update', { error: 'edit_window_closed' })
    await expect(house.slack.edit(thread, 'x', root, send().signal)).rejects.toMatchObject({ what: 'message' })
  })

  test('one paused method pauses no other call', async () => {
    house.server.failNext('chat.postMessage', { status: 429, retryAfter: 3_600 })
    await expect(open()).rejects.toMatchObject({ retryAfterMs: 3_600_000 })
    await expect(open()).resolves.toMatchObject({ channel: 'C1' })
  })

  test('a scope that is missing for looking costs a double, not the platform', async () => {
    const thread = await open()
    house.server.failNext('conversations.replies', { error: 'missing_scope', more: { needed: 'mpim:history' } })
    await house.slack.post(thread, word, send(true))
    expect(house.server.inThread(thread.root)).toHaveLength(1)
    expect(JSON.stringify(house.faults)).toContain('mpim:history')
  })
})

describe('a file on Slack', () => {
  test('comes into the thread whole, under its Korean name', async () => {
    const thread = await open()
    await house.slack.upload(thread, fileOf('a,b\n1,2\n'), send())
    const [message] = house.server.inThread(thread.root)
    expect(message).toMatchObject({ text: 'ssg_노트북.csv · 상품 &lt;1&gt;개', files: [{ name: 'ssg_노트북.csv' }] })
    expect(house.server.files.get(message!.files![0]!.id)!.bytes.toString()).toBe('a,b\n1,2\n')
  })

  test.each<[string, string, SlackFault, number]>([
    ['completed and then cut', 'files.completeUploadExternal', { cut: true, applied: true }, 1],
    ['completed and then 500', 'files.completeUploadExternal', { status: 500, applied: true }, 1],
    ['cut before it was completed', 'files.completeUploadExternal', { cut: true }, 2],
    ['cut while its bytes went', 'upload', { cut: true }, 2],
  ])('%s: looked for, and there once', async (_, method, fault, urls) => {
    const thread = await open()
    const key = newId<never>(Date.now())
    const file = fileOf('a,b\n1,2\n')
    house.server.failNext(method, fault)
    await expect(house.slack.upload(thread, file, send(false, key))).rejects.toThrow()
    await house.slack.upload(thread, file, send(true, key))
    expect(house.server.inThread(thread.root).filter(({ files }) => files)).toHaveLength(1)
    expect(house.server.callsOf('files.getUploadURLExternal')).toHaveLength(urls)
  })

  test('that Slack shows in the thread only a moment after its completion is there once', async () => {
    const thread = await open()
    const key = newId<never>(Date.now())
    house.server.sharingMs = 800
    house.server.failNext('files.completeUploadExternal', { cut: true, applied: true })
    await expect(house.slack.upload(thread, fileOf('a,b\n'), send(false, key))).rejects.toThrow()
    await house.slack.upload(thread, fileOf('a,b\n'), send(true, key))
    expect(house.server.inThread(thread.root)).toHaveLength(1)
    expect(house.server.callsOf('files.getUploadURLExternal')).toHaveLength(1)
  })

  test('is found by its comment too, where files are hidden from the bot', async () => {
    const thread = await open()
    const file = fileOf('a')
    await house.slack.upload(thread, file, send())
    delete house.server.inThread(thread.root)[0]!.files
    await house.slack.upload(thread, file, send(true))
    expect(house.server.inThread(thread.root)).toHaveLength(1)
  })

  test('of another name or size in the thread is not taken for it', async () => {
    const thread = await open()
    await house.slack.upload(thread, fileOf('a', 'ssg_1.csv'), send())
    await house.slack.upload(thread, fileOf('ab', 'ssg_2.csv'), send(true))
    expect(house.server.inThread(thread.root)).toHaveLength(2)
  })

  test('without a byte never leaves', async () => {
    await expect(house.slack.upload(await open(), fileOf(''), send())).rejects.toThrow(UploadRefused)
    expect(house.server.callsOf('files.getUploadURLExternal')).toEqual([])
  })

  test.each(['file_uploads_disabled', 'file_type_not_allowed', 'file_upload_size_restricted', 'missing_argument'])(
    '%s is a refused upload',
    async (error) => {
      const thread = await open()
      house.server.failNext('files.getUploadURLExternal', { error })
      await expect(house.slack.upload(thread, fileOf('a'), send())).rejects.toThrow(UploadRefused)
    },
  )
})

describe('where a job lives', () => {
  test('a private one is a direct message, and leaves no trace in the channel', async () => {
    const thread = await open(true)
    expect(thread.channel).toBe(house.server.directOf(MINJI))
    expect(house.server.messages.filter(({ channel }) => channel === 'C1')).toEqual([])
  })

  test('asked for in a direct message it stays there, private or not', async () => {
    const at = { ...place, channel: house.server.directOf(MINJI), isDirect: true }
    for (const isPrivate of [true, false]) expect((await open(isPrivate, at)).channel).toBe(at.channel)
  })

  test('asked for inside a thread, root and answers stand in that thread', async () => {
    const outer = await open()
    const inner = await open(false, { ...place, thread: outer.root })
    expect(inner.thread).toBe(outer.root)
    await house.slack.post(inner, word, send())
    expect(house.server.inThread(outer.root)).toHaveLength(2)
  })

  test('a place without a root takes messages as they are', async () => {
    const at: Thread = { ...place, channel: house.server.directOf(MINJI), root: '' }
    await house.slack.post(at, word, send())
    await house.slack.post(at, word, send(true))
    expect(house.server.messages.map(({ thread_ts }) => thread_ts)).toEqual([undefined, undefined])
    expect(house.server.callsOf('conversations.history')).toHaveLength(1)
  })

  test('has a permanent link, asked for once', async () => {
    const thread = await open()
    const links = [await house.slack.link(thread), await house.slack.link(thread)]
    expect(links[0]).toMatch(/^https:\/\/test\.slack\.com\/archives\/C1\/p\d+$/)
    expect(links[1]).toBe(links[0])
    expect(house.server.callsOf('chat.getPermalink')).toHaveLength(1)
    expect(await house.slack.link({ ...thread, root: '' })).toBeNull()
  })

  test('the language is asked for with include_locale, and kept', async () => {
    house.server.locale = 'en-US'
    expect(await house.slack.locale(MINJI, TEAM)).toBe('en')
    await house.slack.locale(MINJI, TEAM)
    expect(house.server.callsOf('users.info').map(({ args }) => args.include_locale)).toEqual(['true'])
  })
})

test('edits share one pace in a workspace; posts have one a channel', async () => {
  const real = await openSlackHouse('http', { pace: {} })
  const thread: Thread = { ...place, thread: '1.1', root: '1.1' }
  const other = { ...thread, channel: 'C2' }
  expect(real.slack.pace(thread, 'edit')).toEqual({
    key: 'slack/T1/edits',
    intervalMs: 1_200,
    editMs: 3_000,
    progressAfterMs: 5_000,
  })
  expect(real.slack.pace(other, 'edit').key).toBe('slack/T1/edits')
  expect([real.slack.pace(thread, 'post').key, real.slack.pace(other, 'post').key]).toEqual([
    'slack/T1/C1',
    'slack/T1/C2',
  ])
  expect(real.slack.pace(thread, 'post').intervalMs).toBe(1_000)
  await real.stop()
})
