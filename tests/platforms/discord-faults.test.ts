import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { answered, buttonsOf, createBot, createCrowd, type DiscordBot, wordsOf } from '../support/discord-rig.ts'
import { BOT, CHANNEL, type DiscordServer, openDiscordServer } from '../support/discord-server.ts'
import { createHold } from '../support/held-shop.ts'
import { fromPage, openTestHouse, type TestHouse } from '../support/house.ts'
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
  // a house that was opened again answers too
  await bot.start((invocation) => it.house.dispatch(invocation), { sessions: it.house.store.sessions })
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
const progress = () => all().filter((message) => /[█░]/.test(wordsOf(message)))
const roots = () => all().filter((message) => message.channel_id === CHANNEL)

/** The whole of a thread, each message once: root, progress where there was time for it, last word, file. */
async function holdOnce(says = '완료', { others = 0 } = {}): Promise<void> {
  const isWhole = () =>
    lastWords().length > 0 &&
    files().length > 0 &&
    [...roots(), ...progress()].every((message) => wordsOf(message).includes(says))
  await until(isWhole, 'the end of the thread')
  expect([roots().length, lastWords().length, files().length]).toEqual([1, 1, 1])
  expect(progress().length).toBeLessThanOrEqual(1)
  expect(all()).toHaveLength(3 + progress().length + others)
}

test('a 429 at every tenth call and an applied 500 at every second message leave each message once', async () => {
  const hold = createHold() // time for a progress message
  it.shop.options.trouble = hold.from(2)
  server.fail({ path: MESSAGES, status: 429, every: 10, times: 1_000, headers: { 'retry-after': '0.3' } })
  server.fail({ method: 'POST', path: MESSAGES, status: 500, every: 2, times: 1_000, applied: true })
  server.forgetNoncesAlways()
  await answered(start(400))
  await until(() => progress().length > 0, 'progress')
  hold.letGo()
  await holdOnce()
  expect(progress()).toHaveLength(1)
})

test('an outage in mid-job, with the gateway down, ends with one last word and one file', async () => {
  await answered(start(400))
  await until(() => all().length >= 2, 'root and progress')
  server.fail({ path: /./, status: 503, times: 100_000 })
  server.gateway.accepts = false
  server.drop()
  await until(() => it.events.some((event) => event.name === 'job.ended'), 'the end of the crawl')
  const refused = () => it.events.filter((event) => event.name === 'outbox.retry').length
  await until(() => refused() >= 2, 'two tries of what is owed')
  server.mend()
  server.gateway.accepts = true
  await holdOnce()
  await until(() => bot.discord.trouble() === null, 'the gateway')
})

test('a gateway dropped in mid-job: a press after that is heard once', async () => {
  it.shop.options.trouble = fromPage(5, { kind: 'hang' })
  await answered(start(1_000))
  await until(() => progress().some((message) => /상품 [1-9]/.test(wordsOf(message))), 'products')
  const [cancel] = buttonsOf(progress()[0]!)
  server.drop()
  await until(() => server.live() === 1, 'the gateway')
  await answered(server.press(minji, progress()[0]!, cancel!.custom_id))
  await holdOnce('취소')
})

test('a command that comes three times, the last after a restart, is one job with one answer', async () => {
  const { payload } = start(40)
  server.emit('INTERACTION_CREATE', payload)
  await until(() => files().length === 1, 'the file')
  it = await it.reopen()
  server.emit('INTERACTION_CREATE', payload)
  await answered(server.command(minji, 'help'))
  await holdOnce()
})

test('words that come three times, the last after a restart, are one job with one answer', async () => {
  const message = server.write(minji, CHANNEL, `<@${BOT}> ssg 노트북 --limit 40 --format csv`)
  server.emit('MESSAGE_CREATE', message)
  await until(() => files().length === 1, 'the file')
  it = await it.reopen()
  server.emit('MESSAGE_CREATE', message)
  await answered(server.command(minji, 'help'))
  await holdOnce('완료', { others: 1 }) // the answer, which words get by direct message
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
  const hold = createHold()
  it.shop.options.trouble = hold.from(2)
  await answered(start(400))
  await until(() => progress().length > 0, 'root and progress')
  const thread = all().find((message) => server.channels.has(message.id))!.id
  server.deleteChannel(thread)
  hold.letGo()
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
