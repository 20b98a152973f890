import type { ErrorCode } from '../errors.ts'
import type { JobId } from '../ids.ts'
import type { Coverage, Product } from '../sites/product.ts'
import type { SiteRequest } from '../sites/site.ts'
import type { Usual } from './drift.ts'

/** The right of one worker to write a job. Every write of a worker carries it and fails without it. */
export interface Lease {
  jobId: JobId
  holder: string
  /** Grows with every claim of the job. */
  fence: number
}

/** A request with its key: hash of method, public address and body (sites/url.ts). */
export interface NewPage {
  key: string
  request: SiteRequest
}

/** A page of a job that is still to fetch. */
export interface OpenPage extends NewPage {
  /** How often it was tried. */
  tries: number
  /** Milliseconds until it may be tried, by the database's clock; 0 = now. */
  dueInMs: number
}

/** What a crawl found on one page, written in one transaction with everything that follows from it. */
export interface Checkpoint {
  key: string
  outcome: 'done' | 'failed'
  /** HTTP status; null when no answer came. */
  status: number | null
  bytes: number
  route: string | null
  /** Why it failed: a Refusal's code and facts, kept with the page; null when done. */
  failure: PageFailure | null
  /** In page order, already filtered by the words. Position is given by the store. */
  products: Omit<Product, 'position'>[]
  /** Every id on the page before the words' filter: for the end of a list. */
  ids: string[]
  /** Pages to fetch, deduplicated by key against the job's frontier. */
  next: NewPage[]
  /** Totals that the shop names for this list; null when it names none. */
  total: number | null
  /** Of the page itself: added to the job's. */
  warnings: Record<string, number>
  /** Ids of products to warn of, by code: only those that are stored now count. */
  warned: Record<string, string[]>
}

/** Why a page could not be read. */
export interface PageFailure {
  code: ErrorCode
  facts: unknown
}

/** What became of a checkpoint. */
export interface Checkpointed {
  /** Ids on the page that were new to its list. */
  fresh: number
  /** Products that were new to the job and stored. */
  stored: number
  /** Products of the job now; never above its limit. */
  products: number
  /** Pages done now. */
  pages: number
  /** The limit is reached: nothing more is to fetch. */
  isFull: boolean
}

/** What a running job waits for; shown in its progress line. */
export interface Waiting {
  for: 'turn' | 'robots' | 'retry-after' | 'disk' | 'budget' | 'backoff'
  host: string
  /** Milliseconds from now; null = unknown. */
  ms: number | null
}

/** One HTTP request to a shop, for request_log. */
export interface RequestRecord {
  /** When it left, epoch milliseconds. */
  at: number
  jobId: JobId | null
  host: string
  url: string
  /** ipaddr.js's range of the connected address; null when none was reached. */
  addressClass: string | null
  robots: 'allowed' | 'forbidden' | 'permitted' | 'robots.txt'
  tryNumber: number
  status: number | null
  bytes: number
  ms: number
  error: string | null
}

/** The worker's door for pages. `StaleLease` is thrown when the lease is no longer the job's. */
export interface FrontierStore {
  /** Puts the first pages into an empty frontier; does nothing when the job has one already. */
  seed(lease: Lease, pages: NewPage[]): Promise<void>
  /** The open pages of a job in reading order (group, page, list, order of discovery), at most `limit`. */
  heads(lease: Lease, limit: number): Promise<OpenPage[]>
  /**
   * One transaction: the page leaves the frontier, its products and new pages enter, counters, coverage, routes and the
   * row's version move. Products beyond the limit are dropped, so the limit is exact; the first page that showed a
   * product wins. A list that gave two pages in a row without an id new to it is closed: its open pages are skipped.
   */
  checkpoint(lease: Lease, page: Checkpoint): Promise<Checkpointed>
  /** A try failed for a passing reason: the page stays open, not before `inMs`. */
  postpone(lease: Lease, key: string, inMs: number): Promise<void>
  /** Says in the job's row what it waits for (null = it goes on); raises its version. */
  waiting(lease: Lease, waiting: Waiting | null): Promise<void>
  /** Counters of the job as stored, for a start in the middle; `failure` is that of the first page that failed. */
  progress(lease: Lease): Promise<StoredProgress>
}

/** How far a job has come. `pages` counts the done ones, `failedPages` the failed ones. */
export interface StoredProgress {
  products: number
  pages: number
  failedPages: number
  coverage: Coverage
  failure: PageFailure | null
  /** That of the first page at which a list broke off: any but one that is not there. */
  brokenList: PageFailure | null
  /** Scheme, host and port of all pages in the frontier, each once. */
  origins: string[]
}

/** A write came from a worker that no longer holds the job. It stops and writes nothing more. */
export class StaleLease extends Error {
  readonly jobId: JobId
  constructor(jobId: JobId) {
    super(`the lease of job ${jobId} is no longer held`)
    this.name = 'StaleLease'
    this.jobId = jobId
  }
}

/** robots.txt files, kept so that a bot, a restart and help know them too. Keyed by origin (scheme, host, port). */
export interface RobotsStore {
  get(origin: string): Promise<RobotsRow | undefined>
  put(row: Omit<RobotsRow, 'fetchedAt' | 'isStale'> & { ttlMs: number }): Promise<void>
}

export interface RobotsRow {
  origin: string
  /** HTTP status; 0 when no answer came. */
  status: number
  body: string
  fetchedAt: number
  /** Whether it is older than its time to live. */
  isStale: boolean
}

/** Saved copies of pages that could not be read (1 MiB each, 20 a job, 7 days). */
export interface EvidenceStore {
  /** @returns its id, or undefined when the job has its share already */
  save(lease: Lease, evidence: Evidence): Promise<string | undefined>
  /** The id of the first page that a job keeps under a code. */
  find(jobId: JobId, code: string): Promise<string | undefined>
}

export interface Evidence {
  url: string
  status: number
  title: string
  code: string
  text: string
}

/**
 * What is remembered of shops' pages over jobs, by the name of `memoryName` and by route. A name that no job has added
 * to for 90 days is forgotten.
 */
export interface CoverageStore {
  /** What is remembered under a name, by route. */
  usual(name: string): Promise<Record<string, Usual>>
  /** Coverage of what a job has stored, by the route that read it. */
  ofJob(jobId: JobId): Promise<Record<string, Coverage>>
  /** Takes the place of what was remembered of these routes. @throws StaleLease */
  remember(lease: Lease, name: string, usual: Record<string, Usual>): Promise<void>
  /** Sets warnings of the job; those of other codes stay. @throws StaleLease */
  warn(lease: Lease, warnings: Record<string, number>): Promise<void>
}

/** Written in the background; losing some on a crash is no fault. */
export interface RequestLogStore {
  append(records: RequestRecord[]): Promise<void>
}
