import type { Site } from '../site.ts'
import { detailFragment } from './samsung/fragment.ts'
import { goodsList, isEmptyList, stays } from './samsung/goods-list.ts'
import { addressesOnly, jsonLd } from './samsung/pages.ts'
import { startRequests } from './samsung/requests.ts'

/** Samsung's Korean shop. Its search pages are closed to crawlers: words filter the categories' lists. */
export default {
  name: 'samsung',
  label: { ko: '삼성전자', en: 'Samsung Korea' },
  aliases: ['삼성', '삼성닷컴', '삼성스토어'],
  example: 'samsung 갤럭시',
  origin: 'https://www.samsung.com',
  hosts: ['samsung.com', 'www.samsung.com'],
  paths: /^\/sec(?:\/|$)/,
  search: 'filter',
  start: startRequests,
  routes: [goodsList, jsonLd, detailFragment, addressesOnly],
  empty: [],
  blocked: ['access denied', "you don't have permission to access", '접속이 지연되고 있습니다', '서비스 접속 대기'],
  isEmpty: isEmptyList,
  stays,
} satisfies Site
