import { Refusal } from '../errors.ts'
import { TEXT_MAX } from './limits.ts'

/** A piece of a line: what stands between spaces, or inside quotes. */
export interface Token {
  text: string
  isQuoted: boolean
}

/** A line cut into tokens; `rest` is everything behind a bare `--`, taken as words whatever it looks like. */
export interface Line {
  tokens: Token[]
  rest: string
}

/**
 * Characters that show nothing and mean nothing here: controls, halves of surrogate pairs, soft hyphen, zero-width space and joiners of words,
 * direction marks. The joiners U+200C and U+200D stay: emoji and some scripts need them.
 */
const INVISIBLE = /[\p{Cc}\p{Cs}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu
/** Full-width forms of ASCII, as a Korean or Japanese keyboard may give. */
const FULL_WIDTH = /[\uff01-\uff5e]/g
const FULL_WIDTH_OFFSET = 0xfee0

/**
 * The text as it is read: one line, single spaces, full-width ASCII made plain, composed (NFC), nothing invisible.
 * Reading its own answer again changes nothing.
 * @throws Refusal `args.text_too_long`
 */
export function readableText(text: string): string {
  if (text.length > TEXT_MAX) throw new Refusal('args.text_too_long', { length: text.length, max: TEXT_MAX })
  return text
    .replace(FULL_WIDTH, (letter) => String.fromCharCode(letter.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .replace(/\s+/g, ' ')
    .replace(INVISIBLE, '')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Quotes as keyboards and chat programs type them; an opening one is closed by any of its kind. */
const QUOTE_KINDS = ['"“”„‟', "'‘’‚‛"]

/** Cuts a readable text. A quote that is never closed is a letter like any other. */
export function tokenize(text: string): Line {
  const tokens: Token[] = []
  const unclosed = new Set<string>()
  let at = 0
  while (at < text.length) {
    if (text[at] === ' ') {
      at += 1
      continue
    }
    const kind = QUOTE_KINDS.find((quotes) => quotes.includes(text[at]!))
    const closing = kind && !unclosed.has(kind) ? closingQuote(text, at + 1, kind) : -1
    if (closing > 0) {
      tokens.push({ text: text.slice(at + 1, closing).trim(), isQuoted: true })
      at = closing + 1
      continue
    }
    if (kind) unclosed.add(kind) // none follows: saves looking to the end of the line again
    const space = text.indexOf(' ', at)
    const end = space < 0 ? text.length : space
    const word = text.slice(at, end)
    if (word === '--') return { tokens, rest: text.slice(end).trim() }
    tokens.push({ text: word, isQuoted: false })
    at = end
  }
  return { tokens, rest: '' }
}

/** Where a quoted piece ends: a quote of the kind before a space or the end of the line; -1 when nowhere. */
function closingQuote(text: string, from: number, kind: string): number {
  for (let at = from; at < text.length; at += 1) {
    const next = text[at + 1]
    if (kind.includes(text[at]!) && (next === undefined || next === ' ')) return at
  }
  return -1
}
