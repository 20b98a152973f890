import { Routes } from 'discord.js'
import type { Message } from '../../src/chat/message.ts'
import { type Platform, type Send, ThreadGone, UploadRefused } from '../../src/chat/platform.ts'
import type { Place, Thread } from '../../src/jobs/job.ts'
import { createMemory } from '../memory.ts'
import type { Api } from './api.ts'
import type { ButtonIds } from './buttons.ts'
import { type Crowd, channelOf } from './crowd.ts'
import { TextRefused, ThreadArchived } from './errors.ts'
import { findSent } from './find.ts'
import { REMEMBERED } from './limits.ts'
import { type Body, bodyOf, plainBody } from './outbound.ts'
import type { People } from './people.ts'
import { openDirect, type Post, postMessage, readAttachment } from './posting.ts'
import { createOpening } from './threads.ts'

export interface SendingParts {
  api: Api
  ids: ButtonIds
  crowd: Crowd
  people: People
}

/** Where a message of a thread stands: the root of a public thread is in the channel above it. */
const channelOfMessage = (thread: Thread, id: string): string =>
  id === thread.root && thread.thread === thread.root ? thread.channel : channelOf(thread)

/** In a thread of its own a job's messages need no reference; elsewhere they answer the root. */
const replyIn = (thread: Thread, isOwnThread: boolean): string | null =>
  isOwnThread || thread.root === '' ? null : thread.root

/** What the outbox and the pacer do: all by channel routes, which need no gateway and outlive every token. */
export function createSending(parts: SendingParts): Pick<Platform, 'open' | 'post' | 'edit' | 'upload' | 'direct'> {
  const { api, ids } = parts
  const directs = createMemory<Place>(REMEMBERED)
  const own = createMemory<true>(REMEMBERED)
  const opening = createOpening(parts, sendOnce)

  /** Posts once, whatever became of earlier tries. */
  async function sendOnce(post: Post, send: Send): Promise<string> {
    if (send.isUncertain) {
      const wanted = {
        key: send.key,
        body: post.body,
        signal: send.signal,
        ...(post.file && { fileName: post.file.name }),
      }
      const found = await findSent(api, post.channel, wanted)
      if (found) return found.id
    }
    return postMessage(api, post, send)
  }

  const isOwnThread = (thread: Thread): boolean =>
    thread.thread !== null && (thread.thread === thread.root || own.get(thread.root) === true)

  const place = (thread: Thread) => ({
    channel: channelOf(thread),
    replyTo: replyIn(thread, isOwnThread(thread)),
  })

  return {
    async open(at, root, options) {
      const thread = await opening(at, bodyOf(root, ids), options)
      if (thread.thread !== null && thread.thread !== at.thread) own.set(thread.root, true)
      return thread
    },
    async post(thread, message, send) {
      if (message.bar) parts.crowd.edited(thread)
      try {
        return await sendOnce({ ...place(thread), body: bodyOf(message, ids, send.key) }, send)
      } catch (error) {
        if (!(error instanceof TextRefused)) throw error
        return orUnwelcome(() => postMessage(api, { ...place(thread), body: plainBody(message) }, send))
      }
    },
    async edit(thread, messageId, message, signal) {
      if (message.bar) parts.crowd.edited(thread)
      await edit(api, { thread, messageId, message, body: bodyOf(message, ids) }, signal)
    },
    async upload(thread, file, send) {
      const attached = await readAttachment(file, parts.people.attachmentBytes(thread.workspace))
      const body = bodyOf({ lines: [file.title] }, ids)
      try {
        return await sendOnce({ ...place(thread), body, file: attached }, send)
      } catch (error) {
        throw uploadError(error)
      }
    },
    async direct(externalId) {
      const known = directs.get(externalId)
      if (known) return known
      const at = await openDirect(api, externalId)
      directs.set(externalId, at)
      return at
    },
  }
}

/** Without the right to attach files, or where a file's words are refused, a link is given instead. */
function uploadError(error: unknown): unknown {
  if (error instanceof TextRefused) return new UploadRefused(error.message)
  if (error instanceof ThreadGone && / 50013 /.test(error.message)) return new UploadRefused(error.message)
  return error
}

interface Edit {
  thread: Thread
  messageId: string
  message: Message
  body: Body
}

async function edit(api: Api, what: Edit, signal: AbortSignal): Promise<void> {
  const channel = channelOfMessage(what.thread, what.messageId)
  const route = Routes.channelMessage(channel, what.messageId)
  const patch = (body: Body) => api.call({ method: 'PATCH', route, body, signal })
  try {
    await patch(what.body)
  } catch (error) {
    if (error instanceof ThreadArchived) {
      await api.call({ method: 'PATCH', route: Routes.channel(channel), body: { archived: false }, signal })
      await patch(what.body)
    } else if (error instanceof TextRefused) await orUnwelcome(() => patch(plainBody(what.message)))
    else throw error
  }
}

/** A message that is refused even as plain words cannot stand here. */
async function orUnwelcome<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof TextRefused ? new ThreadGone('access', error.message) : error
  }
}
