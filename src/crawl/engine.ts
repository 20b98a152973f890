import { isPassing, isRefusal, Refusal } from '../errors.ts'
import type { Site } from '../sites/site.ts'
import { urlKey } from '../sites/url.ts'
import { storeFailed, storeRead } from './checkpoint.ts'
import { memoryName } from './drift.ts'
import { createDriftWatch, type DriftWatch } from './drift-watch.ts'
import { FAILING_PAGES, PAGE_BACKOFF_MS, PAGE_TRIES, RUN_MS, STALL_MS, WAIT_IN_PLACE_MS, WINDOW } from './limits.ts'
import { createPrefetch, type Prefetch } from './prefetch.ts'
import { type PageOutcome, readPage } from './read-page.ts'
import { createRun, type Run } from './run.ts'
import type { OpenPage } from './store.ts'
import type { CrawlParts, CrawlTask, StopReason } from './task.ts'

/**
 * One attempt of one job: seeds the frontier, then reads and stores page after page in reading order until the limit,
 * the end, or an error. Everything that it knows is in the store: a killed attempt goes on from its last checkpoint.
 * @throws Refusal for a job that failed (passing or not), StaleLease, the signal's reason
 */
export async function crawl(parts: CrawlParts, task: CrawlTask): Promise<StopReason> {
  const site = parts.sites.get(task.site)
  if (!site) throw new Refusal('site.absent', { site: task.site })
  const seeds = site.start(task.ask).map((request) => ({ key: urlKey(request), request }))
  await parts.frontier.seed(task.lease, seeds)
  const run = createRun(parts, task, await parts.frontier.progress(task.lease), await openWatch(parts, task, site))
  const prefetch = createPrefetch()
  try {
    return await readOn(run, prefetch)
  } finally {
    run.enough() // pages that still wait for their turn are never asked for
    await prefetch.settle()
    await run.waiting.clear()
  }
}

async function openWatch({ coverage }: CrawlParts, { ask, lease }: CrawlTask, site: Site): Promise<DriftWatch> {
  return createDriftWatch(await coverage.usual(memoryName(site, ask.url)), await coverage.ofJob(lease.jobId))
}

async function readOn(run: Run, prefetch: Prefetch): Promise<StopReason> {
  for (;;) {
    const stop = await step(run, prefetch)
    if (stop) return stop
  }
}

/** Stores the next page in reading order; tells when there is no more to do. */
async function step(run: Run, prefetch: Prefetch): Promise<StopReason | undefined> {
  const { parts, task } = run
  task.signal.throwIfAborted()
  if (task.isDraining()) return 'drained'
  if (run.counted.products >= task.ask.limit) return 'limit'
  checkTime(run)
  const heads = await parts.frontier.heads(task.lease, WINDOW)
  const head = heads[0]
  if (!head) return atEnd(run)
  if (run.counted.pages + run.counted.failedPages >= run.pageLimit) return 'page_limit'
  if (head.dueInMs > 0 && !prefetch.has(head.key)) await pause(run, head)
  startAhead(run, prefetch, heads)
  await settle(run, head, await prefetch.take(head.key))
  return undefined
}

/** The frontier is empty: a success, a true zero, or the failure of the only pages there were. */
function atEnd(run: Run): StopReason {
  const { products, pages, failure, brokenList } = run.counted
  if (products > 0 && brokenList && namesItsLists(run)) throw new Refusal(brokenList.code, brokenList.facts as never)
  if (products > 0) return 'end'
  if (failure?.code === 'page.not_found' && pages > 0) throw unreadableStart(run)
  if (failure) throw new Refusal(failure.code, failure.facts as never)
  return isFiltered(run) && pages > 0 ? 'end' : 'nothing'
}

/** Words that the shop was never asked for: its lists end, and what it has beside them nobody knows. */
const isFiltered = ({ parts, task }: Run): boolean =>
  parts.sites.get(task.site)?.search === 'filter' && task.ask.words !== ''

/**
 * A shop's own lists are known to go on where it says so: one that breaks off makes the result a part. An address of no
 * known shop is followed by guesses, and a wrong guess is a warning.
 */
const namesItsLists = ({ parts, task }: Run): boolean => (parts.sites.get(task.site)?.hosts.length ?? 0) > 0

/** Pages were read and led nowhere (a shop without a sitemap, say): what people asked for is what has no products. */
function unreadableStart({ parts, task }: Run): Refusal {
  const [start] = parts.sites.get(task.site)?.start(task.ask) ?? []
  return new Refusal('page.unreadable', { url: start?.url ?? '', title: '', status: 200 })
}

