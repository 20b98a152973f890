import { afterEach, describe, expect, test } from 'vitest'
import { fromPage, openTestHouse, type TestHouse } from '../support/house.ts'
import { buttonsOf, visibleText } from '../support/slack-blocks.ts'
import { openSlackHouse, type SlackHouse, type SlackMode } from '../support/slack-rig.ts'
import { type SlackFault, type SlackMessage, userOf } from '../support/slack-server.ts'
import { until } from '../support/until.ts'

const MINJI = userOf('minji')
const CALLS = /^(chat|files|conversations|upload)/

let slack: SlackHouse
let it: TestHouse

async function open(mode: SlackMode): Promise<void> {
  slack = await openSlackHouse(mode)
  it = await openTestHouse({ platforms: [slack.slack], replica: { products: 2_000, latencyMs: 100 } })
  await slack.start((invocation) => it.house.dispatch(invocation)) // a house that was opened again answers too
}
afterEach(async () => {
  await slack.stop()
  await it.close()
})

const start = (limit: number) => slack.server.command(MINJI, 'C1', `ssg 노트북 --limit ${limit} --format csv`)

const isWord = ({ text }: SlackMessage) => text.startsWith(`<@${MINJI}>`)
const isRoot = ({ thread_ts, versions }: SlackMessage) =>
  !thread_ts && /^minji · /.test(visibleText(versions[0]!.blocks))
const isProgress = ({ versions }: SlackMessage) => /[▰▱]/.test(visibleText(versions[0]!.blocks))
const kindOf = (message: SlackMessage) =>
  isWord(message)
    ? 'word'
    : message.files
      ? 'file'
      : isRoot(message)
        ? 'root'
        : isProgress(message)
          ? 'progress'
          : 'other'
const all = (kind: ReturnType<typeof kindOf>) => slack.server.messages.filter((message) => kindOf(message) === kind)
const shows = (message: SlackMessage | undefined, words: RegExp) => words.test(visibleText(message?.blocks ?? []))

/** Products that a progress message told, as posted and after each edit. */
const counts = ({ versions }: Pick<SlackMessage, 'versions'>) =>
  versions.map(({ blocks }) => Number(/상품 ([\d,]+)/.exec(visibleText(blocks))?.[1]?.replace(',', '') ?? 0))

/** The thread as a person sees it at its end: everything once, in order, and no edit older than the one before. */
async function holdOnce({ hasProgress = true, says = '완료' } = {}): Promise<void> {
  const end = new RegExp(says)
  const isEnded = () =>
    all('word').length > 0 &&
    all('file').length > 0 &&
    shows(all('root')[0], end) &&
    (!hasProgress || shows(all('progress')[0], end))
  await until(isEnded, 'the end of the thread')
  const kinds = slack.server.messages.map(kindOf)
  expect(kinds).toEqual(hasProgress ? ['root', 'progress', 'word', 'file'] : ['root', 'word', 'file'])
  const [root] = all('root')
  expect(slack.server.inThread(root!.ts)).toHaveLength(kinds.length - 1)
  for (const progress of all('progress')) {
    expect(counts(progress)).toEqual(counts(progress).toSorted((a, b) => a - b))
    expect(buttonsOf(progress.blocks)).toEqual([])
  }
  expect(slack.server.ephemerals).toHaveLength(1)
}

type Rule = (method: string, count: number) => SlackFault | undefined

/** Calls that send or look go wrong by the rule; `count`: the how many-eth of them all. */
function failBy(rule: Rule): void {
  let count = 0
  slack.server.failAll((method) => (CALLS.test(method) ? rule(method, ++count) : undefined))
}

