import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { createReplicaShop, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { type CliRun, settingsFor, startCli, waitFor } from '../support/cli.ts'
import { createCrowd, wordsOf } from '../support/discord-rig.ts'
import { BOT, CHANNEL, TOKEN as DISCORD_TOKEN, openDiscordServer } from '../support/discord-server.ts'
import { HAS_REAL_WAITS, PATIENCE, testFault } from '../support/faults.ts'
import { checkInvariants } from '../support/invariants.ts'
import { visibleText } from '../support/slack-blocks.ts'
import { APP_TOKEN, BOT_TOKEN, SlackServer, userOf } from '../support/slack-server.ts'
import { installWatchers, lookAt, makeFolder, openQuiet } from '../support/store-house.ts'

/** How many of each kind stand in chat now, and which of them show the end. */
interface Seen {
  root: string[]
  progress: string[]
  word: string[]
  file: string[]
  all: number
}

/** A chat service on this machine whose only bot is a process of its own. */
interface ChatService {
  env: NodeJS.Dict<string>
  /** Resolves when the bot of its so many-eth life hears. */
  hears(life: number): Promise<unknown>
  command(limit: number): Promise<unknown>
  seen(): Seen
  /** The next one is taken, and its sender never hears of it. */
  swallow(kind: keyof Seen): void
  away(): void
  back(): void
  stop(): Promise<void>
}

async function openSlack(): Promise<ChatService> {
  const server = await new SlackServer().start()
  const minji = userOf('minji')
  return {
    env: { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_APP_TOKEN: APP_TOKEN, SLACK_API_URL: server.apiUrl },
    hears: () => waitFor(() => server.openSockets().length === 2, 'two sockets'),
    command: (limit) => server.command(minji, 'C1', `ssg 노트북 --limit ${limit} --format csv`),
    seen() {
      const { messages } = server
      const text = ({ blocks }: (typeof messages)[number]) => visibleText(blocks)
      return {
        root: messages.filter((it) => !it.thread_ts).map(text),
        progress: messages.filter((it) => /[▰▱]/.test(text(it))).map(text),
        word: messages.filter((it) => it.text.startsWith(`<@${minji}>`)).map(text),
        file: messages.flatMap(({ files = [] }) => files.map(({ name }) => name)),
        all: messages.length,
      }
    },
    swallow: (kind) =>
      server.failNext(kind === 'file' ? 'files.completeUploadExternal' : 'chat.postMessage', {
        hang: true,
        applied: true,
      }),
    away() {
      server.failAll(() => ({ status: 503 }))
      for (const socket of server.openSockets()) socket.terminate()
    },
    back: () => server.failAll(undefined),
    stop: () => server.stop(),
  }
}

async function openDiscord(): Promise<ChatService> {
  const server = await openDiscordServer()
  const minji = createCrowd()('minji')
  server.forgetNoncesAlways()
  return {
    env: { DISCORD_TOKEN, DISCORD_API_URL: server.url },
    hears: (life) => waitFor(() => server.sessions.size >= life && server.live() > 0, 'a session'),
    command: async (limit) => server.command(minji, 'ssg', { words: '노트북', limit, format: 'csv' }),
    seen() {
      const sent = [...server.messages.values()].flat().filter((it) => it.author.id === BOT && !it.ephemeralTo)
      return {
        root: sent.filter((it) => it.channel_id === CHANNEL).map(wordsOf),
        progress: sent.filter((it) => /[█░]/.test(wordsOf(it))).map(wordsOf),
        word: sent.filter((it) => it.allowed_mentions?.users?.includes(minji.id)).map(wordsOf),
        file: sent.flatMap(({ files }) => files.map(({ name }) => name)),
        all: sent.length,
      }
    },
    swallow: (kind) =>
      server.fail({
        ...{ method: 'POST', path: /^\/channels\/\d+\/messages$/, how: 'hang', applied: true },
        onlyFiles: kind === 'file',
      }),
    away() {
      server.fail({ path: /./, status: 503, times: Number.POSITIVE_INFINITY })
      server.gateway.accepts = false
      server.drop()
    },
    back() {
      server.mend()
      server.gateway.accepts = true
    },
    stop: () => server.stop(),
  }
}

describe.each([
  ['Slack', openSlack],
  ['Discord', openDiscord],
])('%s', (name, openChat) => {
  let dataDir: string
  let chat: ChatService
  let shop: ReplicaShop
  let env: NodeJS.Dict<string>
  let run: CliRun | undefined
  let lives: number

  beforeEach(async () => {
    lives = 0
    dataDir = makeFolder()
    await (await openQuiet(dataDir, systemClock)).close()
    installWatchers(dataDir)
    chat = await openChat()
    shop = createReplicaShop({ products: 4_000, pageBytes: 5_000 })
    env = settingsFor(dataDir, await shop.start(), chat.env)
  })
  afterEach(async () => {
    await run?.kill()
    await Promise.all([chat.stop(), shop.stop()])
    const look = lookAt(dataDir)
    try {
      await checkInvariants(look, { now: Date.now(), addressClasses: ['loopback'] })
    } finally {
      look.close()
      rmSync(dataDir, { recursive: true, force: true })
    }
  })

  async function live(): Promise<void> {
    run = startCli(['start'], { env })
    lives += 1
    await chat.hears(lives)
  }
  const sees = (kind: Exclude<keyof Seen, 'all'>) => waitFor(() => chat.seen()[kind].length > 0, `a ${kind}`)

  async function holdOnce(): Promise<void> {
    const ends = ({ root, progress }: Seen) => [...root, ...progress].every((text) => text.includes('완료'))
    await waitFor(() => chat.seen().file.length > 0 && ends(chat.seen()), 'the end of the thread')
    const { root, progress, word, file, all } = chat.seen()
    expect([root.length, progress.length, word.length, file.length, all]).toEqual([1, 1, 1, 1, 4])
  }

  testFault(
    `P4 ${name}: killed between the acceptance of root, progress, last word and file, and each one's note`,
    async () => {
      shop.options.trouble = () => ({ kind: 'hang' })
      for (const kind of ['root', 'progress', 'word', 'file'] as const) {
        chat.swallow(kind)
        await live()
        if (kind === 'root') await chat.command(120)
        await sees(kind)
        await run!.kill()
        if (kind === 'progress') delete shop.options.trouble // before it nothing is read, so that the job outlives two kills
      }
      const restarted = performance.now()
      await live()
      await holdOnce()
      return performance.now() - restarted
    },
  )

  if (HAS_REAL_WAITS)
    testFault(`S2 ${name} away for 30 s in mid-job`, async () => {
      env = { ...env, CRAWL_RATE: '5' }
      await live()
      await chat.command(4_000)
      await sees('progress')
      chat.away()
      await systemClock.sleep(30_000)
      expect(chat.seen().word).toEqual([])
      chat.back()
      const returned = performance.now()
      await holdOnce()
      const recoverMs = performance.now() - returned
      expect(recoverMs).toBeLessThan(60_000 * PATIENCE)
      return recoverMs
    })
})
