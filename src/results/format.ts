/** The forms a result comes in. */
export const FORMATS = ['xlsx', 'csv', 'json', 'jsonl'] as const
export type Format = (typeof FORMATS)[number]

/** MIME types: RFC 7111 (CSV), RFC 8259, IANA for XLSX, the usual one for JSON lines. */
export const CONTENT_TYPES: Record<Format, string> = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
}

export const isFormat = (text: string): text is Format => (FORMATS as readonly string[]).includes(text)
