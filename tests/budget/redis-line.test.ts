import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openRedis, type SharedByRedis } from '../../db/redis/index.ts'
import { LEASE_MS } from '../../db/redis/line-script.ts'
import type { HostLine, HostRule } from '../../src/budget/host-line.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { createPoliteness } from '../../src/crawl/politeness.ts'
import type { Waiting } from '../../src/crawl/store.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { suiteWhere } from '../support/suites.ts'
import {
  complaint,
  exerciseLine,
  FAST,
  GOOD,
  HOST,
  MINUTE,
  minutes,
  NOTHING,
  PACED,
  placeOf,
  standInLine,
  trust,
} from './line-exercise.ts'

const SOON = { timeout: 30_000, interval: 10 }
const PROCESSES = `shopcrawl:line:{${HOST}}:processes`
const SLOTS = `shopcrawl:line:{${HOST}}:slots`

suiteWhere(hasRedis, 'redis-server', 'the line of all processes', () => {
  let redis: TestRedis
  let opened: SharedByRedis[]
  let emit: ReturnType<typeof vi.fn<Emit>>

  beforeEach(async () => {
    redis = await startRedis()
    opened = []
    emit = vi.fn<Emit>()
    // An installation that has been there for long: caution after a loss is over.
    await redis.look.set('shopcrawl:budget-born', '0')
  })
  afterEach(async () => {
    redis.thaw()
    for (const shared of opened) await shared.close()
    await redis.stop()
  })

  const openShared = async (clock: Clock = systemClock): Promise<SharedByRedis> => {
    const shared = openRedis({ url: redis.url, clock, emit })
    opened.push(shared)
    await vi.waitFor(() => shared.budget.pause('probe', 1), SOON)
    return shared
  }
  const openOne = async (rule: HostRule = FAST, clock?: Clock): Promise<HostLine> =>
    (await openShared(clock)).openLine(rule)
  const open = (rule: HostRule, count: number) => Promise.all(Array.from({ length: count }, () => openOne(rule)))
  const wish = (turn: string) => ({ host: HOST, turn, signal: new AbortController().signal })
  const politely = (line: HostLine, told: (Waiting | null)[] = []) => {
    const { enter } = createPoliteness({ line, clock: systemClock })
    return (turn: string) => enter({ ...wish(turn), shownHost: 'shop', onWaiting: (waiting) => told.push(waiting) })
  }
  exerciseLine(open)

  test('a process that lives keeps its slot for as long as its request takes', async () => {
    const [one, two] = await open(FAST, 2)
    const place = await placeOf(one!, 'a')
    const { place: next } = await two!.join(wish('b'))
    let isServed = false
    next.then(() => {
      isServed = true
    })
    const untils = async () => Math.max(...(await redis.look.hvals(PROCESSES)).map(Number))
    const first = await untils()
    await vi.waitFor(async () => expect(await untils()).toBeGreaterThan(first), SOON) // it has said that it lives
    expect(isServed).toBe(false)
    place.leave(NOTHING)
    ;(await next).leave(NOTHING)
  })
  test('a process that was stopped for longer than its lease asks again before its request leaves', async () => {
    let skew = 0
    const line = await openOne(FAST, { ...systemClock, monotonic: () => performance.now() + skew })
    const place = await placeOf(line, 'a')
    await place.reserve()
    expect(place.isGood()).toBe(true)
    skew = LEASE_MS + 1
    expect(place.isGood()).toBe(false)
    await place.reserve()
    expect(place.isGood()).toBe(true)
    await redis.look.hdel(SLOTS, ...(await redis.look.hkeys(SLOTS))) // it has lapsed, and somebody else has it
    const other = await placeOf(await openOne(), 'b')
    skew += LEASE_MS + 1
    await place.reserve()
    expect(place.isGood()).toBe(false)
    other.leave(NOTHING)
    await vi.waitFor(async () => {
      await place.reserve()
      expect(place.isGood()).toBe(true)
    }, SOON)
  })
  test('a turn whose news was lost is heard of at the next beat', async () => {
    const channels = () => redis.look.pubsub('CHANNELS', 'shopcrawl:turns:*') as Promise<string[]>
    const one = await openOne()
    const first = await placeOf(one, 'a')
    const before = await channels()
    const two = await openOne()
    const { place } = await two.join(wish('b'))
    const me = (await channels())
      .find((channel) => !before.includes(channel))!
      .split(':')
      .at(-1)
    await redis.look.hset(SLOTS, 'unheard', `${me} 0 b`)
    ;(await place).leave(NOTHING)
    first.leave(NOTHING)
  })
  test('a process whose ears are cut off misses no turn', async () => {
    const [one, two] = await open(FAST, 2)
    const first = await placeOf(one!, 'a')
    const standing = [await two!.join(wish('b')), await two!.join(wish('c'))]
    await redis.look.client('KILL', 'TYPE', 'PUBSUB')
    first.leave(NOTHING)
    for (const { place } of standing) (await place).leave(NOTHING)
  })
  test('after Redis lost everything, what processes hold and remember holds', async () => {
    const [one, two] = await open({ rate: 1_000, concurrency: 1 }, 2)
    ;(await placeOf(one!, 'a')).leave(complaint())
    ;(await placeOf(one!, 'a')).leave(complaint())
    const place = await placeOf(one!, 'a')
    await redis.look.flushall()
    await vi.waitFor(async () => expect(await redis.look.hlen(SLOTS)).toBe(1), SOON)
    const { place: next } = await two!.join(wish('b'))
    let isServed = false
    next.then(() => {
      isServed = true
    })
    await two!.join(wish('c'))
    expect(isServed).toBe(false)
    expect(two!.paceOf(HOST)).toEqual({ intervalMs: 4, atOnce: 1 })
    place.leave(complaint(10 * MINUTE))
    expect(minutes((await next).restMs())).toBe(10)
    await redis.look.flushall()
    expect(minutes((await placeOf(await openOne(), 'd')).restMs())).toBe(0) // nobody who remembers has asked yet
    await vi.waitFor(
      async () =>
        expect(Number(await redis.look.hget(`shopcrawl:line:{${HOST}}`, 'paused'))).toBeGreaterThan(Date.now()),
      SOON,
    )
  })
  test('after Redis lost everything a host that nobody remembers counts as asked just now', async () => {
    const line = await openOne(PACED)
    await redis.look.flushall()
    expect(minutes(await (await placeOf(line, 'a')).reserve())).toBe(1)
  })
  test('fails closed: while Redis is away or frozen nobody gets a turn, who waits is told so, and it goes on afterwards', async () => {
    const told: (Waiting | null)[] = []
    const line = await openOne()
    const enter = politely(line, told)
    const leave = await enter('a')
    let isIn = false
    const waiting = enter('b').then((it) => {
      isIn = true
      return it
    })
    await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ for: 'turn' }), SOON)
    await redis.kill()
    leave(GOOD)
    await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ for: 'budget' }), SOON)
    await expect(line.join(wish('c'))).rejects.toThrow(/Redis/)
    expect(isIn).toBe(false)
    await redis.restart()
    ;(await waiting)(GOOD)
    redis.freeze()
    await expect(line.join(wish('d'))).rejects.toThrow(/did not answer|timed out/)
    redis.thaw()
    ;(await enter('e'))(GOOD)
  })
  test('a complaint that Redis could not hear is told when it is back', async () => {
    const [one, two] = await open({ rate: 1_000, concurrency: 1 }, 2)
    const place = await placeOf(one!, 'a')
    await redis.kill()
    place.leave(complaint(10 * MINUTE))
    await vi.waitFor(() => expect(place.restMs()).toBeGreaterThan(0), SOON)
    await redis.restart()
    await vi.waitFor(async () => {
      const next = await placeOf(two!, 'b')
      next.leave(NOTHING)
      expect(minutes(next.restMs())).toBe(10)
      expect(two!.paceOf(HOST).intervalMs).toBe(2) // the rest may be told first, by a beat
    }, SOON)
  })
  test('a rest of more than a minute is refused to all who wait, in every process, with its time', async () => {
    const [one, two] = await open(FAST, 2)
    const first = await placeOf(one!, 'a')
    const refused = Promise.allSettled(['b', 'c', 'd'].flatMap((user) => [politely(one!)(user), politely(two!)(user)]))
    first.leave(complaint(3 * 60 * MINUTE))
    for (const outcome of await refused) {
      expect(outcome).toMatchObject({ reason: { code: 'page.rate_limited', facts: { host: 'shop' } } })
    }
  })
  test('slowing down and recovering are told once, by the process that saw it', async () => {
    const [one, two] = await open({ rate: 1_000, concurrency: 2 }, 2)
    ;(await placeOf(one!, 'a')).leave(complaint())
    for (let answers = 0; answers < 5; answers += 1) (await placeOf(two!, 'a')).leave(GOOD)
    ;(await placeOf(two!, 'a')).leave(NOTHING)
    expect(emit.mock.calls).toEqual([
      ['host.slowed', { host: HOST, intervalMs: 2, cause: 'status 429' }],
      ['host.recovered', { host: HOST, intervalMs: 1 }],
    ])
  })
  test('a request costs two calls and a wait costs none', async () => {
    const [one, two] = await open(FAST, 2)
    await trust(one!)
    await redis.look.config('RESETSTAT')
    const served: string[] = []
    const all = await Promise.all([standInLine(one!, 'a', 100, served), standInLine(two!, 'b', 100, served)])
    await Promise.all(all.map(({ done }) => done))
    const calls = /cmdstat_evalsha:calls=(\d+)/.exec(await redis.look.info('commandstats'))![1]
    expect(Number(calls)).toBeGreaterThanOrEqual(400)
    expect(Number(calls)).toBeLessThan(440) // a beat every two seconds beside them
  })
  test('a Redis that is full refuses every turn, which is told once and stands in readyz, until it has room again', async () => {
    const shared = await openShared()
    const line = shared.openLine(FAST)
    ;(await placeOf(line, 'a')).leave(NOTHING)
    await redis.look.config('SET', 'maxmemory', '1')
    for (let asked = 0; asked < 5; asked += 1) await expect(line.join(wish('a'))).rejects.toThrow(/OOM/)
    expect(emit.mock.calls.filter(([name]) => name === 'redis.refused')).toHaveLength(1)
    expect(shared.queue.trouble()).toMatch(/refuses commands: OOM/)
    await redis.look.config('SET', 'maxmemory', '0')
    await vi.waitFor(async () => (await placeOf(line, 'a')).leave(NOTHING), SOON)
    await vi.waitFor(() => expect(shared.queue.trouble()).toBe(null), SOON)
  })
  test('a clock of Redis that was set back holds nobody up', async () => {
    const line = await openOne(PACED)
    const inAnHour = Date.now() + 3_600_000
    ;(await placeOf(line, 'a')).leave(NOTHING)
    await redis.look.hset(`shopcrawl:line:{${HOST}}`, { turn: inAnHour, paused: inAnHour + 25 * 3_600_000 })
    await redis.look.hset(PROCESSES, 'gone', inAnHour)
    await redis.look.hset(SLOTS, 'of-gone', 'gone 0 z')
    const place = await placeOf(line, 'a')
    expect(place.restMs()).toBe(0)
    expect(minutes(await place.reserve())).toBeLessThanOrEqual(1)
    place.leave(NOTHING)
  })
  test('what anybody publishes gives no turn, and junk does no harm', async () => {
    const line = await openOne()
    const place = await placeOf(line, 'a')
    const [channel] = (await redis.look.pubsub('CHANNELS', 'shopcrawl:turns:*')) as [string]
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"host":1}',
      '{"host":"shop:443"}',
      '{"host":"x","grant":["a","b",0]}',
    ]) {
      await redis.look.publish(channel, text)
    }
    place.leave(NOTHING)
    ;(await placeOf(line, 'a')).leave(NOTHING)
  })
  test('nothing of a line is left in Redis once nobody uses it, but the pace', async () => {
    const [one, two] = await open(FAST, 2)
    const served: string[] = []
    const all = await Promise.all([standInLine(one!, 'a', 5, served), standInLine(two!, 'b', 5, served)])
    await Promise.all(all.map(({ done }) => done))
    await vi.waitFor(async () => expect(await redis.look.keys(`*{${HOST}}*`)).toHaveLength(2), SOON)
    expect(await redis.look.pttl(`shopcrawl:line:{${HOST}}:processes`)).toBeLessThanOrEqual(10 * LEASE_MS)
    expect(await redis.look.pttl(`shopcrawl:line:{${HOST}}`)).toBeGreaterThan(24 * 3_600_000) // the longest rest
  })
})
