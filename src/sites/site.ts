import type { ProductDraft } from './product.ts'

/**
 * One HTTP request that a site wants made. Sites yield requests, not addresses: some shops answer to POST, one wants a
 * Referer. Addresses are the shop's public ones; SITE_<NAME>_URL replaces the origin only where the request is sent.
 */
export interface SiteRequest {
  method: 'GET' | 'POST'
  /** Absolute public address. */
  url: string
  body?: string
  /** Only accept, content-type, referer, origin and x-requested-with are sent. */
  headers?: Record<string, string>
  /** `list`: products and a next page; `detail`: one product; `sitemap`: addresses only. */
  kind: 'list' | 'detail' | 'sitemap'
  /** Lists of a later group are read after those of an earlier one; inside a group page k of each comes before page k+1. */
  group: number
  /** Which list of the job it belongs to, from 0. */
  list: number
  /** Page within its list, from 1. */
  page: number
  /** Steps from the start page, for `web`. */
  depth?: number
}

/** What a job wants of a site. */
export interface Ask {
  /** Search words, NFC, in the person's case; empty for the front list. */
  words: string
  /** The address that the person gave, or null. */
  url: string | null
  limit: number
  /** Today in TIME_ZONE, yyyy-mm-dd. */
  today: string
}

/** A fetched page as routes see it. Everything expensive is lazy and kept. */
export interface Page {
  /** The public address that answered, after redirects. */
  readonly url: URL
  readonly status: number
  readonly contentType: string
  readonly request: SiteRequest
  /** Decoded text (header, BOM, meta, guess). */
  readonly text: string
  /** The same for searching and streaming, mostly undecoded: much cheaper where little of a page is wanted. */
  readonly markup: import('./markup.ts').RawMarkup
  /** The JSON of the whole body, or undefined when it is none. */
  json(): unknown
  /** The JSON inside `<script id="…">`, found without a DOM; undefined when absent or broken. */
  scriptJson(id: string): unknown
  /** Every `<script type="application/ld+json">` that parses, in page order. */
  jsonLd(): unknown[]
  /** Whether the text holds the marker; for `fits`. */
  has(marker: string): boolean
  /** The DOM of the whole page (htmlparser2, limits checked first). The slow road. */
  dom(): import('cheerio').CheerioAPI
  /** The DOM of a fragment of `text`. */
  fragment(html: string): import('cheerio').CheerioAPI
  /** `<title>`, or an empty text. */
  title(): string
}

/** What a route read. A reading without products that names pages to fetch next was understood: a list of links. */
export interface Reading {
  products: ProductDraft[]
  /** What the list shows, where that is more than the ids of `products`: addresses of details. Ends lists. */
  ids?: string[]
  /** How many the shop says there are in this list. */
  total?: number
  /** Pages to fetch next: more of the list, details. The engine keeps each once and ends lists. */
  next?: SiteRequest[]
  /** Ids of products that the result warns of, by code, e.g. 'price.conditional'. */
  warned?: Record<string, string[]>
}

/** One way to read a page of a site. */
export interface Route {
  /** Shown in logs, results and `shopcrawl try`. */
  name: string
  /** Cheap: whether this way fits the page at all. */
  fits(page: Page): boolean
  /** The fast road. Throws nothing for odd input: it skips what it cannot read. */
  read(page: Page, ask: Ask): Reading
  /**
   * Whether pages at this address should be read this way. When a later route has to read one, that is a fall: the
   * shop may have changed. Without it no page is waited for.
   */
  expects?(page: Page): boolean
  /** The same products by plain cheerio on the whole page; tests and a sample of pages compare both. */
  readSlow?(page: Page, ask: Ask): Reading
}

/** A shop as data. One file in src/sites/shops/, found by the registry. */
export interface Site {
  name: string
  label: { ko: string; en: string }
  /** Other words that people type for it, lower case; malls that only resemble it are in `alsoKnownAs`. */
  aliases: string[]
  /** Words that mean another mall to many people: taken as this site, and the answer says so and offers the other. */
  ambiguous?: Record<string, string>
  /** One example command each, e.g. `ssg 노트북`; help and tests use it. */
  example: string
  /** Public origin, https. */
  origin: string
  /** Hosts (exact, or `.ssg.com` for every subdomain) that this site reads. Empty for `web`. */
  hosts: string[]
  /** What its addresses' paths look like: tells it from other shops where one origin stands for several. */
  paths?: RegExp
  /** Whether the shop searches itself (`shop`), or lists are filtered by the words (`filter`). */
  search: 'shop' | 'filter'
  /** First requests for an ask. For an address on the shop's own hosts, `ask.url` is set. */
  start(ask: Ask): SiteRequest[]
  /** Tried in order; the first that fits and reads products reads the page. */
  routes: Route[]
  /** Texts of a true "no result" page. */
  empty: string[]
  /** Texts of a block page, looked for in the visible text. */
  blocked: string[]
  /** Whether a page that the routes understood and found empty is a true zero (e.g. an empty dataList). */
  isEmpty?(page: Page): boolean
  /** Whether an address that answered after redirects is still this shop's; when not, it is `page.redirect_left`. */
  stays?(url: URL): boolean
  /** Text of a "members only" or log-in page. */
  login?: string[]
}
