import type { Ask, SiteRequest } from '../../site.ts'
import { CATEGORIES } from './categories.ts'

/** Where everything of the Korean shop lies. */
export const ROOT = 'https://www.samsung.com/sec/'

/** Smallest and largest page of a list when the limit is shared among lists. */
const SHARED_ROWS = { min: 5, max: 100 }
/** Largest page that a list allows: a whole category came at once with it in 2026. */
const MAX_ROWS = 500

/** First requests: an address that the person gave, else every category, one page of each in turn. */
export function startRequests(ask: Ask): SiteRequest[] {
  const given = ask.url === null ? null : new URL(ask.url)
  if (given === null || given.pathname.replace(/\/$/, '') === '/sec') {
    const rows = rowsFor(ask, CATEGORIES.length)
    return CATEGORIES.map(({ slug, number }, list) => listRequest(number, categoryAddress(slug), rows, list))
  }
  const [, , section = '', second = '', model] = given.pathname.split('/')
  const category = CATEGORIES.find(({ slug }) => slug === section && second === `all-${slug}`)
  if (category) return [listRequest(category.number, categoryAddress(category.slug), rowsFor(ask, 1), 0)]
  const isProduct = Boolean(model) && !second.startsWith('all-')
  return [{ method: 'GET', url: given.href, kind: isProduct ? 'detail' : 'list', group: 0, list: 0, page: 1 }]
}

/** Rows asked of one list: with words the most it allows, because most rows will be left out. */
export function rowsFor({ limit, words }: Ask, lists: number): number {
  if (words !== '') return MAX_ROWS
  return Math.min(Math.max(Math.ceil(limit / lists), SHARED_ROWS.min), SHARED_ROWS.max)
}

const categoryAddress = (slug: string): string => `${ROOT}${slug}/all-${slug}/`

/** The list API. Without the category page as Referer some categories answer with a page instead of JSON. */
export function listRequest(number: string, referer: string, rows: number, list: number): SiteRequest {
  const query = new URLSearchParams({ dispClsfNo: number, sortType: '10', page: '1', rows: String(rows) })
  return {
    method: 'GET',
    url: `${ROOT}cxhr/pf/goodsList?${query}`,
    headers: { accept: 'application/json', referer },
    kind: 'list',
    group: 0,
    list,
    page: 1,
  }
}

/** The same list's next page. */
export function nextOf(request: SiteRequest): SiteRequest {
  const url = new URL(request.url)
  url.searchParams.set('page', String(request.page + 1))
  return { ...request, url: url.href, page: request.page + 1 }
}

/** Rows a page that a list's address asks for. */
export const rowsOf = (url: string): number => Number(new URL(url).searchParams.get('rows')) || 0

/** The part of a product's page that holds its price; the address is the one that the page's own script names. */
export function fragmentRequest(
  from: SiteRequest,
  page: URL,
  action: string,
  goodsId: string,
  type: string,
): SiteRequest {
  return {
    ...from,
    method: 'POST',
    url: new URL(`xhr/goods/${action}`, ROOT).href,
    body: new URLSearchParams({ goodsId, goodsTpCd: type }).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'x-requested-with': 'XMLHttpRequest',
      origin: page.origin,
      referer: page.href,
    },
    kind: 'detail',
  }
}
