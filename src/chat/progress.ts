import type { Job } from '../jobs/job.ts'
import { attemptsFor } from '../jobs/retry.ts'
import { isEnded } from '../jobs/states.ts'
import type { Line, Message } from './message.ts'
import { heading, type Scene } from './scene.ts'

/** A speed before this has passed says nothing. */
const SPEED_AFTER_MS = 3_000

/** The root message: who asked for what, and the state in a word. It changes once, at the end. */
export function rootMessage(job: Job, scene: Scene): Message {
  const state = isEnded(job.state)
    ? scene.tell('root.ended', { state: job.state, products: job.products, ms: durationMs(job, scene.now) })
    : scene.tell('root.active')
  return { who: scene.owner, lines: [heading(job, scene), state] }
}

/** The progress message: bar, counts, speed, time left, what it waits for, warnings, and Cancel while it is active. */
export function progressMessage(job: Job, scene: Scene): Message {
  const lines: Line[] = [heading(job, scene), countsLine(job, scene), ...pauseLines(job, scene), ...scene.warnings]
  if (job.failedPages > 0) lines.push(scene.tell('progress.failed_pages', { count: job.failedPages }))
  if (isEnded(job.state)) return { lines, bar: { done: job.products, total: barTotal(job) } }
  return {
    lines,
    bar: { done: job.products, total: barTotal(job) },
    buttons: [{ label: scene.tell('button.cancel'), style: 'danger', command: `cancel ${job.id}` }],
  }
}

/** Milliseconds from the start of a job (or from its wish, when it never started) to its end, or to now. */
export const durationMs = (job: Job, now: number): number =>
  Math.max(0, (job.finishedAt ?? now) - (job.startedAt ?? job.createdAt))

/**
 * How many products the job will have: what the shop says there are, up to the limit; null when unknown. A job that has
 * them all and still reads has more before it than the shop has said.
 */
export function target({ total, products, request: { limit }, state }: Job): number | null {
  if (total === null) return null
  const isPassed = products >= total && products < limit
  return isPassed && !isEnded(state) ? null : Math.max(products, Math.min(total, limit))
}

/** Products a minute since the crawl began; null while there is nothing to measure. */
export function speed(job: Job): number | null {
  if (job.checkpointAt === null || job.startedAt === null) return null
  const ms = job.checkpointAt - job.startedAt
  return ms < SPEED_AFTER_MS || job.products === 0 ? null : (job.products * 60_000) / ms
}

/** A job that went well is whole, however many the shop had promised. */
const barTotal = (job: Job): number | null => (job.state === 'succeeded' ? job.products : target(job))

function countsLine(job: Job, scene: Scene): string {
  const limit = (isEnded(job.state) ? null : target(job)) ?? job.request.limit
  const parts = [
    scene.tell(`state.${job.state}`),
    scene.tell('progress.products', { products: job.products, limit }),
    scene.tell('progress.pages', { pages: job.pages }),
  ]
  if (isEnded(job.state))
    return [...parts, scene.tell('progress.elapsed', { ms: durationMs(job, scene.now) })].join(' · ')
  const perMinute = speed(job)
  if (perMinute !== null) parts.push(scene.tell('progress.speed', { perMinute }))
  const ms = leftMs(job, perMinute)
  if (ms !== null) parts.push(scene.tell('progress.left', { ms }))
  return parts.join(' · ')
}

function leftMs(job: Job, perMinute: number | null): number | null {
  const all = target(job)
  if (job.state !== 'running' || perMinute === null || all === null || all <= job.products) return null
  return ((all - job.products) / perMinute) * 60_000
}

/** Why nothing moves just now: a wait, or an attempt that failed and comes back later. */
function pauseLines(job: Job, scene: Scene): Line[] {
  if (isEnded(job.state)) return []
  if (job.state === 'running') return job.waiting ? [scene.tell(`waiting.${job.waiting.for}`, job.waiting)] : []
  const ms = Math.max(0, job.runAt - scene.now)
  const why = scene.reason === undefined ? [] : [scene.reason]
  if (scene.isWorkerless) return [...why, scene.tell('progress.no_worker', { contact: scene.contact })]
  if (job.code === 'site.held' && scene.reason !== undefined) return why
  if (scene.reason === undefined) return [scene.tell('progress.queued', { ms })]
  const attempt = job.attempt + job.nextCharge
  return [scene.reason, scene.tell('progress.again', { attempt, attempts: attemptsFor(job.code), ms })]
}
