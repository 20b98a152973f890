import { randomFrom } from '../catalogue.ts'

/** One of the goods of the replica of Samsung's shop. */
export interface SamsungGoods {
  model: string
  goodsId: string
  name: string
  category: string
  /** Won; 0 for goods without a price. */
  price: number
  listPrice: number
  /** `saleStatCd` of the list API. */
  status: string
  /** Its price holds a carrier's subsidy. */
  isCarrier: boolean
  rating: number
  reviewCount: number
}

/** One category: its segment in addresses, its number, and what is sold there. */
export interface SamsungShelf {
  slug: string
  number: string
  goods: SamsungGoods[]
}

/** Segment, number, noun, number of goods. */
const SHELVES: [slug: string, number: string, noun: string, count: number][] = [
  ['smartphones', '33010000', '갤럭시 S26', 42],
  ['tablets', '33020000', '갤럭시 탭 S11', 23],
  ['galaxybook', '39120000', '갤럭시 북6', 18],
  ['watches', '33110000', '갤럭시 워치8', 12],
  ['buds', '33120000', '갤럭시 버즈4', 7],
  ['tvs', '34060000', 'Neo QLED TV', 60],
  ['projectors', '100049602', '더 프리스타일', 6],
  ['samsung-audio', '41040000', '사운드바', 16],
  ['harman-life-style-audio', '100050210', '하만카돈 스피커', 14],
  ['refrigerators', '36010000', '비스포크 냉장고', 44],
  ['kimchi-refrigerators', '36020000', '비스포크 김치플러스', 31],
  ['dishwashers', '36080000', '비스포크 식기세척기', 12],
  ['electric-range', '36070000', '비스포크 인덕션', 16],
  ['washers-and-dryers', '100043932', '비스포크 그랑데 세탁기', 39],
  ['airdressers-and-shoedressers', '100043952', '비스포크 에어드레서', 9],
  ['air-conditioners', '37010000', '비스포크 무풍에어컨', 35],
  ['system-air-conditioners', '100024278', '시스템에어컨', 21],
  ['air-cleaner', '37040000', '비스포크 큐브 에어', 8],
  ['vacuum-cleaners', '37030000', '비스포크 제트', 13],
  ['monitors', '39030000', '오디세이 모니터', 38],
  ['printers', '39040000', '흑백 레이저 프린터', 17],
  ['memory-storage', '40030000', '포터블 SSD', 11],
  ['smartthings-accessories', '100024735', '스마트싱스 스테이션', 10],
]

const VARIANTS = ['자급제', '화이트', '블랙', '그레이', '(플렉스존)', '울트라', '라이트']

/** The replica's goods, always the same: the same category has the same goods with the same prices. */
export function samsungShelves(): SamsungShelf[] {
  const random = randomFrom(2026)
  return SHELVES.map(([slug, number, noun, count], shelf) => ({
    slug,
    number,
    goods: Array.from({ length: count }, (_, index) => goodsAt(slug, noun, shelf, index, random)),
  }))
}

function goodsAt(slug: string, noun: string, shelf: number, index: number, random: () => number): SamsungGoods {
  const listPrice = Math.round(20 + random() * 300) * 10_000
  const isCarrier = slug === 'smartphones' && index % 5 === 4
  const isReduced = random() < 0.6
  const variant = isCarrier ? '통신사폰 (SKT/KT/LG U+)' : VARIANTS[index % VARIANTS.length]!
  return {
    model: `${slug.slice(0, 2).toUpperCase()}-${100 + shelf}${String(index).padStart(3, '0')}KOO`,
    goodsId: `G${String(300_000_000 + shelf * 1_000 + index)}`,
    name: `${noun} ${variant} ${256 + index}`,
    category: slug,
    price: index % 23 === 22 ? 0 : isReduced || isCarrier ? Math.round(listPrice * 0.9) : listPrice,
    listPrice,
    status: index % 11 === 10 ? '13' : index % 17 === 16 ? '17' : '12',
    isCarrier,
    rating: Math.round(40 + random() * 10) / 10,
    reviewCount: Math.floor(random() * 900),
  }
}
