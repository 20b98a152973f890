import { isRefusal, Refusal } from '../errors.ts'
import type { JobId, UserId } from '../ids.ts'
import type { Queue } from '../queue/queue.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Actor } from './act.ts'
import { hintOf, type Job, type JobRequest } from './job.ts'
import { isEnded } from './states.ts'
import type { OverrideJobs, PausedSite } from './store.ts'
import { tellEnded } from './tell-ended.ts'

/** An administrator's acts on any job, shop and user; each stands in the audit list, or did not happen. */
export interface Override {
  /** @throws Refusal `override.job_unknown`, `override.job_ended` */
  cancel(id: JobId, actor: Actor): Promise<Job>
  /**
   * A failed job once more, in its thread, for its owner; no quota counts it.
   * @throws Refusal `override.job_unknown`, `override.not_failed`, `override.job_active`, `override.user_blocked`,
   *   `job.cleared`, and what a submit is refused with
   */
  retry(id: JobId, actor: Actor): Promise<Job>
  /** @param priority −10…10, higher first @throws Refusal `override.job_unknown`, `override.job_ended` */
  prioritise(id: JobId, priority: number, actor: Actor): Promise<Job>
  /** No job of the shop runs until it is resumed, and no new one is taken. @throws Refusal `override.site_unknown` */
  pauseSite(site: string, actor: Actor): Promise<void>
  resumeSite(site: string, actor: Actor): Promise<void>
  pausedSites(): Promise<PausedSite[]>
  /** Cancels the active job; commands are refused and links are void until unblocked. @throws `override.user_unknown` */
  blockUser(id: UserId, actor: Actor): Promise<void>
  unblockUser(id: UserId, actor: Actor): Promise<void>
  /** Notes what is about to be changed in the queue itself, by the pages of its library. @param what e.g. `PUT /api/…` */
  changeQueue(what: string, actor: Actor): Promise<void>
}

/** What the acts stand on. */
export interface OverrideParts {
  store: OverrideJobs
  queue: Queue
  emit: Emit
  hasSite(name: string): boolean
  /** What a submit is asked. */
  admit(request: JobRequest): Promise<void>
  /** Something that people see has changed. */
  changed(jobId: JobId): void
}

/** The administrator's acts over their parts. */
export function createOverride(parts: OverrideParts): Override {
  const { store } = parts
  return {
    cancel: async (id, actor) => {
      const job = (await store.cancel(id, actor)) ?? (await whyNotActive(parts, id))
      await tellCancelled(parts, job)
      return job
    },
    retry: (id, actor) => retry(parts, id, actor),
    prioritise: async (id, priority, actor) => {
      const job = (await store.prioritise(id, priority, actor)) ?? (await whyNotActive(parts, id))
      if (job.state === 'queued') await hint(parts, job)
      return job
    },
    pauseSite: async (site, actor) => {
      mustKnow(parts, site)
      for (const job of (await store.pauseSite(site, actor)) ?? []) {
        await parts.queue.interrupt(job.id, 'held')
        parts.changed(job.id)
      }
    },
    resumeSite: async (site, actor) => {
      mustKnow(parts, site)
      for (const job of (await store.resumeSite(site, actor)) ?? []) {
        await hint(parts, job)
        parts.changed(job.id)
      }
    },
    pausedSites: () => store.pausedSites(),
    blockUser: async (id, actor) => {
      const blocked = await store.blockUser(id, actor)
      if (blocked?.cancelled) await tellCancelled(parts, blocked.cancelled)
      if (!blocked) await mustBeUser(parts, id)
    },
    unblockUser: async (id, actor) => {
      if (!(await store.unblockUser(id, actor))) await mustBeUser(parts, id)
    },
    changeQueue: store.noteQueueChange,
  }
}

async function whyNotActive({ store }: OverrideParts, id: JobId): Promise<never> {
  const job = await store.job(id)
  throw job ? new Refusal('override.job_ended', { state: job.state }) : new Refusal('override.job_unknown', { job: id })
}

function mustKnow({ hasSite }: OverrideParts, site: string): void {
  if (!hasSite(site)) throw new Refusal('override.site_unknown', { site })
}

async function mustBeUser({ store }: OverrideParts, id: UserId): Promise<void> {
  if (!(await store.isUser(id))) throw new Refusal('override.user_unknown', { user: id })
}

async function retry(parts: OverrideParts, id: JobId, actor: Actor): Promise<Job> {
  const former = await parts.store.job(id)
  if (!former) throw new Refusal('override.job_unknown', { job: id })
  if (former.clearedAt !== null) throw new Refusal('job.cleared', { jobId: id })
  if (former.state !== 'failed') throw new Refusal('override.not_failed', { state: former.state })
  await parts.admit(former.request)
  const answer = await parts.store.retry(id, actor).catch((error: unknown) => {
    throw isRefusal(error, 'user.blocked') ? new Refusal('override.user_blocked', { user: former.userId }) : error
  })
  if (!answer) throw new Refusal('override.job_unknown', { job: id })
  if (answer.kind === 'active') throw new Refusal('override.job_active', { job: answer.job.id })
  const { job } = answer
  parts.emit('job.submitted', { job: job.id, user: job.userId, site: job.request.site })
  await hint(parts, job)
  parts.changed(job.id)
  return job
}

/** A queue that is away loses nothing: the sweep finds the row. */
const hint = (parts: OverrideParts, job: Job): Promise<void> => parts.queue.push(hintOf(job)).catch(() => undefined)

async function tellCancelled(parts: OverrideParts, job: Job): Promise<void> {
  if (!isEnded(job.state)) return
  await parts.queue.interrupt(job.id, 'cancelled')
  tellEnded(parts.emit, job)
  parts.changed(job.id)
}
