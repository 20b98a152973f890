import type { CheerioAPI } from 'cheerio'
import type { Markup } from '../markup.ts'
import type { SchemaItem } from './schema-values.ts'

type Node = Markup['children'][number]
type Tag = Extract<Node, { attribs: unknown }>

/** Elements looked at in all items together; `itemref` could make a page look at the same ones again and again. */
const MAX_STEPS = 1_000_000

/** Where elements that are no text keep their value (HTML standard, microdata §5.2.4). */
const VALUE_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  meta: ['content'],
  audio: ['src'],
  embed: ['src'],
  iframe: ['src'],
  img: ['src', 'data-src', 'data-original'],
  source: ['src'],
  track: ['src'],
  video: ['src'],
  a: ['href'],
  area: ['href'],
  link: ['href'],
  object: ['data'],
  data: ['value'],
  meter: ['value'],
  time: ['datetime'],
}

/**
 * The top-level microdata items of a page in the same form as JSON-LD: `@type`, `@id`, and properties that are texts,
 * items or arrays of both. `itemref` is followed; a circle becomes a circle of objects, which readers end.
 */
export function microdataIn($: CheerioAPI): SchemaItem[] {
  const root = $.root()[0] as unknown as Markup
  const walk: Walk = { byId: new Map(), items: new Map(), steps: 0 }
  const tops: Tag[] = []
  for (const tag of tagsIn(root.children)) {
    const { id, itemscope, itemprop } = tag.attribs
    if (id !== undefined && !walk.byId.has(id)) walk.byId.set(id, tag)
    if (itemscope !== undefined && itemprop === undefined) tops.push(tag)
  }
  return tops.map((tag) => itemOf(tag, walk))
}

interface Walk {
  byId: Map<string, Tag>
  items: Map<Tag, SchemaItem>
  steps: number
}

const isTag = (node: Node): node is Tag => 'attribs' in node

/** Every element in page order, without recursion. */
function* tagsIn(nodes: readonly Node[]): Generator<Tag> {
  const open = nodes.toReversed()
  while (open.length > 0) {
    const node = open.pop()!
    if (!isTag(node)) continue
    yield node
    for (let at = node.children.length - 1; at >= 0; at -= 1) open.push(node.children[at]!)
  }
}

function itemOf(tag: Tag, walk: Walk): SchemaItem {
  const known = walk.items.get(tag)
  if (known) return known
  const item: SchemaItem = { '@type': wordsIn(tag.attribs.itemtype) }
  if (tag.attribs.itemid) item['@id'] = tag.attribs.itemid
  walk.items.set(tag, item)
  const referenced = wordsIn(tag.attribs.itemref).map((id) => walk.byId.get(id))
  const open: Node[] = [...tag.children, ...referenced.filter((it) => it !== undefined)].toReversed()
  const seen = new Set<Node>([tag])
  while (open.length > 0 && walk.steps < MAX_STEPS) {
    const node = open.pop()!
    if (!isTag(node) || seen.has(node)) continue
    seen.add(node)
    walk.steps += 1
    for (const name of wordsIn(node.attribs.itemprop)) add(item, name, itemValue(node, walk))
    if (node.attribs.itemscope !== undefined) continue
    for (let at = node.children.length - 1; at >= 0; at -= 1) open.push(node.children[at]!)
  }
  return item
}

const wordsIn = (text: string | undefined): string[] => text?.split(/\s+/).filter((word) => word !== '') ?? []

function add(item: SchemaItem, name: string, value: unknown): void {
  if (name === '__proto__') return
  const known = Object.hasOwn(item, name) ? item[name] : undefined
  if (known === undefined) item[name] = value
  else if (Array.isArray(known)) known.push(value)
  else item[name] = [known, value]
}

/** Shops also put `content` on elements that are no `meta`: then it is what machines should read. */
function itemValue(tag: Tag, walk: Walk): unknown {
  if (tag.attribs.itemscope !== undefined) return itemOf(tag, walk)
  if (tag.attribs.content !== undefined) return tag.attribs.content.trim()
  for (const name of VALUE_ATTRIBUTES[tag.name] ?? []) {
    const value = tag.attribs[name]?.trim()
    if (value) return value
  }
  return seenText(tag)
}

/** The text inside an element, without scripts and styles. */
function seenText(tag: Tag): string {
  const parts: string[] = []
  const open: Node[] = [tag]
  while (open.length > 0) {
    const node = open.pop()!
    if (!isTag(node)) {
      if (node.type === 'text') parts.push((node as { data: string }).data)
    } else if (node.name !== 'script' && node.name !== 'style') {
      for (let at = node.children.length - 1; at >= 0; at -= 1) open.push(node.children[at]!)
    }
  }
  return parts.join('')
}
