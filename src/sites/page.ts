import type { CheerioAPI } from 'cheerio'
import { load } from 'cheerio/slim'
import { decodeText, isPlainUtf8 } from './charset.ts'
import { parseJson, scriptJsonIn } from './extract/embedded-state.ts'
import { jsonLdIn } from './extract/json-ld.ts'
import { decodeEntities, tidy } from './extract/text.ts'
import { decodedMarkup, parseMarkup, type RawMarkup, utf8Markup } from './markup.ts'
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
  const markup = once(() => rawMarkup(source, text))
  const states = new Map<string, () => unknown>()
  return {
    url: new URL(source.url),
    status: source.status,
    contentType: source.contentType,
    request: source.request,
    get text() {
      return text()
    },
    get markup() {
      return markup()
    },
    json: once(() => (looksLikeJson(text()) ? parseJson(text()) : undefined)),
    scriptJson(id) {
      const state = states.get(id) ?? once(() => scriptJsonIn(markup(), id))
      states.set(id, state)
      return state()
    },
    jsonLd: once(() => jsonLdIn(markup())),
    has: (marker) => (markup().bytes ?? text()).includes(marker),
    dom: once(() => domOf(text())),
    fragment: domOf,
    title: once(() => titleOf(markup())),
  }
}

/** Only a page in another charset, or one that names none and is no UTF-8, is decoded before it is searched. */
function rawMarkup({ body, contentType }: PageSource, text: () => string): RawMarkup {
  if (!isPlainUtf8(body, contentType)) return decodedMarkup(text())
  return utf8Markup(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
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

/** In nearly every page the title ends within so many bytes. */
const HEAD_BYTES = 16 * 1024

/** `<title>` of a document; not one inside an image. */
function titleOf(markup: RawMarkup): string {
  const head = titleIn(markup.head(HEAD_BYTES))
  return tidy(decodeEntities(markup.whole(head ?? titleIn(markup.text, 500) ?? ''))).slice(0, 500)
}

/** @param cutAt so much is taken of a title without an end; undefined: such a title is none */
function titleIn(text: string, cutAt?: number): string | undefined {
  const open = /<title(?:\s[^>]{0,500})?>/i.exec(text)
  if (!open) return undefined
  const from = open.index + open[0].length
  const end = text.indexOf('</', from)
  if (end !== -1) return text.slice(from, end)
  return cutAt === undefined ? undefined : text.slice(from, from + cutAt)
}
