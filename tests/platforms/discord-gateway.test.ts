import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openStore } from '../../db/index.ts'
import { systemClock } from '../../src/clock.ts'
import type { Dispatch, Invocation } from '../../src/commands/command.ts'
import { answered, createBot, createCrowd, type DiscordBot, wordsOf } from '../support/discord-rig.ts'
import { APPLICATION, CHANNEL, type DiscordServer, GUILD, openDiscordServer } from '../support/discord-server.ts'
import { until } from '../support/until.ts'

const minji = createCrowd()('minji')
const KEY = 'AZ6kAAAAcAAAAAAAAAAAAA'
const THREAD = { platform: 'discord', workspace: GUILD, channel: CHANNEL, thread: null, root: '' }

let server: DiscordServer
let bot: DiscordBot
let heard: Invocation[]
const dispatch: Dispatch = async (invocation) => {
  heard.push(invocation)
  return { message: { lines: [`${heard.length}`] }, outcome: 'ok' }
}
const post = (key = KEY) =>
  bot.discord.post(THREAD, { lines: ['sent'] }, { key, isUncertain: false, signal: new AbortController().signal })
const identifies = () => server.gatewayLog.filter((it) => it.op === 2).length
const working = async () => wordsOf(await answered(server.command(minji, 'status')))

beforeEach(async () => {
  heard = []
  server = await openDiscordServer()
  bot = await createBot(server)
})
afterEach(async () => {
  await bot.discord.stop()
  await server.stop()
})

describe('a Discord that is away at the start', () => {
  test('503: messages are sent as soon as they can be, and commands come when the login succeeds', async () => {
    server.fail({ path: /gateway/, status: 503, times: 2 })
    await bot.start(dispatch)
    await until(() => bot.discord.trouble()?.includes('Service Unavailable') ?? false)
    await post()
    expect(server.messages.get(CHANNEL)).toHaveLength(1)
    await server.connected()
    expect(await working()).toBe('1')
    expect(bot.discord.trouble()).toBeNull()
    const tries = server.calls.filter((it) => it.path === '/gateway/bot').map((it) => it.at)
    expect(tries).toHaveLength(3) // the library's own repeats are off
    expect(tries[2]! - tries[1]!).toBeGreaterThan(1_500) // 1 s, then 2 s
  })

  test('401: it is told once, nothing more is asked, and sending stops', async () => {
    server.state.token = 'another'
    await bot.start(dispatch)
    await until(() => bot.events.some((it) => it.name === 'chat.failed'))
    expect(bot.discord.trouble()).toMatch(/token/i)
    await expect(post()).rejects.toMatchObject({ name: 'PlatformDown' })
    expect(server.calls).toHaveLength(1)
  })

  test('a gateway that refuses the intents is final, but messages are sent', async () => {
    server.gateway.closeWith = 4_014
    await bot.start(dispatch)
    await until(() => bot.events.some((it) => it.name === 'chat.failed'))
    expect(bot.discord.trouble()).toContain('4014')
    await post()
    expect(server.messages.get(CHANNEL)).toHaveLength(1)
    expect(bot.events.filter((it) => it.name === 'chat.failed')).toHaveLength(1)
  })

  test('a stop in the middle of a login leaves no connection behind', async () => {
    server.gateway.isMute = true
    await bot.start(dispatch)
    await until(() => identifies() === 1) // the library waits for READY, and would connect anew when destroyed
    await bot.discord.stop()
    server.gateway.isMute = false
    await until(() => server.live() === 0, 'no connection')
    await new Promise((resolve) => setTimeout(resolve, 1_200)) // longer than the library's pause before a new connection
    expect(server.live()).toBe(0)
    expect(identifies()).toBe(1)
  })

  test('a stop in the middle of it ends it', async () => {
    server.fail({ path: /gateway/, how: 'hang' })
    await bot.start(dispatch)
    await until(() => server.calls.length === 1)
    const begun = performance.now()
    await bot.discord.stop()
    expect(performance.now() - begun).toBeLessThan(6_000)
  })
})

