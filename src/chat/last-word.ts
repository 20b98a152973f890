import type { Job } from '../jobs/job.ts'
import { FORMATS, type Format } from '../results/format.ts'
import type { OpenResult } from '../results/results.ts'
import type { Product, ProductField } from '../sites/product.ts'
import type { Button, Line, Message } from './message.ts'
import { durationMs } from './progress.ts'
import type { Scene } from './scene.ts'
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
  const lines: Line[] = [{ bold: outcome(job, scene) }, ...reasons(job, scene)]
  lines.push(
    scene.tell('last.counts', {
      products: job.products,
      pages: job.pages,
      failedPages: job.failedPages,
      ms: durationMs(job, scene.now),
    }),
  )
  if (job.products > 0) lines.push(...resultLines(job, digest, scene))
  if (options.isMoved) lines.push(scene.tell('last.moved'))
  return { mention: { externalId: scene.owner.externalId }, lines, buttons: nextSteps(job, scene) }
}

/** The message in place of a file that could not be put into the thread. */
export const refusedFile = (file: OpenResult, scene: Scene): Message => ({
  lines: [scene.tell('file.refused', { name: file.name, size: file.bytes })],
  buttons: [downloadButton(file.jobId, file.format, scene)],
})

/** The message in place of a file that could not be written for want of room. */
export const unwrittenFile = (job: Job, format: Format, scene: Scene): Message => ({
  lines: [scene.tell('file.disk_full')],
  buttons: [downloadButton(job.id, format, scene)],
})

/** The sentence that comes with a file. */
export const fileTitle = (file: OpenResult, job: Job, scene: Scene): string =>
  scene.tell(job.state === 'succeeded' ? 'file.title' : 'file.partial_title', {
    name: file.name,
    rows: file.rows,
    size: file.bytes,
  })

const resultCommand = (id: string, format: Format): string => `result ${id} --format ${format}`

const downloadButton = (id: string, format: Format, scene: Scene): Button => ({
  label: scene.tell('button.download'),
  style: 'primary',
  command: resultCommand(id, format),
})

function outcome(job: Job, scene: Scene): string {
  const facts = { ...scene.topic, products: job.products }
  if (job.state === 'cancelled') return scene.tell('last.cancelled', facts)
  if (job.state === 'failed') return scene.tell(job.products > 0 ? 'last.failed_partial' : 'last.failed', facts)
  if (isUnmatched(job)) return scene.tell('last.nothing_matched', { ...scene.topic, pages: job.pages })
  return scene.tell(job.products > 0 ? 'last.succeeded' : 'last.nothing', facts)
}

/** Lists were read whole and nothing on them matches: the shop, which was never asked, may have such a product. */
const isUnmatched = ({ state, products, stopReason, request }: Job): boolean =>
  state === 'succeeded' && products === 0 && stopReason !== 'nothing' && request.words !== ''

/** Why it ended so: the failure, or the end of the list. */
function reasons(job: Job, scene: Scene): Line[] {
  const lines: Line[] = []
  if (isUnmatched(job)) return lines
  if (job.state === 'failed' && scene.reason !== undefined) lines.push(scene.reason)
  if (isStopReason(job.stopReason) && job.state === 'succeeded') lines.push(scene.tell(`stop.${job.stopReason}`))
  return lines
}

const STOP_REASONS = ['limit', 'page_limit', 'repeats', 'end', 'nothing'] as const
const isStopReason = (text: string | null): text is (typeof STOP_REASONS)[number] =>
  (STOP_REASONS as readonly (string | null)[]).includes(text)

function resultLines(job: Job, { lowest, highest, currency, first }: Digest, scene: Scene): Line[] {
  const lines: Line[] = []
  if (lowest !== null && highest !== null) lines.push(scene.tell('last.prices', { lowest, highest, currency }))
  if (job.total !== null && job.total > job.products)
    lines.push(scene.tell('last.of_total', { products: job.products, total: job.total }))
  lines.push(...gaps(job, scene), ...scene.warnings)
  if (job.state !== 'succeeded') lines.push(scene.tell('last.partial_file'))
  return [...lines, ...firstProducts(first, scene)]
}

function gaps({ coverage, warnings }: Job, scene: Scene): Line[] {
  if (coverage.products === 0) return []
  return EXPECTED.flatMap((field) => {
    const share = (coverage[field] ?? 0) / coverage.products
    const isTold = warnings[`coverage.${field}`] !== undefined
    if (share >= MOSTLY || isTold) return []
    return [scene.tell('warning.coverage', { field: scene.tell(`field.${field}`), percent: Math.round(share * 100) })]
  })
}

function firstProducts(products: Product[], scene: Scene): Line[] {
  if (products.length === 0) return []
  return [
    { bold: scene.tell('last.first') },
    ...products.slice(0, NAMED).map((product, index): Line => {
      const { price, currency, discountRate, url } = product
      const name = product.name || scene.tell('last.untitled')
      const text = scene.tell('last.product', { position: index + 1, name, price, currency, discountRate })
      return url === null ? text : { link: url, text }
    }),
  ]
}

/** Of a job whose words are removed, nothing is to be had any more. */
function nextSteps(job: Job, scene: Scene): Button[] {
  if (job.clearedAt !== null) return []
  const first: Button =
    job.state === 'failed'
      ? { label: scene.tell('button.retry'), style: 'primary', command: `retry ${job.id}` }
      : { label: scene.tell('button.again'), style: 'normal', command: `again ${job.id}` }
  const others = job.products > 0 ? FORMATS.filter((format) => format !== job.request.format) : []
  return [
    first,
    ...others.map((format): Button => {
      return { label: scene.tell('button.format', { format }), style: 'normal', command: resultCommand(job.id, format) }
    }),
  ]
}
