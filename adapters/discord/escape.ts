import { SPAN_MAX } from './limits.ts'

/** Signs that Discord's Markdown, mentions, timestamps, emoji and links begin with. */
const MARKUP = /[\\*_~`|<>[\]()#@:]/g
/** Signs that make a list, a quote or a small line at the start of a line: `- `, `+ `, `1. `, `-# `. */
const LINE_START = /^(\s*)([-+]|\d{1,9}(?=[.)]))/
/** What shows nothing, breaks the line or turns the text round. */
const UNSHOWN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu

/** A text from outside as plain words on one line: no markup, no mention, no link, and not too long. */
export const plain = (text: string): string => cutTo(text.replace(UNSHOWN, ' '), SPAN_MAX).replace(MARKUP, '\\$&')

/** Escapes what would begin a list at the start of a line that is already escaped. */
export const lineStart = (line: string): string =>
  line.replace(LINE_START, (_, space: string, sign: string) =>
    /\d/.test(sign) ? `${space}${sign}\\` : `${space}\\${sign}`,
  )

/** Inside backticks a backslash is a letter: only the backtick itself must go. */
export const codeText = (text: string): string => cutTo(text.replace(UNSHOWN, ' '), SPAN_MAX).replaceAll('`', 'ˋ')

const graphemes = new Intl.Segmenter('ko', { granularity: 'grapheme' })

/** At most `max` UTF-16 units, cut between graphemes, `…` in the place of what was cut. */
export function cutTo(text: string, max: number): string {
  if (text.length <= max) return text
  let kept = ''
  for (const { segment } of graphemes.segment(text.slice(0, max + 1))) {
    if (kept.length + segment.length > max - 1) break
    kept += segment
  }
  return `${kept}…`
}
