import type { ChatWords } from './chat.ts'
import { bytes, duration, money, number, quote } from './format.ts'

const count = (value: number): string => number('en', value)
const some = (value: number, one: string): string => `${count(value)} ${one}${value === 1 ? '' : 's'}`
const span = (ms: number): string => duration('en', ms)

const WAITING = {
  turn: (host: string) => `Waiting for a turn at ${host}`,
  robots: (host: string) => `Looking at the robots.txt of ${host}`,
  'retry-after': (host: string) => `${host} asked for a pause`,
  disk: () => 'The disk is full: waiting for room',
  budget: () => 'Waiting for the store that keeps the request rate',
  backoff: (host: string) => `${host} answers unevenly; trying again shortly`,
} as const

const STOPPED: Record<string, string> = {
  limit: 'That is the number you asked for.',
  page_limit: 'One job may read no more pages. Narrower words find more.',
  repeats: 'Only known products came again, so the list counts as read.',
  end: 'The list was read to its end.',
}

/** Counts of products that a warning speaks of. */
const WARNINGS: Record<string, (products: number) => string> = {
  'price.conditional': (products) => `${some(products, 'product')} with a conditional price only (card, coupon)`,
}

export const chatEn: ChatWords = {
  asked: (limit, format) => `up to ${count(limit)} · ${format.toUpperCase()}`,
  frontList: 'front list',
  queued: 'Waiting',
  running: 'Collecting',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  progressFollows: 'Progress and the result follow here.',
  products: (value) => some(value, 'product'),
  productsOf: (value, total) => `${count(value)} of ${some(total, 'product')}`,
  pages: (value) => some(value, 'page'),
  failedPages: (value) => `${some(value, 'page')} could not be read`,
  perMinute: (value) => `${count(value)} a minute`,
  left: (ms) => `about ${span(ms)} left`,
  waiting: (what, host, ms) => `${WAITING[what](host)}${ms === null ? '' : ` (about ${span(ms)})`}.`,
  againAt: (at) => `Going on at ${at}.`,
  attempt: (which) => `attempt ${count(which)}`,
  warning: (code, value) => WARNINGS[code]?.(value) ?? `${code} (${count(value)})`,
  done: (value) => `Done: ${some(value, 'product')}.`,
  stopped: (reason) => STOPPED[reason] ?? null,
  nothingFor: (words, pages) => `No product matches ${quote(words)}. ${some(pages, 'page')} read. Try shorter words.`,
  nothing: (pages) => `${some(pages, 'page')} read, but the list holds no product.`,
  ended: { failed: 'The crawl failed.', cancelled: 'Cancelled, as you asked.' },
  partial: (value) => `The result is partial: the file holds the ${some(value, 'product')} found until then.`,
  took: (ms) => `took ${span(ms)}`,
  priceRange: (lowest, highest) => (lowest === highest ? `price ${lowest}` : `prices ${lowest} – ${highest}`),
  price: (amount, currency) => money('en', amount, currency),
  mostlyEmpty: (field, percent) => `Only ${percent}% of the products have a value for ${field}.`,
  firstProducts: 'First products',
  threadGone: 'The original thread cannot be written to, so this comes here.',
  file: (rows, isPartial) => `${some(rows, 'product')}${isPartial ? ' (partial)' : ''}`,
  uploadRefused: (name, size) =>
    `The file ${name} (${bytes('en', size)}) could not be put here. The button below tells how to get it.`,
  diskFull: 'The disk is full, so the file could not be written. The result is kept: press the button a little later.',
  cancel: 'Cancel',
  retry: 'Try again',
  again: 'Run again',
  getFile: 'Get the file',
  as: (format) => `As ${format.toUpperCase()}`,
}
