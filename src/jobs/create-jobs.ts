import { Refusal } from '../errors.ts'
import type { JobId, UserId } from '../ids.ts'
import type { Queue } from '../queue/queue.ts'
import type { Emit } from '../telemetry/events.ts'
import { checkBacklog } from './backlog.ts'
import { hintOf, type Job, type JobRequest, type Place, type Thread } from './job.ts'
import { checkQuota, type Quota, usageOf } from './quota.ts'
import type { Jobs, Requester } from './service.ts'
import { isEnded } from './states.ts'
import type { JobDraft, OwnerJobs } from './store.ts'
import { tellEnded } from './tell-ended.ts'

/** What the job service stands on. */
export interface JobsParts {
  store: OwnerJobs
  queue: Queue
  emit: Emit
  /** What a chat user may use. */
  quota: Quota
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

async function admit(parts: JobsParts, who: Requester, { request, place }: JobDraft): Promise<void> {
  if (who.user.blockedAt !== null) throw new Refusal('user.blocked', { contact: parts.contact })
  await checkBacklog(parts.store, place)
  await parts.admit(request)
  await checkQuota(parts, who, request)
}

/** Tells everybody who cares that a job was stored. A queue that is away loses nothing: the sweep finds the row. */
async function announce(parts: JobsParts, job: Job): Promise<void> {
  parts.emit('job.submitted', {
    ...{ job: job.id, user: job.userId, site: job.request.site },
    ...(job.requestId === null ? {} : { requestId: job.requestId }),
  })
  await parts.queue.push(hintOf(job)).catch(() => undefined)
  parts.changed(job.id)
}

async function create(parts: JobsParts, who: Requester, draft: JobDraft): Promise<Job> {
  const running = await parts.store.active(who.user.id)
  if (running) throw await alreadyActive(parts, running) // saves a shop's robots look-up; the index decides below
  await admit(parts, who, draft)
  const answer = await parts.store.create(who.user.id, draft)
  if (answer.kind === 'active') throw await alreadyActive(parts, answer.job)
  await announce(parts, answer.job)
  return answer.job
}

async function replace(parts: JobsParts, who: Requester, cancelled: JobId, draft: JobDraft): Promise<Job> {
  await admit(parts, who, draft)
  const answer = await parts.store.replace(who.user.id, cancelled, draft)
  if (!answer) throw new Refusal('job.unknown', { given: cancelled })
  await parts.queue.interrupt(cancelled, 'cancelled')
  tellEnded(parts.emit, answer.cancelled)
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
  tellEnded(parts.emit, job)
  parts.changed(target)
  return job
}

async function known(parts: JobsParts, owner: UserId, id: JobId): Promise<Job> {
  const job = await parts.store.job(owner, id)
  if (!job) throw new Refusal('job.unknown', { given: id })
  return job
}

/** What was asked for is not known any more. */
function refuseCleared(job: Job): void {
  if (job.clearedAt !== null) throw new Refusal('job.cleared', { jobId: job.id })
}

async function retry(parts: JobsParts, who: Requester, id: JobId | undefined, place: Place): Promise<Job> {
  const former = id ? await known(parts, who.user.id, id) : await parts.store.lastEnded(who.user.id)
  if (!former) throw new Refusal('job.unknown', { given: '' })
  refuseCleared(former)
  if (former.state !== 'failed') throw new Refusal('job.not_failed', { state: former.state })
  const draft: JobDraft = {
    accountId: who.account.id,
    request: former.request,
    place: former.thread ? former.place : place,
    priority: 0,
    ...requestIdOf(who),
    retry: { of: former.id, thread: former.thread },
  }
  return create(parts, who, draft)
}

async function ended(parts: JobsParts, owner: UserId, id?: JobId): Promise<Job> {
  const job = id ? await known(parts, owner, id) : await parts.store.lastEnded(owner)
  if (!job) throw new Refusal('job.unknown', { given: '' })
  if (!isEnded(job.state)) throw new Refusal('job.still_active', { jobId: job.id })
  refuseCleared(job)
  if (job.products === 0) throw new Refusal('job.no_products', { jobId: job.id })
  return job
}

const requestIdOf = ({ requestId }: Requester) => (requestId === undefined ? {} : { requestId })

/** The one job service over its parts. */
export function createJobs(parts: JobsParts): Jobs {
  const draft = (who: Requester, request: JobRequest, place: Place): JobDraft => ({
    accountId: who.account.id,
    request,
    place,
    priority: 0,
    ...requestIdOf(who),
  })
  return {
    submit: (who, request, place) => create(parts, who, draft(who, request, place)),
    replace: (who, cancelled, request, place) => replace(parts, who, cancelled, draft(who, request, place)),
    active: (owner) => parts.store.active(owner),
    job: (owner, id) => known(parts, owner, id),
    cancel: (owner, id) => cancel(parts, owner, id),
    retry: (who, id, place) => retry(parts, who, id, place),
    again: async (who, id, place) => {
      const former = await known(parts, who.user.id, id)
      refuseCleared(former)
      return create(parts, who, draft(who, former.request, place))
    },
    usageOf: (owner) => usageOf(parts, owner),
    history: (owner, limit, after) => parts.store.history(owner, limit, after ?? undefined),
    ended: (owner, id) => ended(parts, owner, id),
  }
}
