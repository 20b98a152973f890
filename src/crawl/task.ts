import type { Clock } from '../clock.ts'
import type { UserId } from '../ids.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import type { Ask } from '../sites/site.ts'
import type { Emit } from '../telemetry/events.ts'
import type { FetchPage } from './fetch.ts'
import type { ParsePage } from './parse.ts'
import type { CoverageStore, EvidenceStore, FrontierStore, Lease } from './store.ts'

/** What the engine stands on. */
export interface CrawlParts {
  frontier: FrontierStore
  evidence: EvidenceStore
  coverage: CoverageStore
  sites: SiteRegistry
  fetchPage: FetchPage
  parsePage: ParsePage
  clock: Clock
  emit: Emit
  /** Pages that a job may ask for; for sites that read a page for each product at least the limit + 10 %. */
  pagesPerJob: number
  /** The host of this address showed that it wants fewer requests (a block page): it is slowed for everybody. */
  complain(url: string, site: string, cause: string): void
  /** Whether fast and slow route are compared on the first page of this job of a shop. */
  comparesFirst(site: string): boolean
  /** A checkpoint was stored: people may be shown more. */
  changed(jobId: string): void
}

/** One attempt of one job. */
export interface CrawlTask {
  lease: Lease
  userId: UserId
  site: string
  ask: Ask
  /** Aborts when the job is cancelled, its lease lost, or the process must end now. */
  signal: AbortSignal
  /** The process is closing down: finish the page in hand and return. */
  isDraining(): boolean
}

/** Why a crawl ended though nothing failed. `drained`: it goes on at the next start. */
export type StopReason = 'limit' | 'page_limit' | 'end' | 'nothing' | 'drained'
