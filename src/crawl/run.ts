import { Refusal } from '../errors.ts'
import { linkSignal } from '../linked-signal.ts'
import type { DriftWatch } from './drift-watch.ts'
import { createJobHosts, type JobHosts } from './job-hosts.ts'
import { COMPARE_EVERY } from './limits.ts'
import { label } from './read-page.ts'
import { createStopwatch, type Stopwatch } from './stopwatch.ts'
import type { Evidence, OpenPage, StoredProgress } from './store.ts'
import type { CrawlParts, CrawlTask } from './task.ts'
import { createWaitingNote, type WaitingNote } from './waiting-note.ts'

/** What one attempt keeps in memory; all of it may be lost. */
export interface Run {
  parts: CrawlParts
  task: CrawlTask
  /** As stored after the last checkpoint. */
  counted: StoredProgress
  pageLimit: number
  label: ReturnType<typeof label>
  /** Failed tries of this attempt by page key. */
  tries: Map<string, number>
  failedInARow: number
  hosts: JobHosts
  /** Fast routes that gave other products than the slow road. */
  distrusted: Set<string>
  drift: DriftWatch
  /** Time that counts against the job. */
  total: Stopwatch
  sinceLastPage: Stopwatch
  waiting: WaitingNote
  /** Ends what is being read: the task's own signal, or `enough`. */
  ahead: AbortSignal
  enough(): void
  /** How many products a page will bring, by what pages of its list brought before. */
  expected(page: OpenPage): number
  learn(page: OpenPage, products: number): void
  /** Whether the next page is one of those on which fast and slow route are compared. */
  takeSample(): boolean
  saveEvidence(evidence: Evidence | null): Promise<string | undefined>
}

/** The memory of an attempt that starts at what is stored. */
export function createRun(parts: CrawlParts, task: CrawlTask, stored: StoredProgress, drift: DriftWatch): Run {
  const total = createStopwatch(parts.clock)
  const sinceLastPage = createStopwatch(parts.clock)
  const sizes = new Map<number, number>()
  const ahead = linkSignal(task.signal)
  let sampled = 0
  return {
    parts,
    task,
    counted: stored,
    pageLimit: Math.max(parts.pagesPerJob, Math.ceil(task.ask.limit * 1.1)),
    label: label(task),
    tries: new Map(),
    failedInARow: 0,
    hosts: createJobHosts(stored.origins),
    distrusted: new Set(),
    drift,
    total,
    sinceLastPage,
    waiting: createWaitingNote(parts, task, [total, sinceLastPage]),
    ahead: ahead.signal,
    enough: () => {
      ahead.abort(new Error('the crawl is over'))
      ahead.release()
    },
    // A list of unknown page size is taken to fill the limit: its first page is read alone.
    expected: ({ request }) => (request.kind === 'detail' ? 1 : (sizes.get(request.list) ?? task.ask.limit)),
    learn: ({ request }, products) => {
      if (request.kind === 'list') sizes.set(request.list, products)
    },
    takeSample: () => {
      sampled += 1
      return sampled === 1 ? parts.comparesFirst(task.site) : sampled % COMPARE_EVERY === COMPARE_EVERY / 2
    },
    saveEvidence: (evidence) => saveEvidence(parts, task, evidence),
  }
}

/** Evidence helps people; that it cannot be kept (a full disk) must not hide the error itself. */
async function saveEvidence(
  parts: CrawlParts,
  task: CrawlTask,
  evidence: Evidence | null,
): Promise<string | undefined> {
  if (!evidence) return undefined
  try {
    const id = await parts.evidence.save(task.lease, evidence)
    if (id) parts.emit('page.evidence', { job: task.lease.jobId, site: task.site, code: evidence.code, evidence: id })
    return id
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
