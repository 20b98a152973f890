import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createApi } from '../../adapters/discord/api.ts'
import type { Message } from '../../src/chat/message.ts'
import { type OpenOptions, type Send, ThreadGone } from '../../src/chat/platform.ts'
import { newId } from '../../src/ids.ts'
import type { Place } from '../../src/jobs/job.ts'
import { buttonsOf, createBot, type DiscordBot, wordsOf } from '../support/discord-rig.ts'
import {
  CHANNEL,
  type DiscordServer,
  GUILD,
  openDiscordServer,
  snowflake,
  TOKEN,
  VOICE,
} from '../support/discord-server.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'
import { openTunnelProxy } from '../support/tunnel-proxy.ts'
import { until } from '../support/until.ts'

const USER = '140000000000000010'
const PLACE: Place = { platform: 'discord', workspace: GUILD, channel: CHANNEL, thread: null, isDirect: false }
const ROOT: Message = { who: { externalId: USER, name: 'minji' }, lines: [{ bold: 'SSG · 노트북' }, '진행 중'] }
const PROGRESS: Message = {
  lines: ['상품 40'],
  bar: { done: 40, total: 100 },
  buttons: [{ label: '취소', style: 'danger', command: 'cancel AAAAAAAAAAAAAAAAAAAAAA' }],
}
const WORD: Message = {
  mention: { externalId: USER },
  lines: [{ bold: '끝' }],
  buttons: [{ label: '다시', style: 'normal', command: 'again AAAAAAAAAAAAAAAAAAAAAA' }],
}

let server: DiscordServer
let bot: DiscordBot
let dir: string
const signal = new AbortController().signal

const send = (more: Partial<Send> = {}): Send => ({
  key: newId(Date.now()),
  isUncertain: false,
  signal: new AbortController().signal,
  ...more,
})
const opening = (more: Partial<OpenOptions> = {}): OpenOptions => ({
  ...send(),
  isPrivate: false,
  title: 'SSG · 노트북',
  owner: { externalId: USER, name: 'minji' },
  ...more,
})
const inside = (channel: string) => server.messages.get(channel)!
const file = async (bytes: number, name = '노트북.csv') => {
  const path = join(dir, 'file')
  await writeFile(path, Buffer.alloc(bytes, 'a'))
  return { path, name, bytes, contentType: 'text/csv', title: `${name} · 3개` }
}

beforeEach(async () => {
  server = await openDiscordServer()
  bot = await createBot(server)
  dir = await mkdtemp(join(tmpdir(), 'shopcrawl-discord-'))
})
afterEach(async () => {
  await bot.discord.stop()
  await server.stop()
  await rm(dir, { recursive: true, force: true })
})

describe('where a job lives', () => {
  test('a public thread hangs at the root message, without a gateway', async () => {
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    expect(thread).toMatchObject({ channel: CHANNEL, workspace: GUILD, thread: thread.root })
    expect(server.channels.get(thread.root)).toMatchObject({ type: 11, parent_id: CHANNEL, name: 'SSG · 노트북' })
    expect(await bot.discord.link(thread)).toBe(`https://discord.com/channels/${GUILD}/${thread.root}`)
  })

  test('where threads are not allowed the messages answer the root', async () => {
    server.deny(CHANNEL, 'threads')
    for (const channel of [CHANNEL, VOICE]) {
      const thread = await bot.discord.open({ ...PLACE, channel }, ROOT, opening())
      expect(thread.thread).toBeNull()
      await bot.discord.post(thread, WORD, send())
      expect(inside(channel).at(-1)!.message_reference).toMatchObject({
        message_id: thread.root,
        fail_if_not_exists: false,
      })
    }
  })

  test('in a person’s thread the job stays there', async () => {
    const own = {
      ...PLACE,
      thread: server.addChannel({ id: snowflake(), type: 11, guild_id: GUILD, parent_id: CHANNEL, name: 'talk' }).id,
    }
    const thread = await bot.discord.open(own, ROOT, opening())
    expect(thread.thread).toBe(own.thread)
    await bot.discord.edit(thread, thread.root, { lines: ['끝'] }, signal)
    expect(inside(own.thread).map(wordsOf)).toEqual(['끝'])
    expect(inside(CHANNEL)).toEqual([])
  })

  test('a private job leaves no trace in the channel', async () => {
    const thread = await bot.discord.open(PLACE, ROOT, opening({ isPrivate: true }))
    expect(inside(CHANNEL)).toEqual([])
    expect(server.channels.get(thread.thread!)).toMatchObject({ type: 12 })
    expect([...server.channels.get(thread.thread!)!.members]).toEqual([USER])
    expect(inside(thread.thread!)).toHaveLength(1)
  })

  test('where no private thread can be made nothing is posted, and the outbox goes to the direct message', async () => {
    server.deny(CHANNEL, 'private threads')
    await expect(bot.discord.open(PLACE, ROOT, opening({ isPrivate: true }))).rejects.toMatchObject({
      name: 'ThreadGone',
      what: 'access',
    })
    expect(inside(CHANNEL)).toEqual([])
    const place = await bot.discord.direct(USER, '')
    const thread = await bot.discord.open(place, ROOT, opening({ isPrivate: true }))
    expect(inside(place.channel)).toHaveLength(1)
    expect(thread).toMatchObject({ channel: place.channel, thread: null, workspace: '' })
  })

  test('closed direct messages are given up', async () => {
    server.closedDirect.add(USER)
    const place = await bot.discord.direct(USER, '')
    await expect(bot.discord.open(place, ROOT, opening())).rejects.toBeInstanceOf(ThreadGone)
  })
})

