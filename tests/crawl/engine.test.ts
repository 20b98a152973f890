import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { crawl } from '../../src/crawl/engine.ts'
import { HOSTS_PER_JOB } from '../../src/crawl/limits.ts'
import type { ParsePage } from '../../src/crawl/parse.ts'
import { createParser } from '../../src/crawl/parser.ts'
import { Refusal } from '../../src/errors.ts'
import { createCpuPool } from '../../src/pool.ts'
import { CONSOLE_PLACE, openTestHouse, type TestHouse, wanted } from '../support/house.ts'
import { lookAt } from '../support/store-house.ts'

let at: TestHouse
const pool = createCpuPool({ threads: 1 })
afterEach(async () => {
  await at.close()
})

/** Crawls 80 products with this parser, as a worker of the test's own. */
async function crawlWith(parsePage: ParsePage): Promise<string> {
  at = await openTestHouse({ isCrawling: false, replica: { products: 600, pageBytes: 0 } })
  const { store, sites, http, jobs } = at.house
  const minji = await at.person('minji')
  const { id } = await jobs.submit(minji, wanted({ limit: 80 }), CONSOLE_PLACE)
  const claimed = (await store.workerJobs.claim(id, 'test', 60_000))!
  const parts = {
    ...{
      frontier: store.frontier,
      evidence: store.evidence,
      coverage: store.coverage,
      sites,
      fetchPage: http.fetchPage,
      parsePage,
    },
    ...{ clock: systemClock, emit: () => undefined, changed: () => undefined, complain: () => undefined },
    pagesPerJob: 100,
    comparesFirst: () => false,
  }
  const ask = { words: '노트북', url: null, limit: 80, today: '2026-11-24' }
  const signal = new AbortController().signal
  const task = { lease: claimed.lease, userId: minji.user.id, site: 'ssg', ask, signal, isDraining: () => false }
  const end = (ending: Parameters<typeof store.workerJobs.finish>[1]) => store.workerJobs.finish(claimed.lease, ending)
  try {
    const stopReason = await crawl(parts, task)
    await end({ state: 'succeeded', stopReason })
    return stopReason
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await end({ state: 'failed', code: error.code, facts: error.facts, stopReason: null })
    return error.code
  }
}

/** A parser that takes too long the first times. */
function slowAtFirst(times: number): ParsePage {
  const parse = createParser({ pool })
  let left = times
  return async (input, signal) => {
    if (left-- > 0) throw new Refusal('page.too_slow', { url: input.url, seconds: 5 })
    return parse(input, signal)
  }
}

describe('a shop that spreads over countless hosts', () => {
  test('is followed to twenty of them, and the result says that links were left out', async () => {
    const parse = createParser({ pool })
    let host = 0
    const parsePage: ParsePage = async (input, signal) => {
      const page = await parse(input, signal)
      const details = Array.from({ length: 30 }, () => {
        const url = `https://h${host++}.ssg.com/item/itemView.ssg?itemId=${host}`
        return { ...input.request, url, kind: 'detail' as const }
      })
      return { ...page, next: [...details, ...page.next] }
    }
    await crawlWith(parsePage)
    const look = lookAt(at.dataDir)
    const pages = await look.rows('select request from frontier')
    const [job] = await look.rows('select warnings from jobs')
    look.close()
    const hosts = new Set(pages.map(({ request }) => new URL(JSON.parse(String(request)).url).host))
    expect(hosts.size).toBe(HOSTS_PER_JOB)
    expect(JSON.parse(String(job!.warnings))['links.hosts']).toBeGreaterThan(0)
  })
})

describe('a page that takes too long to parse', () => {
  test('is tried once more: the machine may have been busy', async () => {
    expect(await crawlWith(slowAtFirst(1))).toBe('limit')
    expect(at.shop.calls.filter(({ path }) => path.includes('page=1'))).toHaveLength(2)
  })

  test('is given up the second time', async () => {
    expect(await crawlWith(slowAtFirst(1_000))).toBe('page.too_slow')
  })
})
