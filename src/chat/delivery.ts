import { isRefusal } from '../errors.ts'
import type { Job, Thread } from '../jobs/job.ts'
import type { Locale } from '../messages/locale.ts'
import type { OpenResult, Results } from '../results/results.ts'
import { type Calls, threadAt } from './calls.ts'
import type { GoneThreads } from './gone.ts'
import type { Lanes } from './lanes.ts'
import { fileTitle, lastWord, refusedFile, unwrittenFile } from './last-word.ts'
import type { Message } from './message.ts'
import { type Platform, type Send, ThreadGone, UploadRefused } from './platform.ts'
import { progressMessage, rootMessage } from './progress.ts'
import type { Scene, Scenes } from './scene.ts'
import type { ShownNotes } from './shown.ts'
import type { Entry, JobView, OutboxStore } from './store.ts'
import { RANKS, type Rank } from './turns.ts'

/** What became of an entry. */
export type Delivered =
  | { kind: 'opened'; thread: Thread }
  | { kind: 'sent'; platformId: string }
  | { kind: 'dropped'; cause: string }

/** A claimed entry: `until` is the end of its hold, by the clock's monotonic time. */
export interface Delivery {
  entry: Entry
  platform: Platform
  until: number
}

export interface DeliveryParts {
  store: OutboxStore
  results: Results
  calls: Calls
  gone: GoneThreads
  lanes: Lanes
  scenes: Scenes
  notes: ShownNotes
}

/**
 * Sends what an entry owes. Language and facts are read now, so a late message is not an old one.
 * @throws what Calls.call throws, and what storage and results throw; the outbox decides what follows
 */
export async function deliver(parts: DeliveryParts, delivery: Delivery): Promise<Delivered> {
  const view = await parts.store.view(delivery.entry.jobId)
  if (!view) return { kind: 'dropped', cause: 'the job is no longer stored' }
  switch (delivery.entry.kind) {
    case 'open':
      return open(parts, delivery, view)
    case 'final':
      return sayLastWord(parts, delivery, view)
    case 'file':
    case 'copy':
      return sendFile(parts, delivery, view)
    case 'edit':
      return editLast(parts, delivery)
  }
}

/** The root where the person typed; where the bot may not write, the job lives in the direct message with them. */
async function open(parts: DeliveryParts, delivery: Delivery, view: JobView): Promise<Delivered> {
  const { job } = view
  if (job.thread) return { kind: 'opened', thread: job.thread } // a retry goes on in the failed job's thread
  const scene = await parts.scenes(view)
  const root = rootMessage(job, scene)
  const openAt = (place: Job['place'], isPrivate: boolean): Promise<Thread> =>
    inTurn(parts, delivery, threadAt(place), RANKS.root, (send) =>
      delivery.platform.open(place, root, {
        ...send,
        isPrivate,
        title: scene.tell('thread.title', scene.topic),
        owner: scene.owner,
      }),
    )
  try {
    return { kind: 'opened', thread: await openAt(job.place, job.request.isPrivate) }
  } catch (error) {
    if (!(error instanceof ThreadGone)) throw error
    return orDropped(async () => {
      const place = await directPlace(parts, delivery, view)
      return { kind: 'opened', thread: await openAt(place, true) }
    })
  }
}

async function sayLastWord(parts: DeliveryParts, delivery: Delivery, view: JobView): Promise<Delivered> {
  const digest = await parts.store.digest(view.job.id)
  const scene = await parts.scenes(view)
  return inThreadOrDirect(parts, delivery, view, (thread, isMoved) =>
    post(parts, delivery, thread, lastWord(view.job, digest, scene, { isMoved })),
  )
}

async function sendFile(parts: DeliveryParts, delivery: Delivery, view: JobView): Promise<Delivered> {
  const { entry } = delivery
  const format = entry.format ?? view.job.request.format
  const scene = await parts.scenes(view)
  const file = await openFile(parts, view, format, scene.locale)
  if (file === undefined) return { kind: 'dropped', cause: 'the job has no products' }
  return inThreadOrDirect(parts, delivery, view, (thread) =>
    file === 'disk full'
      ? post(parts, delivery, thread, unwrittenFile(view.job, format, scene))
      : upload(parts, delivery, thread, file, view.job, scene),
  )
}

