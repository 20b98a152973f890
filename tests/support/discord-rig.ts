import { createDiscord, type DiscordOptions } from '../../adapters/discord/index.ts'
import type { NetworkPlatform, PlatformService } from '../../adapters/network-platform.ts'
import { systemClock } from '../../src/clock.ts'
import type { Dispatch } from '../../src/commands/command.ts'
import { createSay } from '../../src/messages/say.ts'
import { loadSites } from '../../src/sites/registry.ts'
import type { PlatformRig, ThreadRecord } from '../platforms/exercise.ts'
import {
  BOT,
  CHANNEL,
  type DiscordServer,
  type Interaction,
  type Message,
  openDiscordServer,
  TOKEN,
} from './discord-server.ts'
import { recordEvents, type Record as Told } from './house.ts'
import { NO_SERVICE } from './platform-service.ts'
import { until } from './until.ts'

export interface DiscordBot {
  discord: NetworkPlatform
  events: Told[]
  /** Lines for the operator. */
  told: string[]
  start(dispatch: Dispatch, service?: Partial<PlatformService>): Promise<void>
}

/** The adapter against a test server, at a pace for tests. */
export async function createBot(
  server: DiscordServer,
  more: Partial<DiscordOptions> & { guilds?: string[] } = {},
): Promise<DiscordBot> {
  const { telemetry, events } = recordEvents()
  const told: string[] = []
  const discord = createDiscord({
    settings: { token: TOKEN, apiUrl: server.url, guilds: more.guilds ?? [] },
    ...{ clock: systemClock, emit: telemetry.emit, say: createSay('Asia/Seoul'), locale: 'ko', maxProducts: 10_000 },
    sites: await loadSites({ origins: {} }),
    pace: { channelMs: 5, editMs: 60, progressAfterMs: 0 },
    ...more,
  })
  return {
    ...{ discord, events, told },
    start: (dispatch, service = {}) =>
      discord.start(dispatch, { ...NO_SERVICE, tell: (line) => void told.push(line), ...service }),
  }
}

/** People by name, each with an id of Discord's form. */
export function createCrowd() {
  const ids = new Map<string, string>()
  return (name: string) => {
    if (!ids.has(name)) ids.set(name, `14000000000000000${String(ids.size + 10)}`)
    return { id: ids.get(name)!, name }
  }
}

/** The words of an answer, from whichever field Discord shows them. */
export const wordsOf = (message: { content?: string; embeds?: { description: string }[] }): string =>
  [message.content ?? '', ...(message.embeds ?? []).map((it) => it.description)].join('\n').replaceAll('\\', '')

export const buttonsOf = (message: Message): { label: string; custom_id: string }[] =>
  (message.components ?? []).flatMap((row: { components: [] }) => row.components)

/** Resolves with what the person alone was answered. */
export async function answered(interaction: Interaction): Promise<Message> {
  await until(() => interaction.answer !== undefined, 'an answer')
  if (!interaction.isEphemeral) throw new Error('the answer is not for the person alone')
  return interaction.answer!
}

const SITES = ['ssg', 'shinsegae', 'samsung']

/** A typed line as Discord's clients send it: a subcommand with typed options. */
function typed(line: string): { sub: string; values: Record<string, string | number> } {
  const [sub = '', ...rest] = line.split(' ')
  const values: Record<string, string | number> = {}
  const words: string[] = []
  for (let at = 0; at < rest.length; at++) {
    const name = /^--(.+)$/.exec(rest[at]!)?.[1]
    if (!name) words.push(rest[at]!)
    else values[name] = name === 'limit' ? Number(rest[++at]) : rest[++at]!
  }
  if (words.length > 0) values[SITES.includes(sub) ? 'words' : 'id'] = words.join(' ')
  return { sub, values }
}

/** Discord with its real library, a server that speaks its wire format, and people who use slash commands. */
export async function openDiscordRig(): Promise<PlatformRig> {
  const server = await openDiscordServer()
  const { discord, start } = await createBot(server)
  const person = createCrowd()

  const threads = async (name: string): Promise<ThreadRecord[]> =>
    server.messages
      .get(CHANNEL)!
      .filter(
        (root) =>
          root.author.id === BOT &&
          root.ephemeralTo === undefined &&
          wordsOf(root.versions[0]!).includes(`**${name}**`),
      )
      .map((root) => threadRecord(root, server.messages.get(root.id) ?? [], person(name).id))

  return {
    platform: discord,
    account: (name) => ({ platform: 'discord', workspace: '', externalId: person(name).id }),
    async start(dispatch, house) {
      const { sessions, buttons } = house.store
      await start(dispatch, { autocomplete: house.autocomplete, sessions, buttons })
      await server.connected()
    },
    async say(name, line) {
      const { sub, values } = typed(line)
      return wordsOf(await answered(server.command(person(name), sub, values)))
    },
    async press(name, label) {
      const { id } = person(name)
      const seen = [...server.messages.values()]
        .flat()
        .filter((it) => it.ephemeralTo === undefined || it.ephemeralTo === id)
        .filter((it) => buttonsOf(it).some((button) => button.label === label))
        .sort((a, b) => Number(BigInt(a.id) - BigInt(b.id)))
        .at(-1)!
      const button = buttonsOf(seen).find((it) => it.label === label)!
      return wordsOf(await answered(server.press(person(name), seen, button.custom_id)))
    },
    threads,
    async stop() {
      await discord.stop()
      await server.stop()
    },
  }
}

function threadRecord(root: Message, inside: Message[], owner: string): ThreadRecord {
  const progress = inside.find((it) => /[█░]/.test(wordsOf(it.versions[0]!)))
  return {
    root: wordsOf(root.versions[0]!),
    progress: progress?.versions.map(wordsOf) ?? [],
    words: inside
      .filter((it) => it.allowed_mentions?.users?.includes(owner))
      .map((it) => ({ text: wordsOf(it), buttons: buttonsOf(it).map(({ label }) => label) })),
    files: inside.flatMap((it) => it.files.map(({ name, bytes }) => ({ name, bytes }))),
  }
}
