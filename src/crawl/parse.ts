import type { CountedField } from '../sites/coverage.ts'
import type { ProductDraft } from '../sites/product.ts'
import type { Ask, SiteRequest } from '../sites/site.ts'
import type { Floors } from './drift.ts'

/** What goes into the CPU pool. `body` is transferred: it is gone on this side afterwards. */
export interface ParseInput {
  site: string
  request: SiteRequest
  /** The public address after redirects. */
  url: string
  status: number
  contentType: string
  body: Uint8Array<ArrayBuffer>
  ask: Ask
  /** Fast routes that this job no longer trusts (X4). */
  distrusted: string[]
  /** Compare the fast route with the slow one on this page. */
  compare: boolean
  isSuspect: boolean
  /** By route, the shares below which a page is worth keeping. */
  floors: Record<string, Floors>
}

/** What comes back. Plain data; nothing is thrown across for a bad page. */
export interface ParsedPage {
  /** `products`: rows were read (maybe none left after the filter); `empty`: a true zero. The rest are errors. */
  verdict:
    | 'products'
    | 'empty'
    | 'sitemap'
    | 'blocked'
    | 'login'
    | 'unreadable'
    | 'not_a_page'
    | 'truncated'
    | 'too_complex'
    | 'no_such_page'
  /** The route that read it, or null. */
  route: string | null
  /** How far that route stands behind the one that should have read such a page; 0 is as expected. */
  routeRank: number
  /** The route that should have read such a page, or null where the site waits for none. */
  expected: string | null
  /** After the words' filter, in page order. */
  products: ProductDraft[]
  /** All ids before the filter. */
  ids: string[]
  next: SiteRequest[]
  total: number | null
  /** Of the page itself, with a count each. */
  warnings: Record<string, number>
  /** Ids of products that the result warns of, by code; those that are stored count. */
  warned: Record<string, string[]>
  title: string
  /** What was too complex. */
  what?: 'depth' | 'elements' | 'attributes' | 'json'
  /** For every verdict that is an error, for a route that differs, and for a page that `lacks`: the decoded page, at most 1 MiB. */
  evidence?: string
  /** The fast route gave other products than the slow one. */
  differs?: boolean
  /** Usual fields that far fewer products of this page have. */
  lacks?: CountedField[]
  parseMs: number
}

/**
 * Parses one page in the CPU pool.
 * @throws Refusal `page.too_slow` or `page.parser_crashed` when the pool's thread had to be ended
 */
export type ParsePage = (input: ParseInput, signal: AbortSignal) => Promise<ParsedPage>
