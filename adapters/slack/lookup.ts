import type { types } from '@slack/bolt'
import { PlatformDown, type Upload } from '../../src/chat/platform.ts'
import { timeOf } from '../../src/ids.ts'
import type { Thread } from '../../src/jobs/job.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { LOOKUP_MESSAGES, LOOKUP_PAGES, LOOKUP_SKEW_MS } from './limits.ts'
import { escapeText } from './outbound.ts'
import type { SlackApi } from './web-api.ts'

/** The kind of metadata that our messages carry. */
export const EVENT_TYPE = 'shopcrawl_message'

/** What a message carries so that it is found again: Slack has no key that makes a repeated post harmless. */
export const metadataOf = (key: string): types.MessageMetadata => ({
  event_type: EVENT_TYPE,
  event_payload: { key },
})

interface Found {
  ts?: string
  text?: string
  metadata?: { event_type?: string; event_payload?: { key?: unknown } }
  files?: { id?: string; name?: string; size?: number }[]
}

/** Where a message may stand: in a thread, or in the channel itself. */
export type Where = Pick<Thread, 'channel'> & { ts: string | null }

/** Looks for what an earlier try may have sent. @throws as SlackApi.call */
export interface Lookup {
  /** The message that carries this key, or undefined. */
  message(where: Where, key: string, signal: AbortSignal): Promise<string | undefined>
  /**
   * The file of this name and size, or the message that came with it, or undefined: a file's message carries no
   * metadata, and without the scope files:read it may show no files.
   */
  file(where: Where, file: Upload, key: string, signal: AbortSignal): Promise<string | undefined>
}

export function createLookup(api: SlackApi, emit: Emit): Lookup {
  /** Without the scope to read this kind of conversation the message goes again: twice is better than never. */
  async function find(...search: Parameters<typeof findMessage>): Promise<Found | undefined> {
    try {
      return await findMessage(...search)
    } catch (error) {
      if (!(error instanceof PlatformDown && error.message.includes('missing_scope'))) throw error
      emit('chat.failed', { platform: 'slack', cause: `cannot look for an earlier message: ${error.message}` })
      return undefined
    }
  }

  async function findMessage(
    { channel, ts }: Where,
    key: string,
    signal: AbortSignal,
    isIt: (message: Found) => boolean,
  ): Promise<Found | undefined> {
    const range = { channel, include_all_metadata: true, limit: LOOKUP_MESSAGES, ...since(key) }
    let cursor: string | undefined
    for (let page = 0; page < LOOKUP_PAGES; page++) {
      const answer = await api.call(signal, (client) =>
        ts === null
          ? client.conversations.history({ ...range, cursor })
          : client.conversations.replies({ ...range, cursor, ts }),
      )
      const found = (answer.messages as Found[] | undefined)?.find(isIt)
      if (found) return found
      cursor = answer.response_metadata?.next_cursor || undefined
      if (!answer.has_more || cursor === undefined) return undefined
    }
    return undefined
  }

  return {
    message: async (where, key, signal) =>
      (await find(where, key, signal, ({ metadata }) => isOurs(metadata, key)))?.ts,
    file: async (where, file, key, signal) => {
      const isFile = (one: { name?: string; size?: number }): boolean =>
        one.name?.normalize('NFC') === file.name.normalize('NFC') && one.size === file.bytes
      const comment = escapeText(file.title).normalize('NFC')
      const isIt = ({ files, text }: Found): boolean => files?.some(isFile) || text?.normalize('NFC') === comment
      const found = await find(where, key, signal, isIt)
      return found && (found.files?.find(isFile)?.id ?? found.ts)
    },
  }
}

const isOurs = (metadata: Found['metadata'], key: string): boolean =>
  metadata?.event_type === EVENT_TYPE && metadata.event_payload?.key === key

/** A key is made of an id, and an id tells when it was made: nothing was sent before that. */
function since(key: string): { oldest?: string } {
  const at = timeOf(key)
  return at === undefined ? {} : { oldest: ((at - LOOKUP_SKEW_MS) / 1_000).toFixed(6) }
}
