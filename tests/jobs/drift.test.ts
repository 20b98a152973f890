import { afterEach, describe, expect, test } from 'vitest'
import { ADOPT_JOBS, COMPARE_EVERY, DRIFT_JOBS, WINDOW } from '../../src/crawl/limits.ts'
import type { Job, JobRequest } from '../../src/jobs/job.ts'
import { say, sayWarning } from '../../src/messages/say.ts'
import type { EventName, Events } from '../../src/telemetry/events.ts'
import { CONSOLE_PLACE, openTestHouse, type TestHouse, wanted } from '../support/house.ts'
import { lookAt } from '../support/store-house.ts'

let at: TestHouse
afterEach(async () => {
  await at.close()
})

async function run(request: Partial<JobRequest> = {}): Promise<Job> {
  const minji = await at.person('minji')
  const { id } = await at.house.jobs.submit(minji, wanted({ limit: 80, ...request }), CONSOLE_PLACE)
  return at.ended(minji, id)
}

const told = <E extends EventName>(name: E): Events[E][] =>
  at.events.filter((event) => event.name === name).map((event) => event.facts as Events[E])

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  const look = lookAt(at.dataDir)
  try {
    return await look.rows(sql)
  } finally {
    look.close()
  }
}

const memory = async () => {
  const [row] = await rows(`select jobs, shares from coverage_memory where name = 'ssg'`)
  return row && { jobs: row.jobs, shares: JSON.parse(row.shares as string) as Record<string, number> }
}

describe('a shop that stops to write its prices', () => {
  const PRICELESS = { kind: 'priceless', share: 0.6 } as const

  test('is a warning, an event and a kept page as soon as enough jobs are remembered', async () => {
    at = await openTestHouse({ replica: { pageBytes: 0 } })
    for (let count = 0; count < DRIFT_JOBS; count += 1) expect((await run()).warnings).toEqual({})
    expect(await memory()).toMatchObject({ jobs: DRIFT_JOBS, shares: { price: 1, name: 1 } })

    at.shop.options.trouble = () => PRICELESS
    const job = await run()
    expect(job).toMatchObject({ state: 'succeeded', products: 80, coverage: { price: 32 } })
    expect(job.warnings).toEqual({ 'coverage.price': 48 })
    expect(sayWarning(say, 'ko', 'coverage.price', 48)).toMatch(/^상품 48개에 ‘.+’ 값이 없습니다/)

    const kept = await rows(`select id, code, text from evidence where job_id = '${job.id}'`)
    expect(kept).toMatchObject([{ code: 'coverage.fell' }])
    const fall = { site: 'ssg', route: 'embedded state', field: 'price', percent: 40, usual: 100 }
    expect(told('coverage.fell')).toEqual([{ ...fall, job: job.id, evidence: kept[0]!.id }])
    expect(kept[0]!.text).toContain('"finalPrice":""')
  })

  test('does not become the usual, and is told again until the prices are back', async () => {
    at = await openTestHouse({ replica: { pageBytes: 0 } })
    for (let count = 0; count < DRIFT_JOBS; count += 1) await run()
    at.shop.options.trouble = () => PRICELESS
    for (let count = 0; count < 3; count += 1) expect((await run()).warnings).toHaveProperty('coverage.price')
    expect(await memory()).toMatchObject({ jobs: DRIFT_JOBS, shares: { price: 1 } })
    at.shop.options.trouble = undefined
    expect((await run()).warnings).toEqual({})
    expect(await memory()).toMatchObject({ jobs: DRIFT_JOBS + 1 })
  })

  test('is taken for what is usual after so many jobs in a row, and told so', async () => {
    at = await openTestHouse({ replica: { pageBytes: 0 } })
    for (let count = 0; count < DRIFT_JOBS; count += 1) await run({ limit: 40 })
    at.shop.options.trouble = () => PRICELESS
    for (let count = 1; count < ADOPT_JOBS; count += 1) await run({ limit: 40 })
    expect(told('coverage.adopted')).toEqual([])
    const last = await run({ limit: 40 })
    expect(last.warnings).toHaveProperty('coverage.price')
    expect(told('coverage.adopted')).toEqual([{ job: last.id, name: 'ssg', route: 'embedded state' }])
    expect((await memory())?.shares.price).toBeCloseTo(0.4)
    expect((await run({ limit: 40 })).warnings).toEqual({})
    expect(told('coverage.fell')).toHaveLength(ADOPT_JOBS)
  })

  test('is no alarm where the shop never wrote them, nor for a handful of products', async () => {
    at = await openTestHouse({ replica: { pageBytes: 0, trouble: () => PRICELESS } })
    for (let count = 0; count <= DRIFT_JOBS; count += 1) expect((await run()).warnings).toEqual({})
    expect((await memory())?.shares.price).toBeCloseTo(0.4)
    at.shop.options.trouble = () => ({ kind: 'priceless', share: 1 })
    expect((await run({ limit: 10 })).warnings).toEqual({})
    expect(told('coverage.fell')).toEqual([])
    expect(await rows('select id from evidence')).toEqual([])
  })
})

test('pages that a lesser route reads are counted in the result, and told one by one', async () => {
  at = await openTestHouse({ replica: { pageBytes: 0, form: 'cards' } })
  const job = await run()
  expect(job).toMatchObject({ products: 80, routes: { 'emart cards': 2 }, warnings: { 'route.fallback': 2 } })
  expect(told('route.fallback')).toEqual(
    Array(2).fill({ job: job.id, site: 'ssg', route: 'emart cards', best: 'embedded state' }),
  )
})

test('a fast road that reads a page differently is left for the rest of the job, with the page kept', async () => {
  const sample = COMPARE_EVERY / 2
  const pages = sample + 2 * WINDOW
  at = await openTestHouse({
    replica: { products: 8_000, pageBytes: 0, form: 'cards' },
    parseWorker: new URL('../support/pool/differing.mjs', import.meta.url),
  })
  const short = await run({ limit: 80 }) // the first job of a shop is compared on its first page
  expect(told('route.differs')).toMatchObject([{ job: short.id, site: 'ssg', route: 'emart cards' }])
  expect(await rows(`select name from products where job_id = '${short.id}' and name like '% (misread)'`)).toEqual([])

  const job = await run({ limit: pages * 40 }) // the next ones not, but later on
  expect(job).toMatchObject({ state: 'succeeded', pages, products: pages * 40 })
  const [differs, ...more] = told('route.differs').slice(1)
  expect(more).toEqual([])
  expect(differs).toMatchObject({ job: job.id, site: 'ssg', route: 'emart cards' })
  const kept = await rows(`select code, url from evidence where id = '${differs!.evidence}'`)
  expect(kept).toMatchObject([{ code: 'route.differs' }])
  const read = await rows(
    `select page, sum(name like '% (misread)') as misread from products where job_id = '${job.id}' group by page`,
  )
  const misread = new Map(read.map(({ page, misread }) => [page, misread]))
  const differing = Number(new URL(String(kept[0]!.url)).searchParams.get('page'))
  expect(misread.get(1)).toBe(40)
  expect(misread.get(differing)).toBe(0)
  for (let page = differing + WINDOW; page <= pages; page += 1) expect(misread.get(page), `page ${page}`).toBe(0)
})
