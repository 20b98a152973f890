import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type CpuPool, createCpuPool, PoolCrash, PoolTimeout } from '../src/pool.ts'

const worker = new URL('./support/pool/task.mjs', import.meta.url)
interface Task {
  what: 'echo' | 'size' | 'throw' | 'exit' | 'fill' | 'hang' | 'wait'
  value?: number
  buffer?: ArrayBuffer
}
interface Answer {
  value: number
  threadId: number
}

describe('the CPU pool', () => {
  let pool: CpuPool
  const run = (task: Task, options: Partial<Parameters<CpuPool['run']>[2]> = {}) =>
    pool.run<Task, Answer>(worker, task, { timeoutMs: 10_000, ...options })

  beforeAll(() => {
    pool = createCpuPool({ threads: 2, heapMb: 32 })
  })
  afterAll(() => pool.close())

  test('answers from another thread', async () => {
    const answer = await run({ what: 'echo', value: 7 })
    expect(answer.value).toBe(7)
    expect(answer.threadId).toBeGreaterThan(0)
  })

  test('moves a buffer instead of copying it', async () => {
    const buffer = new ArrayBuffer(1_000)
    expect((await run({ what: 'size', buffer }, { transfer: [buffer] })).value).toBe(1_000)
    expect(buffer.byteLength).toBe(0)
  })

  test('gives back what the task threw', async () => {
    await expect(run({ what: 'throw', value: 5 })).rejects.toThrow('cannot do 5')
  })

  test('ends a thread that does not come back, and goes on', async () => {
    const started = performance.now()
    await expect(run({ what: 'hang', value: 1 }, { timeoutMs: 300 })).rejects.toBeInstanceOf(PoolTimeout)
    expect(performance.now() - started).toBeLessThan(5_000)
    expect((await run({ what: 'echo', value: 8 })).value).toBe(8)
  })

  test('survives a thread that is out of memory', async () => {
    await expect(run({ what: 'fill', value: 1 })).rejects.toBeInstanceOf(PoolCrash)
    expect((await run({ what: 'echo', value: 9 })).value).toBe(9)
  })

  test('survives a thread that ends itself, and names its exit code', async () => {
    const crash = await run({ what: 'exit' }).catch((error: unknown) => error)
    expect(crash).toBeInstanceOf(PoolCrash)
    expect((crash as Error).message).toContain('3')
    expect((await run({ what: 'echo', value: 10 })).value).toBe(10)
  })

  test('throws the reason of the caller that gave up, running or waiting', async () => {
    const gone = new AbortController()
    const reason = new Error('cancelled by its owner')
    const running = [run({ what: 'wait' }, { signal: gone.signal }), run({ what: 'wait' }, { signal: gone.signal })]
    const waiting = run({ what: 'echo', value: 1 }, { signal: gone.signal })
    const ends = Promise.allSettled([...running, waiting])
    gone.abort(reason)
    expect((await ends).map((end) => end.status === 'rejected' && end.reason)).toEqual([reason, reason, reason])
    await expect(run({ what: 'echo', value: 1 }, { signal: gone.signal })).rejects.toBe(reason)
    expect((await run({ what: 'echo', value: 11 })).value).toBe(11)
  })

  test('ends a running task when its caller gives up', async () => {
    const gone = new AbortController()
    await run({ what: 'echo', value: 1 }) // the thread is there
    const running = run({ what: 'hang', value: 1 }, { signal: gone.signal }).catch((error: unknown) => error)
    await new Promise((resolve) => setImmediate(resolve))
    gone.abort('enough')
    expect(await running).toBe('enough')
  })

  test('lets callers wait without their time running out', async () => {
    const busy = [0, 1].map(() => run({ what: 'hang', value: 1 }, { timeoutMs: 1_000 }).catch((error) => error))
    const patient = run({ what: 'echo', value: 12 }, { timeoutMs: 900 })
    expect((await patient).value).toBe(12)
    for (const task of busy) expect(await task).toBeInstanceOf(PoolTimeout)
  })

  test('a thread that is long in starting costs its task no time', async () => {
    const slow = new URL('./support/pool/slow-start.mjs', import.meta.url)
    expect(await pool.run(slow, 'here', { timeoutMs: 500 })).toBe('here')
  })

  test('a clock that is set back does not let a thread hang on', async () => {
    await run({ what: 'echo', value: 1 }) // the thread is there
    const started = performance.now()
    const now = Date.now
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000) // threads see the true time
    const hanging = run({ what: 'hang', value: 1 }, { timeoutMs: 300 })
    await expect(hanging.finally(() => clock.mockRestore())).rejects.toBeInstanceOf(PoolTimeout)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  test('runs many more tasks than it has threads', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, value) => run({ what: 'echo', value })))
    expect(answers.map(({ value }) => value)).toEqual(Array.from({ length: 100 }, (_, value) => value))
    expect(new Set(answers.map(({ threadId }) => threadId)).size).toBeLessThanOrEqual(2)
  })
})