describe('a job on Slack ends with one last word and one file, and nothing is repeated', () => {
  const limited = { status: 429, retryAfter: 1 } as const
  const applied = { status: 500, applied: true } as const
  const rules: [string, Rule][] = [
    ['a 429 with Retry-After at every tenth', (_, count) => (count % 10 === 0 ? limited : undefined)],
    ['a 500 at every ninth', (_, count) => (count % 9 === 0 ? { status: 500 } : undefined)],
    [
      'a 500 at every message and upload, which were done all the same',
      (method) => (/postMessage|completeUpload/.test(method) ? applied : undefined),
    ],
    [
      '429, an applied 500, a cut connection and fatal_error in turn, twice',
      (_, count) =>
        new Map<number, SlackFault>([
          [2, limited],
          [4, applied],
          [6, { cut: true, applied: true }],
          [8, { error: 'fatal_error' }],
        ]).get(count > 32 ? 0 : count % 16), // were it to go on, one entry could meet four in a row, and the next again
    ],
  ]
  test.each(rules)('though its calls meet %s', async (_, rule) => {
    await open('http')
    failBy(rule)
    await start(400)
    await holdOnce()
  })

  describe.each<SlackMode>(['socket', 'http'])('by %s', (mode) => {
    test('through an outage in its middle, and shows its newest state after', async () => {
      await open(mode)
      await start(400)
      await until(() => all('progress').length === 1, 'progress')
      let count = 0
      slack.server.failAll(() => (++count % 2 ? { status: 503 } : { cut: true }))
      for (const socket of slack.server.openSockets()) socket.terminate()
      await until(() => it.events.some(({ name }) => name === 'job.ended'), 'the crawl, which needs no Slack')
      const refused = () => it.events.filter(({ name }) => name === 'outbox.retry').length
      await until(() => refused() >= 2, 'two tries of what is owed')
      expect(all('word')).toEqual([])
      slack.server.failAll(undefined)
      await holdOnce()
      await until(() => slack.slack.trouble() === null, 'a way for commands')
    })

    test('asked for by an event that comes three times, the last after a restart', async () => {
      await open(mode)
      const text = '<@U0BOT> ssg 노트북 --limit 40 --format csv'
      const payload = slack.server.eventPayload({ type: 'app_mention', user: MINJI, channel: 'C1', text }, 'EvThrice')
      await deliver('events_api', payload, 0)
      await deliver('events_api', payload, 1)
      await until(() => all('file').length === 1, 'the file')
      it = await it.reopen()
      await deliver('events_api', payload, 2)
      await settled()
      await holdOnce({ hasProgress: all('progress').length > 0 })
    })

    test('asked for by a command that comes three times, the last after a restart', async () => {
      await open(mode)
      const payload = slack.server.commandPayload(MINJI, 'C1', 'ssg 노트북 --limit 40 --format csv')
      await deliver('slash_commands', payload, 0)
      await deliver('slash_commands', payload, 1)
      await until(() => all('file').length === 1, 'the file')
      it = await it.reopen()
      await deliver('slash_commands', payload, 2)
      await settled()
      await holdOnce({ hasProgress: all('progress').length > 0 })
    })
  })

  test('though every socket is dropped in its middle; a press after that is heard once', async () => {
    await open('socket')
    it.shop.options.trouble = fromPage(5, { kind: 'hang' })
    await start(2_000)
    await until(() => counts(all('progress')[0] ?? { versions: [] }).at(-1)! > 0, 'products')
    const [cancel] = buttonsOf(all('progress')[0]!.blocks)
    const { opened } = slack.server
    for (const socket of slack.server.openSockets()) socket.terminate()
    await until(() => slack.server.opened >= opened + 2, 'two new sockets')
    slack.server.ephemerals.length = 0
    await slack.server.press({ user: MINJI, channel: 'C1', thread: all('root')[0]!.ts, value: cancel!.value })
    await holdOnce({ says: '취소' })
  })

  test('though the socket is cut before its event is acknowledged, and the event comes again by another', async () => {
    await open('socket')
    const text = '<@U0BOT> ssg 노트북 --limit 40 --format csv'
    const payload = slack.server.eventPayload({ type: 'app_mention', user: MINJI, channel: 'C1', text }, 'EvCut')
    const [first, second] = slack.server.openSockets()
    slack.server.send(first!, 'e1', 'events_api', payload)
    first!.terminate()
    slack.server.send(second!, 'e2', 'events_api', payload, 1)
    await until(() => slack.server.acks.has('e2'), 'the acknowledgement')
    await until(() => all('file').length === 1, 'the file')
    await holdOnce({ hasProgress: all('progress').length > 0 })
  })
})

/** As Slack delivers it: signed anew over HTTP, with the number of the try; in another envelope by socket. */
async function deliver(kind: 'events_api' | 'slash_commands', payload: unknown, attempt: number): Promise<void> {
  if (slack.server.mode.kind === 'http') {
    const request = slack.server.signed(kind, payload, { at: Date.now() - 10_000 + attempt * 1_000 })
    if (attempt > 0)
      Object.assign(request.headers, { 'x-slack-retry-num': `${attempt}`, 'x-slack-retry-reason': 'http_timeout' })
    expect((await slack.server.request(request)).status).toBe(200)
    return
  }
  const sockets = slack.server.openSockets()
  const id = `e${attempt}`
  slack.server.send(sockets[attempt % sockets.length]!, id, kind, payload, attempt)
  await until(() => slack.server.acks.has(id), `the acknowledgement of ${id}`)
}

/** Whatever the last delivery began is over: a later word of the same person has been answered. */
async function settled(): Promise<void> {
  const before = slack.server.ephemerals.length
  await slack.server.command(MINJI, 'C1', 'help')
  await until(() => slack.server.ephemerals.length > before, 'the answer to a later command')
  slack.server.ephemerals.pop()
}
