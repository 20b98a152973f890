import { decodedMarkup, MarkupGuard, type RawMarkup, streamMarkup } from '../markup.ts'
import { tidy } from './text.ts'

type Attributes = Record<string, string>

/** Whether an opening tag begins an element that is wanted. Of raw markup the attributes are raw, too: ASCII is compared. */
export type Wants = (name: string, attributes: Attributes) => boolean

/** An element of a page. It keeps its markup as it was read: only what is asked for is decoded. */
export class Element {
  readonly name: string
  /** The attributes undecoded; what is ASCII in them can be compared. */
  readonly raw: Attributes
  parent: Element | null
  /** Elements, and texts undecoded, in page order; comments are left out. */
  readonly children: (Element | string)[] = []
  private readonly whole: RawMarkup['whole']
  private decoded: Attributes | undefined

  constructor(name: string, raw: Attributes, parent: Element | null, whole: RawMarkup['whole']) {
    this.name = name
    this.raw = raw
    this.parent = parent
    this.whole = whole
  }

  /** An element around others, to search them together. */
  static around(elements: Element[]): Element {
    const around = new Element('', {}, null, elements[0]?.whole ?? ((part) => part))
    for (const element of elements) {
      element.parent = around
      around.children.push(element)
    }
    return around
  }

  get attribs(): Attributes {
    this.decoded ??= wholeAttributes({ ...this.raw }, this.whole)
    return this.decoded
  }

  /** All text inside as it stands. */
  text(): string {
    return this.whole(undecodedText(this))
  }
}

function undecodedText({ children }: Element): string {
  let text = ''
  for (const child of children) text += typeof child === 'string' ? child : undecodedText(child)
  return text
}

/**
 * Streams a page once and builds only the wanted elements, in the order in which they open; wanted ones inside others
 * are given too. A DOM of the whole page takes several times as long. The tags are told apart by the same parser
 * that builds DOMs, so both see one tree, however broken the page.
 * @param isRegion where an element of the page fits it, only what is wanted inside such elements counts
 * @throws TooComplex at the limits of a DOM
 */
export function collectElements(html: string | RawMarkup, wants: Wants, isRegion?: Wants): Element[] {
  const markup = typeof html === 'string' ? decodedMarkup(html) : html
  const collector = new Collector(markup, wants, isRegion)
  streamMarkup(markup, collector)
  return collector.found()
}

/** Decodes the values of a tag's attributes, in place. */
export function wholeAttributes(attributes: Record<string, string>, whole: RawMarkup['whole']): Record<string, string> {
  for (const name in attributes) attributes[name] = whole(attributes[name]!)
  return attributes
}

class Collector extends MarkupGuard {
  private readonly wants: Wants
  private readonly isRegion: Wants | undefined
  private readonly wanted: { element: Element; isInRegion: boolean }[] = []
  /** The innermost open element of those that are built. */
  private inside: Element | null = null
  /** Open elements of the page. */
  private open = 0
  /** At which count of open elements each open region began. */
  private readonly regions: number[] = []
  private hasRegion = false

  constructor({ whole }: RawMarkup, wants: Wants, isRegion: Wants | undefined) {
    super(whole)
    this.wants = wants
    this.isRegion = isRegion
  }

  onopentag(name: string, attributes: Attributes): void {
    this.open += 1
    const isWanted = this.wants(name, attributes)
    const isInRegion = this.regions.length > 0
    if (this.isRegion?.(name, attributes)) {
      this.regions.push(this.open)
      this.hasRegion = true
    }
    if (!isWanted && this.inside === null) return
    const element = new Element(name, attributes, this.inside, this.whole)
    this.inside?.children.push(element)
    this.inside = element
    if (isWanted) this.wanted.push({ element, isInRegion })
  }

  override onclosetag(): void {
    super.onclosetag()
    if (this.inside !== null) this.inside = this.inside.parent
    if (this.regions.at(-1) === this.open) this.regions.pop()
    this.open -= 1
  }

  ontext(text: string): void {
    this.inside?.children.push(text)
  }

  found(): Element[] {
    const counted = this.hasRegion ? this.wanted.filter(({ isInRegion }) => isInRegion) : this.wanted
    return counted.map(({ element }) => element)
  }
}

/** All text inside an element, on one line. */
export const textOf = (element: Element | undefined): string => (element ? tidy(element.text()) : '')