/** The final edits of root and progress message, without buttons. The lane keeps an older edit from coming after. */
async function editLast(parts: DeliveryParts, delivery: Delivery): Promise<Delivered> {
  const { entry, platform } = delivery
  return parts.lanes.run(entry.jobId, async (): Promise<Delivered> => {
    const view = await parts.store.view(entry.jobId) // read in the lane: it knows a progress message posted just now
    const thread = view?.job.thread
    if (!view || !thread || parts.gone.has(thread)) return { kind: 'dropped', cause: 'no thread to edit' }
    const scene = await parts.scenes(view)
    const edit = (id: string | null, message: Message) =>
      id
        ? orNoMessage(
            inTurn(parts, delivery, thread, RANKS.edit, ({ signal }) => platform.edit(thread, id, message, signal)),
          )
        : undefined
    return orDropped(async () => {
      await edit(thread.root, rootMessage(view.job, scene))
      const last = progressMessage(view.job, scene)
      const progressId = view.job.progressId ?? (await findProgress(parts, delivery, view, thread, last))
      await edit(progressId, last)
      return { kind: 'sent', platformId: progressId ?? thread.root }
    })
  })
}

/**
 * The progress message whose post may have arrived though its answer was lost: the platform finds it by its key. Where
 * it never arrived, it is posted now, as it ended: a thread that shows a running job for ever would be worse.
 */
async function findProgress(
  parts: DeliveryParts,
  delivery: Delivery,
  { job, mayHaveProgress }: JobView,
  thread: Thread,
  last: Message,
): Promise<string | null> {
  if (!mayHaveProgress) return null
  const key = parts.notes.keyOf(job.id)
  const post = ({ signal }: Send) => delivery.platform.post(thread, last, { key, isUncertain: true, signal })
  return inTurn(parts, delivery, thread, RANKS.edit, post)
}

/** In the job's thread (or where a copy was asked for); once that is gone, once by direct message. */
async function inThreadOrDirect(
  parts: DeliveryParts,
  delivery: Delivery,
  view: JobView,
  send: (thread: Thread, isMoved: boolean) => Promise<string>,
): Promise<Delivered> {
  const thread = delivery.entry.place ? threadAt(delivery.entry.place) : view.job.thread
  if (thread && !parts.gone.has(thread)) {
    try {
      return { kind: 'sent', platformId: await send(thread, false) }
    } catch (error) {
      if (!(error instanceof ThreadGone)) throw error
      if (thread.root !== '') parts.gone.add(thread)
    }
  }
  return orDropped(async () => {
    const direct = threadAt(await directPlace(parts, delivery, view))
    return { kind: 'sent', platformId: await send(direct, true) }
  })
}

const directPlace = (parts: DeliveryParts, delivery: Delivery, { job, owner }: JobView): Promise<Job['place']> =>
  inTurn(parts, delivery, threadAt(job.place), RANKS.word, () =>
    delivery.platform.direct(owner.account.externalId, owner.account.workspace),
  )

const post = (parts: DeliveryParts, delivery: Delivery, thread: Thread, message: Message): Promise<string> =>
  inTurn(parts, delivery, thread, RANKS.word, (send) => delivery.platform.post(thread, message, send))

async function upload(
  parts: DeliveryParts,
  delivery: Delivery,
  thread: Thread,
  file: OpenResult,
  job: Job,
  scene: Scene,
): Promise<string> {
  const title = fileTitle(file, job, scene)
  try {
    return await inTurn(parts, delivery, thread, RANKS.word, (send) =>
      delivery.platform.upload(thread, { ...file, title }, send),
    )
  } catch (error) {
    if (!(error instanceof UploadRefused)) throw error
    return inTurn(parts, delivery, thread, RANKS.word, (send) =>
      delivery.platform.post(thread, refusedFile(file, scene), { ...send, key: `${send.key}-r` }),
    )
  }
}

/** As the user whose job it is now: accounts may be linked or split at any moment. */
async function openFile(
  parts: DeliveryParts,
  { job }: JobView,
  format: OpenResult['format'],
  locale: Locale,
): Promise<OpenResult | 'disk full' | undefined> {
  try {
    const file = await parts.results.open(job.userId, job.id, format, locale)
    if (file) return file
    const later = await parts.store.view(job.id)
    return later && later.job.userId !== job.userId ? openFile(parts, later, format, locale) : undefined
  } catch (error) {
    if (isRefusal(error, 'store.disk_full')) return 'disk full'
    throw error
  }
}

function inTurn<T>(
  parts: DeliveryParts,
  { entry, platform, until }: Delivery,
  thread: Thread,
  rank: Rank,
  run: (send: Send) => Promise<T>,
): Promise<T> {
  const { id: key, isUncertain } = entry
  return parts.calls.call({ platform, thread, rank, until, run: (signal) => run({ key, isUncertain, signal }) })
}

/** A message that somebody deleted needs no edit. */
async function orNoMessage(edit: Promise<void>): Promise<void> {
  try {
    await edit
  } catch (error) {
    if (!(error instanceof ThreadGone && error.what === 'message')) throw error
  }
}

async function orDropped(work: () => Promise<Delivered>): Promise<Delivered> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ThreadGone) return { kind: 'dropped', cause: error.message }
    throw error
  }
}
