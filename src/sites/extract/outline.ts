import type { CheerioAPI } from 'cheerio'
import { LIMITS } from '../limits.ts'
import { decodedMarkup, MarkupGuard, type RawMarkup, streamMarkup } from '../markup.ts'
import { wholeAttributes } from './elements.ts'
import { isJsonLd } from './json-ld.ts'

/** What a page says about itself and where it leads; everything as written, nothing resolved. */
export interface Outline {
  /** `<base href>`. */
  base: string | null
  canonical: string | null
  /** `rel=next` of a link or an anchor. */
  next: string | null
  /** `meta` contents by property or name, lower case, in page order. */
  metas: Map<string, string[]>
  links: OutlineLink[]
  /** What stands in the scripts of JSON-LD, in page order. */
  jsonLd: string[]
}

/** An anchor with an address. */
export interface OutlineLink {
  href: string
  /** It holds a picture. */
  isPictured: boolean
}

/** Elements that tell something. */
const TOLD = new Set(['a', 'base', 'link', 'meta'])

/** Anchors looked at; menus, footers and the products of a long list together stay below. */
const MAX_LINKS = 5 * LIMITS.links

const emptyOutline = (): Outline => ({
  base: null,
  canonical: null,
  next: null,
  metas: new Map(),
  links: [],
  jsonLd: [],
})

/**
 * Reads a page's outline in one pass without building a DOM.
 * @throws TooComplex
 */
export function readOutline(html: string | RawMarkup): Outline {
  const outline = emptyOutline()
  const markup = typeof html === 'string' ? decodedMarkup(html) : html
  const guard = new MarkupGuard(markup.whole)
  const anchors: (OutlineLink | null)[] = []
  let isInJsonLd = false
  streamMarkup(markup, {
    onopentagname: () => guard.onopentagname(),
    onattribute: (name, value) => guard.onattribute(name, value),
    onopentag(name, attributes) {
      if (name === 'img') for (const anchor of anchors) if (anchor) anchor.isPictured = true
      if (name === 'script' && isJsonLd(attributes.type)) {
        isInJsonLd = true
        outline.jsonLd.push('')
        return
      }
      if (!TOLD.has(name)) return
      wholeAttributes(attributes, markup.whole)
      if (name === 'a') anchors.push(addAnchor(outline, attributes))
      else addHead(outline, name, attributes)
    },
    onclosetag(name) {
      guard.onclosetag()
      if (name === 'a') anchors.pop()
      if (name === 'script') isInJsonLd = false
    },
    ontext(text) {
      if (isInJsonLd) outline.jsonLd[outline.jsonLd.length - 1] += markup.whole(text)
    },
  })
  return outline
}

/** The same from a DOM, by plain selectors. */
export function outlineOf($: CheerioAPI): Outline {
  const outline = emptyOutline()
  for (const element of $('base, link, meta, a, script')) {
    const attributes = $(element).attr() ?? {}
    if (element.name === 'script') {
      if (isJsonLd(attributes.type)) outline.jsonLd.push($(element).text())
    } else if (element.name !== 'a') addHead(outline, element.name, attributes)
    else {
      const link = addAnchor(outline, attributes)
      if (link) link.isPictured = $(element).find('img').length > 0
    }
  }
  return outline
}

type Attributes = Record<string, string>

function addAnchor(outline: Outline, attributes: Attributes): OutlineLink | null {
  const href = attributes.href?.trim()
  if (!href || href.startsWith('#') || outline.links.length >= MAX_LINKS) return null
  if (relsOf(attributes).includes('next')) outline.next ??= href
  const link = { href, isPictured: false }
  outline.links.push(link)
  return link
}

function addHead(outline: Outline, name: string, attributes: Attributes): void {
  const href = attributes.href?.trim()
  if (name === 'meta') addMeta(outline, attributes)
  else if (name === 'base' && href) outline.base ??= href
  else if (name === 'link' && href) {
    const rels = relsOf(attributes)
    if (rels.includes('canonical')) outline.canonical ??= href
    if (rels.includes('next')) outline.next ??= href
  }
}

const relsOf = (attributes: Attributes): string[] => (attributes.rel ?? '').toLowerCase().split(/\s+/)

function addMeta(outline: Outline, attributes: Attributes): void {
  const key = (attributes.property ?? attributes.name)?.trim().toLowerCase()
  const content = attributes.content?.trim()
  if (!key || !content) return
  const known = outline.metas.get(key)
  if (known) known.push(content)
  else outline.metas.set(key, [content])
}
