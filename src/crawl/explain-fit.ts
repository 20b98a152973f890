import type { Page, SiteRequest } from '../sites/site.ts'

/** Why a route does not fit a page, as far as what it asked the page for tells. */
export type Unfit =
  /** Markers that it looked for and the page does not have; `JSON` for a body that is none. */
  | { why: 'missing'; markers: string[] }
  /** What it looked for is there, in another shape. */
  | { why: 'shape' }
  /** It searched the text, for nobody knows what. */
  | { why: 'text' }
  /** It looked at how the page was asked for: method, body. */
  | { why: 'request' }
  /** It looked at what was asked for (list, detail, sitemap) alone. */
  | { why: 'kind' }
  /** It looked at the address. */
  | { why: 'address' }
  | { why: 'unknown' }

/** A page that notes what it is asked for. */
interface WatchedPage {
  page: Page
  /** Tells why the route that asked does not fit. */
  why(): Unfit
}

/** The same page, which notes what a route's `fits` asks it for: routes tell only yes or no. */
export function createWatchedPage(page: Page): WatchedPage {
  const missing = new Set<string>()
  const seen = new Set<Seen>()
  const note = <T>(value: T, isThere: boolean, marker: string): T => {
    if (isThere) seen.add('shape')
    else missing.add(marker)
    return value
  }
  const watched: Page = {
    status: page.status,
    contentType: page.contentType,
    request: watchRequest(page.request, seen),
    get url() {
      seen.add('address')
      return page.url
    },
    get text() {
      seen.add('text')
      return page.text
    },
    get markup() {
      seen.add('text')
      return page.markup
    },
    json: () => note(page.json(), page.json() !== undefined, 'JSON'),
    scriptJson: (id) => note(page.scriptJson(id), page.scriptJson(id) !== undefined, `script#${id}`),
    jsonLd: () => note(page.jsonLd(), page.jsonLd().length > 0, 'JSON-LD'),
    has: (marker) => note(page.has(marker), page.has(marker), marker),
    dom: () => note(page.dom(), true, ''),
    fragment: page.fragment,
    title: page.title,
  }
  return { page: watched, why: () => whyOf([...missing], seen) }
}

type Seen = Exclude<Unfit['why'], 'missing' | 'unknown'>

/** The request, which notes what of it was looked at. */
const watchRequest = (request: SiteRequest, seen: Set<Seen>): SiteRequest =>
  new Proxy(request, {
    get(target, name) {
      seen.add(name === 'kind' ? 'kind' : name === 'url' ? 'address' : 'request')
      return Reflect.get(target, name)
    },
  })

function whyOf(markers: string[], seen: Set<Seen>): Unfit {
  if (markers.length > 0) return { why: 'missing', markers }
  const why = (['shape', 'text', 'request', 'address', 'kind'] as const).find((it) => seen.has(it))
  return { why: why ?? 'unknown' }
}
