import { ChannelType, Routes } from 'discord.js'
import { type OpenOptions, type Send, ThreadGone } from '../../src/chat/platform.ts'
import type { Place, Thread } from '../../src/jobs/job.ts'
import { createMemory } from '../memory.ts'
import type { Api } from './api.ts'
import { codeOf, toPortError } from './errors.ts'
import { cutTo } from './escape.ts'
import { afterKey } from './find.ts'
import { AUTO_ARCHIVE_MINUTES, REMEMBERED, THREAD_NAME_MAX } from './limits.ts'
import type { Body } from './outbound.ts'
import type { Post } from './posting.ts'

/** A message has a thread already: an earlier try made it. */
const HAS_THREAD = 160004

type SendOnce = (post: Post, send: Send) => Promise<string>

/**
 * Posts a job's root and opens its thread: a public one at the message; where a channel has no threads, answers to the
 * message. A private job gets a private thread.
 */
export function createOpening({ api }: { api: Api }, sendOnce: SendOnce) {
  /** Roots that stand already although their entry is not done: a nonce is known for minutes only. */
  const roots = createMemory<string>(REMEMBERED)
  const threads = createMemory<string>(REMEMBERED)

  async function postRoot(channel: string, body: Body, options: OpenOptions): Promise<string> {
    const root = roots.get(options.key) ?? (await sendOnce({ channel, body, replyTo: null }, options))
    roots.set(options.key, root)
    return root
  }

  async function openPrivate(place: Place, body: Body, options: OpenOptions): Promise<Thread> {
    const thread = threads.get(options.key) ?? (await privateThread(api, place, options))
    threads.set(options.key, thread)
    const member = Routes.threadMembers(thread, options.owner.externalId)
    await orDirect(api.raw({ method: 'PUT', route: member, signal: options.signal }))
    const root = await postRoot(thread, body, options)
    return { platform: 'discord', workspace: place.workspace, channel: place.channel, thread, root }
  }

  return async (place: Place, body: Body, options: OpenOptions): Promise<Thread> => {
    if (options.isPrivate && !place.isDirect) return openPrivate(place, body, options)
    const root = await postRoot(place.thread ?? place.channel, body, options)
    const hasThreads = !place.isDirect && place.thread === null
    const thread = hasThreads ? await threadAt(api, place.channel, root, options) : place.thread
    return { platform: 'discord', workspace: place.workspace, channel: place.channel, thread, root }
  }
}

const nameOf = (title: string): string => cutTo(title.replace(/\s+/g, ' ').trim(), THREAD_NAME_MAX) || 'shopcrawl'

/** @returns null where the channel has no threads for us: the job's messages answer its root then */
async function threadAt(api: Api, channel: string, root: string, options: OpenOptions): Promise<string | null> {
  const body = { name: nameOf(options.title), auto_archive_duration: AUTO_ARCHIVE_MINUTES }
  try {
    const { signal } = options
    const thread = await api.raw<{ id: string }>({ method: 'POST', route: Routes.threads(channel, root), body, signal })
    return thread.id
  } catch (error) {
    if (codeOf(error) === HAS_THREAD) return root
    if (isRefusedThread(error)) return null
    throw toPortError(error)
  }
}

/** Discord's own no (missing right, wrong kind of channel, too many threads), not a failure on the way. */
const isRefusedThread = (error: unknown): boolean => {
  const status = (error as { status?: unknown }).status
  return codeOf(error) !== undefined && (status === 400 || status === 403 || status === 404)
}

/** @throws ThreadGone `access` where none can be made: the job lives in the direct message then, never in the channel */
async function privateThread(api: Api, place: Place, options: OpenOptions): Promise<string> {
  const name = nameOf(options.title)
  const known = options.isUncertain ? await findPrivate(api, place, name, options) : undefined
  if (known !== undefined) return known
  const type = ChannelType.PrivateThread
  const body = { name, type, auto_archive_duration: AUTO_ARCHIVE_MINUTES, invitable: false }
  const { signal } = options
  const making = api.raw<{ id: string }>({ method: 'POST', route: Routes.threads(place.channel), body, signal })
  return (await orDirect(making)).id
}

/** A private thread of ours that an earlier try made: the threads of a server can be listed. */
async function findPrivate(api: Api, place: Place, name: string, options: OpenOptions): Promise<string | undefined> {
  const self = await api.self(options.signal)
  const route = Routes.guildActiveThreads(place.workspace)
  const { threads } = await api.call<{ threads: SeenThread[] }>({ method: 'GET', route, signal: options.signal })
  const oldest = BigInt(afterKey(options.key))
  return threads.find(
    (thread) =>
      thread.type === ChannelType.PrivateThread &&
      thread.parent_id === place.channel &&
      thread.owner_id === self &&
      thread.name === name &&
      BigInt(thread.id) >= oldest,
  )?.id
}

interface SeenThread {
  id: string
  type: number
  name: string
  parent_id: string
  owner_id: string
}

async function orDirect<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (isRefusedThread(error)) throw new ThreadGone('access', `no private thread: ${(error as Error).message}`)
    throw toPortError(error)
  }
}