describe('a post that may have arrived', () => {
  test('is one message after an applied 500, by its nonce', async () => {
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    const once = send()
    server.fail({ method: 'POST', path: /messages$/, status: 500, applied: true })
    await expect(bot.discord.post(thread, WORD, once)).rejects.toThrow()
    expect(server.calls.filter((it) => it.body.nonce === once.key)).toHaveLength(1) // the library repeats nothing
    await bot.discord.post(thread, WORD, once)
    expect(inside(thread.root)).toHaveLength(1)
  })

  test.each([
    ['last word', WORD],
    ['progress message', PROGRESS],
    ['root without buttons', { lines: ['거절'] }],
  ])('%s: found in its thread once Discord has forgotten the nonce', async (_, message) => {
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    const once = send()
    await bot.discord.post(thread, { lines: ['another'] }, send())
    server.fail({ method: 'POST', path: /messages$/, how: 'cut', applied: true })
    await expect(bot.discord.post(thread, message, once)).rejects.toThrow()
    server.forgetNonces()
    const id = await bot.discord.post(thread, message, { ...once, isUncertain: true })
    expect(inside(thread.root).map((it) => it.id)).toContain(id)
    expect(inside(thread.root)).toHaveLength(2)
  })

  test('a progress message is found although its counts have changed', async () => {
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    const once = send()
    await bot.discord.post(thread, PROGRESS, once)
    server.forgetNonces()
    await bot.discord.post(thread, { ...PROGRESS, lines: ['상품 80'] }, { ...once, isUncertain: true })
    expect(inside(thread.root)).toHaveLength(1)
  })

  test('a file is found by its name', async () => {
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    const once = send()
    const upload = await file(2_000)
    server.fail({ method: 'POST', path: /messages$/, status: 502, applied: true })
    await expect(bot.discord.upload(thread, upload, once)).rejects.toThrow()
    server.forgetNonces()
    await bot.discord.upload(thread, upload, { ...once, isUncertain: true })
    expect(inside(thread.root).flatMap((it) => it.files.map(({ name, bytes }) => [name, bytes.length]))).toEqual([
      ['노트북.csv', 2_000],
    ])
  })

  test('a root and its thread are one each, whichever of the two calls failed', async () => {
    for (const path of [/channels\/\d+\/messages$/, /threads$/]) {
      const once = opening()
      server.fail({ method: 'POST', path, status: 500, applied: true })
      await expect(bot.discord.open(PLACE, ROOT, once)).rejects.toThrow()
      server.forgetNonces()
      const thread = await bot.discord.open(PLACE, ROOT, { ...once, isUncertain: true })
      expect(thread.thread).toBe(thread.root)
    }
    expect(inside(CHANNEL)).toHaveLength(2)
  })

  test('a private thread is made once', async () => {
    const once = opening({ isPrivate: true })
    server.fail({ method: 'POST', path: /threads$/, status: 500, applied: true })
    await expect(bot.discord.open(PLACE, ROOT, once)).rejects.toThrow()
    await bot.discord.open(PLACE, ROOT, { ...once, isUncertain: true })
    expect([...server.channels.values()].filter((it) => it.type === 12)).toHaveLength(1)
  })

  test('where the bot may not read it relies on the nonce', async () => {
    server.deny(CHANNEL, 'history')
    const once = opening()
    server.fail({ method: 'POST', path: /channels\/\d+\/messages$/, status: 500, applied: true })
    await expect(bot.discord.open(PLACE, ROOT, once)).rejects.toThrow()
    await bot.discord.open(PLACE, ROOT, { ...once, isUncertain: true })
    expect(inside(CHANNEL)).toHaveLength(1)
  })
})

