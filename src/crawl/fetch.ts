import type { JobId } from '../ids.ts'
import type { SiteRequest } from '../sites/site.ts'

/** What one fetch belongs to: whose turn it is, and what to write in the log. */
export interface FetchContext {
  jobId: JobId | null
  /** Turns between users are taken by this key (a user's id). */
  turn: string
  site: string
  tryNumber: number
  signal: AbortSignal
  /** Whether a redirect may lead to this public address; any may where it is absent. */
  admitsRedirect?: (url: URL) => boolean
  /** Told whenever the fetch waits for something for longer than a second, and null when it goes on. */
  onWaiting?: (waiting: import('./store.ts').Waiting | null) => void
}

/** A page as it came, decoded of its content codings but not of its charset. */
export interface FetchedPage {
  status: number
  /** The public address after redirects. */
  url: string
  contentType: string
  body: Uint8Array<ArrayBuffer>
  /** Decoded bytes. */
  bytes: number
  /** Without the waits for a turn. */
  ms: number
  /** The body ended without a known length and looks cut (H4). */
  isSuspect: boolean
}

/**
 * Fetches one request with all that manners and safety ask: robots.txt, the host's budget and fair turns, the address
 * guard at every hop, redirects by hand, limits on size and time. Statuses 429 and 503 slow the host and are thrown.
 * @throws Refusal of a `page.…`, `robots.…`, `address.…`, `url.…` or `host.…` code
 */
export type FetchPage = (request: SiteRequest, context: FetchContext) => Promise<FetchedPage>
