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
 * Counts what a parser tells of, and throws at the first thing beyond the limits, so that the parser stops there.
 * It follows the parser's own idea of which tags close which, hence the depth is exactly that of the DOM.
 */
export class MarkupGuard implements Partial<Handler> {
  private depth = 0
  private elements = 0
  private attributes = 0

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
    if (this.attributes > LIMITS.attributes || value.length > LIMITS.attributeLength) throw new TooComplex('attributes')
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
