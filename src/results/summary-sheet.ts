import { sheetWords } from '../messages/sheet.ts'
import { PRODUCT_FIELDS, type ProductField } from '../sites/product.ts'
import { localTime } from './local-time.ts'
import type { About } from './output.ts'
import { numberCell, openSheet, STYLE, textCell } from './sheet-xml.ts'

type Cell = string | number | null
/** A row of the sheet; a heading is shown in bold. */
type Line = { cells: readonly Cell[]; isHeading?: boolean }

/** Widths of the four columns, in characters. */
const WIDTHS = [26, 40, 12, 60]

const PERCENT = 100

function time(at: number | null, timeZone: string): string | null {
  if (at === null) return null
  const { year, month, day, hour, minute } = localTime(at, timeZone)
  return `${year}-${month}-${day} ${hour}:${minute} (${timeZone})`
}

function requestLines({ facts, timeZone }: About): Line[] {
  const words = sheetWords[facts.locale]
  return [
    { cells: [words.site, facts.site] },
    facts.url === null
      ? { cells: [words.words, facts.words === '' ? words.frontList : facts.words] }
      : { cells: [words.address, facts.url] },
    ...(facts.url !== null && facts.words !== '' ? [{ cells: [words.words, facts.words] }] : []),
    { cells: [words.limit, facts.limit] },
    { cells: [words.requestedAt, time(facts.createdAt, timeZone)] },
    { cells: [words.startedAt, time(facts.startedAt, timeZone)] },
    { cells: [words.finishedAt, time(facts.finishedAt, timeZone)] },
    { cells: [words.job, facts.jobId] },
  ]
}

function outcomeLines({ facts, reason }: About, rows: number): Line[] {
  const words = sheetWords[facts.locale]
  const stop = facts.stopReason === null ? null : (words.stopReasons[facts.stopReason] ?? facts.stopReason)
  const isPartial = facts.state !== 'succeeded' || rows < facts.products
  return [
    { cells: [words.state, words.states[facts.state]] },
    { cells: [words.completeness, isPartial ? words.partial : words.complete] },
    ...((reason ?? facts.code ?? stop) ? [{ cells: [words.why, reason ?? facts.code ?? stop] }] : []),
    ...(rows < facts.products ? [{ cells: [words.rowsLeftOut, facts.products - rows] }] : []),
    { cells: [words.products, rows] },
    { cells: [words.pages, facts.pages] },
    { cells: [words.failedPages, facts.failedPages] },
  ]
}

const countLines = (heading: string, counts: Record<string, number>): Line[] => {
  const entries = Object.entries(counts)
  if (entries.length === 0) return []
  return [{ cells: [] }, { cells: [heading], isHeading: true }, ...entries.map((cells) => ({ cells }))]
}

function columnLines({ facts }: About): Line[] {
  const words = sheetWords[facts.locale]
  const meanings: Record<ProductField, string> = words.columns
  const { products } = facts.coverage
  const share = (filled: number) => (products === 0 ? null : `${Math.round((filled / products) * PERCENT)}%`)
  return [
    { cells: [] },
    { cells: [words.column, words.filled, words.share, words.meaning], isHeading: true },
    ...PRODUCT_FIELDS.map((field) => {
      const filled = facts.coverage[field]
      return { cells: [field, filled ?? null, filled === undefined ? null : share(filled), meanings[field]] }
    }),
  ]
}

/**
 * The second sheet: what was asked, what came of it, how full each column is and what it means, in the owner's language.
 * @param rows products on the first sheet
 */
export function summarySheet(about: About, rows: number): string {
  const words = sheetWords[about.facts.locale]
  const lines = [
    ...requestLines(about),
    ...outcomeLines(about, rows),
    ...countLines(words.routes, about.facts.routes),
    ...countLines(words.warnings, about.facts.warnings),
    ...columnLines(about),
  ]
  return `${openSheet(WIDTHS, false)}${lines.map(row).join('')}</sheetData></worksheet>`
}

function row({ cells, isHeading }: Line, index: number): string {
  const made = cells.map((value, column) => {
    const at = `${'ABCD'[column]}${index + 1}`
    if (value === null) return ''
    return typeof value === 'number'
      ? numberCell(at, value, STYLE.whole)
      : textCell(at, value, isHeading ? STYLE.header : STYLE.text)
  })
  return `<row r="${index + 1}">${made.join('')}</row>`
}
