import { isRefusal } from '../errors.ts'
import type { ProductDraft } from '../sites/product.ts'
import { urlKey } from '../sites/url.ts'
import { DISK_RETRY_MS } from './limits.ts'
import type { ParsedPage } from './parse.ts'
import type { PageOutcome } from './read-page.ts'
import { FALL_EVIDENCE } from './review.ts'
import type { Run } from './run.ts'
import type { Checkpoint, Checkpointed, OpenPage, PageFailure } from './store.ts'

type ReadOutcome = PageOutcome & { kind: 'read' }

/** Stores a page that was read, with everything that follows from it. */
export async function storeRead(run: Run, open: OpenPage, outcome: ReadOutcome): Promise<void> {
  const { page } = outcome
  await noteDifference(run, open, outcome)
  if (run.drift.isEvidence(page)) await keepPage(run, open, outcome, FALL_EVIDENCE)
  const next = page.next.filter(({ url }) => run.hosts.admitsLink(url))
  const started = run.parts.clock.monotonic()
  const stored = await write(run, open, {
    key: open.key,
    outcome: 'done',
    status: outcome.status,
    bytes: outcome.bytes,
    route: page.route,
    failure: null,
    products: rowsOf(run, open, page.products),
    ids: page.ids,
    next: next.map((request) => ({ key: urlKey(request), request })),
    total: page.total,
    warnings: warningsOf(page, page.next.length - next.length),
    warned: page.warned,
  })
  const storeMs = run.parts.clock.monotonic() - started
  const route = page.route ?? page.verdict
  run.learn(open, page.products.length)
  run.counted.pages = stored.pages
  run.counted.products = stored.products
  run.parts.emit('page.stored', {
    ...run.label,
    route,
    products: stored.stored,
    fresh: stored.fresh,
    parseMs: page.parseMs,
    storeMs,
  })
  if (isFallback(page)) noteFallback(run, page)
  after(run)
}

/** Stores that a page could not be read; its products are missing, the job goes on. */
export async function storeFailed(run: Run, open: OpenPage, outcome: PageOutcome & { kind: 'failed' }): Promise<void> {
  const { error } = outcome
  const failure = { code: error.code, facts: error.facts }
  await run.saveEvidence(outcome.evidence)
  await write(run, open, {
    key: open.key,
    outcome: 'failed',
    status: outcome.status,
    bytes: outcome.bytes,
    route: null,
    failure,
    products: [],
    ids: [],
    next: [],
    total: null,
    warnings: { [`page.${open.request.kind}_failed`]: 1 },
    warned: {},
  })
  run.counted.failure ??= failure
  if (breaksList(open, failure)) run.counted.brokenList ??= failure
  run.counted.failedPages += 1
  after(run)
}

/** Whether what a list had more of stays unread. A page that is not there is how many lists end. */
const breaksList = ({ request }: OpenPage, { code }: PageFailure): boolean =>
  request.kind === 'list' && code !== 'page.not_found'

function after(run: Run): void {
  run.sinceLastPage.restart()
  run.parts.changed(run.task.lease.jobId)
}

function rowsOf({ parts, task }: Run, open: OpenPage, products: ProductDraft[]) {
  const crawledAt = new Date(parts.clock.now()).toISOString()
  return products.map((product) => ({ ...product, site: task.site, page: open.request.page, crawledAt }))
}

/** A full disk is waited for: the page is in memory, and nothing is lost by asking again. */
async function write(run: Run, { request }: OpenPage, page: Checkpoint): Promise<Checkpointed> {
  for (;;) {
    try {
      return await run.parts.frontier.checkpoint(run.task.lease, page)
    } catch (error) {
      if (!isRefusal(error, 'store.disk_full') || run.task.isDraining()) throw error
      run.waiting.report({ for: 'disk', host: new URL(request.url).hostname, ms: DISK_RETRY_MS })
      await run.parts.clock.sleep(DISK_RETRY_MS, run.task.signal)
      run.waiting.report(null)
    }
  }
}

const warningsOf = (page: ParsedPage, linksLeft: number): Record<string, number> => ({
  ...page.warnings,
  ...(isFallback(page) && { 'route.fallback': 1 }),
  ...(linksLeft > 0 && { 'links.hosts': linksLeft }),
})

/** A lesser route than the expected one read the page: the shop may have changed it. */
const isFallback = (page: ParsedPage): boolean => page.routeRank > 0

function noteFallback(run: Run, page: ParsedPage): void {
  const { route, expected } = page
  run.parts.emit('route.fallback', {
    job: run.label.job,
    site: run.task.site,
    route: route ?? '',
    best: expected ?? '',
  })
}

async function noteDifference(run: Run, open: OpenPage, outcome: ReadOutcome): Promise<void> {
  const { page } = outcome
  if (!page.differs || page.route === null) return
  run.distrusted.add(page.route)
  const evidence = await keepPage(run, open, outcome, 'route.differs')
  run.parts.emit('route.differs', {
    job: run.label.job,
    site: run.task.site,
    route: page.route,
    evidence: evidence ?? '',
  })
}

function keepPage(run: Run, open: OpenPage, { page, status }: ReadOutcome, code: string): Promise<string | undefined> {
  return run.saveEvidence({ url: open.request.url, status, title: page.title, code, text: page.evidence ?? '' })
}
