import type { Locale } from './locale.ts'
import { sheetEn } from './sheet.en.ts'
import { sheetKo } from './sheet.ko.ts'

/** The words of a result's summary sheet and the mark in a file name; typed, so that a missing one does not compile. */
export interface SheetWords {
  productsSheet: string
  summarySheet: string
  /** Stands in the file's name when the result is not whole. */
  partialMark: string
  site: string
  words: string
  frontList: string
  address: string
  limit: string
  requestedAt: string
  startedAt: string
  finishedAt: string
  job: string
  state: string
  states: { succeeded: string; failed: string; cancelled: string }
  completeness: string
  complete: string
  partial: string
  why: string
  /** By the job's stop reason; one that is not here is shown as it is. */
  stopReasons: Record<string, string>
  rowsLeftOut: string
  products: string
  pages: string
  failedPages: string
  routes: string
  warnings: string
  column: string
  filled: string
  share: string
  meaning: string
  columns: {
    site: string
    id: string
    name: string
    brand: string
    seller: string
    price: string
    originalPrice: string
    discountRate: string
    currency: string
    rating: string
    reviewCount: string
    inStock: string
    url: string
    imageUrl: string
    category: string
    page: string
    position: string
    crawledAt: string
  }
}

export const sheetWords: Record<Locale, SheetWords> = { ko: sheetKo, en: sheetEn }
