import { dateTime, duration, money, percent } from '../messages/format.ts'
import { createSay, sayStored, sayWarning } from '../messages/say.ts'
import { PRODUCT_FIELDS } from '../sites/product.ts'
import type { About } from './output.ts'
import { numberCell, openSheet, STYLE, textCell } from './sheet-xml.ts'

/** What the first sheet holds. */
export interface SheetSum {
  rows: number
  /** Lowest and highest price of each currency. */
  prices: Map<string | null, readonly [lowest: number, highest: number]>
}

type Cell = string | number | null
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
  const time = (at: number | null) => (at === null ? null : `${dateTime(locale, at, timeZone)} (${timeZone})`)
  return [
    pair(say(locale, 'sheet.shop'), facts.site),
    ...(url === null ? [] : [pair(say(locale, 'sheet.address'), url)]),
    ...(url !== null && words === ''
      ? []
      : [pair(say(locale, 'sheet.words'), words === '' ? say(locale, 'sheet.front_list') : words)]),
    pair(say(locale, 'sheet.limit'), facts.limit),
    pair(say(locale, 'sheet.asked'), time(facts.createdAt)),
    pair(say(locale, 'sheet.started'), time(facts.startedAt)),
    pair(say(locale, 'sheet.finished'), time(facts.finishedAt)),
    pair(say(locale, 'sheet.duration'), duration(locale, facts.finishedAt - (facts.startedAt ?? facts.finishedAt))),
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
    ...[...prices].map(([currency, [lowest, highest]]) =>
      pair(
        say(locale, 'sheet.price_range'),
        `${money(locale, lowest, currency)} – ${money(locale, highest, currency)}`,
      ),
    ),
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
    filled === undefined || coverage.products === 0 ? null : percent(locale, filled / coverage.products)
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
    if (value === null) return ''
    return typeof value === 'number'
      ? numberCell(at, value, STYLE.whole)
      : textCell(at, value, isHeading ? STYLE.header : STYLE.text)
  })
  return `<row r="${index + 1}">${made.join('')}</row>`
}
