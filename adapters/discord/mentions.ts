import { MessageType, Routes } from 'discord.js'
import { RateLimited, ThreadGone } from '../../src/chat/platform.ts'
import type { Invocation, Reply } from '../../src/commands/command.ts'
import type { Place } from '../../src/jobs/job.ts'
import { createMemory } from '../memory.ts'
import { answerBody, answerDirectly, insist, lostUnless } from './answers.ts'
import type { InboundParts } from './inbound.ts'
import { placeOf, type SeenChannel } from './invocation.ts'
import { REMEMBERED } from './limits.ts'
import { discordWords } from './messages.ts'
import { bodyOf } from './outbound.ts'
import { nameOf } from './people.ts'
import { postMessage } from './posting.ts'
import type { MessageEvent } from './transport.ts'

/** Messages that people write; the others tell of pins, joins, threads. */
const WRITTEN: number[] = [MessageType.Default, MessageType.Reply]
const ANSWER_MS = 15_000

/**
 * Answers words that are meant for the bot: all in a direct message, those behind its name elsewhere. A channel cannot
 * show an answer to one person alone, so it comes by direct message; the job's thread opens where it was asked for.
 */
export function createListener(parts: InboundParts) {
  const channels = createMemory<SeenChannel>(REMEMBERED)

  async function placeIn(message: MessageEvent): Promise<Place> {
    if (message.guild_id === undefined) return placeOf({ id: message.channel_id }, undefined, '')
    const known = channels.get(message.channel_id)
    const route = Routes.channel(message.channel_id)
    const channel = known ?? (await insist(parts, () => parts.api.raw<SeenChannel>({ method: 'GET', route })))
    channels.set(message.channel_id, channel)
    return placeOf(channel, message.guild_id, parts.botId())
  }

  return async (message: MessageEvent): Promise<void> => {
    await lostUnless(parts, async () => {
      const text = wordsFor(parts.botId(), message)
      if (text === undefined) return
      if (!(await parts.people.mayUse(message.author.id, message.guild_id))) return // said in the open: no answer
      const place = await placeIn(message)
      const reply = await parts.dispatch(invocationOf(parts, message, place, text))
      if (reply) await answerMessage(parts, message, place, reply)
    })
  }
}

/** The command in a message, or undefined when it is not for the bot. */
export function wordsFor(botId: string, message: MessageEvent): string | undefined {
  if (message.author.bot || message.webhook_id !== undefined || !WRITTEN.includes(message.type)) return undefined
  const name = new RegExp(`^\\s*<@!?${botId}>[,:]?`) // an id: digits
  if (message.guild_id !== undefined && !name.test(message.content)) return undefined // a reply to the bot is no command
  const text = message.content
    .replace(name, '')
    .replace(/<(https?:\/\/[^\s<>]+)>/g, '$1')
    .trim()
  return text === '' && message.guild_id === undefined ? undefined : text
}

const invocationOf = (parts: InboundParts, message: MessageEvent, place: Place, text: string): Invocation => ({
  eventId: message.id,
  account: {
    platform: 'discord',
    workspace: '',
    externalId: message.author.id,
    name: nameOf(message.author),
    locale: parts.people.locale(message.author.id),
  },
  place,
  text,
  isOverheard: message.guild_id !== undefined,
})

async function answerMessage(parts: InboundParts, message: MessageEvent, place: Place, reply: Reply): Promise<void> {
  const locale = parts.people.locale(message.author.id) ?? parts.locale
  const { body, file } = await answerBody(parts, reply, '', locale)
  const send = () => ({ key: message.id, signal: AbortSignal.timeout(ANSWER_MS) })
  const post = { channel: message.channel_id, replyTo: message.id }
  if (place.isDirect) {
    await insist(parts, () => postMessage(parts.api, { ...post, body, ...(file && { file }) }, send()))
    return
  }
  try {
    await insist(parts, () => answerDirectly(parts, message.author.id, { body, key: message.id, file }))
  } catch (error) {
    if (!(error instanceof ThreadGone || error instanceof RateLimited)) throw error
    const hint = bodyOf({ lines: [] }, parts.ids)
    await postMessage(parts.api, { ...post, body: { ...hint, content: discordWords(locale).directClosed } }, send())
  }
}
