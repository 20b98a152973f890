import type { Message } from '../../src/chat/message.ts'
import {
  type OpenOptions,
  type Platform,
  type Send,
  ThreadGone,
  type Upload,
  UploadRefused,
} from '../../src/chat/platform.ts'
import type { Clock } from '../../src/clock.ts'
import type { Place, Thread } from '../../src/jobs/job.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { faultId } from '../../src/telemetry/fault-id.ts'
import { isUnfit, slackCode } from './errors.ts'
import { SHARING_MS } from './limits.ts'
import { type Lookup, metadataOf, type Where } from './lookup.ts'
import { type Drawn, draw, drawPlainly, escapeText } from './outbound.ts'
import type { People } from './people.ts'
import type { SlackApi } from './web-api.ts'

export interface SendingParts {
  api: SlackApi
  people: People
  lookup: Lookup
  clock: Clock
  emit: Emit
  /** The bot may not write where this person typed: they can be told at once, privately. */
  onNoAccess(place: Place, externalId: string): void
}

/** The half of the port that sends: what the outbox and the pacer call. */
export type Sending = Pick<Platform, 'open' | 'post' | 'edit' | 'upload' | 'direct'>

export function createSending(parts: SendingParts): Sending {
  const direct = async (
    externalId: string,
    workspace: string,
    signal = new AbortController().signal,
  ): Promise<Place> => {
    const channel = await parts.people.direct(externalId, signal)
    return { platform: 'slack', workspace, channel, thread: null, isDirect: true }
  }
  return {
    direct,
    async open(place, root, options) {
      const isMoved = options.isPrivate && !place.isDirect
      const at = isMoved ? await direct(options.owner.externalId, place.workspace, options.signal) : place
      try {
        return await openAt(parts, at, root, options)
      } catch (error) {
        if (error instanceof ThreadGone && !isMoved) parts.onNoAccess(place, options.owner.externalId)
        throw error
      }
    },
    post: (thread, message, send) => post(parts, whereOf(thread), message, send),
    edit: (thread, messageId, message, signal) => edit(parts, thread, messageId, message, signal),
    upload: (thread, file, send) => upload(parts, whereOf(thread), file, send),
  }
}

/** Threads do not nest: a root that was asked for inside one stands there, and all else beside it. */
async function openAt(parts: SendingParts, place: Place, root: Message, options: OpenOptions): Promise<Thread> {
  const { workspace, channel, thread } = place
  const ts = await post(parts, { channel, ts: thread }, root, options)
  return { platform: 'slack', workspace, channel, thread: thread ?? ts, root: ts }
}

const whereOf = ({ channel, thread, root }: Thread): Where => ({ channel, ts: thread ?? (root || null) })

/** What posting needs. */
type PostParts = Pick<SendingParts, 'api' | 'lookup' | 'emit'>

/** Posts a message, once under its key. @returns its timestamp, which is its id @throws as SlackApi.call, ThreadGone */
export async function post(parts: PostParts, where: Where, message: Message, send: Send): Promise<string> {
  const { key, isUncertain, signal } = send
  const earlier = isUncertain ? await parts.lookup.message(where, key, signal) : undefined
  if (earlier !== undefined) return earlier
  const place = { channel: where.channel, ...(where.ts === null ? {} : { thread_ts: where.ts }) }
  const ts = await orPlainly(parts, message, ({ text, blocks }) =>
    parts.api.call(signal, async (client) => {
      const answer = await client.chat.postMessage({
        ...place,
        text,
        ...(blocks.length > 0 ? { blocks } : {}),
        metadata: metadataOf(key),
        unfurl_links: false,
        unfurl_media: false,
      })
      return answer.ts!
    }),
  )
  return ts
}

/** Blocks are always given: an edit without them would leave the old ones, buttons and all. */
async function edit(
  parts: SendingParts,
  { channel }: Thread,
  ts: string,
  message: Message,
  signal: AbortSignal,
): Promise<void> {
  await orPlainly(parts, message, ({ text, blocks }) =>
    parts.api.call(signal, (client) => client.chat.update({ channel, ts, text, blocks })),
  )
}

/** A message that Slack finds unfit goes once more as a short text; the fault is told, and never repeated as it is. */
async function orPlainly<T>(
  parts: Pick<SendingParts, 'emit'>,
  message: Message,
  send: (drawn: Drawn) => Promise<T>,
): Promise<T> {
  try {
    return await send(draw(message))
  } catch (error) {
    if (!isUnfit(error)) throw error
    parts.emit('fault', { id: faultId(), where: 'slack/outbound', error })
  }
  try {
    return await send(drawPlainly(message))
  } catch (error) {
    if (isUnfit(error)) throw new ThreadGone('message', slackCode(error)!)
    throw error
  }
}

async function upload(parts: SendingParts, where: Where, file: Upload, send: Send): Promise<string> {
  if (file.bytes === 0) throw new UploadRefused('an empty file')
  const earlier = send.isUncertain ? await findFile(parts, where, file, send) : undefined
  return earlier ?? sendFile(parts.api, where, file, send.signal)
}

/** Slack puts a completed file into the thread a moment later: one that is not there yet is looked for once more. */
async function findFile(parts: SendingParts, where: Where, file: Upload, { key, signal }: Send) {
  const look = () => parts.lookup.file(where, file, key, signal)
  const found = await look()
  if (found !== undefined) return found
  await parts.clock.sleep(SHARING_MS, signal)
  return look()
}

/** Puts a file into a channel or thread. @returns the file's id @throws as SlackApi.call */
export async function sendFile(api: SlackApi, where: Where, file: Upload, signal: AbortSignal): Promise<string> {
  const place = { channel_id: where.channel, ...(where.ts === null ? {} : { thread_ts: where.ts }) }
  try {
    const answer = await api.call(signal, (client) =>
      client.files.uploadV2({
        ...place,
        initial_comment: escapeText(file.title),
        file_uploads: [{ file: file.path, filename: file.name, title: file.name }],
      } as Parameters<typeof client.files.uploadV2>[0]),
    )
    return idOf(answer)
  } catch (error) {
    if (isUnfit(error)) throw new UploadRefused(slackCode(error)!)
    throw error
  }
}

function idOf(answer: unknown): string {
  const { files } = answer as { files?: { files?: { id?: string }[] }[] }
  return files?.[0]?.files?.[0]?.id ?? 'uploaded'
}
