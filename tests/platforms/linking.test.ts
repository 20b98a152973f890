import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  answered,
  createBot,
  createCrowd,
  type DiscordBot,
  buttonsOf as discordButtons,
  wordsOf,
} from '../support/discord-rig.ts'
import { BOT, CHANNEL, type DiscordServer, openDiscordServer } from '../support/discord-server.ts'
import { fromPage, openTestHouse, type TestHouse } from '../support/house.ts'
import { buttonsOf, visibleText } from '../support/slack-blocks.ts'
import { openSlackHouse, type SlackHouse } from '../support/slack-rig.ts'
import { userOf } from '../support/slack-server.ts'
import { until } from '../support/until.ts'

const MINJI = userOf('minji')
const there = createCrowd()('minji#1')

let slack: SlackHouse
let discord: DiscordServer
let bot: DiscordBot
let it: TestHouse

beforeEach(async () => {
  ;[slack, discord] = await Promise.all([openSlackHouse('socket'), openDiscordServer()])
  bot = await createBot(discord)
  const trouble = fromPage(2, { kind: 'hang' }) // a crawl is there until it is cancelled
  it = await openTestHouse({ platforms: [slack.slack, bot.discord], replica: { products: 3_000, trouble } })
  await slack.start(it.house.dispatch)
  await bot.start(it.house.dispatch, { autocomplete: it.house.autocomplete, sessions: it.house.store.sessions })
  await discord.connected()
})
afterEach(async () => {
  await slack.stop()
  await bot.discord.stop()
  await it.close() // holds the invariants
  await discord.stop()
})

/** A slash command on Slack, and what she alone was answered. */
async function onSlack(act: () => Promise<unknown>): Promise<string> {
  const before = slack.server.ephemerals.length
  await act()
  await until(() => slack.server.ephemerals.length > before, 'an answer on Slack')
  return visibleText(slack.server.ephemerals.at(-1)!.blocks)
}
const sayOnSlack = (line: string) => onSlack(() => slack.server.command(MINJI, 'C1', line))
const onDiscord = (sub: string, values: Record<string, string> = {}) => answered(discord.command(there, sub, values))
const codeOf = (text: string): string => /link ([0-9A-Z-]{14})/.exec(text)![1]!

/** Links her accounts: code on Slack, both names and a button on Discord. */
async function link(): Promise<string> {
  const code = codeOf(await sayOnSlack('link'))
  const asked = await onDiscord('link', { code })
  expect(wordsOf(asked)).toContain('Slack · minji')
  expect(wordsOf(asked)).toContain('Discord · minji#1')
  const button = discordButtons(asked).find(({ label }) => label === '연결하기')!
  const done = await answered(discord.press(there, asked, button.custom_id))
  expect(wordsOf(done)).toContain('연결했습니다')
  return code
}

/** What stands where others can read it. */
const inTheOpen = (): string =>
  JSON.stringify([
    slack.server.messages.filter(({ channel }) => channel !== slack.server.directOf(MINJI)),
    [...discord.messages.values()].flat().filter((message) => message.ephemeralTo === undefined),
  ])

describe('one person on Slack and Discord', () => {
  test('who starts on Slack is refused on Discord with a link to the Slack thread, and can end it there', async () => {
    const code = await link()
    await sayOnSlack('ssg 노트북 --limit 2000')
    const root = () => slack.server.messages.find(({ channel, thread_ts }) => channel === 'C1' && !thread_ts)
    await until(() => root() !== undefined, 'the thread')
    const stored = async () => (await it.house.store.users.resolve(account, 'minji#1')).user.id
    const account = { platform: 'discord', workspace: '', externalId: there.id }
    const user = await stored()
    await until(async () => Boolean((await it.house.jobs.active(user))?.thread), 'the stored thread')
    const refused = wordsOf(await onDiscord('ssg', { words: '모니터' }))
    expect(refused).toContain('이미 크롤링이 진행 중입니다')
    expect(refused).toContain(`https://test.slack.com/archives/C1/p${root()!.ts.replace('.', '')}`)
    expect(wordsOf(await onDiscord('cancel'))).toContain('취소')
    await until(
      () => slack.server.inThread(root()!.ts).some(({ text }) => text.startsWith(`<@${MINJI}>`)),
      'the last word on Slack',
    )
    expect(inTheOpen()).not.toContain(code)
    expect(inTheOpen()).not.toContain('minji#1')
  })

  test('is told of the linking on Slack, in a direct message, and undoes it by its button', async () => {
    await link()
    const notice = () =>
      slack.server.messages.find(
        ({ channel, text }) => channel === slack.server.directOf(MINJI) && text.includes('연결되었습니다'),
      )
    await until(() => notice() !== undefined, 'the notice')
    expect(visibleText(notice()!.blocks)).toContain('Discord · minji#1')
    const [undo] = buttonsOf(notice()!.blocks)
    const before = slack.server.messages.length
    await slack.server.press({ user: MINJI, channel: slack.server.directOf(MINJI), ...undo! })
    const answers = () => [
      ...slack.server.messages.slice(before).map(({ blocks }) => visibleText(blocks)),
      ...slack.server.ephemerals.map(({ blocks }) => visibleText(blocks)),
    ]
    await until(() => answers().some((text) => text.includes('계정의 연결을 해제했습니다')), 'the answer')
    expect(wordsOf(await onDiscord('link'))).not.toContain('연결된 계정')
  })

  test('who writes the code where others read it links nobody by it', async () => {
    const code = codeOf(await sayOnSlack('link'))
    discord.write(there, CHANNEL, `<@${BOT}> link ${code}`)
    const direct = discord.directChannel(there.id).id
    await until(
      () => (discord.messages.get(direct) ?? []).some((it) => wordsOf(it).includes('다른 사람도')),
      'a warning',
    )
    expect(wordsOf(await onDiscord('link', { code }))).toContain('쓸 수 없는 코드')
  })

  test('with a crawl on each side is told which one to wait for, and links once it has ended', async () => {
    const code = codeOf(await sayOnSlack('link'))
    await sayOnSlack('ssg 노트북 --limit 2000')
    await onDiscord('ssg', { words: '모니터', limit: 2_000 as never })
    const refused = await onDiscord('link', { code, confirm: 'confirm' })
    expect(wordsOf(refused)).toContain('SSG.COM 모니터')
    expect(wordsOf(refused)).toContain('Slack')
    const press = async (label: string) => {
      const button = discordButtons(refused).find((one) => one.label === label)!
      return wordsOf(await answered(discord.press(there, refused, button.custom_id)))
    }
    expect(await press('취소')).toContain('취소했습니다')
    expect(await press('연결하기')).toContain('연결했습니다')
    expect(wordsOf(await onDiscord('cancel'))).toContain('노트북')
  })
})
