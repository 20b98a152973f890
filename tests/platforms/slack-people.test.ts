import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Dispatch, Invocation, Reply } from '../../src/commands/command.ts'
import { newId } from '../../src/ids.ts'
import { buttonsOf, visibleText } from '../support/slack-blocks.ts'
import { openSlackHouse, type SlackHouse } from '../support/slack-rig.ts'
import { type SlackFault, TEAM, userOf } from '../support/slack-server.ts'
import { until } from '../support/until.ts'

const MINJI = userOf('minji')

let house: SlackHouse
let asked: Invocation[]
let answer: (invocation: Invocation) => Reply

const dispatch: Dispatch = async (invocation) => {
  asked.push(invocation)
  return answer(invocation)
}
const start = async (more: Parameters<typeof openSlackHouse>[1] = {}) => {
  house = await openSlackHouse('socket', more)
  await house.start(dispatch)
}

beforeEach(() => {
  asked = []
  answer = ({ text }) => ({ message: { lines: [`답: ${text}`] }, outcome: 'ok' })
})
afterEach(() => house.stop())

const answers = () => house.server.ephemerals.map(({ user, blocks, via }) => [user, visibleText(blocks), via])
const answered = (count = 1) => until(() => house.server.ephemerals.length >= count, 'a private answer')

describe('what a person types', () => {
  test('a slash command is answered to them alone', async () => {
    await start()
    await house.server.command(MINJI, 'C1', 'ssg A&B <c>')
    await answered()
    expect(asked[0]).toMatchObject({
      text: 'ssg A&B <c>',
      place: { platform: 'slack', workspace: TEAM, channel: 'C1', thread: null, isDirect: false },
      account: { platform: 'slack', workspace: TEAM, externalId: MINJI, name: 'minji', locale: 'ko' },
    })
    expect(answers()).toEqual([[MINJI, '답: ssg A&B <c>', 'response_url']])
    expect(house.server.messages).toEqual([])
  })

  test('a mention in a thread is answered in that thread, to them alone', async () => {
    await start()
    await house.server.mention(MINJI, 'C1', 'cancel', '111.222')
    await answered()
    expect(asked[0]).toMatchObject({ text: 'cancel', place: { channel: 'C1', thread: '111.222' } })
    expect(house.server.ephemerals[0]).toMatchObject({ user: MINJI, thread_ts: '111.222', via: 'postEphemeral' })
  })

  test('plain words in a direct message are a command, answered there', async () => {
    await start()
    await house.server.write(MINJI, 'ssg 노트북 --limit 10')
    await until(() => house.server.messages.length === 1)
    expect(asked[0]).toMatchObject({ text: 'ssg 노트북 --limit 10', place: { isDirect: true, thread: null } })
    expect(house.server.messages[0]!.channel).toBe(house.server.directOf(MINJI))
  })

  test('an address typed in a direct message is read as it was typed', async () => {
    await start()
    const text = '<https://shop.example.com/list?a=1&amp;b=2> --limit 5'
    await house.server.event({
      type: 'message',
      channel_type: 'im',
      channel: house.server.directOf(MINJI),
      user: MINJI,
      text,
    })
    await until(() => asked.length === 1)
    expect(asked[0]!.text).toBe('https://shop.example.com/list?a=1&b=2 --limit 5')
  })

  test.each([
    ['of a bot', { bot_id: 'B9' }],
    ['of its own', { user: 'U0BOT', bot_id: 'B1' }],
    ['that was edited', { subtype: 'message_changed' }],
    ['in a channel', { channel_type: 'channel', channel: 'C1' }],
  ])('a message %s is passed over', async (_, more) => {
    await start()
    await house.server.write(MINJI, 'status', more)
    await house.server.command(MINJI, 'C1', 'help')
    await answered()
    expect(asked.map(({ text }) => text)).toEqual(['help'])
  })

  test('outside the channels of SLACK_CHANNELS it is refused, and direct messages stay open', async () => {
    await start({ settings: { channels: ['C2'] } })
    await house.server.command(MINJI, 'C1', 'ssg')
    await answered()
    expect(answers()[0]![1]).toContain('C2')
    expect(JSON.stringify(house.server.ephemerals[0]!.blocks)).toContain('https://app.slack.com/client/T1/C2')
    expect(asked).toEqual([])
    await house.server.command(MINJI, 'C2', 'ssg')
    await house.server.write(MINJI, 'status')
    await until(() => asked.length === 2)
  })

  test('a press hands over the button’s line, as whoever pressed', async () => {
    await start()
    await house.server.press({ user: userOf('jun'), channel: 'C1', thread: '1.1', value: 'cancel some-job' })
    await answered()
    expect(asked[0]).toMatchObject({
      text: 'cancel some-job',
      account: { externalId: userOf('jun') },
      place: { thread: null },
    })
    expect(house.server.ephemerals[0]).toMatchObject({ thread_ts: '1.1' })
  })

  test('a person of another team in a shared channel is an account of their own', async () => {
    await start()
    await house.server.event({ type: 'app_mention', user: MINJI, channel: 'C1', text: '<@U0BOT> status', team: 'T2' })
    await until(() => asked.length === 1)
    expect(asked[0]!.account.workspace).toBe('T2')
  })
})

