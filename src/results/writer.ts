import { createCsvWriter } from './csv.ts'
import type { Format } from './format.ts'
import { createJsonWriter } from './json.ts'
import { createJsonlWriter } from './jsonl.ts'
import type { About, Output, RowWriter } from './output.ts'
import { createXlsxWriter } from './xlsx.ts'

const WRITERS: Record<Format, (about: About, output: Output) => RowWriter> = {
  xlsx: createXlsxWriter,
  csv: (_about, output) => createCsvWriter(output),
  json: (_about, output) => createJsonWriter(output),
  jsonl: (_about, output) => createJsonlWriter(output),
}

/** The writer of a format. */
export const createWriter = (format: Format, about: About, output: Output): RowWriter => WRITERS[format](about, output)
