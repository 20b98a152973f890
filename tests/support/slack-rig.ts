import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { NetworkPlatform } from '../../adapters/network-platform.ts'
import type { SlackSettings } from '../../adapters/slack/config.ts'
import { createSlack, type SlackOptions } from '../../adapters/slack/index.ts'
import { systemClock } from '../../src/clock.ts'
import type { Dispatch, Reply } from '../../src/commands/command.ts'
import { createHttpApp } from '../../src/http/app.ts'
import { createSay } from '../../src/messages/say.ts'
import { loadSites } from '../../src/sites/registry.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import type { PlatformRig, ThreadRecord } from '../platforms/exercise.ts'
import { NO_SERVICE } from './platform-service.ts'
import { buttonsOf, visibleText } from './slack-blocks.ts'
import { APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer, TEAM, userOf } from './slack-server.ts'
import { until } from './until.ts'

export type SlackMode = 'socket' | 'http'

/** Paces that let a test see many edits in a short time. */
const QUICK = { intervalMs: 0, editMs: 60, progressAfterMs: 0 }

/** A Slack workspace of this machine with the bot in it. */
export interface SlackHouse {
  server: SlackServer
  slack: NetworkPlatform
  faults: { name: string; facts: unknown }[]
  /** Begins to hear; in HTTP mode the one port is opened first. */
  start(dispatch: Dispatch): Promise<void>
  stop(): Promise<void>
}

export async function openSlackHouse(
  mode: SlackMode,
  more: Partial<Omit<SlackOptions, 'settings'>> & { settings?: Partial<SlackSettings> } = {},
): Promise<SlackHouse> {
  const server = await new SlackServer().start()
  const faults: { name: string; facts: unknown }[] = []
  const emit: Emit = (name, facts) => {
    if (name === 'fault' || name === 'chat.failed') faults.push({ name, facts })
  }
  const settings: SlackSettings = {
    botToken: BOT_TOKEN,
    signingSecret: SIGNING_SECRET,
    appToken: mode === 'socket' ? APP_TOKEN : null,
    apiUrl: server.apiUrl,
    channels: [],
    ...more.settings,
  }
  const sites = await loadSites({ origins: {} })
  const say = createSay('Asia/Seoul')
  const slack = createSlack({
    ...{ clock: systemClock, emit, say, sites, locale: 'ko', maxProducts: 10_000, pace: QUICK },
    ...more,
    settings,
  })
  let http: Server | undefined
  return {
    server,
    slack,
    faults,
    async start(dispatch) {
      await slack.start(dispatch, NO_SERVICE)
      if (!slack.mount) return until(() => server.openSockets().length === 2, 'two sockets')
      const app = createHttpApp({ mounts: [slack.mount], emit })
      http = await new Promise<Server>((resolve) => {
        const opened = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(opened as Server))
      })
      server.mode = { kind: 'http', url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/slack/events` }
    },
    async stop() {
      await slack.stop()
      http?.closeAllConnections()
      http?.close()
      await server.stop()
    },
  }
}

/** A dispatch that answers everything with a sentence, and keeps what it was asked. */
export function recordingDispatch(answer: (text: string) => Reply['message'] = (text) => ({ lines: [`답: ${text}`] })) {
  const asked: Parameters<Dispatch>[0][] = []
  const seen = new Set<string>()
  const dispatch: Dispatch = async (invocation) => {
    if (invocation.eventId !== null) {
      if (seen.has(invocation.eventId)) return undefined
      seen.add(invocation.eventId)
    }
    asked.push(invocation)
    return { message: answer(invocation.text), outcome: 'ok' }
  }
  return { asked, dispatch }
}

/** Slack in one of its modes, driven as people drive it. */
export async function openSlackRig(mode: SlackMode): Promise<PlatformRig> {
  const house = await openSlackHouse(mode)
  const { server, slack } = house
  const channel = 'C1'

  async function answerAfter(person: string, act: () => Promise<unknown>): Promise<string> {
    const mine = () => server.ephemerals.filter(({ user }) => user === userOf(person))
    const before = mine().length
    await act()
    await until(() => mine().length > before, `an answer for ${person}`)
    return visibleText(mine().at(-1)!.blocks)
  }

  return {
    platform: slack,
    account: (person) => ({ platform: 'slack', workspace: TEAM, externalId: userOf(person) }),
    start: house.start,
    say: (person, line) => answerAfter(person, () => server.command(userOf(person), channel, line)),
    press: (person, label) => {
      const button = server.messages
        .flatMap(({ blocks, thread_ts }) => buttonsOf(blocks).map((one) => ({ ...one, thread_ts })))
        .filter((one) => one.label === label)
        .at(-1)!
      const { value, actionId, thread_ts: thread } = button
      return answerAfter(person, () =>
        server.press({ user: userOf(person), channel, value, actionId, ...(thread ? { thread } : {}) }),
      )
    },
    threads: async (person) => readThreads(server, person),
    stop: house.stop,
  }
}

function readThreads(server: SlackServer, person: string): ThreadRecord[] {
  const roots = server.messages.filter(
    ({ thread_ts, versions }) => !thread_ts && visibleText(versions[0]!.blocks).startsWith(`${person} · `),
  )
  return roots.map((root) => {
    const replies = server.inThread(root.ts)
    const isWord = ({ text }: { text: string }) => text.startsWith(`<@${userOf(person)}>`)
    return {
      root: visibleText(root.versions[0]!.blocks),
      progress: replies
        .filter((message) => /[▰▱]/.test(visibleText(message.versions[0]!.blocks)))
        .flatMap(({ versions }) => versions.map(({ blocks }) => visibleText(blocks))),
      words: replies
        .filter(isWord)
        .map(({ blocks }) => ({ text: visibleText(blocks), buttons: buttonsOf(blocks).map(({ label }) => label) })),
      files: replies.flatMap(({ files = [] }) =>
        files.map(({ id, name }) => ({ name, bytes: server.files.get(id)!.bytes })),
      ),
    }
  })
}
