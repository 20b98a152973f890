import { describe, expect, test } from 'vitest'
import { createRequestLog } from '../../src/crawl/request-log.ts'
import type { RequestRecord } from '../../src/crawl/store.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'

const record = (url: string): RequestRecord => ({
  at: 0,
  jobId: null,
  host: 'shop.test',
  url,
  addressClass: 'unicast',
  robots: 'allowed',
  tryNumber: 1,
  status: 200,
  bytes: 1,
  ms: 1,
  error: null,
})

function createScene() {
  const clock = createJumpingClock()
  const lumps: string[][] = []
  const state = { isAway: false }
  const store = {
    async append(records: RequestRecord[]) {
      if (state.isAway) throw new Error('away')
      lumps.push(records.map(({ url }) => url))
    },
  }
  return { clock, lumps, state, log: createRequestLog({ store, clock }) }
}

describe('the request log', () => {
  test('writes what a second brought in one lump', async () => {
    const { clock, lumps, log } = createScene()
    log.append(record('a'))
    await clock.jump(500)
    log.append(record('b'))
    expect(lumps).toEqual([])
    await clock.jump(500)
    expect(lumps).toEqual([['a', 'b']])
    log.append(record('c'))
    await clock.jump(1_000)
    expect(lumps).toEqual([['a', 'b'], ['c']])
  })
  test('writes at once when many wait', async () => {
    const { clock, lumps, log } = createScene()
    for (let index = 0; index < 450; index += 1) log.append(record(String(index)))
    await clock.jump(0)
    expect(lumps.flat().length).toBeGreaterThanOrEqual(400)
    await clock.jump(1_000)
    expect(lumps.flat()).toHaveLength(450)
  })
  test('keeps its records in order while the store is away, and the newest of too many', async () => {
    const { clock, lumps, state, log } = createScene()
    state.isAway = true
    for (let index = 0; index < 6_000; index += 1) {
      log.append(record(String(index)))
      if (index % 500 === 0) await clock.jump(1_000)
    }
    state.isAway = false
    await log.close()
    expect(lumps.flat().at(-1)).toBe('5999')
    expect(lumps.flat().length).toBeGreaterThanOrEqual(5_000)
    expect(lumps.flat()).toEqual([...lumps.flat()].sort((a, b) => Number(a) - Number(b)))
  })
  test('close writes what waits, and takes nothing afterwards', async () => {
    const { clock, lumps, log } = createScene()
    log.append(record('a'))
    await log.close()
    log.append(record('b'))
    await clock.jump(5_000)
    expect(lumps).toEqual([['a']])
    expect(clock.sleepers()).toBe(0)
  })
})