function checkTime(run: Run): void {
  if (run.total.elapsed() > RUN_MS) throw new Refusal('crawl.time_limit', { hours: RUN_MS / 3_600_000 })
  if (run.sinceLastPage.elapsed() > STALL_MS) throw new Refusal('crawl.stalled', { minutes: STALL_MS / 60_000 })
}

/** Begins to read the pages that the rest of the limit will surely need. */
function startAhead(run: Run, prefetch: Prefetch, heads: OpenPage[]): void {
  let needed = run.task.ask.limit - run.counted.products
  for (const [index, page] of heads.entries()) {
    if (index > 0 && (needed <= 0 || page.dueInMs > 0)) return
    needed -= run.expected(page)
    if (!prefetch.has(page.key)) prefetch.start(page, () => read(run, page))
  }
}

function read(run: Run, page: OpenPage): Promise<PageOutcome> {
  const tried = run.tries.get(page.key) ?? 0
  return readPage(run.parts, { ...run.task, signal: run.ahead }, page, {
    tryNumber: page.tries + 1,
    isLastTry: tried + 1 >= PAGE_TRIES,
    compare: run.takeSample(),
    distrusted: [...run.distrusted],
    floors: run.drift.floors(),
    admitsRedirect: run.hosts.admitsRedirect,
    onWaiting: run.waiting.report,
  })
}

/** Stores a page, or decides what its failure means for the job. */
async function settle(run: Run, page: OpenPage, outcome: PageOutcome): Promise<void> {
  if (outcome.kind === 'read') {
    await storeRead(run, page, outcome)
    run.failedInARow = 0
    return
  }
  const { error } = outcome
  const tried = (run.tries.get(page.key) ?? 0) + 1
  run.tries.set(page.key, tried)
  const host = new URL(page.request.url).hostname
  const again = isWorthAgain(error, tried)
  run.parts.emit('page.failed', { ...run.label, host, code: error.code, tries: tried, final: !again })
  if (endsJob(run, page, error)) await giveUp(run, outcome)
  if (again) return run.parts.frontier.postpone(run.task.lease, page.key, pauseAfter(run, error, tried))
  if (isPassing(error) && page.request.kind === 'list') throw error
  await storeFailed(run, page, outcome)
  run.failedInARow += 1
  if (run.failedInARow >= FAILING_PAGES && isPassing(error)) {
    throw new Refusal('crawl.pages_failing', { host, count: run.failedInARow }, { cause: error })
  }
}

/** A page that took too long gets one more try: on a busy machine, or in a thread that just starts, any page may. */
const isWorthAgain = (error: Refusal, tried: number): boolean =>
  isRefusal(error, 'page.too_slow') ? tried === 1 : isPassing(error) && tried < PAGE_TRIES

/** Errors after which asking the shop for more would be rude or useless. */
function endsJob(run: Run, page: OpenPage, error: Refusal): boolean {
  if (isRefusal(error, 'page.rate_limited')) {
    return error.facts.retryAt !== null && error.facts.retryAt - run.parts.clock.now() > WAIT_IN_PLACE_MS
  }
  // One product's page behind a wall may be a wrong link; a second one in a row is the shop's word.
  if (isRefusal(error, 'page.blocked') || isRefusal(error, 'page.login')) {
    return page.request.kind === 'list' || run.failedInARow > 0
  }
  return isRefusal(error, 'robots.unreachable') || isRefusal(error, 'store.disk_full')
}

async function giveUp(run: Run, outcome: PageOutcome & { kind: 'failed' }): Promise<never> {
  const { error, evidence } = outcome
  if (evidence && error.code === 'page.blocked') run.parts.complain(evidence.url, run.task.site, error.code)
  await run.saveEvidence(evidence)
  throw error
}

function pauseAfter(run: Run, error: Refusal, tried: number): number {
  const backoff = PAGE_BACKOFF_MS * 2 ** (tried - 1)
  if (!isRefusal(error, 'page.rate_limited') || error.facts.retryAt === null) return backoff
  return Math.max(backoff, error.facts.retryAt - run.parts.clock.now())
}

async function pause(run: Run, { request, dueInMs: ms }: OpenPage): Promise<void> {
  run.waiting.report({ for: 'backoff', host: new URL(request.url).hostname, ms })
  await run.parts.clock.sleep(ms, run.task.signal)
  run.waiting.report(null)
}
