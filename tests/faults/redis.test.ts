import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { openRedis, type SharedByRedis } from '../../db/redis/index.ts'
import { systemClock } from '../../src/clock.ts'
import { FAST, standInLine } from '../budget/line-exercise.ts'
import { HAS_REAL_WAITS, PATIENCE, testFault } from '../support/faults.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { suiteWhere } from '../support/suites.ts'

const SOON = { timeout: 150_000, interval: 10 }
/** A job of a worker that is gone runs elsewhere within this. */
const TAKEOVER_MS = 30_000
/** The lease of slots, and two beats of whoever waits. */
const SLOT_BACK_MS = 10_000

suiteWhere(hasRedis, 'redis-server', 'what a process holds in Redis', () => {
  let redis: TestRedis
  let shared: SharedByRedis
  let holder: ChildProcess | undefined

  beforeEach(async () => {
    redis = await startRedis()
    shared = openRedis({ url: redis.url, clock: systemClock, emit: () => undefined })
    await vi.waitFor(() => shared.budget.pause('probe', 1), SOON)
  })
  afterEach(async () => {
    holder?.kill('SIGKILL')
    await shared.queue.stop()
    await shared.close()
    await redis.stop()
  })

  /** A process of its own that says when it holds something. */
  const startHolder = async (name: string): Promise<ChildProcess> => {
    const child = fileURLToPath(new URL(`../support/children/${name}.mjs`, import.meta.url))
    holder = spawn(process.execPath, [child, redis.url], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(holder.stdout!, 'data')
    return holder
  }

  testFault('kill -9 of a process with a slot and a place in a host’s line: both go to who waits', async () => {
    const gone = await startHolder('holds-slot')
    const served: string[] = []
    const { done } = await standInLine(shared.openLine(FAST), 'a', 3, served)
    gone.kill('SIGKILL')
    const killedAt = performance.now()
    await done
    const ms = performance.now() - killedAt
    expect(served).toEqual(['a', 'a', 'a'])
    expect(ms).toBeLessThan(SLOT_BACK_MS * PATIENCE)
    return ms
  })

  if (HAS_REAL_WAITS)
    testFault('kill -9 of a process that holds a hint: BullMQ hands it to another', async () => {
      await shared.queue.push({ jobId: 'job', priority: 0, runAt: 0, inMs: 0, fence: 0 })
      const gone = await startHolder('holds-hint')
      const taken: string[] = []
      shared.queue.consume(async (jobId) => void taken.push(jobId), 1)
      gone.kill('SIGKILL')
      const killedAt = performance.now()
      await vi.waitFor(() => expect(taken).toEqual(['job']), SOON)
      const ms = performance.now() - killedAt
      expect(ms).toBeLessThan(TAKEOVER_MS * PATIENCE)
      return ms
    })
})
