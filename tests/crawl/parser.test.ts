import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ParseInput } from '../../src/crawl/parse.ts'
import { createParser } from '../../src/crawl/parser.ts'
import { isRefusal, Refusal } from '../../src/errors.ts'
import { type CpuPool, createCpuPool } from '../../src/pool.ts'
import { askFor, requestFor } from '../support/parsing.ts'
import { catalogue, replicaPage } from '../support/replica-page.ts'

const URL_OF_SEARCH = 'https://www.ssg.com/search.ssg?query=노트북&page=1'
const input = (body: string | Uint8Array<ArrayBuffer>, more: Partial<ParseInput> = {}): ParseInput => ({
  site: 'ssg',
  request: requestFor(URL_OF_SEARCH),
  url: URL_OF_SEARCH,
  status: 200,
  contentType: 'text/html; charset=utf-8',
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  ask: askFor({ words: '노트북' }),
  distrusted: [],
  compare: false,
  isSuspect: false,
  floors: {},
  ...more,
})
const { signal } = new AbortController()

describe('the parser in the pool', () => {
  let pool: CpuPool
  beforeAll(() => {
    pool = createCpuPool({ threads: 2 })
  })
  afterAll(() => pool.close())

  test('reads a page in a thread, whose body moved there', async () => {
    const asked = input(replicaPage(URL_OF_SEARCH))
    const read = await createParser({ pool })(asked, signal)
    expect(read).toMatchObject({ verdict: 'products', route: 'embedded state' })
    expect(read.products.map(({ id }) => id)).toEqual(
      catalogue
        .matching('노트북')
        .slice(0, 40)
        .map(({ id }) => id),
    )
    expect(asked.body.byteLength).toBe(0)
  })

  test('leaves memory alone that a small body shares with others', async () => {
    const shared = Buffer.from(`<p>검색된 상품이 없습니다</p>neighbour`)
    const body = new Uint8Array(shared.buffer, shared.byteOffset, shared.byteLength - 9)
    expect((await createParser({ pool })(input(body), signal)).verdict).toBe('empty')
    expect(shared.subarray(-9).toString()).toBe('neighbour')
  })

  test('refuses a page that takes too long, and reads the next one', async () => {
    const parse = createParser({ pool, timeoutMs: 1 })
    const slow = input(`<ul>${'<li class="mnemitem_grid_item"><p>'.repeat(60_000)}`)
    const refusal = await parse(slow, signal).catch((error: unknown) => error)
    expect(isRefusal(refusal, 'page.too_slow') && refusal.facts).toEqual({ url: URL_OF_SEARCH, seconds: 0.001 })
    expect((await createParser({ pool })(input(replicaPage(URL_OF_SEARCH)), signal)).verdict).toBe('products')
  })

  test('refuses a page that ends its thread', async () => {
    const small = createCpuPool({ threads: 1, heapMb: 24 })
    try {
      const parse = createParser({ pool: small })
      const heavy = input(`[${'{"a":"'.concat('x'.repeat(40), '"},').repeat(400_000)}{}]`, {
        request: requestFor(URL_OF_SEARCH, { method: 'POST' }),
      })
      const refusal = await parse(heavy, signal).catch((error: unknown) => error)
      expect(refusal).toBeInstanceOf(Refusal)
      expect((refusal as Refusal).code).toBe('page.parser_crashed')
      expect((await parse(input('<p>검색된 상품이 없습니다</p>'), signal)).verdict).toBe('empty')
    } finally {
      await small.close()
    }
  })

  test('throws the reason of a job that was cancelled', async () => {
    const job = new AbortController()
    const reading = createParser({ pool })(input(replicaPage(URL_OF_SEARCH)), job.signal)
    job.abort('cancelled')
    await expect(reading).rejects.toBe('cancelled')
  })

  test('calls an unknown site a bug, not a refusal', async () => {
    const failed = await createParser({ pool })(input('<p>', { site: 'nobody' }), signal).catch(
      (error: unknown) => error,
    )
    expect(failed).not.toBeInstanceOf(Refusal)
    expect((failed as Error).message).toContain('nobody')
  })
})
