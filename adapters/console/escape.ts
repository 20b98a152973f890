/**
 * What a terminal would obey instead of show: C0 and C1 controls (ESC, CR, LF, NUL …), line separators, and marks that
 * turn the direction of text round.
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** A text from outside as a terminal may show it: what it would obey is written out, e.g. `\x1b`, `\n`, `\u202e`. */
export const visible = (text: string): string => text.replace(OBEYED, written)

function written(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return ' '
  const code = character.codePointAt(0)!.toString(16)
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`
}
