import { isUtf8 } from 'node:buffer'
import { LIMITS } from './limits.ts'

/** Names that pages use and WHATWG's list of labels does not have. */
const OTHER_NAMES: Record<string, string> = {
  cp949: 'euc-kr',
  ms949: 'euc-kr',
  uhc: 'euc-kr',
  'x-windows-949': 'euc-kr',
  cp932: 'shift_jis',
  'windows-932': 'shift_jis',
  cp936: 'gbk',
  cp1252: 'windows-1252',
  utf8mb4: 'utf-8',
}

/** Tried in this order when nothing that a page says about itself fits its bytes. */
const GUESSES = ['euc-kr', 'shift_jis', 'euc-jp', 'gb18030', 'big5', 'windows-1252']

/**
 * The text of a page: by its byte order mark, the header, its own `<meta>` or XML declaration, else by guess. A name
 * that the bytes contradict gives way: valid UTF-8 is UTF-8 whatever the header says, and bytes that are no UTF-8 are
 * read by the page's other name or the charset that leaves the fewest unreadable characters.
 * @param contentType the header, may be empty
 */
export const decodeText = (body: Uint8Array, contentType: string): string => readText(body, contentType).text

/** The charset by which `decodeText` reads a page, by its WHATWG name in lower case. */
export const charsetOf = (body: Uint8Array, contentType: string): string => readText(body, contentType).charset

interface Decoded {
  text: string
  charset: string
}

function readText(body: Uint8Array, contentType: string): Decoded {
  const marked = byteOrderMark(body)
  if (marked) return decode(body, marked)
  const named = namesOf(body, contentType)
  const wide = named.find((name) => name.startsWith('utf-16')) ?? wideGuess(body)
  if (wide && !readsAsUtf8(body)) return decode(body, wide)
  if (isUtf8(body)) return decode(body, escapesIn(named) ?? 'utf-8')
  const candidates = named.filter((name) => name !== 'utf-8')
  if (candidates.length < named.length || named.length === 0) {
    if (isCutUtf8(body)) return decode(body, 'utf-8')
  }
  return fewestUnreadable(body, candidates)
}

/**
 * Whether a page is UTF-8 without a mark, as nearly all are: then its bytes can be searched for markup as they are, and
 * only what is found needs to be decoded.
 */
export function isPlainUtf8(body: Uint8Array, contentType: string): boolean {
  if (byteOrderMark(body) || !readsAsUtf8(body)) return false
  return escapesIn(namesOf(body, contentType)) === undefined
}

/** The charsets that a page names: in its header, then in itself. */
const namesOf = (body: Uint8Array, contentType: string): string[] =>
  [nameIn(contentType), nameInside(body)].map(known).filter((name) => name !== undefined)

function decode(body: Uint8Array, charset: string): Decoded {
  return { text: new TextDecoder(charset).decode(body), charset }
}

function byteOrderMark(body: Uint8Array): string | undefined {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8'
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le'
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be'
  return undefined
}

function nameIn(text: string): string | undefined {
  return /charset\s*=\s*["']?\s*([\w.:-]{2,40})/i.exec(text)?.[1]
}

/** The charset that the first bytes name: `<meta charset>`, `<meta http-equiv>`, `<?xml encoding?>`. */
function nameInside(body: Uint8Array): string | undefined {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, LIMITS.metaBytes)).toString('latin1')
  return nameIn(head) ?? /<\?xml[^>]{0,200}encoding\s*=\s*["']([\w.:-]{2,40})/i.exec(head)?.[1]
}

/** WHATWG's name for a label, or undefined when no decoder here knows it. */
function known(label: string | undefined): string | undefined {
  if (label === undefined) return undefined
  const name = label.trim().toLowerCase()
  try {
    return new TextDecoder(OTHER_NAMES[name] ?? name).encoding
  } catch {
    return undefined
  }
}

/** Charsets that write everything in ASCII with escapes are valid UTF-8 too, and still meant. */
const escapesIn = (named: string[]): string | undefined => named.find((name) => name === 'iso-2022-jp')

/** Markup in UTF-16 without a mark has a zero in every second byte. */
function wideGuess(body: Uint8Array): string | undefined {
  const length = Math.min(body.byteLength, 200) & ~1
  let even = 0
  let odd = 0
  for (let at = 0; at < length; at += 2) {
    if (body[at] === 0) even += 1
    if (body[at + 1] === 0) odd += 1
  }
  if (length < 20) return undefined
  if (odd > length / 4 && even === 0) return 'utf-16le'
  return even > length / 4 && odd === 0 ? 'utf-16be' : undefined
}

/** A page in UTF-8 or ASCII has no zero bytes; UTF-16 has, and passes as "valid" UTF-8. */
const readsAsUtf8 = (body: Uint8Array): boolean => isUtf8(body) && !body.subarray(0, 200).includes(0)

/** UTF-8 whose last character is cut, as in a body that ended early. */
function isCutUtf8(body: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body, { stream: true })
    return true
  } catch {
    return false
  }
}

/** A few bad bytes in a page of the charset that it names are its own; more mean that the name is wrong. */
const TOLERATED = 0.002

function fewestUnreadable(body: Uint8Array, candidates: string[]): Decoded {
  for (const name of candidates) {
    const decoded = decode(body, name)
    if (unreadable(decoded.text) <= decoded.text.length * TOLERATED) return decoded
  }
  const readings = ['utf-8', ...candidates, ...GUESSES].map((name) => decode(body, name))
  return readings.reduce((best, it) => (oddness(it.text) < oddness(best.text) ? it : best))
}

function unreadable(text: string): number {
  let count = 0
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) count += 1
  return count
}

/** How unlike a shop's page a text looks: unreadable characters, and letters that wrong readings produce. */
function oddness(text: string): number {
  const sample = text.length > 100_000 ? text.slice(0, 100_000) : text
  const rare = sample.match(/[\u0080-\u009f\uff61-\uff9f\ue000-\uf8ff]/g)?.length ?? 0
  const script = sample.match(/[\uac00-\ud7a3\u3040-\u30ff]/g)?.length ?? 0
  return unreadable(sample) * 10 + rare * 2 - script
}
