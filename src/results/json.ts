import { jsonRow } from './json-row.ts'
import { TAIL_BYTES } from './limits.ts'
import type { Output, RowWriter } from './output.ts'

/** JSON (RFC 8259): one array, one object a line. */
export function createJsonWriter(output: Output): RowWriter {
  let rows = 0
  return {
    add: (products) => {
      for (const [index, product] of products.entries()) {
        const line = Buffer.from(`${rows === 0 ? '[\n' : ',\n'}${jsonRow(product)}`, 'utf8')
        if (output.isFull(line.length + TAIL_BYTES.json)) return index
        output.write(line)
        rows += 1
      }
      return products.length
    },
    end: () => output.write(Buffer.from(rows === 0 ? '[]\n' : '\n]\n')),
  }
}
