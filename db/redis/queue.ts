import type { Queue as BullQueue } from 'bullmq'
import type { Clock } from '../../src/clock.ts'
import { newId } from '../../src/ids.ts'
import type { HintHandler, Queue, QueueHint } from '../../src/queue/queue.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import type { Bull, HintData } from './bull.ts'
import { createHands, type Hands } from './hands.ts'
import { createInterrupts } from './interrupts.ts'
import type { RedisLink } from './link.ts'

/** A hint given to Redis is not looked up there again for so long; a Redis that lost everything has it back after it. */
const KNOWN_MS = 10_000
/** How long a stop waits for Redis to take its leave. */
const CLOSE_MS = 2_000
/** BullMQ's priorities: 1 first. Ours: −10…10, higher first. */
const bullPriority = (priority: number): number => 11 - priority
const bullId = ({ jobId, fence }: QueueHint): string => `job-${jobId}-${fence}`

export interface RedisQueueParts {
  link: RedisLink
  bull: Bull
  clock: Clock
  emit: Emit
  /** Before every key and channel: two installations on one Redis do not meet. */
  prefix: string
}

/**
 * The queue on BullMQ: hints go to any worker on any machine. A hint has one attempt; whether a job is tried again stands in its row.
 */
export function createRedisQueue(parts: RedisQueueParts): Queue {
  const { link, bull, clock, emit, prefix } = parts
  const running = new Map<string, { controller: AbortController; ended: Promise<void> }>()
  const known = createKnown(clock)
  const interrupts = createInterrupts(link, `${prefix}:interrupt`, (jobId, reason) =>
    running.get(jobId)?.controller.abort(reason),
  )
  let hands: Hands | undefined

  const handle = async (handler: HintHandler, jobId: string, signal: AbortSignal): Promise<void> => {
    try {
      await handler(jobId, signal)
    } catch (error) {
      if (signal.aborted && error === signal.reason) return
      emit('fault', { id: newId(clock.now()), where: 'queue', error, job: jobId })
    }
  }

  const take = async (handler: HintHandler, jobId: string): Promise<void> => {
    if (running.has(jobId)) return // a lapsed lock handed it out again
    const controller = new AbortController()
    const ended = handle(handler, jobId, controller.signal).finally(() => running.delete(jobId))
    running.set(jobId, { controller, ended })
    await ended
  }

  return {
    async push(hint) {
      if (known.has(hint)) return
      await link.answered(async () => place(await bull.open(), hint))
      known.add(hint)
    },
    consume(handler, concurrency) {
      hands = createHands(parts, bull.open, concurrency, (jobId) => take(handler, jobId))
      interrupts.listen()
    },
    async interrupt(jobId, reason) {
      running.get(jobId)?.controller.abort(reason)
      await interrupts.send(jobId, reason)
    },
    async stop() {
      const left = hands?.stop()
      await Promise.all([...running.values()].map(({ ended }) => ended))
      await Promise.race([left, clock.sleep(CLOSE_MS)])
      await Promise.race([bull.close(), clock.sleep(CLOSE_MS)])
    },
    counts: () => ({ waiting: known.size(), running: running.size }),
    trouble: () => link.trouble() ?? hands?.trouble() ?? null,
  }
}

/**
 * Adds a hint, in the place of one that says otherwise. One that a worker holds stays. Redis counts a delay by the clocks
 * of its clients: a hint that is due, and still held back there, is let go.
 */
async function place(bull: BullQueue<HintData>, hint: QueueHint): Promise<void> {
  const id = bullId(hint)
  const there = await bull.getJob(id)
  if (there?.data.priority === hint.priority && there.data.runAt === hint.runAt) {
    if (there.delay > 0 && hint.inMs <= 0) await there.promote().catch(() => undefined) // let go meanwhile
    return
  }
  if (there) await there.remove().catch(() => undefined) // held by a worker
  const { jobId, priority, runAt } = hint
  await bull.add(
    'crawl',
    { jobId, priority, runAt },
    {
      jobId: id,
      attempts: 1,
      priority: bullPriority(priority),
      delay: Math.max(0, hint.inMs),
      removeOnComplete: true,
      removeOnFail: true,
    },
  )
}

/** Hints that this process gave to Redis a moment ago, so that a sweep each second does not ask for each of them. */
function createKnown(clock: Clock) {
  const saidAt = new Map<string, number>()
  const keyOf = (hint: QueueHint) => `${bullId(hint)} ${hint.priority} ${hint.runAt} ${hint.inMs <= 0}`
  const forget = () => {
    for (const [key, at] of saidAt) {
      if (clock.monotonic() - at < KNOWN_MS) return // in the order of their times
      saidAt.delete(key)
    }
  }
  return {
    has(hint: QueueHint): boolean {
      forget()
      return saidAt.has(keyOf(hint))
    },
    add(hint: QueueHint): void {
      saidAt.delete(keyOf(hint))
      saidAt.set(keyOf(hint), clock.monotonic())
    },
    size(): number {
      forget()
      return saidAt.size
    },
  }
}
