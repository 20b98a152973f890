import { Refusal } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Job, Thread } from '../jobs/job.ts'
import { isEnded } from '../jobs/states.ts'
import { CallFailed, CallTimeout, Stopping } from './calls.ts'
import type { Message } from './message.ts'
import type { PacerParts } from './pacer.ts'
import { type Platform, PlatformDown, RateLimited, ThreadGone } from './platform.ts'
import { progressMessage } from './progress.ts'
import type { Scene } from './scene.ts'
import type { ShownNotes } from './shown.ts'
import type { Behind, JobView } from './store.ts'
import { KeyBusy, RANKS } from './turns.ts'

/**
 * Posts or edits one job's progress message with its row as it is now. The caller has the turn. Never throws: a state
 * that was not shown is still behind, and comes again.
 */
export async function show(parts: PacerParts, platform: Platform, notes: ShownNotes, row: Behind): Promise<void> {
  const { id } = row.job
  let job: Job = row.job
  try {
    await parts.lanes.run(id, async () => {
      const view = await parts.store.view(id)
      if (!view?.job.thread || isEnded(view.job.state)) return // the final edit is the outbox's
      job = view.job
      const scene = await parts.scenes(view)
      const progressId = await send(parts, platform, notes, view, { thread: view.job.thread, scene })
      notes.succeeded(id, platform.pace(view.job.thread, 'edit'))
      await parts.store.shown(id, job.version, progressId, scene.isWorkerless)
      parts.emit('chat.edited', { job: id, platform: platform.name, version: job.version })
      await endIfEnded(parts, platform, view.job.thread, progressId, id)
    })
  } catch (error) {
    await noteFailure(parts, platform, notes, job, error).catch((fault) => tellFault(parts, fault, job))
  }
}

/** @returns the message's id */
async function send(
  parts: PacerParts,
  platform: Platform,
  notes: ShownNotes,
  view: JobView,
  { thread, scene }: { thread: Thread; scene: Scene },
): Promise<string> {
  const { progressId } = view.job
  const message = progressMessage(view.job, scene)
  if (progressId === null) return postFirst(parts, platform, notes, view, thread, message)
  await parts.calls.run(platform, thread, RANKS.progress, (signal) =>
    platform.edit(thread, progressId, message, signal),
  )
  return progressId
}

/** What is tried is noted before: whoever shows the job's end, perhaps another process, then knows what may stand. */
async function postFirst(
  parts: PacerParts,
  platform: Platform,
  notes: ShownNotes,
  { job, mayHaveProgress: isUncertain }: JobView,
  thread: Thread,
  message: Message,
): Promise<string> {
  await parts.store.showing(job.id)
  try {
    return await parts.calls.run(platform, thread, RANKS.progress, (signal) =>
      platform.post(thread, message, { key: notes.keyOf(job.id), isUncertain, signal }),
    )
  } catch (error) {
    // refused before it could stand there; an earlier one of unknown fate still may
    if (!isUncertain && error instanceof RateLimited) await parts.store.progressLost(job.id)
    throw error
  }
}

/** The job ended meanwhile, and another process may have sent the final edit before this one arrived: it goes again. */
async function endIfEnded(
  parts: PacerParts,
  platform: Platform,
  thread: Thread,
  progressId: string,
  id: Job['id'],
): Promise<void> {
  const view = await parts.store.view(id)
  if (!view || !isEnded(view.job.state)) return
  const message = progressMessage(view.job, await parts.scenes(view))
  const run = (signal: AbortSignal) => platform.edit(thread, progressId, message, signal)
  await parts.calls.call({ platform, thread, rank: RANKS.edit, until: Number.POSITIVE_INFINITY, run })
}

async function noteFailure(
  parts: PacerParts,
  platform: Platform,
  notes: ShownNotes,
  job: Job,
  error: unknown,
): Promise<void> {
  if (error instanceof PlatformDown) return parts.standing.fell(platform.name, error.message)
  // nothing was sent: the key's pause says when to come back
  if (error instanceof RateLimited || error instanceof KeyBusy || error instanceof Stopping) return
  if (error instanceof ThreadGone) {
    if (error.what !== 'message' || job.progressId === null) return void (job.thread && parts.gone.add(job.thread))
    notes.lost(job.id)
    return parts.store.progressLost(job.id)
  }
  notes.failed(job.id)
  if (!(error instanceof CallTimeout || error instanceof CallFailed)) tellFault(parts, error, job)
}

/** A Refusal is no bug: storage is busy or full, and the state is shown later. */
export function tellFault(parts: PacerParts, error: unknown, job?: Job): void {
  if (error instanceof Refusal) return
  const ids = job ? { job: job.id, user: job.userId } : {}
  parts.emit('fault', { id: newId(parts.clock.now()), where: 'chat/pacer', error, ...ids })
}