describe('an answer', () => {
  test('goes another way when the response URL fails, and by direct message when the channel does', async () => {
    await start()
    house.server.failNext('response_url', { status: 500 })
    await house.server.command(MINJI, 'C1', 'status')
    await answered()
    expect(answers()[0]![2]).toBe('postEphemeral')
    house.server.channel('C1').hasBot = false
    house.server.failNext('response_url', { status: 404 })
    await house.server.command(MINJI, 'C1', 'status')
    await until(() => house.server.messages.length === 1, 'a direct message')
    expect(house.server.messages[0]!.channel).toBe(house.server.directOf(MINJI))
  })

  test.each<[string, SlackFault]>([
    ['a 500', { status: 500, applied: true }],
    ['a cut connection', { cut: true, applied: true }],
  ])('in the direct message stands there once, though it arrived behind %s', async (_, fault) => {
    await start()
    house.server.failNext('chat.postMessage', fault, fault)
    await house.server.write(MINJI, 'status')
    await until(() => house.server.callsOf('conversations.history').length > 0, 'a look')
    await house.server.write(MINJI, 'help')
    await until(() => house.server.messages.some(({ blocks }) => visibleText(blocks) === '답: help'), 'the next answer')
    expect(house.server.messages.map(({ blocks }) => visibleText(blocks))).toEqual(['답: status', '답: help'])
    expect(house.faults).toEqual([])
  })

  test('waits out a limit', async () => {
    await start()
    house.server.failNext('chat.postMessage', { status: 429, retryAfter: 2 }, { status: 429, retryAfter: 2 })
    await house.server.write(MINJI, 'status')
    await until(() => house.server.messages.length === 1, 'the answer')
  })

  test('where the bot is not, the person is told how to invite it while the job goes on by direct message', async () => {
    await start()
    house.server.channel('C1').hasBot = false
    await house.server.command(MINJI, 'C1', 'ssg')
    await answered()
    const send = { key: newId<never>(Date.now()), isUncertain: false, signal: AbortSignal.timeout(60_000) }
    const opening = { ...send, isPrivate: false, title: '', owner: { externalId: MINJI, name: 'minji' } }
    await expect(house.slack.open(asked[0]!.place, { lines: ['x'] }, opening)).rejects.toMatchObject({ what: 'access' })
    await answered(2)
    expect(answers()[1]![1]).toContain('/invite @shopcrawl')
    const direct = await house.slack.direct(MINJI, TEAM)
    expect((await house.slack.open(direct, { lines: ['x'] }, opening)).channel).toBe(house.server.directOf(MINJI))
  })
})

describe('a file for one person', () => {
  let folder: string
  const withFile = (link: string | null) => {
    folder = mkdtempSync(join(tmpdir(), 'shopcrawl-slack-'))
    const path = join(folder, 'r.csv')
    writeFileSync(path, 'a,b')
    const file = { path, name: 'r.csv', bytes: 3, contentType: 'text/csv', title: 'r.csv', link }
    answer = () => ({ message: { lines: ['결과 파일입니다'] }, outcome: 'ok', files: [file] })
  }
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('goes to their direct message, never into the channel', async () => {
    await start()
    withFile('https://x.example.com/files/secret')
    await house.server.command(MINJI, 'C1', 'result')
    await answered(2)
    expect(house.server.messages).toMatchObject([{ channel: house.server.directOf(MINJI), files: [{ name: 'r.csv' }] }])
    expect(JSON.stringify(house.server.messages)).not.toContain('secret')
    expect(answers()[1]![1]).toContain('다이렉트 메시지')
  })

  test('asked for in the direct message it comes there, without more words', async () => {
    await start()
    withFile(null)
    await house.server.write(MINJI, 'result')
    await until(() => house.server.messages.length === 2)
    expect(house.server.ephemerals).toEqual([])
  })

  test('that Slack does not take becomes a link for them alone', async () => {
    await start()
    withFile('https://x.example.com/files/secret')
    house.server.failNext('files.getUploadURLExternal', { error: 'file_uploads_disabled' })
    await house.server.command(MINJI, 'C1', 'result')
    await answered(2)
    expect(JSON.stringify(house.server.ephemerals[1]!.blocks)).toContain('https://x.example.com/files/secret')
    expect(house.server.messages).toEqual([])
  })

  test('without PUBLIC_URL the sentence names that setting', async () => {
    await start()
    withFile(null)
    house.server.failNext('files.getUploadURLExternal', { error: 'file_uploads_disabled' })
    await house.server.command(MINJI, 'C1', 'result')
    await answered(2)
    expect(answers()[1]![1]).toContain('PUBLIC_URL')
  })
})

