import { DomHandler } from 'htmlparser2'
import { decodedMarkup, type Markup, MarkupGuard, type RawMarkup, streamMarkup } from '../markup.ts'
import { tidy } from './text.ts'

type Node = Markup['children'][number]
/** An element as htmlparser2 builds it. */
export type Element = Extract<Node, { attribs: object; children: object[] }>

/** Whether an opening tag begins an element that is wanted. Of raw markup the attributes are raw, too: ASCII is compared. */
export type Wants = (name: string, attributes: Record<string, string>) => boolean

/**
 * Streams a page once and builds only the wanted elements, in the order in which they open; wanted ones inside others
 * are given too. A DOM of the whole page takes two to three times as long. The tags are told apart by the same parser
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

/** A DOM's builder that tells the element it has just opened. */
class Builder extends DomHandler {
  opened(): Element {
    return this.tagStack[this.tagStack.length - 1] as unknown as Element
  }
}

class Collector extends MarkupGuard {
  private readonly wants: Wants
  private readonly isRegion: Wants | undefined
  private readonly wanted: { element: Element; isInRegion: boolean }[] = []
  private builder: Builder | undefined
  /** Open elements, of the page and of what is being built. */
  private open = 0
  private openInside = 0
  /** At which count of open elements each open region began. */
  private readonly regions: number[] = []
  private hasRegion = false

  constructor({ whole }: RawMarkup, wants: Wants, isRegion: Wants | undefined) {
    super(whole)
    this.wants = wants
    this.isRegion = isRegion
  }

  onopentag(name: string, attributes: Record<string, string>): void {
    this.open += 1
    const isWanted = this.wants(name, attributes)
    const isInRegion = this.regions.length > 0
    if (this.isRegion?.(name, attributes)) {
      this.regions.push(this.open)
      this.hasRegion = true
    }
    if (isWanted) this.builder ??= new Builder()
    if (this.builder === undefined) return
    this.openInside += 1
    this.builder.onopentag(name, wholeAttributes(attributes, this.whole))
    if (isWanted) this.wanted.push({ element: this.builder.opened(), isInRegion })
  }

  override onclosetag(): void {
    super.onclosetag()
    if (this.builder !== undefined) {
      this.builder.onclosetag()
      this.openInside -= 1
      if (this.openInside === 0) this.builder = undefined
    }
    if (this.regions.at(-1) === this.open) this.regions.pop()
    this.open -= 1
  }

  ontext(text: string): void {
    this.builder?.ontext(this.whole(text))
  }

  oncomment(text: string): void {
    this.builder?.oncomment(this.whole(text))
  }

  oncommentend(): void {
    this.builder?.oncommentend()
  }

  oncdatastart(): void {
    this.builder?.oncdatastart()
  }

  oncdataend(): void {
    this.builder?.oncdataend()
  }

  found(): Element[] {
    const counted = this.hasRegion ? this.wanted.filter(({ isInRegion }) => isInRegion) : this.wanted
    return counted.map(({ element }) => element)
  }
}

/** One step of a selector: `em.ssg_price`, `.blind`, `span:not(.blind)`, `[data-info]`, `#id`. */
interface Step {
  tag: string | null
  classes: string[]
  without: string[]
  attributes: [name: string, value: string | null][]
}

const compiled = new Map<string, Step[][]>()

/** CSS as far as cards need it: types, classes, ids, attributes, `:not(.class)`, descendants, and commas. */
function stepsOf(selector: string): Step[][] {
  const known = compiled.get(selector)
  if (known) return known
  const steps = selector.split(',').map((path) => path.trim().split(/\s+/).map(stepOf))
  compiled.set(selector, steps)
  return steps
}

function stepOf(text: string): Step {
  const without = [...text.matchAll(/:not\(\.([\w-]+)\)/g)].map((found) => found[1]!)
  const plain = text.replace(/:not\([^)]*\)/g, '')
  const attributes: Step['attributes'] = [...plain.matchAll(/\[([\w-]+)(?:="([^"]*)")?\]/g)].map((found) => [
    found[1]!,
    found[2] ?? null,
  ])
  const simple = plain.replace(/\[[^\]]*\]/g, '')
  const id = /#([\w-]+)/.exec(simple)?.[1]
  if (id) attributes.push(['id', id])
  return {
    tag: /^[a-z][a-z0-9]*/i.exec(simple)?.[0] ?? null,
    classes: [...simple.matchAll(/\.([\w-]+)/g)].map((found) => found[1]!),
    without,
    attributes,
  }
}

/** Whether an element's class attribute holds a class, whole. */
export function hasClass(attributes: Record<string, string>, name: string): boolean {
  const classes = attributes.class
  if (classes === undefined) return false
  for (let at = classes.indexOf(name); at !== -1; at = classes.indexOf(name, at + 1)) {
    const end = at + name.length
    if ((at === 0 || isSpace(classes, at - 1)) && (end === classes.length || isSpace(classes, end))) return true
  }
  return false
}

const isSpace = (text: string, at: number): boolean => ' \t\n\f\r'.includes(text[at]!)

function fits(element: Element, step: Step): boolean {
  if (step.tag !== null && element.name !== step.tag) return false
  for (const name of step.classes) if (!hasClass(element.attribs, name)) return false
  for (const name of step.without) if (hasClass(element.attribs, name)) return false
  return step.attributes.every(([name, value]) =>
    value === null ? element.attribs[name] !== undefined : element.attribs[name] === value,
  )
}

/** Every step stands inside the element that is searched, as with `:scope` in CSS. */
function fitsPath(element: Element, path: Step[], root: Element): boolean {
  if (!fits(element, path[path.length - 1]!)) return false
  let at = path.length - 2
  for (let above = element.parent; at >= 0; above = above.parent) {
    if (above === null || above === root) return false
    if ('attribs' in above && fits(above, path[at]!)) at -= 1
  }
  return true
}

/** Asks one element many selectors: what stands inside is laid out once. */
export interface Finder {
  /** The descendants that fit a selector, in page order. */
  all(selector: string): Element[]
  /** The first of them, or undefined. */
  first(selector: string): Element | undefined
}

export function createFinder(root: Element): Finder {
  const inside: Element[] = []
  layOut(root, inside)
  const test = (selector: string) => {
    const paths = stepsOf(selector)
    return (element: Element): boolean => paths.some((path) => fitsPath(element, path, root))
  }
  return { all: (selector) => inside.filter(test(selector)), first: (selector) => inside.find(test(selector)) }
}

function layOut(element: Element, inside: Element[]): void {
  for (const child of element.children) {
    if (!('attribs' in child)) continue
    inside.push(child)
    layOut(child, inside)
  }
}

/** The descendants of an element that fit a selector, in page order. */
export const findAll = (root: Element, selector: string): Element[] => createFinder(root).all(selector)

/** The first of them, or undefined. */
export const findFirst = (root: Element, selector: string): Element | undefined => createFinder(root).first(selector)

/** All text inside an element, on one line. */
export const textOf = (element: Element | undefined): string => (element ? tidy(rawText(element)) : '')

/** All text inside an element as it stands. */
export function rawText(element: Element): string {
  let text = ''
  for (const child of element.children) {
    if ('attribs' in child) text += rawText(child)
    else if (child.type === 'text') text += child.data
    else if ('children' in child) for (const inner of child.children) if (inner.type === 'text') text += inner.data
  }
  return text
}
