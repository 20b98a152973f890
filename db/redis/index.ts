import { randomUUID } from 'node:crypto'
import type { QueueBoard } from '../../src/admin/queue-board.ts'
import type { Budget } from '../../src/budget/budget.ts'
import type { HostLine, HostRule } from '../../src/budget/host-line.ts'
import type { Clock } from '../../src/clock.ts'
import type { Queue } from '../../src/queue/queue.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import type { LogStream } from '../../src/telemetry/shared-log.ts'
import { createQueueBoard } from './board.ts'
import { createRedisBudget } from './budget.ts'
import { createBull } from './bull.ts'
import { createRedisLine, type RedisLine } from './host-line.ts'
import { openRedisLink } from './link.ts'
import { createRedisLogStream } from './log-stream.ts'
import { createRedisQueue } from './queue.ts'

export { lookAtRedis } from './look.ts'

export interface RedisOptions {
  /** `redis://` or `rediss://` */
  url: string
  clock: Clock
  emit: Emit
  /** Before every key and channel; two installations on one Redis do not meet. */
  prefix?: string
}

/** What the processes of one installation share through Redis. Losing it loses nothing. */
export interface SharedByRedis {
  queue: Queue
  /** Of chats. */
  budget: Budget
  /** The line at every host, shared with all processes. */
  openLine(rule: HostRule): HostLine
  /** The newest log lines of all processes. */
  logs: LogStream
  /** Pages that show the queue. */
  board: QueueBoard
  close(): Promise<void>
}

/** Connects in the background: a Redis that is away holds up no start. */
export function openRedis({ url, clock, emit, prefix = 'shopcrawl' }: RedisOptions): SharedByRedis {
  const link = openRedisLink({ url, emit })
  const bull = createBull(link, prefix)
  const lines: RedisLine[] = []
  return {
    queue: createRedisQueue({ link, bull, clock, emit, prefix }),
    budget: createRedisBudget({ link, prefix }),
    logs: createRedisLogStream({ link, prefix }),
    board: createQueueBoard({ link, bull }),
    openLine(rule) {
      const line = createRedisLine({ link, clock, emit, prefix, me: randomUUID(), ...rule })
      lines.push(line)
      return line
    },
    async close() {
      for (const line of lines) line.close()
      await link.close()
    },
  }
}
