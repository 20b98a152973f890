import type { Element } from './elements.ts'

/** One step of a selector: `em.ssg_price`, `.blind`, `span:not(.blind)`, `[data-info]`, `#id`. */
interface Step {
  tag: string | null
  classes: string[]
  without: string[]
  attributes: [name: string, value: string | null][]
}

/** CSS as far as cards need it, in ASCII: types, classes, ids, attributes, `:not(.class)`, descendants, and commas. */
const pathsOf = (selector: string): Step[][] => selector.split(',').map((path) => path.trim().split(/\s+/).map(stepOf))

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
    const isWhole = end === classes.length || isSpace(classes.charCodeAt(end))
    if (isWhole && (at === 0 || isSpace(classes.charCodeAt(at - 1)))) return true
  }
  return false
}

/** White space of HTML: tab, line feed, form feed, carriage return, space. */
const isSpace = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 12 || code === 13

function fits(element: Element, step: Step): boolean {
  if (step.tag !== null && element.name !== step.tag) return false
  for (const name of step.classes) if (!hasClass(element.raw, name)) return false
  for (const name of step.without) if (hasClass(element.raw, name)) return false
  return step.attributes.every(([name, value]) =>
    value === null ? element.raw[name] !== undefined : element.raw[name] === value,
  )
}

/** Every step stands inside the element that is searched, as with `:scope` in CSS. */
function fitsPath(element: Element, path: Step[], root: Element): boolean {
  if (!fits(element, path[path.length - 1]!)) return false
  let at = path.length - 2
  for (let above = element.parent; at >= 0; above = above.parent) {
    if (above === null || above === root) return false
    if (fits(above, path[at]!)) at -= 1
  }
  return true
}

/** Asks an element several selectors at once: the descendants that fit each, in page order. */
export type Finder<Name extends string> = (root: Element) => Record<Name, Element[]>

/** One path of a selector, and the name of what it finds. */
interface Rule {
  name: string
  path: Step[]
}

/** Rules by the first class that their last step asks for, the classes by their length; the rest ask for none. */
interface Rules {
  byClassLength: ClassRule[][]
  others: Rule[]
}

interface ClassRule extends Rule {
  className: string
}

/** Compiles selectors that are asked of many elements together: what stands inside is looked at once for all. */
export function createFinder<Name extends string>(selectors: Record<Name, string>): Finder<Name> {
  const names = Object.keys(selectors) as Name[]
  const rules: Rules = { byClassLength: [], others: [] }
  for (const name of names) for (const path of pathsOf(selectors[name])) add(rules, { name, path })
  return (root) => {
    const found = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Element[]>
    search(root, root, rules, found)
    return found
  }
}

function add({ byClassLength, others }: Rules, rule: Rule): void {
  const [className] = rule.path[rule.path.length - 1]!.classes
  if (className === undefined) {
    others.push(rule)
    return
  }
  const alike = byClassLength[className.length] ?? []
  alike.push({ ...rule, className })
  byClassLength[className.length] = alike
}

type Found = Record<string, Element[]>

function search(root: Element, element: Element, rules: Rules, found: Found): void {
  for (const child of element.children) {
    if (typeof child === 'string') continue
    const { class: classes } = child.raw
    if (classes !== undefined) tryClasses(root, child, classes, rules.byClassLength, found)
    for (const rule of rules.others) tryRule(root, child, rule, found)
    search(root, child, rules, found)
  }
}

/** Classes are compared where they stand: cutting them out and hashing them took longer than all else. */
function tryClasses(root: Element, element: Element, classes: string, byLength: ClassRule[][], found: Found): void {
  for (let at = 0; at < classes.length; ) {
    const end = endOfWord(classes, at)
    const rules = byLength[end - at]
    if (rules !== undefined) {
      for (const rule of rules) if (classes.startsWith(rule.className, at)) tryRule(root, element, rule, found)
    }
    at = end + 1
  }
}

function endOfWord(text: string, from: number): number {
  let end = from
  while (end < text.length && !isSpace(text.charCodeAt(end))) end += 1
  return end
}

function tryRule(root: Element, element: Element, { name, path }: Rule, found: Found): void {
  const list = found[name]!
  if (list[list.length - 1] !== element && fitsPath(element, path, root)) list.push(element)
}

const compiled = new Map<string, Finder<'it'>>()

/** The descendants of an element that fit a selector, in page order. */
export function findAll(root: Element, selector: string): Element[] {
  const find = compiled.get(selector) ?? createFinder({ it: selector })
  compiled.set(selector, find)
  return find(root).it
}

/** The first of them, or undefined. */
export const findFirst = (root: Element, selector: string): Element | undefined => findAll(root, selector)[0]
