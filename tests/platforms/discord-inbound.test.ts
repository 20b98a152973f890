import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Refusal } from '../../src/errors.ts'
import { say } from '../../src/messages/say.ts'
import { answered, buttonsOf, createBot, createCrowd, type DiscordBot, wordsOf } from '../support/discord-rig.ts'
import {
  BOT,
  CHANNEL,
  type DiscordServer,
  GUILD,
  openDiscordServer,
  snowflake,
  VOICE,
} from '../support/discord-server.ts'
import { openTestHouse, type TestHouse } from '../support/house.ts'
import { until } from '../support/until.ts'

const person = createCrowd()
const minji = person('minji')
const jun = person('jun')

let server: DiscordServer
let bot: DiscordBot
let it: TestHouse

async function open(guilds: string[] = [], env: NodeJS.Dict<string> = {}): Promise<void> {
  server = await openDiscordServer()
  bot = await createBot(server, { guilds })
  it = await openTestHouse({ env, platforms: [bot.discord], replica: { products: 300, latencyMs: 20 } })
  await bot.start(it.house.dispatch, { autocomplete: it.house.autocomplete, sessions: it.house.store.sessions })
  await server.connected()
}
const inside = (channel: string) => server.messages.get(channel)!.filter((message) => message.author.id === BOT)
const direct = (user: { id: string }) => inside(server.directChannel(user.id).id)
const lastWord = async (user: { id: string }) => {
  const all = () => [...server.messages.values()].flat()
  await until(() => all().some((message) => message.allowed_mentions?.users?.includes(user.id)), 'the last word')
  return all().find((message) => message.allowed_mentions?.users?.includes(user.id))!
}

async function close(): Promise<void> {
  await bot.discord.stop()
  await server.stop()
  await it.close()
}

beforeEach(() => open())
afterEach(close)

describe('slash commands', () => {
  test('are acknowledged privately at once, with the Discord language of the person', async () => {
    const asked = server.command(minji, 'help', {}, { locale: 'en-US' })
    expect(wordsOf(await answered(asked))).toContain('I collect')
    expect(asked.ackType).toBe(5)
    expect(asked.isEphemeral).toBe(true)
    expect(wordsOf(await answered(server.command(minji, 'help', {}, { locale: 'fr' })))).toContain('쇼핑몰의 상품') // the server's
  })

  test('typed options reach the job', async () => {
    await answered(server.command(minji, 'ssg', { words: '노트북', limit: 40, format: 'csv', private: true }))
    const { user } = await it.house.store.users.resolve(
      { platform: 'discord', workspace: '', externalId: minji.id },
      'minji',
    )
    const [job] = (await it.house.jobs.history(user.id, 1)).jobs
    expect(job!.request).toMatchObject({ site: 'ssg', words: '노트북', limit: 40, format: 'csv', isPrivate: true })
    expect(job!.place).toEqual({
      platform: 'discord',
      workspace: GUILD,
      channel: CHANNEL,
      thread: null,
      isDirect: false,
    })
    await lastWord(minji)
    expect(inside(CHANNEL).filter((message) => message.ephemeralTo === undefined)).toEqual([])
  })

  test('a refusal shows the running job with its link and a button that ends it', async () => {
    it.shop.options.trouble = () => ({ kind: 'hang' }) // the job is there until the end
    await answered(server.command(minji, 'ssg', { words: '노트북', limit: 300 }))
    await until(() => inside(CHANNEL).some((message) => message.ephemeralTo === undefined), 'the root')
    const refused = await answered(server.command(minji, 'ssg', { words: '모니터' }))
    expect(wordsOf(refused)).toContain('이미')
    expect(buttonsOf(refused).map(({ custom_id }) => custom_id)[0]).toMatch(/^c:cancel /)
    await until(async () => wordsOf(await answered(server.command(minji, 'status'))).includes('discord.com/channels'))
  })

  test('work in a direct message and where there are no threads', async () => {
    for (const [user, channel] of [
      [minji, server.directChannel(minji.id).id],
      [jun, VOICE],
    ] as const) {
      await answered(server.command(user, 'ssg', { words: '노트북', limit: 40, format: 'csv' }, { channel }))
      await lastWord(user)
      await until(() => inside(channel).some((message) => message.files.length > 0), 'the file')
    }
  })

  test('choices come from memory while a word is typed', async () => {
    await answered(server.command(minji, 'ssg', { words: '노트북', limit: 40 }))
    await lastWord(minji)
    const typing = server.complete(minji, 'ssg', { words: '노' }, 'words')
    await until(() => typing.choices !== undefined)
    expect(typing.choices).toEqual([{ name: '노트북', value: '노트북' }])
    const ids = server.complete(minji, 'result', { id: '' }, 'id')
    await until(() => ids.choices !== undefined)
    expect(ids.choices).toHaveLength(1)
    const none = server.complete(jun, 'result', { id: '' }, 'id')
    await until(() => none.choices !== undefined)
    expect(none.choices).toEqual([])
  })

  test('the file of a result comes to the person alone', async () => {
    await answered(server.command(minji, 'ssg', { words: '노트북', limit: 40, format: 'csv' }))
    await lastWord(minji)
    const result = await answered(server.command(minji, 'result', { format: 'jsonl' }))
    expect(result.ephemeralTo).toBe(minji.id)
    expect(result.files[0]!.name).toMatch(/\.jsonl$/)
    expect(result.files[0]!.bytes.toString().trimEnd().split('\n')).toHaveLength(40)
    server.setLimits({ attachmentLimit: 100 })
    const tooLarge = await answered(server.command(minji, 'result', { format: 'jsonl' }))
    expect(tooLarge.files).toEqual([])
    expect(wordsOf(tooLarge)).toContain('보다 큽니다')
  })
})

