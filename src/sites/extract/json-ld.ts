import { decodedMarkup, type RawMarkup, TooComplex } from '../markup.ts'
import { collectElements } from './elements.ts'
import { parseJson } from './embedded-state.ts'
import { decodeEntities } from './text.ts'

/** Whether a script's `type` says JSON-LD: any case, parameters aside. */
export const isJsonLd = (type: string | undefined): boolean => /^\s*application\/ld\+json\s*(?:;|$)/i.test(type ?? '')

/**
 * Every `<script type="application/ld+json">` of a page that can be read, in page order, found without a DOM. A broken
 * or too deep one is left out; the others still count.
 * @throws TooComplex
 */
export function jsonLdIn(html: string | RawMarkup): unknown[] {
  const markup = typeof html === 'string' ? decodedMarkup(html) : html
  const isNamed = markup.bytes?.includes('ld+json', 0, 'latin1') || /ld\+json/i.test(markup.text)
  if (!isNamed) return []
  const found = collectElements(markup, (name, attributes) => name === 'script' && isJsonLd(attributes.type))
  return readJsonLdAll(found.map((script) => script.text()))
}

/** The values of several JSON-LD scripts, without those that cannot be read. */
export const readJsonLdAll = (contents: string[]): unknown[] =>
  contents.map(readJsonLd).filter((value) => value !== undefined)

/**
 * The value of one JSON-LD script. What shops break most is mended: CDATA and comments around and inside, commas too
 * many, a semicolon at the end, raw line breaks and tabs in texts, escapes that JSON does not know, quotes written as
 * entities. What would have to be guessed (a missing bracket, a bare quote in a text) is not.
 * @returns undefined when it is no JSON even then, or deeper than the limits
 */
export function readJsonLd(content: string): unknown {
  try {
    return parseJson(content.trim()) ?? parseJson(mend(content))
  } catch (error) {
    if (error instanceof TooComplex) return undefined
    throw error
  }
}

/** What stands between values and means nothing: white space, comments, CDATA marks. Sticky, each branch linear. */
const NOTHING =
  /(?:[\s\ufeff;]+|\/\*[^*]*(?:\*(?!\/)[^*]*)*\*\/|<!--|-->|(?:\/\/\s*)?(?:<!\[CDATA\[|\]\]>)|\/\/[^\n]*)+/y
const STRING = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y
const PLAIN = /[^\s"\ufeff;,/<\]-]+|[/<\]-]/y

/** Rewrites the text piece by piece in one pass; a text or a comment without an end cannot be mended. */
function mend(content: string): string {
  const text = content.includes('"') ? content : decodeEntities(content)
  const pieces: string[] = []
  let isCommaOpen = false
  for (let at = 0; at < text.length; ) {
    const nothing = take(NOTHING, text, at)
    at += nothing.length
    if (at >= text.length) break
    if (text[at] === ',') {
      isCommaOpen = pieces.length > 0 && !/[[{]$/.test(pieces.at(-1)!)
      at += 1
      continue
    }
    const hasNoEnd = text.startsWith('/*', at) || (text[at] === '"' && take(STRING, text, at) === '')
    if (hasNoEnd) return ''
    const piece = take(STRING, text, at) || take(PLAIN, text, at) || text[at]!
    if (isCommaOpen && !/^[\]}]/.test(piece)) pieces.push(',')
    isCommaOpen = false
    pieces.push(piece.startsWith('"') ? mendString(piece) : piece)
    at += piece.length
  }
  return pieces.join('')
}

function take(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

const CONTROL_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function mendString(text: string): string {
  return text
    .replace(/\\(?:(["\\/bfnrt]|u[\da-fA-F]{4})|([\s\S]))/g, (whole, known: string | undefined, other: string) =>
      known !== undefined ? whole : other === "'" ? "'" : `\\\\${other}`,
    )
    .replace(/[\u0000-\u001f]/g, (control) => CONTROL_ESCAPES[control] ?? ' ')
}
