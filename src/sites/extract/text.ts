import { Parser } from 'htmlparser2'
import { MarkupGuard, TooComplex } from '../markup.ts'

/** One line of text as a person reads it: NFC, white space of any kind squeezed to single spaces, trimmed. */
export const tidy = (text: string): string =>
  text
    .replace(/[\s\u00a0\u200b\ufeff]+/g, ' ')
    .trim()
    .normalize('NFC')

/** The same, or null when nothing is left. For fields that are null when absent. */
export const tidyOrNull = (text: string | null | undefined): string | null => (text && tidy(text)) || null

/** A text made comparable: NFC, full-width forms of ASCII folded, lower case. */
export const fold = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, ' ')
    .toLowerCase()

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Decodes the entities that shops put into JSON and attributes. Unknown ones stay as they are. */
export const decodeEntities = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,6});/gi, (whole, name: string) => character(name) ?? whole)
    : text

function character(name: string): string | undefined {
  if (!name.startsWith('#')) return NAMED[name.toLowerCase()]
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

/** Elements whose text nobody sees. The title is not among them: block pages often say it only there. */
const UNSEEN = new Set(['script', 'style', 'template', 'svg', 'noscript', 'iframe', 'object', 'select'])

/**
 * The text that a person sees on a page, tidied, at most `limit` characters. Hidden elements are told by their name,
 * a `hidden` attribute or `display:none` only: no style sheet is read. Of a page beyond the limits, what stands before.
 */
export function visibleText(html: string, limit = 100_000): string {
  const reader = new VisibleText(limit)
  try {
    new Parser(reader).end(html)
  } catch (error) {
    if (!(error instanceof TooComplex || error === ENOUGH)) throw error
  }
  return tidy(reader.parts.join('')).slice(0, limit)
}

const ENOUGH = new Error('enough text')

class VisibleText extends MarkupGuard {
  readonly parts: string[] = []
  private length = 0
  /** Open elements that nobody sees, and whether each open one is such. */
  private unseen = 0
  private readonly hidden: boolean[] = []
  private readonly limit: number

  constructor(limit: number) {
    super()
    this.limit = limit
  }

  onopentag(name: string, attributes: Record<string, string>): void {
    const isHidden = UNSEEN.has(name) || 'hidden' in attributes || /display\s*:\s*none/i.test(attributes.style ?? '')
    this.hidden.push(isHidden)
    if (isHidden) this.unseen += 1
  }

  override onclosetag(): void {
    super.onclosetag()
    if (this.hidden.pop()) this.unseen -= 1
    this.parts.push(' ')
  }

  ontext(text: string): void {
    if (this.unseen > 0) return
    this.parts.push(text)
    this.length += text.length
    if (this.length > this.limit) throw ENOUGH
  }
}
