import { chatEn } from './chat.en.ts'
import { chatKo } from './chat.ko.ts'
import type { Locale } from './locale.ts'

/** Every sentence of a job's thread: root, progress, last word, file. Counts are whole numbers, times milliseconds. */
export interface ChatWords {
  // what was asked for
  /** `limit` products at most, in this format. */
  asked(limit: number, format: string): string
  frontList: string
  // state
  queued: string
  running: string
  succeeded: string
  failed: string
  cancelled: string
  /** Under the root while the job is active. */
  progressFollows: string
  // progress
  products(count: number): string
  /** `total`: what the shop says there are. */
  productsOf(count: number, total: number): string
  pages(count: number): string
  failedPages(count: number): string
  perMinute(products: number): string
  left(ms: number): string
  waiting(what: WaitingFor, host: string, ms: number | null): string
  /** Back in the queue after a passing failure, until `at` (a time of day). */
  againAt(at: string): string
  attempt(which: number): string
  /** A warning's code as shops name them; unknown codes are shown as they are. */
  warning(code: string, count: number): string
  // last word
  done(products: number): string
  stopped(reason: string): string | null
  nothingFor(words: string, pages: number): string
  nothing(pages: number): string
  ended: { failed: string; cancelled: string }
  /** A result that does not hold everything. */
  partial(products: number): string
  took(ms: number): string
  priceRange(lowest: string, highest: string): string
  price(amount: number, currency: string | null): string
  /** `field` is a column's name; `percent` of the products have it. */
  mostlyEmpty(field: string, percent: number): string
  firstProducts: string
  /** The last word goes by direct message, because its thread cannot be written to. */
  threadGone: string
  // file
  file(rows: number, isPartial: boolean): string
  uploadRefused(name: string, size: number): string
  diskFull: string
  // buttons
  cancel: string
  retry: string
  again: string
  getFile: string
  as(format: string): string
}

export type WaitingFor = 'turn' | 'robots' | 'retry-after' | 'disk' | 'budget' | 'backoff'

/** The sentences of a language. */
export const chatWords = (locale: Locale): ChatWords => (locale === 'ko' ? chatKo : chatEn)
