import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openRedis, type SharedByRedis } from '../../db/redis/index.ts'
import { systemClock } from '../../src/clock.ts'
import type { HintHandler, QueueHint } from '../../src/queue/queue.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { suiteWhere } from '../support/suites.ts'

/** Hang detectors: far above what Redis needs on a busy machine. */
const SOON = { timeout: 20_000, interval: 10 }

suiteWhere(hasRedis, 'redis-server', 'the queue on Redis', () => {
  let redis: TestRedis
  let opened: SharedByRedis[]
  let emit: ReturnType<typeof vi.fn<Emit>>

  beforeEach(async () => {
    redis = await startRedis()
    opened = []
    emit = vi.fn<Emit>()
  })
  afterEach(async () => {
    redis.thaw()
    await Promise.all(opened.map(({ queue }) => queue.stop()))
    for (const shared of opened) await shared.close()
    await redis.stop()
  })

  const open = (): SharedByRedis => {
    const shared = openRedis({ url: redis.url, clock: systemClock, emit })
    opened.push(shared)
    return shared
  }
  const isReady = (shared: SharedByRedis) =>
    vi.waitFor(() => shared.budget.take(`probe ${Math.random()}`, { intervalMs: 1, burst: 1 }), SOON)
  const openReady = async (): Promise<SharedByRedis> => {
    const shared = open()
    await isReady(shared)
    return shared
  }
  const hint = (jobId: string, more: Partial<QueueHint> = {}): QueueHint => ({
    jobId,
    priority: 0,
    runAt: Date.now() + (more.inMs ?? 0),
    inMs: 0,
    fence: 0,
    ...more,
  })
  /** Handlers that run until the test ends them. */
  const createHands = () => {
    const started: string[] = []
    const ends = new Map<string, () => void>()
    const handler: HintHandler = (jobId, signal) =>
      new Promise((resolve, reject) => {
        started.push(jobId)
        ends.set(jobId, resolve)
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const endAll = () => {
      for (const end of ends.values()) end()
    }
    return { started, handler, end: (jobId: string) => ends.get(jobId)!(), endAll }
  }

  test('hands out by priority first, then in the order of their times', async () => {
    const { queue } = await openReady()
    const now = Date.now()
    await queue.push(hint('second', { runAt: now - 1 }))
    await queue.push(hint('urgent', { priority: 5 }))
    await queue.push(hint('idle', { priority: -10 }))
    await queue.push(hint('most urgent', { priority: 10 }))
    const order: string[] = []
    queue.consume(async (jobId) => void order.push(jobId), 1)
    await vi.waitFor(() => expect(order).toEqual(['most urgent', 'urgent', 'second', 'idle']), SOON)
  })

  test('hands each hint to one worker of many, none runs more than its concurrency at once', async () => {
    const [one, two] = await Promise.all([openReady(), openReady()])
    const hands = [createHands(), createHands()] as const
    one.queue.consume(hands[0].handler, 2)
    two.queue.consume(hands[1].handler, 2)
    for (let job = 0; job < 6; job += 1) await one.queue.push(hint(`job ${job}`))
    const started = () => hands.flatMap((it) => it.started)
    await vi.waitFor(() => expect(started()).toHaveLength(4), SOON)
    expect(hands.map((it) => it.started.length)).toEqual([2, 2])
    for (const it of hands) it.endAll()
    await vi.waitFor(() => expect(new Set(started()).size).toBe(6), SOON)
    expect(started()).toHaveLength(6)
    for (const it of hands) it.endAll()
  })

  test('a hint lies in Redis with ids and numbers alone, one attempt, and priority and time of the row', async () => {
    const { queue } = await openReady()
    const runAt = 1_795_500_000_000 // of a database whose clock is somewhere else
    await queue.push(hint('AZ_6k-A', { priority: 3, runAt, inMs: 3_600_000, fence: 7 }))
    const kept = await redis.look.hgetall('shopcrawl:jobs:job-AZ_6k-A-7')
    expect(JSON.parse(kept.data!)).toEqual({ jobId: 'AZ_6k-A', priority: 3, runAt })
    expect(JSON.parse(kept.opts!)).toMatchObject({
      attempts: 1,
      priority: 8,
      removeOnComplete: true,
      removeOnFail: true,
    })
    expect(Number(kept.delay)).toBe(3_600_000)
    expect(Number(kept.priority)).toBe(8)
  })

  test('holds a hint back until its time', async () => {
    const { queue } = await openReady()
    const startedAt: number[] = []
    queue.consume(async () => void startedAt.push(Date.now()), 1)
    const later = hint('later', { inMs: 1_500 })
    await queue.push(later)
    await vi.waitFor(() => expect(startedAt).toHaveLength(1), SOON)
    expect(startedAt[0]! - later.runAt).toBeGreaterThanOrEqual(-20)
  })

  test('a hint with another time takes the place of the one that waits; the same one again changes nothing', async () => {
    const [one, two] = await Promise.all([openReady(), openReady()])
    const inAnHour = hint('job', { inMs: 3_600_000 })
    await one.queue.push(inAnHour)
    await two.queue.push(inAnHour)
    const now = hint('job')
    await two.queue.push(now)
    const { started, handler, endAll } = createHands()
    one.queue.consume(handler, 4)
    await vi.waitFor(() => expect(started).toEqual(['job']), SOON)
    await two.queue.push(now) // held by a worker: it stays
    endAll()
    await one.queue.push(hint('after'))
    await vi.waitFor(() => expect(started).toEqual(['job', 'after']), SOON)
    endAll()
  })

  test('a hint that the database calls due is let go, whatever the clocks of those who gave it to Redis say', async () => {
    const [one, two] = await Promise.all([openReady(), openReady()])
    const early = hint('job', { inMs: 3_600_000 })
    await one.queue.push(early)
    const { started, handler, endAll } = createHands()
    two.queue.consume(handler, 1)
    await two.queue.push({ ...early, inMs: 1 })
    expect(started).toEqual([])
    for (const queue of [one.queue, two.queue]) await queue.push({ ...early, inMs: -1 })
    await vi.waitFor(() => expect(started).toEqual(['job']), SOON)
    await one.queue.push({ ...early, inMs: -5_000 })
    endAll()
    await one.queue.push(hint('after'))
    await vi.waitFor(() => expect(started).toEqual(['job', 'after']), SOON)
    endAll()
  })

  test('a fence of its own makes a new hint, also while the former one runs', async () => {
    const [one, two] = await Promise.all([openReady(), openReady()])
    const hands = createHands()
    one.queue.consume(hands.handler, 1)
    await one.queue.push(hint('job'))
    await vi.waitFor(() => expect(hands.started).toHaveLength(1), SOON)
    await one.queue.push(hint('job', { fence: 1 }))
    const others = createHands()
    two.queue.consume(others.handler, 1)
    await vi.waitFor(() => expect(others.started).toEqual(['job']), SOON)
    hands.endAll()
    others.endAll()
  })

  test('an interrupt reaches the worker that has the job, on whichever process, and is no fault', async () => {
    const [bot, worker] = await Promise.all([openReady(), openReady()])
    const reasons: unknown[] = []
    worker.queue.consume(
      (_jobId, signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason)
            reject(signal.reason)
          }),
        ),
      1,
    )
    await bot.queue.push(hint('job'))
    await vi.waitFor(() => expect(worker.queue.counts().running).toBe(1), SOON)
    await vi.waitFor(async () => {
      await bot.queue.interrupt('job', 'cancelled') // the worker may not listen yet
      expect(reasons).toEqual(['cancelled'])
    }, SOON)
    await vi.waitFor(() => expect(worker.queue.counts().running).toBe(0), SOON)
    expect(emit.mock.calls.filter(([name]) => name === 'fault')).toEqual([])
  })

  test('what anybody publishes or adds in Redis runs nothing foreign and stops nothing', async () => {
    const { queue } = await openReady()
    const { started, handler, endAll } = createHands()
    queue.consume(handler, 2)
    await queue.push(hint('job'))
    await vi.waitFor(() => expect(started).toEqual(['job']), SOON)
    for (const text of ['', '{', '[]', '["job"]', '[1,2]', '{"job":"cancelled"}', 'null']) {
      await redis.look.publish('shopcrawl:interrupt', text)
    }
    await redis.look.publish('shopcrawl:interrupt', '["other","cancelled"]')
    expect(queue.counts().running).toBe(1)
    endAll()
  })

  test('a handler that throws is told as a fault, and the next hint runs', async () => {
    const { queue } = await openReady()
    const ran: string[] = []
    queue.consume(async (jobId) => {
      ran.push(jobId)
      if (jobId === 'a') throw new TypeError('a bug')
    }, 1)
    await queue.push(hint('a'))
    await queue.push(hint('b'))
    await vi.waitFor(() => expect(ran).toEqual(['a', 'b']), SOON)
    expect(emit.mock.calls.filter(([name]) => name === 'fault')).toMatchObject([['fault', { job: 'a' }]])
  })

  test('nothing of an ended hint is left in Redis', async () => {
    const { queue } = await openReady()
    let ran = 0
    queue.consume(async () => {
      ran += 1
    }, 4)
    for (let job = 0; job < 20; job += 1) await queue.push(hint(`job${job}`))
    await vi.waitFor(() => expect(ran).toBe(20), SOON)
    await vi.waitFor(async () => {
      expect((await redis.look.keys('*job-job*')).filter((key) => !key.endsWith(':lock'))).toEqual([])
    }, SOON)
  })

  test('a Redis that is away refuses a push at once, holds up no start, and is told once', async () => {
    await redis.kill()
    const { queue } = open()
    const startedAt = performance.now()
    await expect(queue.push(hint('job'))).rejects.toThrow(/Redis/)
    expect(performance.now() - startedAt).toBeLessThan(10_000) // hang detector: BullMQ alone waits for ever
    await vi.waitFor(() => expect(queue.trouble()).toBe('away'), SOON)
    queue.consume(async () => undefined, 1)
    await redis.restart()
    await vi.waitFor(() => expect(queue.trouble()).toBe(null), SOON)
    const told = emit.mock.calls.map(([name]) => name).filter((name) => name.startsWith('redis.'))
    expect(told).toEqual(['redis.away', 'redis.back'])
  })

  test('a connection that is just being made refuses a push and says why: a sweep at the start is no bug', async () => {
    const { queue } = open()
    await expect(queue.push(hint('early'))).rejects.toThrow(/not there/)
    expect(queue.trouble()).toBe('not connected yet')
    await vi.waitFor(() => expect(queue.trouble()).toBe(null), SOON)
    await queue.push(hint('early'))
    expect(emit).not.toHaveBeenCalled()
  })

  test('a process whose Redis was never there ends by itself when it is asked to', async () => {
    await redis.kill()
    const child = fileURLToPath(new URL('../support/children/redis-away.mjs', import.meta.url))
    const ended = promisify(execFile)(process.execPath, [child, redis.url], { timeout: 40_000 }) // kills it if it hangs
    await expect(ended).resolves.toMatchObject({ stdout: 'stopped\n' })
  })

  test('an end that was asked for is not told as a Redis that is away', async () => {
    const { queue, close } = await openReady()
    queue.consume(async () => undefined, 1)
    await queue.stop()
    await close()
    await vi.waitFor(
      async () =>
        expect(
          String(await redis.look.client('LIST'))
            .trim()
            .split('\n'),
        ).toHaveLength(1),
      SOON,
    )
    expect(emit).not.toHaveBeenCalled()
  })

  test('a frozen Redis refuses a push in time; thawed, hints flow again', async () => {
    const { queue } = await openReady()
    const ran: string[] = []
    queue.consume(async (jobId) => void ran.push(jobId), 1)
    redis.freeze()
    await expect(queue.push(hint('frozen'))).rejects.toThrow(/did not answer|timed out/i)
    expect(queue.trouble()).toBe('does not answer') // whoever sweeps knows that it is no bug
    redis.thaw()
    await vi.waitFor(() => queue.push(hint('thawed')), SOON)
    await vi.waitFor(() => expect(ran).toContain('thawed'), SOON)
  })

  test('after FLUSHALL and after a restart hints pushed again are handed out, running handlers go on', async () => {
    const { queue } = await openReady()
    const { started, handler, end, endAll } = createHands()
    queue.consume(handler, 3)
    await queue.push(hint('running'))
    await vi.waitFor(() => expect(started).toEqual(['running']), SOON)
    await redis.look.flushall()
    await queue.push(hint('after flush', { fence: 1 }))
    await vi.waitFor(() => expect(started).toContain('after flush'), SOON)
    await redis.kill()
    await redis.restart()
    await vi.waitFor(() => queue.push(hint('after restart', { fence: 2 })), SOON)
    await vi.waitFor(() => expect(started).toContain('after restart'), SOON)
    expect(queue.counts().running).toBe(3)
    end('running')
    await vi.waitFor(() => expect(queue.counts().running).toBe(2), SOON)
    endAll()
    expect(emit.mock.calls.filter(([name]) => name === 'fault')).toEqual([])
  })

  test('stop takes nothing more and waits for what runs, also while Redis is away', async () => {
    const { queue } = await openReady()
    const { started, handler, end } = createHands()
    queue.consume(handler, 1)
    await queue.push(hint('a'))
    await vi.waitFor(() => expect(started).toEqual(['a']), SOON)
    await redis.kill()
    let isStopped = false
    const stopping = queue.stop().then(() => {
      isStopped = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(isStopped).toBe(false)
    end('a')
    await stopping
    expect(queue.counts().running).toBe(0)
  })

  test('warns when Redis may drop keys as its memory fills', async () => {
    await redis.look.config('SET', 'maxmemory-policy', 'volatile-lru')
    await openReady()
    await vi.waitFor(
      () => expect(emit).toHaveBeenCalledWith('config.warning', expect.objectContaining({ name: 'REDIS_URL' })),
      SOON,
    )
  })
})
