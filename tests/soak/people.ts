import { setMaxListeners } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { CHANNEL } from '../support/discord-server.ts'
import { userOf } from '../support/slack-server.ts'
import type { World } from './worlds.ts'

const SLACK_PEOPLE = 8
const DISCORD_PEOPLE = 16
/** Slack takes fifty edits a minute in a workspace, and each job wants two at its end. */
const SLACK_PAUSE_MS = [8_000, 25_000] as const
const DISCORD_PAUSE_MS = [4_000, 15_000] as const
/** Words that the shop has products for; '' is all of them. */
const WORDS = ['노트북', '모니터', '디지털', '']
const LIMITS = [20, 40, 100, 300, 800]
const FORMATS = ['csv', 'xlsx', 'json', 'jsonl']
/** What people type beside crawls, more often where it stands twice. */
const OTHERS = ['status', 'status', 'cancel', 'cancel', 'history', 'result', 'retry', 'again', 'help', 'sites']

type Random = () => number

/** People who type until they are told to stop. */
export interface Crowd {
  /** How often each kind of thing was done. */
  did: Record<string, number>
  stop(): Promise<void>
}

export const slackName = (at: number): string => `soak${at}`
export const slackChannel = (at: number): string => `C9${String(at).padStart(3, '0')}`
export const slackPeople = Array.from({ length: SLACK_PEOPLE }, (_, at) => at)
/** Discord's ids are long numbers. */
const discordPerson = (at: number) => ({ id: `15000000000000000${String(at + 10)}`, name: `soak${at}` })

export function createCrowd(world: World, random: Random): Crowd {
  const ended = new AbortController()
  setMaxListeners(SLACK_PEOPLE + DISCORD_PEOPLE, ended.signal)
  const did: Record<string, number> = {}
  const count = (what: string) => {
    did[`people: ${what}`] = (did[`people: ${what}`] ?? 0) + 1
  }
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const pause = ([from, to]: readonly [number, number]) =>
    wait(from + random() * (to - from), undefined, { signal: ended.signal }).catch(() => undefined)

  async function onSlack(at: number): Promise<void> {
    const channel = slackChannel(at)
    world.slack.addChannel(channel)
    while (!ended.signal.aborted) {
      await pause(SLACK_PAUSE_MS)
      if (ended.signal.aborted) return
      const isCrawl = random() < 0.6
      const line = isCrawl
        ? ['ssg', pick(WORDS), '--limit', pick(LIMITS), '--format', pick(FORMATS)].filter((it) => it !== '').join(' ')
        : pick(OTHERS)
      const signed = world.slack.signed(
        'slash_commands',
        world.slack.commandPayload(userOf(slackName(at)), channel, line),
      )
      const sent = await Promise.all(world.urlsOf(random() < 0.1).map((url) => post(url, signed)))
      count(
        sent.some((status) => status === 200) ? `Slack took ${isCrawl ? 'a crawl' : line}` : 'Slack could not deliver',
      )
      if (sent.length > 1) count('Slack delivered twice')
    }
  }

  async function onDiscord(at: number): Promise<void> {
    while (!ended.signal.aborted) {
      await pause(DISCORD_PAUSE_MS)
      if (ended.signal.aborted) return
      const isCrawl = random() < 0.6
      const sub = isCrawl ? 'ssg' : pick(OTHERS)
      const words = pick(WORDS)
      const values = isCrawl ? { ...(words !== '' && { words }), limit: pick(LIMITS), format: pick(FORMATS) } : {}
      try {
        world.discord.command(discordPerson(at), sub, values, { channel: CHANNEL })
        count(`Discord sent ${isCrawl ? 'a crawl' : sub}`)
      } catch {
        count('Discord had no session')
      }
    }
  }

  const all = Promise.all([
    ...slackPeople.map(onSlack),
    ...Array.from({ length: DISCORD_PEOPLE }, (_, at) => onDiscord(at)),
  ])
  return {
    did,
    async stop() {
      ended.abort()
      await all
    },
  }
}

const post = (url: string, signed: { body: string; headers: Record<string, string> }): Promise<number> =>
  fetch(`${url}/slack/events`, { method: 'POST', ...signed, signal: AbortSignal.timeout(10_000) }).then(
    async (answer) => {
      await answer.arrayBuffer()
      return answer.status
    },
    () => 0, // the bot was killed, or is paused
  )
