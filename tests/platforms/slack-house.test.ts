import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createHold, type Hold } from '../support/held-shop.ts'
import { openTestHouse, type TestHouse } from '../support/house.ts'
import { buttonsOf, visibleText } from '../support/slack-blocks.ts'
import { openSlackHouse, type SlackHouse, type SlackMode } from '../support/slack-rig.ts'
import { type SlackMessage, userOf } from '../support/slack-server.ts'
import { until } from '../support/until.ts'

const MINJI = userOf('minji')
const PUBLIC_URL = 'https://crawl.example.com'

let slack: SlackHouse
let it: TestHouse

async function open(mode: SlackMode): Promise<void> {
  slack = await openSlackHouse(mode)
  it = await openTestHouse({
    platforms: [slack.slack],
    replica: { products: 2_000 },
    env: { PUBLIC_URL, THREADS: 'channel' },
  })
  await slack.start(it.house.dispatch)
}

beforeEach(() => open('socket'))
afterEach(async () => {
  await slack.stop()
  await it.close()
})

const isWord = ({ text }: SlackMessage) => text.startsWith(`<@${MINJI}>`)
const words = () => slack.server.messages.filter(isWord)
const files = () => slack.server.messages.filter((message) => message.files)
const roots = () =>
  slack.server.messages.filter(({ thread_ts, blocks }) => !thread_ts && /^minji · /.test(visibleText(blocks)))
const progress = () => slack.server.messages.filter(({ blocks }) => /[▰▱]/.test(visibleText(blocks)))
const answers = () => slack.server.ephemerals.map(({ blocks }) => visibleText(blocks))
/** A crawl in its middle, whose progress is shown; it goes on when it is let go. */
async function startHeld(): Promise<Hold> {
  const hold = createHold()
  it.shop.options.trouble = hold.from(2)
  await slack.server.command(MINJI, 'C1', 'ssg 노트북 --limit 400 --format csv')
  await until(() => progress().length === 1, 'progress')
  return hold
}
const isDone = () =>
  words().length > 0 && files().length > 0 && /완료/.test(visibleText(progress().at(-1)?.blocks ?? []))

describe('a job on Slack', () => {
  test('in a channel without the bot goes on by direct message, with the hint how to invite it', async () => {
    slack.server.channel('C1').hasBot = false
    await slack.server.command(MINJI, 'C1', 'ssg 노트북 --limit 40 --format csv')
    await until(() => words().length > 0 && files().length > 0, 'the end')
    const direct = slack.server.directOf(MINJI)
    expect(new Set(slack.server.messages.map(({ channel }) => channel))).toEqual(new Set([direct]))
    expect(answers().join('\n')).toContain('/invite @shopcrawl')
  })

  test('asked for with --private leaves no trace in the channel', async () => {
    await slack.server.command(MINJI, 'C1', 'ssg 노트북 --limit 40 --format csv --private')
    await until(() => words().length > 0 && files().length > 0, 'the end')
    expect(slack.server.messages.filter(({ channel }) => channel === 'C1')).toEqual([])
  })

  test('whose thread is deleted tells the rest by direct message, and other threads go on', async () => {
    const hold = await startHeld()
    slack.server.channel('C1').isArchived = true
    hold.letGo()
    await until(() => words().length > 0 && files().length > 0, 'the end')
    expect(words()[0]!.channel).toBe(slack.server.directOf(MINJI))
  })

  test('is not cancelled by another person’s press', async () => {
    const hold = await startHeld()
    const [cancel] = buttonsOf(progress()[0]!.blocks)
    await slack.server.press({ user: userOf('jun'), channel: 'C1', value: cancel!.value, thread: roots()[0]!.ts })
    await until(() => slack.server.ephemerals.some(({ user }) => user === userOf('jun')))
    hold.letGo()
    await until(isDone, 'the end')
    expect(visibleText(words()[0]!.blocks)).toContain('400개를 모았습니다')
  })

  test('whose file Slack refuses gives its owner a link, alone, and the link opens the file', async () => {
    slack.server.failAll((method) => (method.startsWith('files.') ? { error: 'file_uploads_disabled' } : undefined))
    await slack.server.command(MINJI, 'C1', 'ssg 노트북 --limit 40 --format jsonl')
    const offers = () =>
      slack.server.messages.flatMap(({ blocks }) => buttonsOf(blocks)).filter(({ value }) => value.startsWith('result'))
    const inPlace = () => offers().find(({ value }) => value.endsWith('--format jsonl')) // the last word offers others
    await until(() => inPlace() !== undefined, 'the button in place of the file')
    await slack.server.press({ user: MINJI, channel: 'C1', value: inPlace()!.value })
    const link = () =>
      JSON.stringify(slack.server.ephemerals).match(/https:\/\/crawl\.example\.com\/files\/[^"\\]+/)?.[0]
    await until(() => link() !== undefined, 'the link')
    expect(JSON.stringify(slack.server.messages)).not.toContain('/files/')
    const port = it.house.createServer({ mounts: [], troubles: () => new Map(), isStopping: () => false })
    const address = await port.start()
    const answer = await fetch(link()!.replace(PUBLIC_URL, address))
    expect([answer.status, (await answer.text()).trimEnd().split('\n').length]).toEqual([200, 40])
    expect((await fetch(link()!.replace(PUBLIC_URL, address).slice(0, -1))).status).toBe(404)
    await port.stop()
  })
})