describe('the form', () => {
  const values = {
    site: { site: { type: 'static_select', selected_option: { value: 'ssg' } } },
    words: { words: { type: 'plain_text_input', value: '게이밍 노트북' } },
    limit: { limit: { type: 'number_input', value: '50' } },
    format: { format: { type: 'static_select', selected_option: { value: 'csv' } } },
    private: { private: { type: 'checkboxes', selected_options: [{ value: 'private' }] } },
  }

  test('opens for the command alone, holds the command’s options, and its submission is the command', async () => {
    await start()
    await house.server.command(MINJI, 'C1', '  ')
    await until(() => house.server.views.length === 1)
    const { view } = house.server.views[0]!
    const blocks = view.blocks as { block_id: string }[]
    expect(blocks.map(({ block_id }) => block_id)).toEqual(['site', 'words', 'limit', 'format', 'private'])
    expect(JSON.stringify(blocks)).toContain('SSG')
    await house.server.submit(MINJI, view, values)
    await answered()
    expect(asked).toMatchObject([
      {
        text: '',
        options: { site: 'ssg', words: '게이밍 노트북', limit: '50', format: 'csv', private: true },
        place: { channel: 'C1', workspace: TEAM },
      },
    ])
  })

  test('leaves out what was left empty', async () => {
    await start()
    await house.server.command(MINJI, 'C1', '')
    await until(() => house.server.views.length === 1)
    const left = { words: { words: { value: null } }, private: { private: { selected_options: [] } } }
    await house.server.submit(MINJI, house.server.views[0]!.view, { ...values, ...left })
    await until(() => asked.length === 1)
    expect(asked[0]!.options).toEqual({ site: 'ssg', limit: '50', format: 'csv' })
  })

  test('whose trigger is too old is offered again by a button, which opens it', async () => {
    await start()
    const late = house.server.newTrigger()
    house.server.expire(late)
    await house.server.command(MINJI, 'C1', '', { trigger_id: late })
    await answered()
    const [button] = buttonsOf(house.server.ephemerals[0]!.blocks)
    await house.server.press({ user: MINJI, channel: 'C1', value: button!.value, isEphemeral: true })
    await until(() => house.server.views.length === 1, 'the form')
    expect(asked).toEqual([])
  })
})

describe('Home', () => {
  test('shows the running job, the last results and help, without counting as commands', async () => {
    await start()
    answer = ({ text }) => ({
      message: { lines: [`${text}!`], buttons: [{ label: text, style: 'normal', command: `do ${text}` }] },
      outcome: 'ok',
    })
    await house.server.openHome(MINJI)
    await until(() => house.server.views.length === 1)
    const { user, view } = house.server.views[0]!
    expect(user).toBe(MINJI)
    const text = visibleText(view.blocks as unknown[])
    for (const part of ['status!', 'history!', 'help!']) expect(text).toContain(part)
    expect(buttonsOf(view.blocks as unknown[]).map(({ value }) => value)).toEqual(
      expect.arrayContaining(['do status', 'do history', 'do help']),
    )
    expect(asked.every(({ isGlance, eventId }) => isGlance && eventId === null)).toBe(true)
  })

  test('a press there is answered by direct message, and Home is drawn anew', async () => {
    await start()
    await house.server.press({ user: MINJI, value: 'cancel', isHome: true })
    await until(() => house.server.views.length === 1)
    expect(asked[0]).toMatchObject({ text: 'cancel', place: { channel: house.server.directOf(MINJI), isDirect: true } })
    expect(house.server.messages.map(({ channel }) => channel)).toEqual([house.server.directOf(MINJI)])
  })
})
