// Writes a result of 100,000 rows through the pool of the compiled program and tells its cost as one line of JSON.
import { monitorEventLoopDelay } from 'node:perf_hooks'

const compiled = (path) => import(new URL(`../../dist/src/${path}`, import.meta.url))
const { createCpuPool } = await compiled('pool.js')
const { createResults } = await compiled('results/files.js')

const [dir, format, rowsText] = process.argv.slice(2)
const rows = Number(rowsText)
const row = (position) => ({
  site: 'ssg',
  id: `1000${position}`,
  name: `그램 16 노트북 ${position} 16인치 초경량 사무용 대학생 인강용`,
  brand: 'LG전자',
  seller: '이마트몰',
  price: 1_299_000 + position,
  originalPrice: 1_599_000,
  discountRate: position % 60,
  currency: 'KRW',
  rating: (position % 50) / 10,
  reviewCount: position,
  inStock: position % 2 === 0,
  url: `https://www.ssg.com/item/itemView.ssg?itemId=1000${position}&siteNo=6001`,
  imageUrl: `https://sitem.ssgcdn.com/00/00/00/item/1000${position}_i1_250.jpg`,
  category: '노트북 > LG',
  page: Math.ceil(position / 40),
  position,
  crawledAt: '2026-11-24T06:30:15.250Z',
})
const facts = {
  jobId: 'j'.repeat(22),
  userId: 'u'.repeat(22),
  site: 'ssg',
  words: '노트북',
  url: null,
  limit: rows,
  state: 'succeeded',
  stopReason: 'limit',
  code: null,
  pages: rows / 40,
  failedPages: 0,
  products: rows,
  coverage: { products: rows },
  routes: {},
  warnings: {},
  createdAt: 0,
  startedAt: 0,
  finishedAt: Date.UTC(2026, 10, 24),
  locale: 'ko',
}
let kept
const store = {
  facts: async () => facts,
  products: async (_owner, _job, after, limit) =>
    Array.from({ length: Math.max(0, Math.min(limit, rows - after)) }, (_, index) => row(after + index + 1)),
  file: async () => kept,
  keep: async (file) => {
    kept = file
    return true
  },
}
const pool = createCpuPool({ threads: 1 })
const clock = { now: () => Date.now(), monotonic: () => performance.now() }
const results = createResults({ store, dir, pool, clock, emit: () => {}, timeZone: 'Asia/Seoul' })
const delay = monitorEventLoopDelay({ resolution: 1 })
const startedAt = performance.now()
delay.enable()
const file = await results.open(facts.userId, facts.jobId, format)
delay.disable()
const cost = {
  rows: file.rows,
  bytes: file.bytes,
  ms: Math.round(performance.now() - startedAt),
  longestBlockMs: delay.max / 1e6,
  highestRssMb: process.resourceUsage().maxRSS / 1024,
}
await pool.close()
console.log(JSON.stringify(cost))