describe('a file above the limit', () => {
  test('stays out of the thread; its button answers the owner alone with a signed link', async () => {
    await close()
    await open([], { PUBLIC_URL: 'https://crawl.example' })
    server.setLimits({ attachmentLimit: 100 })
    await answered(server.command(minji, 'ssg', { words: '노트북', limit: 40, format: 'csv' }))
    const refused = () =>
      [...server.messages.values()]
        .flat()
        .find((message) => buttonsOf(message).some((it) => it.label.includes('내려받기')))
    await until(() => refused() !== undefined, 'the button')
    expect(wordsOf(refused()!)).not.toContain('https://crawl.example')
    const download = buttonsOf(refused()!)[0]!
    const link = await answered(server.press(minji, refused()!, download.custom_id))
    expect(link.content).toMatch(
      /\(<https:\/\/crawl\.example\/files\/[\w-]{22}\/[\w-]{22}\.csv\?expires=\d+&key=[\w-]+&signature=[\w-]{43}>\)/,
    )
    const foreign = await answered(server.press(jun, refused()!, download.custom_id))
    expect(foreign.content).not.toContain('crawl.example')
  })
})

describe('acknowledgements that fail', () => {
  test('applied and then a 500: the command runs once and is answered', async () => {
    server.fail({ path: /callback$/, status: 500, applied: true })
    const asked = server.command(minji, 'status')
    expect(wordsOf(await answered(asked))).not.toBe('')
    expect(server.calls.filter((call) => call.path.endsWith('callback')).map((call) => call.status)).toEqual([500, 400])
  })

  test('a command older than three seconds is not carried out: the person was told that it failed', async () => {
    server.setLimits({ firstAnswerMs: 3_000 })
    const late = server.command(
      minji,
      'ssg',
      { words: '노트북' },
      { at: String(BigInt(snowflake()) - (4_000n << 22n)) },
    )
    await until(() => server.calls.some((call) => call.path.includes(late.id) && call.status === 404))
    server.setLimits({ firstAnswerMs: 15_000 })
    expect(wordsOf(await answered(server.command(minji, 'status')))).toContain('크롤링이 없습니다')
    expect(inside(CHANNEL).filter((message) => message.ephemeralTo === undefined)).toEqual([])
  })

  test('an answer whose token has died comes by direct message', async () => {
    server.setLimits({ interactionLifeMs: -1 })
    server.command(minji, 'status')
    await until(() => direct(minji).length === 1, 'the direct message')
    expect(bot.discord.trouble()).toBeNull() // that 401 says nothing of the bot's token
    await bot.discord.direct(jun.id, '')
  })
})

describe('buttons', () => {
  test('say their command after a restart too, and another person’s press is theirs', async () => {
    let pages = 0
    it.shop.options.trouble = () => (pages++ === 0 ? null : { kind: 'hang' }) // the job is there until it is cancelled
    await answered(server.command(minji, 'ssg', { words: '노트북', limit: 300, format: 'csv' }))
    const progress = () =>
      [...server.messages.values()]
        .flat()
        .find((message) => /[█░]/.test(message.versions[0]!.content) && message.ephemeralTo === undefined)
    await until(() => progress() !== undefined, 'progress')
    const [cancel] = buttonsOf(progress()!)
    expect(wordsOf(await answered(server.press(jun, progress()!, cancel!.custom_id)))).not.toContain('취소했습니다')
    await bot.discord.stop()
    const second = await createBot(server)
    await second.start(it.house.dispatch)
    await server.connected(2)
    expect(wordsOf(await answered(server.press(minji, progress()!, cancel!.custom_id)))).toContain('취소')
    it.shop.options.trouble = undefined
    await second.discord.stop()
  })

  test('whose line is too long for Discord works at another process too, while it was the last that the person saw', async () => {
    const { id } = server.directChannel(minji.id)
    server.write(minji, id, `samsnug 냉장고 --limit 20 --format csv -- ${'양문형 '.repeat(40).trim()}`)
    await until(() => direct(minji).some((message) => buttonsOf(message).length > 0), 'the line put right')
    const shown = direct(minji).find((message) => buttonsOf(message).length > 0)!
    const [corrected] = buttonsOf(shown)
    expect([corrected!.label.startsWith('samsung 냉장고'), corrected!.custom_id.length <= 100]).toEqual([true, true])
    await bot.discord.stop()
    const second = await createBot(server)
    await second.start(it.house.dispatch, { buttons: it.house.store.buttons })
    await server.connected(2)
    expect(wordsOf(await answered(server.press(jun, shown, corrected!.custom_id)))).toContain('다시 입력')
    expect(wordsOf(await answered(server.press(minji, shown, corrected!.custom_id)))).toContain('양문형')
    await second.discord.stop()
  })

  test('whose line is kept in a database that is away says so', async () => {
    await bot.discord.stop()
    const second = await createBot(server)
    const commands = async () => Promise.reject(new Refusal('store.busy', {}))
    await second.start(it.house.dispatch, { buttons: { commands } })
    await server.connected(2)
    const shown = await answered(server.command(minji, 'help'))
    const said = wordsOf(await answered(server.press(minji, shown, 'm:AAAAAAAAAAAAAAAAAAAAAA')))
    expect(said).toContain(say('ko', 'store.busy'))
    await second.discord.stop()
  })

  test('one that is not known any more says so', async () => {
    const shown = await answered(server.command(minji, 'help'))
    expect(wordsOf(await answered(server.press(minji, shown, 'm:AAAAAAAAAAAAAAAAAAAAAA')))).toContain('다시 입력')
  })
})

