import { Routes, SnowflakeUtil } from 'discord.js'
import { ThreadGone } from '../../src/chat/platform.ts'
import type { Api } from './api.ts'
import { keyOfId } from './buttons.ts'
import { FIND_PAGE, FIND_PAGES, SKEW_MS } from './limits.ts'
import type { Body } from './outbound.ts'

/** A message as Discord hands it back, as far as it is looked at. */
export interface SeenMessage {
  id: string
  author?: { id: string }
  nonce?: string | number
  content?: string
  embeds?: { description?: string }[]
  attachments?: { filename: string; title?: string }[]
  components?: { components?: { custom_id?: string }[] }[]
}

/** What is looked for: an outbox key, and what was sent under it. */
export interface Wanted {
  key: string
  body: Body
  fileName?: string
  signal: AbortSignal
}

/** When a key was made: its first 48 bits are epoch milliseconds (src/ids.ts). */
const timeOfKey = (key: string): number => Buffer.from(key.slice(0, 22), 'base64url').readUIntBE(0, 6)

/** The id of the smallest message that can be newer than the key. */
export const afterKey = (key: string): string =>
  SnowflakeUtil.generate({
    timestamp: Math.max(timeOfKey(key) - SKEW_MS, Number(SnowflakeUtil.epoch)),
    increment: 0n,
  }).toString()

/**
 * A message that was sent under this key already, or undefined. Discord itself knows a nonce for some minutes only, so
 * the channel is read: buttons carry the key, and a message without buttons is known by its words or its file.
 * @throws as Api.call
 */
export async function findSent(api: Api, channel: string, wanted: Wanted): Promise<SeenMessage | undefined> {
  const self = await api.self(wanted.signal)
  let after = afterKey(wanted.key)
  for (let page = 0; page < FIND_PAGES; page++) {
    const messages = await readAfter(api, channel, after, wanted.signal)
    const found = messages.find((message) => message.author?.id === self && isSame(message, wanted))
    if (found || messages.length < FIND_PAGE) return found
    after = messages.map(({ id }) => id).reduce((a, b) => (BigInt(a) > BigInt(b) ? a : b))
  }
  return undefined
}

async function readAfter(api: Api, channel: string, after: string, signal: AbortSignal): Promise<SeenMessage[]> {
  try {
    const query = { after, limit: String(FIND_PAGE) }
    return await api.call<SeenMessage[]>({ method: 'GET', route: Routes.channelMessages(channel), query, signal })
  } catch (error) {
    if (error instanceof ThreadGone && error.what === 'access') return [] // may write but not read: the nonce must do
    throw error
  }
}

function isSame(message: SeenMessage, { key, body, fileName }: Wanted): boolean {
  if (message.nonce === key) return true
  const ids = message.components?.flatMap((row) => row.components?.map(({ custom_id }) => custom_id ?? '') ?? []) ?? []
  if (ids.some((id) => keyOfId(id) === key)) return true
  if (body.components.length > 0) return false // its buttons would tell
  if (fileName !== undefined)
    return message.attachments?.some((it) => it.filename === fileName || it.title === fileName) ?? false
  return textOf(message.content, message.embeds?.[0]?.description) === textOf(body.content, body.embeds[0]?.description)
}

/** The first line: a root's second one changes with its job's state. */
const textOf = (...texts: (string | undefined)[]): string => texts.join('\n').trim().split('\n')[0]!.trim()
