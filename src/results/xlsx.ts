import { say } from '../messages/say.ts'
import { PRODUCT_FIELDS, type Product, type ProductField } from '../sites/product.ts'
import { type Archive, createArchive } from './archive.ts'
import { MAX_SHEET_ROWS, TAIL_BYTES } from './limits.ts'
import type { About, Output, RowWriter } from './output.ts'
import { createSheetLinks, type SheetLinks } from './sheet-links.ts'
import {
  CONTENT_TYPES_PART,
  columnName,
  dateCell,
  flagCell,
  numberCell,
  openSheet,
  priceStyle,
  relationships,
  STYLE,
  STYLES,
  textCell,
  workbook,
} from './sheet-xml.ts'
import { type SheetSum, summarySheet } from './summary-sheet.ts'

type Kind = 'text' | 'price' | 'percent' | 'rating' | 'count' | 'flag' | 'link' | 'date'

/** How a column is shown, and its width in characters. */
const COLUMNS: Record<ProductField, { kind: Kind; width: number }> = {
  site: { kind: 'text', width: 11 },
  id: { kind: 'text', width: 16 },
  name: { kind: 'text', width: 60 },
  brand: { kind: 'text', width: 16 },
  seller: { kind: 'text', width: 16 },
  price: { kind: 'price', width: 12 },
  originalPrice: { kind: 'price', width: 13 },
  discountRate: { kind: 'percent', width: 13 },
  currency: { kind: 'text', width: 10 },
  rating: { kind: 'rating', width: 8 },
  reviewCount: { kind: 'count', width: 13 },
  inStock: { kind: 'flag', width: 9 },
  url: { kind: 'link', width: 40 },
  imageUrl: { kind: 'link', width: 40 },
  category: { kind: 'text', width: 20 },
  page: { kind: 'count', width: 7 },
  position: { kind: 'count', width: 10 },
  crawledAt: { kind: 'date', width: 20 },
}

const LAST_COLUMN = columnName(PRODUCT_FIELDS.length - 1)

/** Number formats of the kinds that hold numbers. */
const NUMBER_STYLES: Partial<Record<Kind, number>> = {
  percent: STYLE.percent,
  rating: STYLE.rating,
  count: STYLE.whole,
}

function cell(at: string, kind: Kind, value: string | number | boolean | null | undefined, links: SheetLinks): string {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'boolean') return flagCell(at, value)
  if (typeof value === 'number') {
    return numberCell(at, value, NUMBER_STYLES[kind] ?? priceStyle(value))
  }
  if (kind === 'date') return dateCell(at, value)
  return textCell(at, value, kind === 'link' && links.add(at, value) ? STYLE.link : STYLE.text)
}

const productRow = (product: Product, row: number, links: SheetLinks): string =>
  `<row r="${row}">${PRODUCT_FIELDS.map((field, index) =>
    cell(`${columnName(index)}${row}`, COLUMNS[field].kind, product[field], links),
  ).join('')}</row>`

const headerRow = (): string =>
  `<row r="1">${PRODUCT_FIELDS.map((field, index) => textCell(`${columnName(index)}1`, field, STYLE.header)).join('')}</row>`

function count({ price, currency }: Product, sum: SheetSum): void {
  sum.rows += 1
  if (price === null) return
  const range = sum.prices.get(currency)
  sum.prices.set(currency, [Math.min(price, range?.[0] ?? price), Math.max(price, range?.[1] ?? price)])
}

/** The parts beside the rows: small, so they come after them, when all counts are known. */
function putParts(archive: Archive, about: About, sum: SheetSum, links: SheetLinks): void {
  const { locale } = about.facts
  archive.put('xl/worksheets/_rels/sheet1.xml.rels', links.part())
  archive.put('xl/worksheets/sheet2.xml', [summarySheet(about, sum)])
  archive.put('xl/styles.xml', [STYLES])
  const filtered = `$A$1:$${LAST_COLUMN}$${sum.rows + 1}`
  archive.put('xl/workbook.xml', [workbook([say(locale, 'sheet.products'), say(locale, 'sheet.summary')], filtered)])
  archive.put('xl/_rels/workbook.xml.rels', [
    relationships([
      { id: 'rId1', type: 'worksheet', target: 'worksheets/sheet1.xml' },
      { id: 'rId2', type: 'worksheet', target: 'worksheets/sheet2.xml' },
      { id: 'rId3', type: 'styles', target: 'styles.xml' },
    ]),
  ])
}

/**
 * An Office Open XML workbook (ECMA-376), streamed: a sheet of products with typed cells, a header that stays in view
 * and an automatic filter, and a sheet that tells what was asked and what was found. Holds its hyperlinks in memory,
 * nothing else.
 */
export function createXlsxWriter(about: About, output: Output): RowWriter {
  const archive = createArchive(output.write, about.facts.finishedAt)
  const links = createSheetLinks()
  archive.put('[Content_Types].xml', [CONTENT_TYPES_PART])
  archive.put('_rels/.rels', [relationships([{ id: 'rId1', type: 'officeDocument', target: 'xl/workbook.xml' }])])
  const sheet = archive.open('xl/worksheets/sheet1.xml')
  const widths = PRODUCT_FIELDS.map((field) => COLUMNS[field].width)
  sheet.push(openSheet(widths, true) + headerRow())
  const sum: SheetSum = { rows: 0, prices: new Map() }
  return {
    add: (products) => {
      for (const [index, product] of products.entries()) {
        if (sum.rows >= MAX_SHEET_ROWS || output.isFull(TAIL_BYTES.xlsx + links.size())) return index
        sheet.push(productRow(product, sum.rows + 2, links))
        count(product, sum)
      }
      return products.length
    },
    end: () => {
      sheet.push(`</sheetData><autoFilter ref="A1:${LAST_COLUMN}${sum.rows + 1}"/>`)
      for (const text of links.element()) sheet.push(text)
      sheet.push('</worksheet>')
      sheet.close()
      putParts(archive, about, sum, links)
      archive.end()
    },
  }
}