describe('errors', () => {
  test('a spent bucket and a 429 are told with their time, and nothing is repeated', async () => {
    server.fail({ status: 429, headers: { 'retry-after': '7', 'x-ratelimit-scope': 'shared' } })
    await expect(bot.discord.open(PLACE, ROOT, opening())).rejects.toMatchObject({
      name: 'RateLimited',
      retryAfterMs: expect.closeTo(7_050, -2),
    })
    expect(server.calls).toHaveLength(1)
  })

  test('a 429 without a time is not repeated hot', async () => {
    server.fail({ status: 429, times: 100 })
    await expect(bot.discord.open(PLACE, ROOT, opening())).rejects.toMatchObject({
      name: 'RateLimited',
      retryAfterMs: 1_000,
    })
    expect(server.calls).toHaveLength(1)
  })

  test('a global limit holds all channels', async () => {
    server.fail({
      status: 429,
      headers: { 'retry-after': '30', 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' },
    })
    await expect(bot.discord.open(PLACE, ROOT, opening())).rejects.toMatchObject({ name: 'RateLimited' })
    await expect(bot.discord.open({ ...PLACE, channel: VOICE }, ROOT, opening())).rejects.toMatchObject({
      name: 'RateLimited',
    })
    expect(server.calls).toHaveLength(1)
  })

  test('a deleted message, thread or channel, and a lost right, are gone for good', async () => {
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    const id = await bot.discord.post(thread, PROGRESS, send())
    server.deleteMessage(thread.root, id)
    const edit = () => bot.discord.edit(thread, id, PROGRESS, signal)
    await expect(edit()).rejects.toMatchObject({ name: 'ThreadGone', what: 'message' })
    server.deny(CHANNEL, 'send')
    await expect(bot.discord.post(thread, WORD, send())).rejects.toMatchObject({ what: 'access' })
    server.deleteChannel(thread.root)
    await expect(edit()).rejects.toMatchObject({ what: 'channel' })
  })

  test('an archived thread is opened for an edit', async () => {
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    const id = await bot.discord.post(thread, PROGRESS, send())
    server.channels.get(thread.root)!.thread_metadata!.archived = true
    await bot.discord.edit(thread, id, { lines: ['완료'] }, signal)
    expect(inside(thread.root).map(wordsOf)).toEqual(['완료'])
    expect(buttonsOf(inside(thread.root)[0]!)).toEqual([])
  })

  test('too many edits of an old message: another one is posted', async () => {
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    const id = await bot.discord.post(thread, PROGRESS, send())
    server.fail({ method: 'PATCH', status: 400, code: 30_046 })
    await expect(bot.discord.edit(thread, id, PROGRESS, signal)).rejects.toMatchObject({ what: 'message' })
  })

  test('a text that automod refuses is said in plain words, without links and buttons', async () => {
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    server.fail({ method: 'POST', path: /messages$/, status: 400, code: 200_000 })
    const message = { ...WORD, lines: [{ link: 'https://shop.example/1', text: '상품' }] }
    await bot.discord.post(thread, message, send())
    expect(wordsOf(inside(thread.root)[0]!)).toBe(`<@${USER}> 상품`)
    expect(buttonsOf(inside(thread.root)[0]!)).toEqual([])
  })

  test('a refused token stops all sending at once', async () => {
    server.state.token = 'another'
    await expect(bot.discord.open(PLACE, ROOT, opening())).rejects.toMatchObject({ name: 'PlatformDown' })
    const before = server.calls.length
    await expect(bot.discord.open(PLACE, ROOT, opening())).rejects.toMatchObject({ name: 'PlatformDown' })
    expect(server.calls).toHaveLength(before)
    expect(bot.discord.trouble()).toContain('401')
  })

  test('a thousand refusals in ten minutes stop it before Discord bans the address', async () => {
    const clock = createJumpingClock()
    const api = createApi({ token: TOKEN, apiUrl: server.url }, clock)
    server.fail({ status: 403, code: 50_013, times: 2_000 })
    const call = { method: 'POST', route: '/interactions/1/token/callback', isInteraction: true } as const
    for (let round = 0; round < 25; round++) await Promise.allSettled(Array.from({ length: 40 }, () => api.call(call)))
    expect(server.calls).toHaveLength(1_000)
    await expect(api.call(call)).rejects.toMatchObject({ name: 'RateLimited', retryAfterMs: 600_001 })
    expect(server.calls).toHaveLength(1_000)
    await clock.jump(600_001)
    await expect(api.call(call)).rejects.toMatchObject({ name: 'ThreadGone' })
    api.close()
  })

  test('a call is cut when its signal aborts', async () => {
    const cut = new AbortController()
    server.fail({ how: 'hang' })
    const posting = bot.discord.open(PLACE, ROOT, opening({ signal: cut.signal }))
    await until(() => server.calls.length === 1)
    cut.abort(new Error('time is up'))
    await expect(posting).rejects.toThrow('time is up')
  })
})

describe('files', () => {
  test('above the limit nothing is sent', async () => {
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    const before = server.calls.length
    await expect(bot.discord.upload(thread, await file(10 * 1024 * 1024 + 1), send())).rejects.toMatchObject({
      name: 'UploadRefused',
    })
    expect(server.calls).toHaveLength(before)
  })

  test('the limit of a server is the one that the newest interaction told', async () => {
    await bot.start(async () => undefined)
    await server.connected()
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    server.setLimits({ attachmentLimit: 1_000 })
    const { id } = server.command({ id: USER, name: 'minji' }, 'status')
    await until(() => server.calls.some((it) => it.path.includes(id)))
    await expect(bot.discord.upload(thread, await file(1_001), send())).rejects.toMatchObject({ name: 'UploadRefused' })
    await bot.discord.upload(thread, await file(1_000), send())
    expect(inside(thread.root)).toHaveLength(1)
  })

  test('without the right to attach, and at 413, a link is given instead', async () => {
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    server.fail({ method: 'POST', path: /messages$/, status: 413, code: 40_005 })
    await expect(bot.discord.upload(thread, await file(10), send())).rejects.toMatchObject({ name: 'UploadRefused' })
    server.deny(CHANNEL, 'attach')
    await expect(bot.discord.upload(thread, await file(10), send())).rejects.toMatchObject({ name: 'UploadRefused' })
  })

  test('files and errors pass a proxy whole', async () => {
    const proxy = await openTunnelProxy()
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    vi.stubEnv('HTTP_PROXY', proxy.url)
    const behind = await createBot(server)
    vi.unstubAllEnvs()
    const thread = await behind.discord.open(PLACE, ROOT, opening())
    await behind.discord.upload(thread, await file(3_000), send())
    expect(inside(thread.root)[0]!.files.map(({ name, bytes }) => [name, bytes.length])).toEqual([
      ['노트북.csv', 3_000],
    ])
    server.fail({ status: 429, headers: { 'retry-after': '7' } })
    await expect(behind.discord.post(thread, WORD, send())).rejects.toMatchObject({ name: 'RateLimited' })
    expect(proxy.tunnels.length).toBeGreaterThan(0)
    await behind.discord.stop()
    proxy.close()
  })

  test('an edit keeps the files of a message', async () => {
    const thread = await bot.discord.open(PLACE, ROOT, opening())
    const id = await bot.discord.upload(thread, await file(10), send())
    await bot.discord.edit(thread, id, { lines: ['x'] }, signal)
    expect(server.calls.at(-1)!.body).not.toHaveProperty('attachments')
    expect(inside(thread.root)[0]!.files).toHaveLength(1)
  })
})

describe('pace', () => {
  test('a channel has its own key, and the interval of edits grows with the threads that are edited', async () => {
    const clock = createJumpingClock()
    const slow = await createBot(server, { clock, pace: {} })
    const at = (thread: string) => ({ platform: 'discord', workspace: GUILD, channel: CHANNEL, thread, root: thread })
    expect(slow.discord.pace(at('1'), 'edit')).toEqual({
      key: 'discord/1',
      intervalMs: 1_000,
      editMs: 3_000,
      progressAfterMs: 5_000,
    })
    for (let n = 0; n < 400; n++) await slow.discord.post(at(String(n)), PROGRESS, send()).catch(() => undefined)
    expect(slow.discord.pace(at('1'), 'edit').editMs).toBe(12_000) // 400 threads: 33 edits a second
    await clock.jump(60_001)
    expect(slow.discord.pace(at('1'), 'edit').editMs).toBe(3_000)
    await Promise.all([slow.discord.stop(), clock.jump(10_000)])
  })
})