describe('words', () => {
  test('plain words in a direct message are a command, answered there', async () => {
    const { id } = server.directChannel(minji.id)
    server.write(minji, id, 'ssg 노트북 --limit 40 --format csv')
    await lastWord(minji)
    expect(wordsOf(inside(id)[0]!)).toContain('노트북')
    await until(() => inside(id).some((message) => message.files.length > 0), 'the file')
  })

  test('behind its name in a channel they are one too, answered by direct message', async () => {
    server.write(minji, CHANNEL, `<@${BOT}> ssg 노트북 --limit 40 --format csv`)
    await lastWord(minji)
    expect(direct(minji)).toHaveLength(1)
    const [root, ...others] = inside(CHANNEL)
    expect(wordsOf(root!)).toContain('minji')
    expect(others).toEqual([])
  })

  test('in a job’s thread its name and status or cancel work', async () => {
    it.shop.options.trouble = () => ({ kind: 'hang' }) // the job is there until it is cancelled
    await answered(server.command(minji, 'ssg', { words: '노트북', limit: 300, format: 'csv' }))
    await until(() => inside(CHANNEL).some((message) => server.channels.has(message.id)), 'the thread')
    const thread = inside(CHANNEL).find((message) => server.channels.has(message.id))!.id
    server.write(minji, thread, `<@!${BOT}> cancel`)
    await until(() => direct(minji).some((message) => wordsOf(message).includes('취소')), 'the answer')
  })

  test('who takes no direct messages is told how to be answered, without the answer', async () => {
    server.closedDirect.add(minji.id)
    server.write(minji, CHANNEL, `<@${BOT}> history`)
    await until(() => inside(CHANNEL).length === 1)
    expect(wordsOf(inside(CHANNEL)[0]!)).toContain('/crawl')
  })

  test('other words, replies to the bot, bots and webhooks are left alone', async () => {
    server.write(minji, CHANNEL, 'ssg 노트북')
    server.write(minji, CHANNEL, '고마워요', { mentions: [{ id: BOT, username: 'shopcrawl' }], type: 19 })
    server.write({ ...minji, id: BOT }, CHANNEL, `<@${BOT}> help`, { author: { id: BOT, username: 'x', bot: true } })
    server.write(minji, CHANNEL, `<@${BOT}> help`, { webhook_id: snowflake() })
    server.write(minji, CHANNEL, `<@${BOT}> joined`, { type: 7 })
    await answered(server.command(jun, 'status'))
    expect(it.events.filter((event) => event.name === 'command.answered')).toHaveLength(1)
  })

  test('a message that is delivered three times is one command', async () => {
    const { id } = server.directChannel(minji.id)
    const message = server.write(minji, id, 'status')
    server.emit('MESSAGE_CREATE', message)
    server.emit('MESSAGE_CREATE', message)
    await answered(server.command(jun, 'status'))
    await until(() => inside(id).length === 1)
    expect(it.events.filter((event) => event.name === 'command.answered')).toHaveLength(2)
  })
})

describe('the list of servers', () => {
  test('others are refused, members may use direct messages, strangers may not', async () => {
    await close()
    await open([GUILD])
    server.members.get(GUILD)!.add(minji.id)
    const foreign = server.addChannel({
      id: snowflake(),
      type: 0,
      guild_id: '1200000000000000009',
      name: 'elsewhere',
    }).id
    expect(wordsOf(await answered(server.command(minji, 'status', {}, { channel: foreign })))).toContain('이 서버')
    expect(wordsOf(await answered(server.command(minji, 'status')))).not.toContain('이 서버')
    server.write(jun, server.directChannel(jun.id).id, 'help')
    server.write(minji, server.directChannel(minji.id).id, 'help')
    await until(() => direct(minji).length === 1)
    expect(direct(jun)).toEqual([])
  })
})