describe('a connection that is lost', () => {
  beforeEach(async () => {
    await bot.start(dispatch)
    await server.connected()
    await until(() => bot.discord.trouble() === null)
  })

  test('is resumed, and commands of the gap are carried out', async () => {
    server.drop()
    await until(() => bot.discord.trouble() !== null)
    const missed = server.command(minji, 'status')
    expect(wordsOf(await answered(missed))).toBe('1')
    expect(identifies()).toBe(1)
    expect(bot.events.map((it) => it.name)).toContain('chat.disconnected')
    await until(() => bot.discord.trouble() === null)
  })

  test('op 7: it comes back when Discord asks for it', async () => {
    server.send({ op: 7 })
    await until(() => server.gatewayLog.some((it) => it.op === 6))
    expect(await working()).toBe('1')
  })

  test('op 9: a session that cannot be resumed becomes a new one', async () => {
    server.gateway.resumes = false
    server.drop()
    await server.connected(2)
    expect(await working()).toBe('1')
    expect(identifies()).toBe(2)
  })

  test('a command replayed after it was answered is answered once', async () => {
    const seen = new Set<string | null>()
    const once: Dispatch = async (invocation) => {
      if (seen.has(invocation.eventId)) return undefined
      seen.add(invocation.eventId)
      return dispatch(invocation)
    }
    const other = await createBot(server)
    await other.start(once)
    await server.connected(2)
    const first = server.command(minji, 'status')
    await answered(first)
    server.emit('INTERACTION_CREATE', first.payload)
    server.emit('INTERACTION_CREATE', first.payload)
    await answered(server.command(minji, 'history'))
    expect(heard.map((it) => it.text)).toEqual(['status', 'history'])
    expect(first.answer!.versions).toHaveLength(1)
    await other.discord.stop()
  })

  test('a token reset while it runs ends sending and tells it', async () => {
    const isLast = (path: string) => path === `/applications/${APPLICATION}/guilds/${GUILD}/commands`
    await until(() => server.calls.some(({ path, status }) => isLast(path) && status === 200), 'registration')
    server.state.token = 'another'
    server.gateway.resumes = false
    server.drop()
    await until(() => bot.events.some((it) => it.name === 'chat.failed'))
    expect(bot.discord.trouble()).toContain('4004')
    await expect(post()).rejects.toMatchObject({ name: 'PlatformDown' })
  })
})

test('a connection that gives no heartbeats is resumed', async () => {
  const silent = await openDiscordServer({ heartbeatMs: 300 })
  const other = await createBot(silent)
  await other.start(dispatch)
  await silent.connected()
  silent.gateway.acks = false
  await until(() => silent.gatewayLog.some((it) => it.op === 6))
  silent.gateway.acks = true
  expect(wordsOf(await answered(silent.command(minji, 'status')))).toBe('1')
  await other.discord.stop()
  await silent.stop()
})

test('an error of the library does not end the process', async () => {
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  await bot.start(async () => {
    throw new Error('a dispatch that breaks its promise')
  })
  await server.connected()
  server.command(minji, 'status')
  await until(() => bot.events.some((it) => it.name === 'chat.answer_lost'))
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

describe('the budget of sessions', () => {
  test('after 200 in 24 hours no other is begun, over restarts too, and messages are still sent', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'shopcrawl-discord-'))
    const open = () => openStore({ dataDir, clock: systemClock, emit: () => {}, locale: 'ko' })
    const before = await open()
    for (let n = 0; n < 200; n++) expect(await before.sessions.begin('discord', 200)).toBe(0)
    expect(await before.sessions.begin('another', 200)).toBe(0)
    await before.close()
    const store = await open()
    const left = await store.sessions.begin('discord', 200)
    expect(left).toBeGreaterThan(86_000_000)
    expect(left).toBeLessThanOrEqual(86_400_000)
    await bot.start(dispatch, { sessions: store.sessions })
    await until(() => bot.discord.trouble()?.includes('200 sessions') ?? false)
    await post()
    expect(identifies()).toBe(0)
    await bot.discord.stop()
    await store.close()
    rmSync(dataDir, { recursive: true })
  })
})

