import { jsonRow } from './json-row.ts'
import { TAIL_BYTES } from './limits.ts'
import type { Output, RowWriter } from './output.ts'

/** JSON lines: one object a line, each line ended by a line feed. */
export function createJsonlWriter(output: Output): RowWriter {
  return {
    add: (products) => {
      for (const [index, product] of products.entries()) {
        const line = Buffer.from(`${jsonRow(product)}\n`, 'utf8')
        if (output.isFull(line.length + TAIL_BYTES.jsonl)) return index
        output.write(line)
      }
      return products.length
    },
    end: () => {},
  }
}
