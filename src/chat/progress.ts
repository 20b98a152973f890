import type { Job } from '../jobs/job.ts'
import { isEnded } from '../jobs/states.ts'
import { moment } from '../messages/format.ts'
import type { Line, Message } from './message.ts'
import { heading, type Scene } from './scene.ts'

/** A speed before this has passed says nothing. */
const SPEED_AFTER_MS = 3_000

/** The root message: who asked for what, and the state in a word. It changes once, at the end. */
export function rootMessage(job: Job, scene: Scene): Message {
  const { words } = scene
  const state = isEnded(job.state) ? endedLine(job, scene) : words.progressFollows
  return { who: scene.owner, lines: [heading(job, scene), state] }
}

/** The progress message: bar, counts, speed, time left, what it waits for, warnings, and Cancel while it is active. */
export function progressMessage(job: Job, scene: Scene): Message {
  const lines: Line[] = [heading(job, scene), countsLine(job, scene), ...pauseLines(job, scene)]
  for (const [code, count] of Object.entries(job.warnings)) lines.push(scene.words.warning(code, count))
  if (job.failedPages > 0) lines.push(scene.words.failedPages(job.failedPages))
  const bar = { done: job.products, total: target(job) }
  if (isEnded(job.state)) return { lines, bar: { ...bar, total: job.state === 'succeeded' ? job.products : bar.total } }
  return { lines, bar, buttons: [{ label: scene.words.cancel, style: 'danger', command: `cancel ${job.id}` }] }
}

/** How many products the job will have: what the shop says there are, up to the limit; null when unknown. */
export const target = (job: Job): number | null =>
  job.total === null ? null : Math.max(job.products, Math.min(job.total, job.request.limit))

/** Products a minute since the crawl began; null while there is nothing to measure. */
export function speed(job: Job): number | null {
  const ms = (job.checkpointAt ?? 0) - (job.startedAt ?? 0)
  if (job.checkpointAt === null || job.startedAt === null || ms < SPEED_AFTER_MS || job.products === 0) return null
  return (job.products * 60_000) / ms
}

const endedLine = (job: Job, scene: Scene): string =>
  `${scene.words[job.state]} · ${scene.words.products(job.products)}`

function countsLine(job: Job, scene: Scene): string {
  const { words } = scene
  const isShort = job.total !== null && !isEnded(job.state)
  const counts = isShort ? words.productsOf(job.products, target(job)!) : words.products(job.products)
  const parts = [words[job.state], counts, words.pages(job.pages)]
  const rate = speed(job)
  if (rate !== null) parts.push(words.perMinute(Math.round(rate)))
  const left = leftMs(job, rate)
  if (left !== null) parts.push(words.left(left))
  return parts.join(' · ')
}

function leftMs(job: Job, rate: number | null): number | null {
  const all = target(job)
  if (job.state !== 'running' || rate === null || all === null || all <= job.products) return null
  return ((all - job.products) / rate) * 60_000
}

/** Why nothing moves just now: a wait, or a failed attempt that comes back later. */
function pauseLines(job: Job, scene: Scene): Line[] {
  if (isEnded(job.state)) return []
  const { waiting } = job
  const lines: Line[] = []
  if (waiting) lines.push(scene.words.waiting(waiting.for, waiting.host, waiting.ms))
  if (job.state === 'queued' && job.code !== null) {
    lines.push(scene.reason(job.code, job.facts))
    if (job.runAt > scene.now) lines.push(scene.words.againAt(moment(scene.locale, job.runAt, scene.timeZone)))
  }
  return lines
}