describe('registration', () => {
  const puts = () => server.calls.filter((it) => it.method === 'PUT').map((it) => it.path)
  const registered = async (which: DiscordBot) => {
    await which.start(dispatch)
    await until(() => which.events.some((it) => it.name === 'chat.registered'))
  }

  test('everywhere, once, and again only when the commands have changed', async () => {
    await registered(bot)
    const path = `/applications/${APPLICATION}/commands`
    expect(puts()).toEqual([path])
    const second = await createBot(server)
    await registered(second)
    expect(puts()).toHaveLength(1)
    server.commands.get(path)![0]!.options.pop()
    const third = await createBot(server)
    await registered(third)
    expect(puts()).toHaveLength(2)
    await Promise.all([second.discord.stop(), third.discord.stop()])
  })

  test('in the allowed servers only, where a list is given', async () => {
    const other = await createBot(server, { guilds: [GUILD] })
    await registered(bot)
    await registered(other)
    await until(() => other.events.filter((it) => it.name === 'chat.registered').length === 2)
    expect(server.commands.get(`/applications/${APPLICATION}/commands`)).toEqual([])
    expect(server.commands.get(`/applications/${APPLICATION}/guilds/${GUILD}/commands`)).toHaveLength(1)
    await other.discord.stop()
    const again = await createBot(server, { guilds: [GUILD] })
    const before = puts().length
    await registered(again)
    await until(() => again.events.filter((it) => it.name === 'chat.registered').length === 2)
    expect(puts()).toHaveLength(before)
    await again.discord.stop()
  })

  describe('leaves no old commands', () => {
    const OTHER = '1200000000000000002'
    const serverPath = (guild: string) => `/applications/${APPLICATION}/guilds/${guild}/commands`
    const leftovers = (guild: string) => server.commands.get(serverPath(guild))
    const stale = [{ name: 'crawl', type: 1, description: 'old', options: [] }]
    const cleared = (which: DiscordBot, count: number) =>
      until(() => which.events.filter((it) => it.name === 'chat.registered').length === count, 'registration')

    test('in a server that is no longer on the list, and keeps those of the list', async () => {
      server.state.servers.push({ id: OTHER, name: 'other', permissions: '0' })
      server.commands.set(serverPath(OTHER), stale)
      const other = await createBot(server, { guilds: [GUILD] })
      await other.start(dispatch)
      await cleared(other, 3)
      expect(leftovers(OTHER)).toEqual([])
      expect(leftovers(GUILD)).toHaveLength(1)
      await other.discord.stop()
    })

    test('in any server once they are shown everywhere', async () => {
      server.commands.set(serverPath(GUILD), stale)
      await bot.start(dispatch)
      await cleared(bot, 2)
      expect(leftovers(GUILD)).toEqual([])
      expect(server.commands.get(`/applications/${APPLICATION}/commands`)).toHaveLength(1)
    })

    test('in the last of hundreds of servers, past one that took no commands and pauses that Discord asks for', async () => {
      const many = Array.from({ length: 401 }, (_, at) => String(1_200_000_000_000_001_000n + BigInt(at)))
      for (const guild of many) server.state.servers.push({ id: guild, name: guild, permissions: '0' })
      server.commands.set(serverPath(many.at(-1)!), stale)
      server.fail({ method: 'GET', path: new RegExp(`guilds/${many[0]}/commands`), status: 403, code: 50_001 })
      const busy = { status: 429, headers: { 'retry-after': '0.05' }, body: { retry_after: 0.05 } }
      server.fail({ method: 'GET', path: new RegExp(`guilds/${many[1]}/commands`), ...busy })
      await bot.start(dispatch)
      await until(() => leftovers(many.at(-1)!)?.length === 0, 'the last server')
      expect(puts()).toEqual([`/applications/${APPLICATION}/commands`, serverPath(many.at(-1)!)])
    })
  })

  test('is tried again when Discord was not there, and commands work meanwhile', async () => {
    server.fail({ path: /commands$/, status: 500 })
    await bot.start(dispatch)
    await until(() => bot.events.some((it) => it.name === 'chat.failed'))
    expect(await working()).toBe('1')
    await until(() => puts().length === 1)
  })

  test('the invite link with the least rights is told once', async () => {
    await registered(bot)
    expect(bot.told).toHaveLength(1)
    const link = new URL(/https:\S+/.exec(bot.told[0]!)![0])
    expect(link.searchParams.get('client_id')).toBe(APPLICATION)
    const rights = BigInt(link.searchParams.get('permissions')!)
    expect(rights & 8n).toBe(0n) // no administrator
    expect(rights & (1n << 13n)).toBe(0n) // nobody else's messages are managed
    expect(rights & (1n << 36n)).not.toBe(0n) // private threads
  })
})

test('only the least intents are asked for', async () => {
  await bot.start(dispatch)
  await server.connected()
  expect(server.gatewayLog.find((it) => it.op === 2)!.d.intents).toBe(1 | 512 | 4_096)
})
