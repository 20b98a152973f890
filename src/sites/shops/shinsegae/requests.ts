import type { Ask, SiteRequest } from '../../site.ts'

/** The shop's one public origin; the mobile host shows the same goods. */
export const ORIGIN = 'https://www.shinsegaetvshopping.com'

/** Top categories that are known (2026), asked after the schedule. */
const CATEGORIES = ['30100020', '30100005', '30100001', '30102001']

/** Days of the TV schedule from today on. */
export const SCHEDULE_DAYS = 7

const DAY_MS = 86_400_000
const SCHEDULE = `${ORIGIN}/broadcast/tvschedule`

/** First requests: an address that the person gave, else the schedule of today and the next days, then the categories. */
export function startRequests(ask: Ask): SiteRequest[] {
  const given = ask.url === null ? null : new URL(ask.url)
  const code = given ? codeIn(given) : null
  if (code !== null) return [detailRequest(code)]
  if (given?.pathname.startsWith('/category/')) return [listRequest(`${ORIGIN}${given.pathname}${given.search}`, 0, 0)]
  if (given && given.pathname !== '/' && !given.pathname.startsWith('/broadcast/tvschedule')) {
    return [listRequest(given.href, 0, 0)]
  }
  const days = Array.from({ length: SCHEDULE_DAYS }, (_, day) => scheduleRequest(dayAfter(ask.today, day), day))
  if (given && given.pathname !== '/') return days
  return [...days, ...CATEGORIES.map((category, index) => categoryRequest(category, SCHEDULE_DAYS + index))]
}

/** @param today yyyy-mm-dd */
function dayAfter(today: string, days: number): string {
  return new Date(Date.parse(`${today}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The fragment of one day. It answers to the schedule's own page only: hence the Referer. */
function scheduleRequest(day: string, list: number): SiteRequest {
  const fromDate = encodeURIComponent(day.replaceAll('-', '/'))
  const headers = { referer: SCHEDULE, 'x-requested-with': 'XMLHttpRequest' }
  return { ...listRequest(`${SCHEDULE}-ajax?fromDate=${fromDate}`, 0, list), headers }
}

const categoryRequest = (category: string, list: number): SiteRequest =>
  listRequest(`${ORIGIN}/category/${category}?trackSearchType=y_pc_category`, 1, list)

const listRequest = (url: string, group: number, list: number): SiteRequest => ({
  method: 'GET',
  url,
  kind: 'list',
  group,
  list,
  page: 1,
})

/** A product's page. */
export const addressOf = (code: string): string => `${ORIGIN}/display/detail/${code}`

/** The goods code in a product's address, or null. */
export const codeIn = (url: URL): string | null => /^\/display\/detail\/(\d{1,20})\/?$/.exec(url.pathname)?.[1] ?? null

const detailRequest = (code: string): SiteRequest => ({
  method: 'GET',
  url: addressOf(code),
  kind: 'detail',
  group: 0,
  list: 0,
  page: 1,
})

/** The page of a product that a list names. */
export const detailOf = (code: string, { group, list, page }: SiteRequest): SiteRequest => ({
  ...detailRequest(code),
  group,
  list,
  page,
})

/** The product's JSON, as its page asks for it. */
export const infoRequest = (code: string): SiteRequest => ({
  ...detailRequest(code),
  method: 'POST',
  url: `${ORIGIN}/display/detailInfo`,
  body: JSON.stringify({ targetType: 'goods', targetCode: code }),
  headers: {
    accept: 'application/json',
    'content-type': 'application/json;charset=UTF-8',
    'x-requested-with': 'XMLHttpRequest',
    origin: ORIGIN,
    referer: addressOf(code),
  },
})

/** The goods code that a request for the product's JSON names, or null. */
export function codeOf(request: SiteRequest): string | null {
  return /"targetCode":"(\d{1,20})"/.exec(request.body ?? '')?.[1] ?? null
}
