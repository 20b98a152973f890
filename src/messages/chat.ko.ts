import type { ChatWords } from './chat.ts'
import { bytes, duration, money, number, particle, quote } from './format.ts'

const count = (value: number): string => number('ko', value)
const span = (ms: number): string => duration('ko', ms)

const WAITING = {
  turn: (host: string) => `${host}에 보낼 차례를 기다리고 있습니다`,
  robots: (host: string) => `${host}의 robots.txt를 확인하고 있습니다`,
  'retry-after': (host: string) => `${host}${particle(host, '이/가')} 잠시 쉬어 달라고 했습니다`,
  disk: () => '저장 공간이 가득 차 자리가 나기를 기다립니다',
  budget: () => '요청 속도를 관리하는 저장소의 응답을 기다립니다',
  backoff: (host: string) => `${host}의 응답이 고르지 않아 잠시 뒤 다시 시도합니다`,
} as const

const STOPPED: Record<string, string> = {
  limit: '요청한 개수를 채웠습니다.',
  page_limit: '한 작업이 읽을 수 있는 페이지 수를 다 썼습니다. 검색어를 좁히면 더 찾을 수 있습니다.',
  repeats: '같은 상품만 되풀이되어 목록이 끝난 것으로 보았습니다.',
  end: '목록을 끝까지 읽었습니다.',
}

/** Counts of products that a warning speaks of. */
const WARNINGS: Record<string, (products: number) => string> = {
  'price.conditional': (products) => `조건부 가격(카드·쿠폰 등)만 표시된 상품 ${count(products)}개`,
}

export const chatKo: ChatWords = {
  asked: (limit, format) => `최대 ${count(limit)}개 · ${format.toUpperCase()}`,
  frontList: '대표 목록',
  queued: '대기 중',
  running: '수집 중',
  succeeded: '완료',
  failed: '실패',
  cancelled: '취소됨',
  progressFollows: '진행 상황과 결과는 여기 이어서 올립니다.',
  products: (value) => `상품 ${count(value)}개`,
  productsOf: (value, total) => `상품 ${count(value)} / ${count(total)}개`,
  pages: (value) => `페이지 ${count(value)}장`,
  failedPages: (value) => `읽지 못한 페이지 ${count(value)}장`,
  perMinute: (value) => `1분에 ${count(value)}개`,
  left: (ms) => `약 ${span(ms)} 남음`,
  waiting: (what, host, ms) => `${WAITING[what](host)}${ms === null ? '' : ` (약 ${span(ms)})`}.`,
  againAt: (at) => `${at}에 이어서 다시 시도합니다.`,
  attempt: (which) => `${count(which)}번째 시도`,
  warning: (code, value) => WARNINGS[code]?.(value) ?? `${code} (${count(value)})`,
  done: (value) => `수집을 마쳤습니다: 상품 ${count(value)}개.`,
  stopped: (reason) => STOPPED[reason] ?? null,
  nothingFor: (words, pages) =>
    `${quote(words)}에 맞는 상품이 없습니다. 페이지 ${count(pages)}장을 읽었습니다. 더 짧은 검색어로 다시 해 보세요.`,
  nothing: (pages) => `페이지 ${count(pages)}장을 읽었지만 목록에 상품이 없었습니다.`,
  ended: { failed: '수집하지 못했습니다.', cancelled: '요청대로 취소했습니다.' },
  partial: (value) => `결과는 일부입니다: 그때까지 모은 상품 ${count(value)}개를 파일에 담았습니다.`,
  took: (ms) => `걸린 시간 ${span(ms)}`,
  priceRange: (lowest, highest) => (lowest === highest ? `가격 ${lowest}` : `가격 ${lowest} ~ ${highest}`),
  price: (amount, currency) => money('ko', amount, currency),
  mostlyEmpty: (field, percent) => `${field} 값이 있는 상품은 ${percent}%뿐입니다.`,
  firstProducts: '처음 찾은 상품',
  threadGone: '원래 스레드에 글을 쓸 수 없어 여기로 보냅니다.',
  file: (rows, isPartial) => `상품 ${count(rows)}개${isPartial ? ' (일부)' : ''}`,
  uploadRefused: (name, size) =>
    `파일 ${name}(${bytes('ko', size)})은 크기나 형식 때문에 여기에 올릴 수 없었습니다. 아래 버튼을 누르면 받을 방법을 알려 드립니다.`,
  diskFull: '저장 공간이 가득 차 파일을 만들지 못했습니다. 결과는 남아 있으니 잠시 뒤 아래 버튼을 눌러 주세요.',
  cancel: '취소',
  retry: '다시 시도',
  again: '한 번 더 수집',
  getFile: '파일 받기',
  as: (format) => `${format.toUpperCase()}로 받기`,
}
