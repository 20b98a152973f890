import { describe, expect, test, vi } from 'vitest'
import { createInProcessQueue } from '../../src/queue/in-process.ts'
import type { QueueHint } from '../../src/queue/queue.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'

const settle = () => new Promise((resolve) => setImmediate(resolve))

function createScene() {
  const clock = createJumpingClock()
  const emit = vi.fn<Emit>()
  const queue = createInProcessQueue({ clock, emit })
  const started: string[] = []
  const ends = new Map<string, () => void>()
  const hint = (jobId: string, more: Partial<QueueHint> = {}): QueueHint => ({
    jobId,
    priority: 0,
    runAt: clock.now() + (more.inMs ?? 0),
    inMs: 0,
    fence: 0,
    ...more,
  })
  /** Runs until the test ends it, or its signal aborts. */
  const handler = (jobId: string, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      started.push(jobId)
      ends.set(jobId, resolve)
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  const end = async (jobId: string) => {
    ends.get(jobId)!()
    await settle()
  }
  return { clock, emit, queue, started, handler, end, hint }
}

describe('the queue of one process', () => {
  test('hands out by priority, then run_at, then in the order of arrival', async () => {
    const { clock, queue, started, handler, end, hint } = createScene()
    await queue.push(hint('late'))
    await queue.push(hint('early', { runAt: clock.now() - 5_000 }))
    await queue.push(hint('later'))
    await queue.push(hint('urgent', { priority: 5 }))
    await queue.push(hint('idle', { priority: -5, runAt: 0 }))
    queue.consume(handler, 1)
    await settle()
    for (const jobId of ['urgent', 'early', 'late', 'later', 'idle']) {
      expect(started.at(-1)).toBe(jobId)
      await end(jobId)
    }
    expect(queue.counts()).toEqual({ waiting: 0, running: 0 })
  })
  test('runs no more than its concurrency at once', async () => {
    const { queue, started, handler, end, hint } = createScene()
    queue.consume(handler, 2)
    for (const jobId of ['a', 'b', 'c']) await queue.push(hint(jobId))
    await settle()
    expect(started).toEqual(['a', 'b'])
    expect(queue.counts()).toEqual({ waiting: 1, running: 2 })
    await end('b')
    expect(started).toEqual(['a', 'b', 'c'])
  })
  test('holds a hint back until its time, however far away', async () => {
    const { clock, queue, started, handler, hint } = createScene()
    queue.consume(handler, 2)
    const thirtyDays = 30 * 86_400_000 // beyond the longest timer of Node
    await queue.push(hint('far', { inMs: thirtyDays }))
    await queue.push(hint('soon', { inMs: 5_000 }))
    await clock.jump(4_999)
    expect(started).toEqual([])
    await clock.jump(1)
    expect(started).toEqual(['soon'])
    await clock.jump(thirtyDays - 5_001)
    expect(started).toEqual(['soon'])
    await clock.jump(1)
    expect(started).toEqual(['soon', 'far'])
  })
  test.each([
    ['ahead of', 600_000],
    ['behind', -600_000],
  ])("a database whose clock is %s the process's starts no job late or early", async (_, aheadMs) => {
    const { clock, queue, started, handler, hint } = createScene()
    queue.consume(handler, 2)
    await queue.push(hint('now', { runAt: clock.now() + aheadMs }))
    await queue.push(hint('soon', { runAt: clock.now() + aheadMs + 5_000, inMs: 5_000 }))
    await settle()
    expect(started).toEqual(['now'])
    await clock.jump(4_999)
    expect(started).toEqual(['now'])
    await clock.jump(1)
    expect(started).toEqual(['now', 'soon'])
  })
  test('a wall clock that is set moves no hint', async () => {
    const { clock, queue, started, handler, hint } = createScene()
    queue.consume(handler, 1)
    await queue.push(hint('soon', { inMs: 120_000 }))
    clock.setBack(-86_400_000)
    await clock.jump(60_000)
    expect(started).toEqual([])
    clock.setBack(86_400_000)
    await clock.jump(60_000)
    expect(started).toEqual(['soon'])
  })
  test('a new hint of a job replaces the one that waits', async () => {
    const { clock, queue, started, handler, hint } = createScene()
    queue.consume(handler, 2)
    await queue.push(hint('job', { inMs: 60_000 }))
    await queue.push(hint('job'))
    await settle()
    expect(started).toEqual(['job'])
    await clock.jump(120_000)
    expect(started).toEqual(['job'])
  })
  test('a hint of a job that still runs waits for its end', async () => {
    const { queue, started, handler, end, hint } = createScene()
    queue.consume(handler, 4)
    await queue.push(hint('job'))
    await settle()
    await queue.push(hint('job', { fence: 1 }))
    await settle()
    expect(started).toEqual(['job'])
    await end('job')
    expect(started).toEqual(['job', 'job'])
  })
  test('an interrupt aborts the handler with its reason and forgets what waits; that is no fault', async () => {
    const { queue, emit, hint } = createScene()
    const reasons: unknown[] = []
    queue.consume(async (_jobId, signal) => {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))).catch(
        (reason) => {
          reasons.push(reason)
          throw reason
        },
      )
    }, 1)
    await queue.push(hint('running'))
    await queue.push(hint('waiting'))
    await settle()
    await queue.interrupt('waiting', 'cancelled')
    await queue.interrupt('running', 'cancelled')
    await queue.interrupt('unknown', 'cancelled')
    await settle()
    expect(reasons).toEqual(['cancelled'])
    expect(queue.counts()).toEqual({ waiting: 0, running: 0 })
    expect(emit).not.toHaveBeenCalled()
  })
  test('a handler that throws is told as a fault with its job, and the next one runs', async () => {
    const { queue, emit, hint } = createScene()
    const bug = new TypeError('a bug')
    const ran: string[] = []
    queue.consume((jobId) => {
      ran.push(jobId)
      throw bug
    }, 1)
    await queue.push(hint('a'))
    await queue.push(hint('b'))
    await settle()
    expect(ran).toEqual(['a', 'b'])
    expect(emit.mock.calls.map(([name, facts]) => [name, facts])).toMatchObject([
      ['fault', { where: 'queue', job: 'a', error: bug }],
      ['fault', { where: 'queue', job: 'b', error: bug }],
    ])
  })
  test('stop hands out nothing more and ends when the last handler has', async () => {
    const { clock, queue, started, handler, end, hint } = createScene()
    queue.consume(handler, 1)
    await queue.push(hint('a'))
    await queue.push(hint('b'))
    await queue.push(hint('c', { inMs: 1_000 }))
    await settle()
    let isStopped = false
    const stopping = queue.stop().then(() => {
      isStopped = true
    })
    await clock.jump(5_000)
    expect(isStopped).toBe(false)
    await end('a')
    await stopping
    await queue.push(hint('d'))
    await settle()
    expect(started).toEqual(['a'])
    expect(clock.sleepers()).toBe(0)
  })
  test('ten thousand hints are handed out in their order', async () => {
    const { clock, queue, hint } = createScene()
    const order: number[] = []
    for (let index = 0; index < 10_000; index += 1) {
      const place = (index * 7_919) % 10_000
      await queue.push(hint(String(place), { runAt: clock.now() - 20_000 + place }))
    }
    queue.consume(async (jobId) => void order.push(Number(jobId)), 100)
    while (queue.counts().waiting > 0) await settle()
    await queue.stop()
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order).toHaveLength(10_000)
  })
})
