import { Refusal } from '../errors.ts'
import type { JobId, UserId } from '../ids.ts'
import type { Queue } from '../queue/queue.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Job, JobRequest, Place, Thread } from './job.ts'
import { checkQuota } from './quota.ts'
import type { Jobs, Requester } from './service.ts'
import { isEnded } from './states.ts'
import type { JobDraft, OwnerJobs } from './store.ts'

/** What the job service stands on. */
export interface JobsParts {
  store: OwnerJobs
  queue: Queue
  emit: Emit
  /** Jobs that a chat user may start. */
  quota: { jobsPerHour: number; jobsPerDay: number }
  /** Whom a blocked user can ask, or null. */
  contact: string | null
  /** @throws Refusal when the address, the host or the cached robots.txt already forbids the crawl */
  admit(request: JobRequest): Promise<void>
  /** An address that opens a thread in its chat, or null. */
  linkOf(thread: Thread): Promise<string | null>
  /** Something that people see has changed: chat may look at once instead of at its next turn. */
  changed(jobId: JobId): void
}

/** The refusal of a second job, naming the one that runs. */
async function alreadyActive(parts: JobsParts, job: Job): Promise<Refusal<'job.active'>> {
  const link = job.thread ? await parts.linkOf(job.thread).catch(() => null) : null
  return new Refusal('job.active', {
    jobId: job.id,
    site: job.request.site,
    words: job.request.url ?? job.request.words,
    link,
  })
}

async function admit(parts: JobsParts, who: Requester, request: JobRequest): Promise<void> {
  if (who.user.blockedAt !== null) throw new Refusal('user.blocked', { contact: parts.contact })
  await parts.admit(request)
}

/** Tells everybody who cares that a job was stored. A queue that is away loses nothing: the sweep finds the row. */
async function announce(parts: JobsParts, job: Job): Promise<void> {
  parts.emit('job.submitted', { job: job.id, user: job.userId, site: job.request.site })
  await parts.queue
    .push({ jobId: job.id, priority: job.priority, runAt: job.runAt, fence: job.fence })
    .catch(() => undefined)
  parts.changed(job.id)
}

async function create(parts: JobsParts, who: Requester, draft: JobDraft): Promise<Job> {
  const running = await parts.store.active(who.user.id)
  if (running) throw await alreadyActive(parts, running) // saves a shop's robots look-up; the index decides below
  await admit(parts, who, draft.request)
  await checkQuota(parts.store, who, parts.quota)
  const answer = await parts.store.create(who.user.id, draft)
  if (answer.kind === 'active') throw await alreadyActive(parts, answer.job)
  await announce(parts, answer.job)
  return answer.job
}

async function replace(parts: JobsParts, who: Requester, cancelled: JobId, draft: JobDraft): Promise<Job> {
  await admit(parts, who, draft.request)
  await checkQuota(parts.store, who, parts.quota)
  const answer = await parts.store.replace(who.user.id, cancelled, draft)
  if (!answer) throw new Refusal('job.unknown', { given: cancelled })
  await parts.queue.interrupt(cancelled, 'cancelled')
  parts.changed(cancelled)
  await announce(parts, answer.job)
  return answer.job
}

async function cancel(parts: JobsParts, owner: UserId, id?: JobId): Promise<Job> {
  const target = id ?? (await parts.store.active(owner))?.id
  if (!target) throw new Refusal('job.none_active', {})
  const job = await parts.store.cancel(owner, target)
  if (!job) {
    const known = await parts.store.job(owner, target)
    throw known ? new Refusal('job.none_active', {}) : new Refusal('job.unknown', { given: target })
  }
  await parts.queue.interrupt(target, 'cancelled')
  parts.emit('job.ended', {
    job: job.id,
    user: owner,
    site: job.request.site,
    state: job.state,
    products: job.products,
    pages: job.pages,
    ms: (job.finishedAt ?? job.createdAt) - job.createdAt,
  })
  parts.changed(target)
  return job
}

async function known(parts: JobsParts, owner: UserId, id: JobId): Promise<Job> {
  const job = await parts.store.job(owner, id)
  if (!job) throw new Refusal('job.unknown', { given: id })
  return job
}

async function retry(parts: JobsParts, who: Requester, id: JobId | undefined, place: Place): Promise<Job> {
  const former = id ? await known(parts, who.user.id, id) : await parts.store.lastEnded(who.user.id)
  if (!former) throw new Refusal('job.unknown', { given: '' })
  if (former.state !== 'failed') throw new Refusal('job.not_failed', { state: former.state })
  const draft: JobDraft = {
    accountId: who.account.id,
    request: former.request,
    place: former.thread ? former.place : place,
    priority: 0,
    retry: { of: former.id, thread: former.thread },
  }
  return create(parts, who, draft)
}

async function ended(parts: JobsParts, owner: UserId, id?: JobId): Promise<Job> {
  const job = id ? await known(parts, owner, id) : await parts.store.lastEnded(owner)
  if (!job) throw new Refusal('job.unknown', { given: '' })
  if (!isEnded(job.state)) throw new Refusal('job.still_active', { jobId: job.id })
  if (job.products === 0) throw new Refusal('job.no_products', { jobId: job.id })
  return job
}

/** The one job service over its parts. */
export function createJobs(parts: JobsParts): Jobs {
  const draft = (who: Requester, request: JobRequest, place: Place): JobDraft => ({
    accountId: who.account.id,
    request,
    place,
    priority: 0,
  })
  return {
    submit: (who, request, place) => create(parts, who, draft(who, request, place)),
    replace: (who, cancelled, request, place) => replace(parts, who, cancelled, draft(who, request, place)),
    active: (owner) => parts.store.active(owner),
    job: (owner, id) => known(parts, owner, id),
    cancel: (owner, id) => cancel(parts, owner, id),
    retry: (who, id, place) => retry(parts, who, id, place),
    again: async (who, id, place) =>
      create(parts, who, draft(who, (await known(parts, who.user.id, id)).request, place)),
    history: (owner, limit, after) => parts.store.history(owner, limit, after ?? undefined),
    ended: (owner, id) => ended(parts, owner, id),
  }
}
