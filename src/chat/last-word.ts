import type { Job } from '../jobs/job.ts'
import { FORMATS } from '../results/format.ts'
import type { OpenResult } from '../results/results.ts'
import type { Coverage, Product, ProductField } from '../sites/product.ts'
import type { Button, Line, Message } from './message.ts'
import { heading, type Scene } from './scene.ts'
import type { OutboxStore } from './store.ts'

type Digest = Awaited<ReturnType<OutboxStore['digest']>>

/** Columns that nearly every shop has: one that is mostly empty means that pages were read badly. */
const EXPECTED = ['price', 'url', 'imageUrl', 'brand'] as const satisfies readonly ProductField[]
/** A column filled for fewer of the products than this is called mostly empty. */
const MOSTLY = 0.5
/** Products named in the last word. */
const NAMED = 3

/** A job's final message: what came of it, and what can be done next. The only one that pings its owner. */
export function lastWord(job: Job, digest: Digest, scene: Scene, options: { isMoved: boolean }): Message {
  const lines: Line[] = [heading(job, scene), ...outcome(job, scene)]
  if (job.products > 0) lines.push(factsLine(job, digest, scene), ...gaps(job.coverage, scene))
  if (job.failedPages > 0) lines.push(scene.words.failedPages(job.failedPages))
  for (const [code, count] of Object.entries(job.warnings)) lines.push(scene.words.warning(code, count))
  lines.push(...firstProducts(digest.first, scene))
  if (options.isMoved) lines.push(scene.words.threadGone)
  return { mention: { externalId: scene.owner.externalId }, lines, buttons: nextSteps(job, scene) }
}

/** The message in place of a file that could not be put into the thread. */
export const refusedFile = (file: OpenResult, scene: Scene): Message => ({
  lines: [scene.words.uploadRefused(file.name, file.bytes)],
  buttons: [getFile(file.jobId, file.format, scene)],
})

/** The message in place of a file that could not be written for want of room. */
export const unwrittenFile = (job: Job, format: string, scene: Scene): Message => ({
  lines: [scene.words.diskFull],
  buttons: [getFile(job.id, format, scene)],
})

const getFile = (id: string, format: string, scene: Scene): Button => ({
  label: scene.words.getFile,
  style: 'primary',
  command: `result ${id} --format ${format}`,
})

function outcome(job: Job, scene: Scene): Line[] {
  const { words } = scene
  if (job.state === 'succeeded') return job.products > 0 ? doneLines(job, scene) : [nothingLine(job, scene)]
  const lines: Line[] = [words.ended[job.state === 'cancelled' ? 'cancelled' : 'failed']]
  if (job.state === 'failed' && job.code !== null) lines.push(scene.reason(job.code, job.facts))
  if (job.products > 0) lines.push({ bold: words.partial(job.products) })
  return lines
}

function doneLines(job: Job, scene: Scene): Line[] {
  const why = job.stopReason === null ? null : scene.words.stopped(job.stopReason)
  return [[{ bold: scene.words.done(job.products) }, why === null ? '' : ` ${why}`]]
}

const nothingLine = (job: Job, scene: Scene): string =>
  job.request.words === '' ? scene.words.nothing(job.pages) : scene.words.nothingFor(job.request.words, job.pages)

function factsLine(job: Job, digest: Digest, scene: Scene): string {
  const { words } = scene
  const parts = [words.pages(job.pages)]
  if (digest.lowest !== null && digest.highest !== null)
    parts.push(
      words.priceRange(words.price(digest.lowest, digest.currency), words.price(digest.highest, digest.currency)),
    )
  if (job.finishedAt !== null) parts.push(words.took(job.finishedAt - (job.startedAt ?? job.createdAt)))
  return parts.join(' · ')
}

function gaps(coverage: Coverage, scene: Scene): Line[] {
  if (coverage.products === 0) return []
  return EXPECTED.flatMap((field) => {
    const share = (coverage[field] ?? 0) / coverage.products
    return share < MOSTLY ? [scene.words.mostlyEmpty(field, Math.round(share * 100))] : []
  })
}

function firstProducts(products: Product[], scene: Scene): Line[] {
  if (products.length === 0) return []
  const { words } = scene
  return [
    { bold: words.firstProducts },
    ...products.slice(0, NAMED).map((product, index): Line => {
      const price = product.price === null ? '' : `  ${words.price(product.price, product.currency)}`
      const name = product.url === null ? product.name : { link: product.url, text: product.name }
      return [`${index + 1}. `, name, price]
    }),
  ]
}

function nextSteps(job: Job, scene: Scene): Button[] {
  const { words } = scene
  const others = job.products > 0 ? FORMATS.filter((format) => format !== job.request.format) : []
  const first: Button =
    job.state === 'failed'
      ? { label: words.retry, style: 'primary', command: `retry ${job.id}` }
      : { label: words.again, style: 'normal', command: `again ${job.id}` }
  return [
    first,
    ...others.map(
      (format): Button => ({
        label: words.as(format),
        style: 'normal',
        command: `result ${job.id} --format ${format}`,
      }),
    ),
  ]
}
