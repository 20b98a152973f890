import type { Page, Site } from '../site.ts'
import { addressesOnly } from './shinsegae/addresses.ts'
import { cards } from './shinsegae/cards.ts'
import { detailInfo, detailPage } from './shinsegae/detail.ts'
import { startRequests } from './shinsegae/requests.ts'

/** A fragment longer than this says something, even without a product. */
const EMPTY_FRAGMENT = 2_000

/** 신세계쇼핑, the home shopping channel. Its search is unknown: words filter the schedule and the categories. */
export default {
  name: 'shinsegae',
  label: { ko: '신세계쇼핑', en: 'Shinsegae Shopping' },
  aliases: ['신세계쇼핑', '신세계tv쇼핑', '신세계라이브쇼핑', 'shinsegaetvshopping'],
  ambiguous: { 신세계: 'ssg', 신세계몰: 'ssg' },
  example: 'shinsegae 니트',
  origin: 'https://www.shinsegaetvshopping.com',
  hosts: ['shinsegaetvshopping.com', '.shinsegaetvshopping.com'],
  paths: /^\/(?:broadcast|category|display)\//,
  search: 'filter',
  start: startRequests,
  routes: [cards, detailInfo, detailPage, addressesOnly],
  empty: ['등록된 상품이 없습니다', '편성된 상품이 없습니다'],
  blocked: ['비정상적인 접근', '접근이 제한되었습니다', 'access denied'],
  isEmpty: isEmptyDay,
} satisfies Site

/** A day without a schedule is a short fragment that leads to no product; a renamed card still leads to one. */
function isEmptyDay(page: Page): boolean {
  const isSchedule = page.url.pathname === '/broadcast/tvschedule-ajax'
  return isSchedule && page.text.length < EMPTY_FRAGMENT && !page.has('/display/detail/') && !page.has('<html')
}
