import { readJsonLdAll } from '../extract/json-ld.ts'
import { microdataIn } from '../extract/microdata.ts'
import { readOpenGraph } from '../extract/open-graph.ts'
import { type Outline, outlineOf, readOutline } from '../extract/outline.ts'
import { readSchema } from '../extract/schema-product.ts'
import { readStates, STATE_MARKERS, statesIn } from '../extract/state-products.ts'
import type { Page, Reading, Site } from '../site.ts'
import { type Found, readFrom, type Surroundings } from './web/reading.ts'
import { readLinks, readSitemapPage } from './web/requests.ts'

const outlines = new WeakMap<Page, Outline>()

/** Each route of a page asks for it: made once. */
function outlineFor(page: Page): Outline {
  const known = outlines.get(page)
  if (known) return known
  const outline = readOutline(page.markup)
  outlines.set(page, outline)
  return outline
}

const bySchema = (values: unknown[]) => (around: Surroundings) => readSchema(values, around.base, around.local)

const byJsonLd = (page: Page, outline: Outline): Reading =>
  readFrom(page, outline, bySchema(readJsonLdAll(outline.jsonLd)))

function byStates(states: unknown[]): (around: Surroundings) => Found {
  return (around) => {
    const { listed, single } = readStates(states, around.base, around.local)
    return { products: single ? [single] : [], listed: single ? [] : listed, links: [] }
  }
}

function byOpenGraph(around: Surroundings): Found {
  const { product, isProduct } = readOpenGraph(around.outline, around.base, around.local)
  const isTold = isProduct && product.name !== null && product.price !== null
  return { products: isTold ? [product] : [], listed: [], links: [] }
}

/** Tags of which every page of markup has one. */
const MARKUP = ['<a', '<html', '<body', '<meta', '<title']
const GRAPH_PRICES = ['product:price', 'product:sale_price', 'og:price']

/** A sitemap's address may answer with a page of the shop: that is not what was asked for. */
const onPages =
  (fits: (page: Page) => boolean) =>
  (page: Page): boolean =>
    page.request.kind !== 'sitemap' && fits(page)

const isSitemap = (url: string): boolean => /\/[^/?]*sitemap[^/?]*\.(?:xml|txt)(?:\.gz)?$/i.test(new URL(url).pathname)

/** Any shop by address: schema.org data first, then what else pages carry for machines. */
export default {
  name: 'web',
  label: { ko: '주소로 수집', en: 'Any address' },
  aliases: ['url', '주소'],
  example: 'https://shop.example.com/products',
  origin: 'https://example.com',
  hosts: [],
  search: 'filter',
  start: ({ url }) =>
    url === null
      ? []
      : [{ method: 'GET', url, kind: isSitemap(url) ? 'sitemap' : 'list', group: 0, list: 0, page: 1, depth: 0 }],
  routes: [
    {
      name: 'json-ld',
      fits: onPages((page) => page.has('ld+json') || page.has('LD+JSON')),
      read: (page) => byJsonLd(page, outlineFor(page)),
      readSlow: (page) => byJsonLd(page, outlineOf(page.dom())),
    },
    {
      name: 'microdata',
      fits: onPages((page) => page.has('itemtype')),
      read: (page) => readFrom(page, outlineFor(page), bySchema(microdataIn(page.dom()))),
      readSlow: (page) => readFrom(page, outlineOf(page.dom()), bySchema(microdataIn(page.dom()))),
    },
    {
      name: 'embedded state',
      fits: onPages((page) => STATE_MARKERS.some((marker) => page.has(marker))),
      read: (page) => readFrom(page, outlineFor(page), byStates(statesIn(page.text))),
    },
    {
      name: 'open graph',
      fits: onPages((page) => GRAPH_PRICES.some((marker) => page.has(marker))),
      read: (page) => readFrom(page, outlineFor(page), byOpenGraph),
      readSlow: (page) => readFrom(page, outlineOf(page.dom()), byOpenGraph),
    },
    {
      name: 'links',
      fits: (page) => page.request.kind === 'list' && MARKUP.some((tag) => page.has(tag)),
      read: (page) => readLinks(page, outlineFor(page)),
      readSlow: (page) => readLinks(page, outlineOf(page.dom())),
    },
    { name: 'sitemap', fits: (page) => page.request.kind === 'sitemap', read: readSitemapPage },
  ],
  empty: [],
  blocked: [],
} satisfies Site
