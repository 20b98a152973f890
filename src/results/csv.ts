import { stringify } from 'csv-stringify/sync'
import { PRODUCT_FIELDS, type Product } from '../sites/product.ts'
import { TAIL_BYTES } from './limits.ts'
import type { Output, RowWriter } from './output.ts'

/** Rows made between two looks at the room that is left. */
const BATCH_ROWS = 50

/**
 * What a spreadsheet may take for a formula: OWASP's list with the full-width forms, also behind characters that a
 * spreadsheet drops or nobody sees; csv-stringify's `escape_formulas` looks at the first character alone and knows
 * neither NUL nor line feed.
 */
const FORMULA =
  /^(?:[\t\r\n\0]|[\s\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20])/

/** Control characters but tab, line feed and carriage return: no spreadsheet shows them. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g

/** A text cell that no spreadsheet runs: prefixed with an apostrophe where it could be a formula. */
export const csvText = (text: string): string => {
  const shown = text.replace(CONTROL, '')
  return FORMULA.test(text) ? `'${shown}` : shown
}

const CAST = {
  string: csvText,
  number: (value: number) => (Number.isFinite(value) ? String(value) : ''),
  boolean: (value: boolean) => String(value),
}

/** Left to itself, csv-stringify quotes no lone CR or LF when CRLF is the delimiter, and readers would end the row. */
const FORM = { record_delimiter: '\r\n', quote_record_delimiter: true, cast: CAST }

const lines = (records: unknown[][], bom: boolean): Buffer => Buffer.from(stringify(records, { ...FORM, bom }), 'utf8')

const record = (product: Product): unknown[] => PRODUCT_FIELDS.map((field) => product[field])

/** CSV as RFC 4180 has it, with a byte order mark so that Excel reads it as UTF-8. Absent values are empty cells. */
export function createCsvWriter(output: Output): RowWriter {
  output.write(lines([[...PRODUCT_FIELDS]], true))
  return {
    add: (products) => {
      for (let start = 0; start < products.length; start += BATCH_ROWS) {
        const batch = lines(products.slice(start, start + BATCH_ROWS).map(record), false)
        if (output.isFull(batch.length + TAIL_BYTES.csv)) return start
        output.write(batch)
      }
      return products.length
    },
    end: () => {},
  }
}
