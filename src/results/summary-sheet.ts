import { wallClock } from '../messages/format.ts'
import { createSay, sayStored, sayWarning } from '../messages/say.ts'
import { PRODUCT_FIELDS } from '../sites/product.ts'
import type { About } from './output.ts'
import { dateCell, numberCell, openSheet, priceStyle, STYLE, spanCell, textCell } from './sheet-xml.ts'

/** What the first sheet holds. */
export interface SheetSum {
  rows: number
  /** Lowest and highest price of each currency. */
  prices: Map<string | null, readonly [lowest: number, highest: number]>
}

/** What a cell holds: text, a count, a price, a share from 0 to 1, a moment on the zone's clock, or milliseconds. */
type Cell = string | number | null | { price: number } | { share: number } | { clock: string } | { span: number }
/** A row of the sheet; a heading is shown in bold. */
type Line = { cells: readonly Cell[]; isHeading?: boolean }
/** Labels and values, top to bottom. */
type Lines = readonly Line[]

/** Widths of the four columns, in characters. */
const WIDTHS = [26, 44, 12, 44]

const STOPS = ['limit', 'page_limit', 'repeats', 'end', 'nothing'] as const

const pair = (label: string, value: Cell): Line => ({ cells: [label, value] })

function requestLines({ facts, timeZone }: About): Lines {
  const { locale, url, words } = facts
  const say = createSay(timeZone)
  const time = (label: string, at: number | null): Line => ({
    cells: [label, at === null ? null : { clock: wallClock(at, timeZone) }, null, at === null ? null : timeZone],
  })
  return [
    pair(say(locale, 'sheet.shop'), facts.site),
    ...(url === null ? [] : [pair(say(locale, 'sheet.address'), url)]),
    ...(url !== null && words === ''
      ? []
      : [pair(say(locale, 'sheet.words'), words === '' ? say(locale, 'sheet.front_list') : words)]),
    pair(say(locale, 'sheet.limit'), facts.limit),
    time(say(locale, 'sheet.asked'), facts.createdAt),
    time(say(locale, 'sheet.started'), facts.startedAt),
    time(say(locale, 'sheet.finished'), facts.finishedAt),
    pair(say(locale, 'sheet.duration'), { span: facts.finishedAt - (facts.startedAt ?? facts.finishedAt) }),
    pair(say(locale, 'sheet.job'), facts.jobId),
  ]
}

/** Why the job ended: the sentence of its error, or of its stop reason; a reason without a sentence as it is. */
function whyEnded({ facts, timeZone }: About): string | null {
  const { code, codeFacts, stopReason, locale } = facts
  const say = createSay(timeZone)
  if (code !== null) return codeFacts === undefined ? code : sayStored(say, locale, code, codeFacts)
  const known = STOPS.find((stop) => stop === stopReason)
  return known ? say(locale, `stop.${known}`) : stopReason
}

function outcomeLines(about: About, { rows, prices }: SheetSum): Lines {
  const { facts, timeZone } = about
  const { locale } = facts
  const say = createSay(timeZone)
  const isPart = facts.state !== 'succeeded' || rows < facts.products
  const why = whyEnded(about)
  return [
    pair(say(locale, 'sheet.state'), say(locale, `state.${facts.state}`)),
    pair(say(locale, 'sheet.result'), say(locale, isPart ? 'sheet.part' : 'sheet.whole')),
    ...(why === null ? [] : [pair(say(locale, 'sheet.stop'), why)]),
    ...(rows < facts.products ? [pair(say(locale, 'sheet.left_out'), facts.products - rows)] : []),
    pair(say(locale, 'sheet.products'), rows),
    ...[...prices].flatMap(([currency, [lowest, highest]]) => [
      pair(say(locale, 'sheet.lowest_price', { currency }), { price: lowest }),
      pair(say(locale, 'sheet.highest_price', { currency }), { price: highest }),
    ]),
    pair(say(locale, 'sheet.pages'), facts.pages),
    pair(say(locale, 'sheet.failed_pages'), facts.failedPages),
  ]
}

const section = (heading: readonly Cell[], lines: Lines): Lines =>
  lines.length === 0 ? [] : [{ cells: [] }, { cells: heading, isHeading: true }, ...lines]

function notesLines({ facts, timeZone }: About): Lines {
  const { locale } = facts
  const say = createSay(timeZone)
  const warnings = Object.entries(facts.warnings)
  return [
    ...section(
      [say(locale, 'sheet.routes'), say(locale, 'sheet.pages')],
      Object.entries(facts.routes).map(([route, pages]) => pair(route, pages)),
    ),
    ...section(
      [say(locale, 'sheet.warnings')],
      warnings.map(([code, count]) => ({ cells: [sayWarning(say, locale, code, count)] })),
    ),
  ]
}

function columnLines({ facts, timeZone }: About): Lines {
  const { locale, coverage } = facts
  const say = createSay(timeZone)
  const share = (filled: number | undefined) =>
    filled === undefined || coverage.products === 0 ? null : { share: filled / coverage.products }
  return section(
    [say(locale, 'sheet.columns'), null, say(locale, 'sheet.products'), say(locale, 'sheet.coverage')],
    PRODUCT_FIELDS.map((field) => ({
      cells: [field, say(locale, `field.${field}`), coverage[field] ?? null, share(coverage[field])],
    })),
  )
}

/**
 * The second sheet: what was asked, what came of it, how full each column is and what it means, in the owner's
 * language.
 */
export function summarySheet(about: About, sum: SheetSum): string {
  const lines = [...requestLines(about), ...outcomeLines(about, sum), ...notesLines(about), ...columnLines(about)]
  return `${openSheet(WIDTHS, false)}${lines.map(row).join('')}</sheetData></worksheet>`
}

function row({ cells, isHeading }: Line, index: number): string {
  const made = cells.map((value, column) => {
    const at = `${'ABCD'[column]}${index + 1}`
    return value === null ? '' : cell(at, value, isHeading ? STYLE.header : STYLE.text)
  })
  return `<row r="${index + 1}">${made.join('')}</row>`
}

/** Typed, so that a spreadsheet can count with it. */
function cell(at: string, value: Exclude<Cell, null>, textStyle: number): string {
  if (typeof value === 'string') return textCell(at, value, textStyle)
  if (typeof value === 'number') return numberCell(at, value, STYLE.whole)
  if ('price' in value) return numberCell(at, value.price, priceStyle(value.price))
  if ('share' in value) return numberCell(at, value.share, STYLE.share)
  if ('clock' in value) return dateCell(at, value.clock)
  return spanCell(at, value.span)
}
