import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'

/** Median with the least and the greatest of a list. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = (sorted.length - 1) / 2
  return {
    median: (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2,
    min: sorted[0],
    max: sorted.at(-1),
  }
}

/** The value below which such a share of a list lies. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]
}

/** Three digits are as many as such figures have. */
export const short = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString())

/** Rows of cells as lines of a terminal. */
export function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return `${rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`
}

/** Rows of cells as a table of Markdown; the first is its head. */
export const markdownTable = ([head, ...rows]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

/** The machine, in a line. */
export function machineText() {
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  const all = cpus()
  return `${availableParallelism()} of ${all.length} cores (${all[0].model.trim()}), ${gigabytes} GB, Node ${process.version}`
}

/** Puts a text into a page of the documentation, between `<!-- mark:begin -->` and `<!-- mark:end -->`. */
export function writeBetween(page, mark, text) {
  const [begin, end] = [`<!-- ${mark}:begin -->`, `<!-- ${mark}:end -->`]
  const path = new URL(`../../docs/${page}`, import.meta.url)
  const [before, rest] = readFileSync(path, 'utf8').split(begin)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`docs/${page} lacks ${begin} or ${end}`)
  writeFileSync(path, `${before}${begin}\n\n${text}\n\n${end}${after}`)
}
