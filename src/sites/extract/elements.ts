import { DomHandler, Parser } from 'htmlparser2'
import { type Markup, MarkupGuard } from '../markup.ts'
import { tidy } from './text.ts'

type Node = Markup['children'][number]
/** An element as htmlparser2 builds it. */
export type Element = Extract<Node, { attribs: object; children: object[] }>

/** Whether an opening tag begins an element that is wanted. */
export type Wants = (name: string, attributes: Record<string, string>) => boolean

/**
 * Streams a page once and builds only the wanted elements, in the order in which they open; wanted ones inside others
 * are given too. A DOM of the whole page takes two to three times as long. The tags are told apart by the same parser
 * that builds DOMs, so both see one tree, however broken the page.
 * @param isRegion where an element of the page fits it, only what is wanted inside such elements counts
 * @throws TooComplex at the limits of a DOM
 */
export function collectElements(html: string, wants: Wants, isRegion?: Wants): Element[] {
  const collector = new Collector(wants, isRegion)
  new Parser(collector).end(html)
  return collector.found()
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

  constructor(wants: Wants, isRegion: Wants | undefined) {
    super()
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
    this.builder.onopentag(name, attributes)
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
    this.builder?.ontext(text)
  }

  oncomment(text: string): void {
    this.builder?.oncomment(text)
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

/** The descendants of an element that fit a selector, in page order. */
export function findAll(root: Element, selector: string): Element[] {
  const paths = stepsOf(selector)
  const found: Element[] = []
  const walk = (element: Element): void => {
    for (const child of element.children) {
      if (!('attribs' in child)) continue
      if (paths.some((path) => fitsPath(child, path, root))) found.push(child)
      walk(child)
    }
  }
  walk(root)
  return found
}

/** The first of them, or undefined. */
export function findFirst(root: Element, selector: string): Element | undefined {
  const paths = stepsOf(selector)
  const walk = (element: Element): Element | undefined => {
    for (const child of element.children) {
      if (!('attribs' in child)) continue
      const found = paths.some((path) => fitsPath(child, path, root)) ? child : walk(child)
      if (found) return found
    }
    return undefined
  }
  return walk(root)
}

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
