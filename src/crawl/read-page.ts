import { Refusal } from '../errors.ts'
import type { Floors } from './drift.ts'
import type { FetchedPage } from './fetch.ts'
import type { ParsedPage } from './parse.ts'
import type { Evidence, OpenPage, Waiting } from './store.ts'
import type { CrawlParts, CrawlTask } from './task.ts'

/** How a page turned out. */
export type PageOutcome =
  | { kind: 'read'; page: ParsedPage; status: number; bytes: number }
  | { kind: 'failed'; error: Refusal; status: number | null; bytes: number; evidence: Evidence | null }

/** What one reading needs beside the page. */
export interface ReadOptions {
  tryNumber: number
  /** The last try takes a cut page as it is. */
  isLastTry: boolean
  compare: boolean
  distrusted: string[]
  floors: Record<string, Floors>
  admitsRedirect(url: URL): boolean
  onWaiting(waiting: Waiting | null): void
}

/** Fetches a page and parses it in the pool. Refusals become an outcome; aborts and Faults are thrown. */
export async function readPage(
  parts: CrawlParts,
  task: CrawlTask,
  page: OpenPage,
  options: ReadOptions,
): Promise<PageOutcome> {
  try {
    const fetched = await parts.fetchPage(page.request, {
      jobId: task.lease.jobId,
      turn: task.userId,
      site: task.site,
      tryNumber: options.tryNumber,
      signal: task.signal,
      admitsRedirect: options.admitsRedirect,
      onWaiting: options.onWaiting,
    })
    return await parse(parts, task, page, fetched, options)
  } catch (error) {
    if (task.signal.aborted || !(error instanceof Refusal)) throw error
    return { kind: 'failed', error, status: null, bytes: 0, evidence: null }
  }
}

async function parse(
  parts: CrawlParts,
  task: CrawlTask,
  page: OpenPage,
  fetched: FetchedPage,
  options: ReadOptions,
): Promise<PageOutcome> {
  const { status, bytes } = fetched
  const host = new URL(fetched.url).hostname
  parts.emit('page.fetched', { ...label(task), host, status, bytes, ms: fetched.ms, tries: options.tryNumber })
  const parsed = await parts.parsePage(
    {
      site: task.site,
      request: page.request,
      url: fetched.url,
      status,
      contentType: fetched.contentType,
      body: fetched.body,
      ask: task.ask,
      distrusted: options.distrusted,
      compare: options.compare,
      floors: options.floors,
      isSuspect: fetched.isSuspect && !options.isLastTry,
    },
    task.signal,
  )
  const error = ofTheStart(refusalOf(parsed, fetched), page, task)
  if (!error) return { kind: 'read', page: fetched.isSuspect ? markCut(parsed) : parsed, status, bytes }
  const evidence = { url: fetched.url, status, title: parsed.title, code: error.code, text: parsed.evidence ?? '' }
  return { kind: 'failed', error, status, bytes, evidence }
}

/** A page that looks cut was taken at the last try: the result says so. */
const markCut = (page: ParsedPage): ParsedPage => ({ ...page, warnings: { ...page.warnings, 'page.truncated': 1 } })

/** Sitemaps are asked for where the person's address shows no product: without them that address is what failed. */
function ofTheStart(error: Refusal | undefined, { request }: OpenPage, { ask }: CrawlTask): Refusal | undefined {
  const isAbsent = error !== undefined && ['page.not_found', 'page.unreadable', 'page.not_a_page'].includes(error.code)
  if (!isAbsent || request.kind !== 'sitemap' || ask.url === null || ask.url === request.url) return error
  return new Refusal('page.unreadable', { url: ask.url, title: '', status: 200 }, { cause: error })
}

/** The ids that every event of a job carries. */
export const label = (task: CrawlTask) => ({ job: task.lease.jobId, user: task.userId, site: task.site })

/** A verdict as the refusal that people are told, or undefined for a page that was read. */
export function refusalOf(
  parsed: ParsedPage,
  fetched: Pick<FetchedPage, 'url' | 'status' | 'contentType'>,
): Refusal | undefined {
  const { url, status } = fetched
  const { title } = parsed
  switch (parsed.verdict) {
    case 'blocked':
      return new Refusal('page.blocked', { host: new URL(url).hostname, status, title })
    case 'login':
      return new Refusal('page.login', { url, title })
    case 'unreadable':
      return new Refusal('page.unreadable', { url, title, status })
    case 'not_a_page':
      return new Refusal('page.not_a_page', { url, contentType: fetched.contentType })
    case 'truncated':
      return new Refusal('page.truncated', { url })
    case 'too_complex':
      return new Refusal('page.too_complex', { url, what: parsed.what ?? 'elements' })
    case 'no_such_page':
      return new Refusal('page.not_found', { url, status })
    default:
      return undefined
  }
}
