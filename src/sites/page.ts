import type { CheerioAPI } from 'cheerio'
import { load } from 'cheerio/slim'
import { decodeText, isPlainUtf8 } from './charset.ts'
import { parseJson, scriptJsonIn } from './extract/embedded-state.ts'
import { jsonLdIn } from './extract/json-ld.ts'
import { decodeEntities, tidy } from './extract/text.ts'
import { parseMarkup } from './markup.ts'
import type { Page, SiteRequest } from './site.ts'

/** What a page is made from. */
export interface PageSource {
  body: Uint8Array
  contentType: string
  status: number
  /** The public address that answered, after redirects. */
  url: string
  request: SiteRequest
}

/**
 * A fetched page as routes see it. Decoding, JSON and DOM are made at the first asking and kept.
 * @throws TooComplex from `json`, `scriptJson`, `jsonLd`, `dom` and `fragment` when the page is beyond the limits
 */
export function createPage(source: PageSource): Page {
  const text = once(() => decodeText(source.body, source.contentType))
  const markup = once(() => searchable(source, text))
  const states = new Map<string, () => unknown>()
  return {
    url: new URL(source.url),
    status: source.status,
    contentType: source.contentType,
    request: source.request,
    get text() {
      return text()
    },
    json: once(() => (looksLikeJson(text()) ? parseJson(text()) : undefined)),
    scriptJson(id) {
      const state = states.get(id) ?? once(() => scriptJsonIn(markup().text, id, markup().whole))
      states.set(id, state)
      return state()
    },
    jsonLd: once(() => jsonLdIn(markup().text, markup().whole)),
    has: (marker) => (ASCII.test(marker) ? markup().text : text()).includes(marker),
    dom: once(() => domOf(text())),
    fragment: domOf,
    title: once(() => titleOf(markup())),
  }
}

const ASCII = /^[\x00-\x7f]*$/

/** A page's text as far as finding markup in it goes, and how to make whole what was found there. */
interface Searchable {
  text: string
  whole(part: string): string
}

/**
 * Decoding a page of Korean text takes as long as parsing its JSON. Markup is ASCII, and in UTF-8 no other character has
 * ASCII bytes: so it is searched with a character a byte, and only what is found is decoded.
 */
function searchable({ body, contentType }: PageSource, text: () => string): Searchable {
  if (!isPlainUtf8(body, contentType)) return { text: text(), whole: (part) => part }
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return { text: bytes.toString('latin1'), whole: (part) => Buffer.from(part, 'latin1').toString('utf8') }
}

/** Calls `make` at the first asking and keeps what it gave, or what it threw. */
function once<T>(make: () => T): () => T {
  let kept: { value: T } | { error: unknown } | undefined
  return () => {
    if (kept === undefined) {
      try {
        kept = { value: make() }
      } catch (error) {
        kept = { error }
      }
    }
    if ('error' in kept) throw kept.error
    return kept.value
  }
}

/** htmlparser2 builds the nodes, cheerio asks them: both roads then see the same tree. */
function domOf(html: string): CheerioAPI {
  // cheerio brings an older copy of the node classes; the shape is the same
  return load(parseMarkup(html) as unknown as Parameters<typeof load>[0])
}

const looksLikeJson = (text: string): boolean => /^[\ufeff\s]*[[{]/.test(text)

/** `<title>` of a document; not one inside an image. */
function titleOf({ text, whole }: Searchable): string {
  const open = /<title(?:\s[^>]{0,500})?>/i.exec(text)
  if (!open) return ''
  const from = open.index + open[0].length
  const end = text.indexOf('</', from)
  return tidy(decodeEntities(whole(text.slice(from, end === -1 ? from + 500 : end)))).slice(0, 500)
}
