import type { Format } from './format.ts'

/** Largest result file in bytes; rows that no longer fit are left out and the summary says so. */
export const MAX_FILE_BYTES = 50 * 1024 * 1024

/** Rows of a sheet below its header (support.microsoft.com, Excel specifications and limits). */
export const MAX_SHEET_ROWS = 1_048_575

/** Hyperlinks in one sheet, both link columns together: Excel repairs a sheet that has more. */
export const MAX_SHEET_LINKS = 65_530

/** UTF-16 units in one cell: Excel's limit. */
export const MAX_CELL_LENGTH = 32_767

/** Characters of an address that Excel opens from a cell; a longer one stays text. */
export const MAX_LINK_LENGTH = 2_079

/** Bytes of a file name in UTF-8, with its ending. */
export const MAX_NAME_BYTES = 120

/** Bytes of the site or host within a file name. */
export const MAX_NAME_SITE_BYTES = 50

/** Rows that the main thread reads for a writing thread at once: few enough that it is soon back to chat. */
export const PAGE_ROWS = 200

/** Milliseconds that a file may take: a hang detector, 10,000 rows need far less. */
export const WRITE_TIMEOUT_MS = 120_000

/** A signed link's usual and longest life in milliseconds. */
export const LINK_LIFETIME_MS = 24 * 60 * 60 * 1_000
export const MAX_LINK_LIFETIME_MS = 7 * LINK_LIFETIME_MS

/** Bytes kept free for what follows the rows: the brackets of JSON; the small parts of an XLSX. */
export const TAIL_BYTES: Record<Format, number> = { xlsx: 256 * 1024, csv: 0, json: 16, jsonl: 0 }
