import { LIMITS } from '../limits.ts'
import { type RawMarkup, TooComplex } from '../markup.ts'

/**
 * JSON of a page, read with care: its depth is counted before it is parsed, and keys named `__proto__` are left out.
 * @returns undefined when it is no JSON
 * @throws TooComplex beyond a depth of 100
 */
export function parseJson(text: string): unknown {
  checkJsonDepth(text)
  try {
    return hasPrototypeKey(text) ? JSON.parse(text, withoutPrototype) : JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Escapes may hide the key: then every key is looked at. */
const hasPrototypeKey = (text: string): boolean => text.includes('__proto__') || /\\u005f/i.test(text)

function withoutPrototype(this: unknown, _key: string, value: unknown): unknown {
  if (value !== null && typeof value === 'object' && Object.hasOwn(value, '__proto__')) {
    Reflect.deleteProperty(value, '__proto__')
  }
  return value
}

const QUOTE = 34
const BACKSLASH = 92

/** @throws TooComplex */
function checkJsonDepth(text: string): void {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === 91 || code === 123) {
      depth += 1
      if (depth > LIMITS.jsonDepth) throw new TooComplex('json')
    } else if (code === 93 || code === 125) depth -= 1
  }
}

/** Where the string that opens at `at` closes; the text's end when it does not. */
function endOfString(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return end
  }
  return text.length
}

/** A `<script>` of a page: its attributes as written, and what stands inside, cut out at the first asking. */
export interface Script {
  attributes: string
  readonly content: string
}

const scriptAt = (text: Searched, attributes: string, from: number, to: number): Script => ({
  attributes,
  get content() {
    return text.slice(from, to)
  },
})

/** A text that is searched for ASCII, or the bytes of one. */
interface Searched {
  readonly length: number
  indexOf(ascii: string, from: number): number
  lastIndexOf(ascii: string, from: number): number
  /** Decoded. */
  slice(from: number, to: number): string
}

/** Bytes in UTF-8 as a text that is searched. */
const searchedBytes = (bytes: Buffer): Searched => ({
  length: bytes.length,
  indexOf: (ascii, from) => bytes.indexOf(ascii, from, 'latin1'),
  lastIndexOf: (ascii, from) => bytes.lastIndexOf(ascii, from, 'latin1'),
  slice: (from, to) => bytes.toString('utf8', from, to),
})

/**
 * The scripts of a page in order, found by string search. Comments are skipped, and what stands inside a script is not
 * searched for more.
 * @param opens only scripts whose opening tag holds this text are given (e.g. `__NEXT_DATA__`)
 */
export function* scripts(text: Searched, opens = ''): Generator<Script> {
  if (text.indexOf(opens, 0) === -1) return
  const nextComment = finder(text, '<!--')
  for (let at = 0; ; ) {
    const script = text.indexOf('<script', at)
    if (script === -1) return
    const comment = nextComment(at)
    if (comment !== -1 && comment < script) {
      const closed = text.indexOf('-->', comment + 4)
      if (closed === -1) return
      at = closed + 3
      continue
    }
    const inside = text.indexOf('>', script) + 1
    if (inside === 0) return
    at = endOfScript(text, inside)
    const attributes = text.slice(script + '<script'.length, inside - 1)
    if (attributes.includes(opens)) yield scriptAt(text, attributes, inside, at)
  }
}

/** Where a mark stands next, for places that only grow: however often it is asked, the text is searched once. */
function finder(text: Searched, mark: string): (from: number) => number {
  let known = text.indexOf(mark, 0)
  return (from) => {
    if (known !== -1 && known < from) known = text.indexOf(mark, from)
    return known
  }
}

function endOfScript(text: Searched, from: number): number {
  const end = text.indexOf('</script', from)
  return end === -1 ? text.length : end
}

/** The value of one attribute in the text of an opening tag, or undefined. Quotes may be missing. */
export function attributeIn(attributes: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(attributes)
  return found?.[1] ?? found?.[2] ?? found?.[3]
}

/**
 * The JSON inside `<script id="…">`.
 * @returns undefined when there is no such script, or it holds no JSON
 * @throws TooComplex
 */
export function scriptJsonIn(markup: RawMarkup, id: string): unknown {
  const text = markup.bytes === undefined ? markup.text : searchedBytes(markup.bytes)
  for (const script of scripts(text, id)) {
    if (attributeIn(script.attributes, 'id') === id) return parseJson(script.content)
  }
  return undefined
}
