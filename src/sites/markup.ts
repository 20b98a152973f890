import { type Handler, Parser, parseDocument } from 'htmlparser2'
import { LIMITS } from './limits.ts'

/** A page whose markup or JSON is beyond the limits: it would cost more time and memory than a shop's page may. */
export class TooComplex extends Error {
  readonly what: 'depth' | 'elements' | 'attributes' | 'json'
  constructor(what: 'depth' | 'elements' | 'attributes' | 'json') {
    super(`too complex: ${what}`)
    this.name = 'TooComplex'
    this.what = what
  }
}

/** A whole document as htmlparser2 builds it. */
export type Markup = ReturnType<typeof parseDocument>

/**
 * Markup as it is searched and streamed. A page in UTF-8 has a character a byte here: decoding Korean text takes as long
 * as parsing its JSON, markup is ASCII, and in UTF-8 no other character has ASCII bytes. Only what was found is decoded.
 */
export interface RawMarkup {
  /** A character a byte, or decoded where the page is in another charset. */
  readonly text: string
  /** Makes a part of `text` whole. */
  whole(part: string): string
  /** The first characters of `text`, without making all of it. */
  head(length: number): string
  /** The page's bytes, where `text` has a character for each. */
  readonly bytes?: Buffer
}

/** Markup that is decoded already. */
export const decodedMarkup = (text: string): RawMarkup => ({
  text,
  whole: (part) => part,
  head: (length) => text.slice(0, length),
})

/** Markup in valid UTF-8. */
export function utf8Markup(bytes: Buffer): RawMarkup {
  let text: string | undefined
  return {
    bytes,
    get text() {
      text ??= bytes.toString('latin1')
      return text
    },
    whole: (part) => (ASCII.test(part) ? part : Buffer.from(part, 'latin1').toString('utf8')),
    head: (length) => bytes.toString('latin1', 0, length),
  }
}

const ASCII = /^[\x00-\x7f]*$/

/** Bytes that are streamed in one go: pieces of this size are made and forgotten without a large allocation each. */
const PIECE_BYTES = 32 * 1024

/**
 * Streams markup through htmlparser2. Handlers receive parts of `markup.text`: `markup.whole` decodes them, a text or an
 * attribute's value at a time.
 * @param pieceBytes smaller ones for tests
 */
export function streamMarkup(markup: RawMarkup, handler: Partial<Handler>, pieceBytes = PIECE_BYTES): void {
  const { bytes } = markup
  const parser = bytes === undefined ? new Parser(handler) : new ByteParser(handler)
  if (bytes === undefined) parser.write(markup.text)
  else
    for (let from = 0; from < bytes.length; ) {
      const to = endOfPiece(bytes, from + pieceBytes)
      parser.write(bytes.toString('latin1', from, to))
      from = to
    }
  parser.end()
}

/** Texts are told piece by piece: no character may be cut. */
function endOfPiece(bytes: Buffer, wanted: number): number {
  let end = Math.min(wanted, bytes.length)
  while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end += 1
  return end
}

/** Reads a character a byte, and writes entities as bytes too, so that a value with both can be decoded. */
class ByteParser extends Parser {
  private readonly handler: Partial<Handler>
  constructor(handler: Partial<Handler>) {
    super(handler)
    this.handler = handler
  }

  override ontextentity(codePoint: number, endIndex: number): void {
    this.endIndex = endIndex - 1
    this.handler.ontext?.(bytesOf(codePoint))
    this.startIndex = endIndex
  }

  override onattribentity(codePoint: number): void {
    for (const byte of bytesOf(codePoint)) super.onattribentity(byte.charCodeAt(0))
  }
}

const bytesOf = (codePoint: number): string =>
  codePoint < 0x80
    ? String.fromCharCode(codePoint)
    : Buffer.from(String.fromCodePoint(codePoint), 'utf8').toString('latin1')

/**
 * Counts what a parser tells of, and throws at the first thing beyond the limits, so that the parser stops there.
 * It follows the parser's own idea of which tags close which, hence the depth is exactly that of the DOM.
 */
export class MarkupGuard implements Partial<Handler> {
  private depth = 0
  private elements = 0
  private attributes = 0
  protected readonly whole: RawMarkup['whole']

  /** @param whole of the markup that is read */
  constructor(whole: RawMarkup['whole'] = (part) => part) {
    this.whole = whole
  }

  /** @throws TooComplex */
  onopentagname(): void {
    this.attributes = 0
    this.elements += 1
    this.depth += 1
    if (this.depth > LIMITS.depth) throw new TooComplex('depth')
    if (this.elements > LIMITS.elements) throw new TooComplex('elements')
  }

  /** @throws TooComplex */
  onattribute(_name: string, value: string): void {
    this.attributes += 1
    const isLong = value.length > LIMITS.attributeLength && this.whole(value).length > LIMITS.attributeLength
    if (this.attributes > LIMITS.attributes || isLong) throw new TooComplex('attributes')
  }

  onclosetag(): void {
    this.depth -= 1
  }
}

/**
 * One linear pass over the markup without building anything.
 * @throws TooComplex when a DOM of it would be beyond the limits
 */
export function checkMarkup(html: string): void {
  new Parser(new MarkupGuard()).end(html)
}

/**
 * The DOM of a page or a fragment, after its limits were checked.
 * @throws TooComplex
 */
export function parseMarkup(html: string): Markup {
  checkMarkup(html)
  return parseDocument(html)
}
