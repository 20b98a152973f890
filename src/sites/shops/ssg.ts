import { collectElements } from '../extract/elements.ts'
import type { Page, Site } from '../site.ts'
import { CARD_FORMS, isList, LIST_IDS } from './ssg/card-forms.ts'
import { cardsRoute } from './ssg/cards.ts'
import { detailPage } from './ssg/detail.ts'
import { frontList, isEmptyFrontList } from './ssg/front-list.ts'
import { startRequests } from './ssg/requests.ts'
import { embeddedState, isEmptyState } from './ssg/state.ts'

/** SSG.COM with its malls: Emart, Shinsegae mall, the department store. */
export default {
  name: 'ssg',
  label: { ko: 'SSG.COM', en: 'SSG.COM' },
  aliases: ['쓱', '쓱닷컴', 'emart', '이마트', '이마트몰', 'ssgcom', '에스에스지'],
  example: 'ssg 노트북',
  origin: 'https://www.ssg.com',
  hosts: ['ssg.com', '.ssg.com'],
  paths: /\.ssg$|^\/search$/,
  search: 'shop',
  start: startRequests,
  routes: [embeddedState, frontList, ...CARD_FORMS.map(cardsRoute), detailPage],
  empty: ['검색된 상품이 없습니다', '검색 결과가 없습니다', '등록된 상품이 없습니다'],
  blocked: [
    '접속이 잠시 제한',
    '비정상적인 접근',
    '자동화된 환경(봇)',
    '접근이 제한되었습니다',
    '로봇이 아닙니다',
    'access denied',
    'captcha',
    'awswaf',
    'aws-waf',
  ],
  login: ['임직원 및 사업자 회원', '임직원만 구매', '임직원 전용'],
  isEmpty: (page) => isEmptyState(page) || isEmptyFrontList(page) || isEmptyList(page) || page.has('csrch_tip'),
} satisfies Site

/** The list is there, and nothing in it links to a product: a page beyond the end. */
function isEmptyList(page: Page): boolean {
  if (!LIST_IDS.some((id) => page.has(`id="${id}"`))) return false
  return collectElements(page.markup, (_name, { href }) => href?.includes('temView.ssg') === true, isList).length === 0
}
