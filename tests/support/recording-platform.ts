import type { Message } from '../../src/chat/message.ts'
import { type Pace, type Platform, type Send, ThreadGone, type Upload } from '../../src/chat/platform.ts'
import type { Clock } from '../../src/clock.ts'
import type { Place, Thread } from '../../src/jobs/job.ts'
import type { Locale } from '../../src/messages/locale.ts'

export type CallKind = 'open' | 'post' | 'edit' | 'upload' | 'direct'

export interface RecordedCall {
  kind: CallKind
  channel: string
  thread: string | null
  /** By the clock's monotonic time. */
  at: number
  isUncertain: boolean
}

/** What a thread shows: its root first. `versions`: the message as posted, then each edit of it. */
export interface RecordedMessage {
  id: string
  key: string
  channel: string
  thread: string | null
  versions: Message[]
  file?: Upload
}

/** How a call goes wrong; `applied`: the platform did it all the same. */
export type Failure = { error: Error; applied?: boolean } | 'hang' | 'apply and hang'

/** A chat service in memory that keeps what it was told and can fail in every way. */
export interface RecordingPlatform extends Platform {
  calls: RecordedCall[]
  messages: RecordedMessage[]
  /** The next calls of this kind (in this channel) go wrong so, in this order. */
  failNext(kind: CallKind, failures: Failure[], channel?: string): void
  /** Everything fails so until `undefined` is given. */
  failAll(error: Error | undefined): void
  /** Nothing in this thread (or channel) takes a message any more. */
  close(place: { channel: string; thread?: string | null }, what: ThreadGone['what']): void
  /** A person deletes a message. */
  remove(id: string): void
  /** Calls that hang now. */
  hanging(): number
}

export interface RecordingOptions {
  name?: string
  clock: Clock
  pace?: Partial<Pace>
  locale?: Locale
}

/** A platform that a test looks into. */
export function createRecordingPlatform(options: RecordingOptions): RecordingPlatform {
  const name = options.name ?? 'slack'
  const calls: RecordedCall[] = []
  const messages: RecordedMessage[] = []
  const planned: { kind: CallKind; channel?: string; failures: Failure[] }[] = []
  const closed: { channel: string; thread?: string | null; what: ThreadGone['what'] }[] = []
  let outage: Error | undefined
  let hanging = 0
  let ids = 0

  const nextFailure = (kind: CallKind, channel: string): Failure | undefined =>
    planned
      .find((plan) => plan.kind === kind && (plan.channel ?? channel) === channel && plan.failures.length > 0)
      ?.failures.shift()

  async function hang(signal: AbortSignal): Promise<never> {
    hanging++
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        hanging--
        reject(signal.reason)
      })
    })
  }

  async function act<T>(
    kind: CallKind,
    place: { channel: string; thread: string | null },
    send: Pick<Send, 'isUncertain' | 'signal'>,
    apply: () => T,
  ): Promise<T> {
    calls.push({ kind, ...place, at: options.clock.monotonic(), isUncertain: send.isUncertain })
    if (outage) throw outage
    const gone = closed.find(
      (it) => it.channel === place.channel && (it.thread === undefined || it.thread === place.thread),
    )
    if (gone) throw new ThreadGone(gone.what, 'closed by the test')
    const failure = nextFailure(kind, place.channel)
    if (failure === undefined) return apply()
    if (failure === 'hang') return hang(send.signal)
    if (failure === 'apply and hang' || failure.applied) apply()
    if (failure === 'apply and hang') return hang(send.signal)
    throw failure.error
  }

  function add(place: { channel: string; thread: string | null }, message: Message, send: Send, file?: Upload) {
    const known = send.isUncertain
      ? messages.find((it) => it.key === send.key && it.channel === place.channel)
      : undefined
    if (known) return known
    const added: RecordedMessage = {
      id: `${name}-${++ids}`,
      key: send.key,
      channel: place.channel,
      thread: place.thread,
      versions: [message],
    }
    if (file) added.file = file
    messages.push(added)
    return added
  }

  const at = ({ channel, thread, root }: Thread) => ({ channel, thread: thread ?? (root || null) })

  return {
    name,
    calls,
    messages,
    failNext: (kind, failures, channel) => planned.push({ kind, failures, ...(channel ? { channel } : {}) }),
    failAll: (error) => {
      outage = error
    },
    close: (place, what) => closed.push({ ...place, what }),
    remove: (id) =>
      messages.splice(
        messages.findIndex((it) => it.id === id),
        1,
      ),
    hanging: () => hanging,
    open: (place: Place, root, send) =>
      act('open', { channel: place.channel, thread: null }, send, () => {
        const { id } = add({ channel: place.channel, thread: null }, root, send)
        return { platform: name, workspace: place.workspace, channel: place.channel, thread: id, root: id }
      }),
    post: (thread, message, send) => act('post', at(thread), send, () => add(at(thread), message, send).id),
    upload: (thread, file, send) =>
      act('upload', at(thread), send, () => add(at(thread), { lines: [file.title] }, send, file).id),
    edit: (thread, id, message, signal) =>
      act('edit', at(thread), { isUncertain: false, signal }, () => {
        const edited = messages.find((it) => it.id === id)
        if (!edited) throw new ThreadGone('message', 'deleted by the test')
        edited.versions.push(message)
      }),
    direct: (externalId, workspace) =>
      act(
        'direct',
        { channel: '', thread: null },
        { isUncertain: false, signal: new AbortController().signal },
        () => ({
          platform: name,
          workspace,
          channel: `D-${externalId}`,
          thread: null,
          isDirect: true,
        }),
      ),
    link: async () => null,
    pace: (thread) => ({
      key: `${name}/${thread.workspace}`,
      intervalMs: 0,
      editMs: 0,
      progressAfterMs: 5_000,
      ...options.pace,
    }),
    locale: async () => options.locale ?? 'en',
  }
}
