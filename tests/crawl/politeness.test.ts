import { describe, expect, test } from 'vitest'
import type { Budget } from '../../src/budget/budget.ts'
import type { VisitEnd } from '../../src/budget/host-line.ts'
import { createInMemoryBudget } from '../../src/budget/in-memory.ts'
import { createInMemoryLine } from '../../src/budget/in-memory-line.ts'
import { createPoliteness, type Visit } from '../../src/crawl/politeness.ts'
import type { Waiting } from '../../src/crawl/store.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'

const HOST = 'shop.test:443'
const GOOD: VisitEnd = { kind: 'good' }
const complaint = (retryAfterMs: number | null = null): VisitEnd => ({
  kind: 'complaint',
  cause: 'status 429',
  retryAfterMs,
})
const settle = () => new Promise((resolve) => setImmediate(resolve))

function createScene(options: { rate?: number; concurrency?: number; budget?: Budget } = {}) {
  const clock = createJumpingClock()
  const events: [string, unknown][] = []
  const budget = options.budget ?? createInMemoryBudget({ clock })
  const line = createInMemoryLine({
    budget,
    clock,
    emit: (name, facts) => events.push([name, facts]),
    rate: options.rate ?? 1,
    concurrency: options.concurrency ?? 2,
  })
  const politeness = createPoliteness({ line, clock })
  const visit = (more: Partial<Visit> = {}) =>
    politeness.enter({
      host: HOST,
      shownHost: 'shop.test',
      turn: 'minji',
      signal: new AbortController().signal,
      ...more,
    })
  /** Enters as time goes, ends the visit, and tells how long it had to wait. */
  const go = async (end: VisitEnd, more: Partial<Visit> = {}): Promise<number> => {
    const from = clock.monotonic()
    let leave: ((end: VisitEnd) => void) | undefined
    const entered = visit(more).then((given) => {
      leave = given
    })
    for (let step = 0; step < 2_000 && !leave; step += 1) {
      await settle()
      if (!leave) await clock.jump(100)
    }
    await entered
    leave!(end)
    return clock.monotonic() - from
  }
  const trust = async () => {
    for (let answers = 0; answers < 3; answers += 1) await go(GOOD)
  }
  return { clock, events, budget, politeness, visit, go, trust }
}

describe('the pace of a host', () => {
  test('is one request a second, whoever asks', async () => {
    const { go } = createScene()
    expect(await go(GOOD)).toBe(0)
    expect(await go(GOOD)).toBe(1_000)
    expect(await go(GOOD, { turn: 'junho' })).toBe(1_000)
  })
  test('a fresh host gets one request at a time until it has answered three times', async () => {
    const { politeness, trust } = createScene()
    expect(politeness.paceOf(HOST).atOnce).toBe(1)
    await trust()
    expect(politeness.paceOf(HOST).atOnce).toBe(2)
  })
  test('a Crawl-delay is obeyed, one at a time', async () => {
    const { politeness, go, trust } = createScene()
    await trust()
    await go(GOOD, { delayMs: 10_000 })
    expect(await go(GOOD)).toBe(10_000)
    expect(politeness.paceOf(HOST).atOnce).toBe(1)
  })
  test('halves with every complaint, down to one request a minute, and says so', async () => {
    const { politeness, go, events } = createScene()
    const paces: number[] = []
    for (let complaints = 0; complaints < 8; complaints += 1) {
      await go(complaint())
      paces.push(politeness.paceOf(HOST).intervalMs)
    }
    expect(paces).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
    expect(events).toHaveLength(6)
    expect(events[0]).toEqual(['host.slowed', { host: HOST, intervalMs: 2_000, cause: 'status 429' }])
  })
  test('comes back by steps, each after five good answers in a row', async () => {
    const { politeness, go, events } = createScene()
    await go(complaint())
    await go(complaint())
    for (let answers = 0; answers < 4; answers += 1) await go(GOOD)
    await go({ kind: 'nothing' })
    expect(politeness.paceOf(HOST).intervalMs).toBe(4_000)
    await go(GOOD)
    expect(politeness.paceOf(HOST)).toEqual({ intervalMs: 2_000, atOnce: 1 })
    for (let answers = 0; answers < 5; answers += 1) await go(GOOD)
    expect(politeness.paceOf(HOST)).toEqual({ intervalMs: 1_000, atOnce: 2 })
    expect(events.filter(([name]) => name === 'host.recovered')).toHaveLength(2)
  })
  test('a complaint between good answers starts their count anew', async () => {
    const { politeness, go } = createScene()
    await go(complaint())
    for (let answers = 0; answers < 4; answers += 1) await go(GOOD)
    await go(complaint())
    for (let answers = 0; answers < 4; answers += 1) await go(GOOD)
    expect(politeness.paceOf(HOST).intervalMs).toBe(4_000)
  })
  test('of one host is not that of another', async () => {
    const { politeness, go } = createScene()
    await go(complaint(30_000))
    expect(await go(GOOD, { host: 'other.test:443' })).toBe(0)
    expect(politeness.paceOf('other.test:443').intervalMs).toBe(1_000)
  })
  test('a page that turned out to be a block page slows it, too', () => {
    const { politeness, events } = createScene()
    politeness.complain(HOST, 'page.blocked')
    expect(politeness.paceOf(HOST).intervalMs).toBe(2_000)
    expect(events).toMatchObject([['host.slowed', { cause: 'page.blocked' }]])
  })
  test('is that of a fresh host after an hour without requests', async () => {
    const { clock, politeness, go } = createScene()
    await go(complaint())
    await clock.jump(3_600_000)
    expect(politeness.paceOf(HOST)).toEqual({ intervalMs: 1_000, atOnce: 1 })
  })
})

