import type { Ask, SiteRequest } from '../../site.ts'

/** Results a page of the search. */
export const SEARCH_PAGE_SIZE = 40
/** The search ends here, whatever its button says. */
export const SEARCH_PAGES = 250

/** Emart's top categories in the order of its menu. */
const EMART_CATEGORIES = [
  '6000213114', // fruit
  '6000213167', // vegetables
  '6000215152', // rice
  '6000215194', // meat, eggs
  '6000213469', // seafood
  '6000213534', // dairy
  '6000213247', // meal kits
  '6000213299', // kimchi, side dishes
  '6000213424', // drinks
  '6000215245', // coffee
  '6000213319', // noodles, cans
  '6000215286', // sauces
  '6000213362', // snacks
  '6000213412', // bakery
  '6000213046', // health food
  '6000214719', // digital, appliances
  '6000214128', // kitchenware
  '6000213839', // baby, toys
  '6000214033', // pets
]

/** Lists of the front API, by the page of the shop that shows them. */
const FRONT_PAGES: Record<string, string> = {
  '/page/pc/SpecialPrice.ssg': '100000007533',
  '/page/ranking.ssg': '100000007532',
}
const SPECIAL_PRICE = '/page/pc/SpecialPrice.ssg'

/** Smallest and largest page of a category that is asked for. */
const CATEGORY_PAGE = { min: 5, max: 100 }

const FIRST = { kind: 'list', group: 0, list: 0, page: 1 } as const

/** First requests: an address of the person, the search, or the front list (special price, then Emart's categories). */
export function startRequests(ask: Ask): SiteRequest[] {
  if (ask.url !== null) return [requestOf(new URL(ask.url), ask)]
  if (ask.words !== '') return [searchRequest(ask.words)]
  return [frontRequest(SPECIAL_PRICE, 1, ask), ...categoryRequests(ask)]
}

function searchRequest(words: string): SiteRequest {
  const url = `https://www.ssg.com/search.ssg?target=all&query=${encodeURIComponent(words)}&page=1`
  return { method: 'GET', url, ...FIRST }
}

function categoryRequests(ask: Ask): SiteRequest[] {
  const share = Math.ceil(ask.limit / EMART_CATEGORIES.length)
  const size = Math.min(Math.max(share, CATEGORY_PAGE.min), CATEGORY_PAGE.max)
  return EMART_CATEGORIES.map((id, list) => ({
    method: 'GET',
    url: `https://emart.ssg.com/disp/category.ssg?dispCtgId=${id}&pageSize=${size}`,
    kind: 'list',
    group: 1,
    list: list + 1,
    page: 1,
  }))
}

function requestOf(url: URL, ask: Ask): SiteRequest {
  if (FRONT_PAGES[url.pathname] !== undefined) return frontRequest(url.pathname, 1, ask)
  const kind = /\/item\/\w*[iI]temView\.ssg$/.test(url.pathname) ? 'detail' : 'list'
  const page = Number(url.searchParams.get('page') ?? 1)
  return { method: 'GET', url: url.href, ...FIRST, kind, page: Number.isSafeInteger(page) && page > 0 ? page : 1 }
}

/** The front API answers to a POST that names the list's page of the shop. */
function frontRequest(path: string, page: number, ask: Ask): SiteRequest {
  const body = {
    common: {
      aplVer: '',
      osCd: '',
      ts: `${ask.today.replaceAll('-', '')}000000`, // the day alone: the same request again keeps its key
      mobilAppNo: '99',
      dispDvicDivCd: '10',
      viewSiteNo: '6005',
    },
    params: {
      page: String(page),
      state: '{}',
      pageId: FRONT_PAGES[path],
      pageSetId: '2',
      dispCtgId: null,
      pageCmptId: '4',
    },
  }
  return {
    method: 'POST',
    url: 'https://frontapi.ssg.com/dp/api/v2/page/area',
    body: JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      origin: 'https://www.ssg.com',
      referer: `https://www.ssg.com${path}`,
    },
    ...FIRST,
    page,
  }
}

/** The same list, another page. */
export function pageOf(request: SiteRequest, page: number): SiteRequest {
  if (request.body !== undefined) {
    const body = JSON.parse(request.body) as { params: { page: string } }
    body.params.page = String(page)
    return { ...request, body: JSON.stringify(body), page }
  }
  const url = new URL(request.url)
  url.searchParams.set('page', String(page))
  return { ...request, url: url.href, page }
}

/**
 * Pages after one of the search. The first page that tells the total names all that the limit needs, so that they can
 * be fetched side by side; each names its follower too, because results may be fewer than the pages' size says.
 */
export function searchPagesAfter(request: SiteRequest, ask: Ask, told: { total?: number; hasNext?: boolean }) {
  const last = told.total === undefined ? SEARCH_PAGES : Math.ceil(told.total / SEARCH_PAGE_SIZE)
  const end = Math.min(last, SEARCH_PAGES)
  if (told.hasNext === false) return []
  const isFirstKnown = told.total !== undefined && request.page === 1
  const wanted = isFirstKnown ? Math.ceil(ask.limit / SEARCH_PAGE_SIZE) : request.page + 1
  const until = Math.min(Math.max(wanted, request.page + 1), end)
  const pages: SiteRequest[] = []
  for (let page = request.page + 1; page <= until; page += 1) pages.push(pageOf(request, page))
  return pages
}
