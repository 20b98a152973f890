import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { answered, createBot, createCrowd, type DiscordBot, wordsOf } from '../support/discord-rig.ts'
import { BOT, CHANNEL, type DiscordServer, openDiscordServer } from '../support/discord-server.ts'
import { openTestHouse, type TestHouse } from '../support/house.ts'
import { until } from '../support/until.ts'

const minji = createCrowd()('minji')
const MESSAGES = /^\/channels\/\d+\/messages/

let server: DiscordServer
let bot: DiscordBot
let it: TestHouse

beforeEach(async () => {
  server = await openDiscordServer()
  bot = await createBot(server)
  it = await openTestHouse({ platforms: [bot.discord], replica: { products: 1_000, latencyMs: 60 } })
  await bot.start(it.house.dispatch, { sessions: it.house.store.sessions })
  await server.connected()
})
afterEach(async () => {
  await bot.discord.stop()
  await server.stop()
  await it.close()
})

const start = (limit: number) => server.command(minji, 'ssg', { words: '노트북', limit, format: 'csv' })
const all = () =>
  [...server.messages.values()].flat().filter((message) => message.author.id === BOT && !message.ephemeralTo)
const lastWords = () => all().filter((message) => message.allowed_mentions?.users?.includes(minji.id))
const files = () => all().filter((message) => message.files.length > 0)
const isWhole = () =>
  lastWords().length > 0 &&
  files().length > 0 &&
  all().some((message) => message.channel_id === CHANNEL && wordsOf(message).includes('완료')) &&
  all().some((message) => /[█░]/.test(wordsOf(message)) && wordsOf(message).includes('완료'))

/** The whole of a thread, each message once: root, progress, last word, file. */
async function holdOnce(): Promise<void> {
  await until(isWhole, 'the end of the thread')
  expect(lastWords()).toHaveLength(1)
  expect(files()).toHaveLength(1)
  expect(all()).toHaveLength(4)
}

test('a 429 at every tenth call and an applied 500 at every second message leave each message once', async () => {
  server.fail({ path: MESSAGES, status: 429, every: 10, times: 1_000, headers: { 'retry-after': '0.3' } })
  server.fail({ method: 'POST', path: MESSAGES, status: 500, every: 2, times: 1_000, applied: true })
  server.forgetNoncesAlways()
  await answered(start(400))
  await holdOnce()
})

test('an outage in mid-job, with the gateway down, ends with one last word and one file', async () => {
  await answered(start(400))
  await until(() => all().length >= 2, 'root and progress')
  server.fail({ path: /./, status: 503, times: 100_000 })
  server.gateway.accepts = false
  server.drop()
  await until(() => it.events.some((event) => event.name === 'job.ended'), 'the end of the crawl')
  await systemClock.sleep(3_000) // the outage goes on while the thread's end is owed
  server.mend()
  server.gateway.accepts = true
  await holdOnce()
  await until(() => bot.discord.trouble() === null, 'the gateway')
})

test('a restart between an upload and its note leaves one file', async () => {
  server.fail({ method: 'POST', path: MESSAGES, how: 'hang', applied: true, onlyFiles: true })
  await answered(start(40))
  await until(() => files().length === 1, 'the upload')
  server.forgetNoncesAlways()
  it = await it.reopen()
  await holdOnce()
})

test('a thread that is deleted in mid-job is given up, and the end comes by direct message', async () => {
  await answered(start(400))
  await until(() => all().length >= 2, 'root and progress')
  const thread = all().find((message) => server.channels.has(message.id))!.id
  server.deleteChannel(thread)
  await until(() => lastWords().length === 1 && files().length === 1, 'the last word')
  const direct = server.directChannel(minji.id).id
  expect([lastWords()[0]!.channel_id, files()[0]!.channel_id]).toEqual([direct, direct])
  const refusals = server.calls.filter((call) => call.path.includes(thread) && call.status === 404)
  expect(refusals.length).toBeLessThanOrEqual(3)
})

test('a hundred threads edited at the pace that is told meet no limit, of a channel or of the bot', async () => {
  await bot.discord.stop()
  const strict = await openDiscordServer({ bucket: { limit: 5, ms: 5_000 } })
  strict.limitGlobally(50)
  const paced = await createBot(strict, { pace: {} })
  const place = { platform: 'discord', workspace: '1', channel: CHANNEL }
  const threads = Array.from({ length: 100 }, () => strict.addThread())
  const message = { lines: ['상품 40'], bar: { done: 40, total: 100 } }
  const send = (key: string) => ({ key, isUncertain: false, signal: new AbortController().signal })
  const ids = new Map<string, string>()
  for (const thread of threads) {
    ids.set(thread, await paced.discord.post({ ...place, thread, root: thread }, message, send(thread)))
    await systemClock.sleep(paced.discord.pace({ ...place, thread, root: thread }, 'edit').editMs / threads.length)
  }
  for (const thread of threads) {
    const at = { ...place, thread, root: thread }
    await paced.discord.edit(at, ids.get(thread)!, message, new AbortController().signal)
    await systemClock.sleep(paced.discord.pace(at, 'edit').editMs / threads.length)
  }
  expect(strict.calls.filter((call) => call.status === 429)).toEqual([])
  await paced.discord.stop()
  await strict.stop()
})