test('many slots of a slow host wait long for their moments, and are not taken for a host that rests', async () => {
  const { clock, visit, trust } = createScene({ rate: 1 / 15, concurrency: 12 })
  await trust()
  let isIn = 0
  const all = Array.from({ length: 12 }, () => visit().then(() => (isIn += 1)))
  await clock.jump(12 * 15_000)
  await Promise.all(all)
  expect(isIn).toBe(12)
})

describe('Retry-After', () => {
  test('of up to a minute is waited out in place, by everybody', async () => {
    const { go } = createScene()
    await go(complaint(30_000))
    expect(await go(GOOD, { turn: 'junho' })).toBe(30_000)
  })
  test('that arrives while others already wait for their turn holds them, too', async () => {
    const { clock, visit, trust } = createScene()
    await trust()
    await clock.jump(5_000)
    const first = await visit()
    let second: ((end: VisitEnd) => void) | undefined
    visit({ turn: 'junho' }).then((leave) => {
      second = leave
    })
    await clock.jump(500)
    first(complaint(30_000))
    await clock.jump(29_900)
    expect(second).toBeUndefined()
    await clock.jump(2_200)
    expect(second).toBeDefined()
  })
  test('of more than a minute is refused with the time, to who waits and who comes', async () => {
    const { clock, go, visit, trust } = createScene()
    await trust()
    await go(complaint(3 * 3_600_000))
    const retryAt = clock.now() + 3 * 3_600_000
    await expect(visit()).rejects.toMatchObject({ code: 'page.rate_limited', facts: { host: 'shop.test', retryAt } })
    await clock.jump(3 * 3_600_000)
    expect(await go(GOOD)).toBeLessThanOrEqual(1_000)
  })
  test('that another instance was told is learnt from the shared budget', async () => {
    const { clock, budget, visit } = createScene()
    await budget.pause(`shop ${HOST}`, 600_000)
    const refused = await visit().catch((error) => error)
    expect(refused).toMatchObject({ code: 'page.rate_limited', facts: { retryAt: clock.now() + 600_000 } })
  })
})

describe('waiting', () => {
  test('is told once it is longer than a second, and its end, too', async () => {
    const { clock, visit, go, trust } = createScene()
    await trust()
    await go(complaint(30_000))
    const told: (Waiting | null)[] = []
    const entered = visit({ onWaiting: (waiting) => told.push(waiting) })
    await clock.jump(60_000)
    await entered
    expect(told).toEqual([{ for: 'retry-after', host: 'shop.test', ms: 30_000 }, null])
  })
  test('for a slot is told after a second', async () => {
    const { clock, visit } = createScene()
    const told: (Waiting | null)[] = []
    const leave = await visit()
    const entered = visit({ turn: 'junho', onWaiting: (waiting) => told.push(waiting) })
    await clock.jump(999)
    expect(told).toEqual([])
    await clock.jump(1)
    expect(told).toEqual([{ for: 'turn', host: 'shop.test', ms: null }])
    leave(GOOD)
    await clock.jump(1_000)
    await entered
    expect(told.at(-1)).toBe(null)
  })
  test('ends with the signal, wherever it stands, and gives its slot back', async () => {
    const { clock, visit, go } = createScene()
    await go(complaint(30_000))
    const cancel = new AbortController()
    const inPause = visit({ signal: cancel.signal })
    const inLine = visit({ turn: 'junho', signal: cancel.signal })
    await settle()
    const reason = new Error('cancelled')
    cancel.abort(reason)
    await expect(inPause).rejects.toBe(reason)
    await expect(inLine).rejects.toBe(reason)
    expect(await go(GOOD)).toBeLessThanOrEqual(32_000)
    expect(clock.sleepers()).toBe(0)
  })
  test('lasts while the store of the budget is away: nothing leaves, and it goes on when the store is back', async () => {
    let isAway = true
    const scene = createScene({
      budget: {
        take: async () => (isAway ? Promise.reject(new Error('no connection')) : 0),
        pause: async () => Promise.reject(new Error('no connection')),
      },
    })
    const told: (Waiting | null)[] = []
    let isIn = false
    const entered = scene.visit({ onWaiting: (waiting) => told.push(waiting) }).then((leave) => {
      isIn = true
      return leave
    })
    await scene.clock.jump(600_000)
    expect(isIn).toBe(false)
    expect(told).toEqual([{ for: 'budget', host: 'shop.test', ms: null }])
    isAway = false
    await scene.clock.jump(1_000)
    ;(await entered)(complaint(1_000)) // a pause that cannot be shared is no fault
    expect(told.at(-1)).toBe(null)
  })
})
