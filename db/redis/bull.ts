import { Queue as BullQueue } from 'bullmq'
import type { QueueHint } from '../../src/queue/queue.ts'
import type { RedisLink } from './link.ts'

/** What a hint carries in Redis: ids and numbers only, since Redis keeps it in clear text. */
export type HintData = Pick<QueueHint, 'jobId' | 'priority' | 'runAt'>

/** BullMQ's side that adds and looks. */
export interface Bull {
  /** Waits for Redis as long as it takes: ask through the link. */
  open(): Promise<BullQueue<HintData>>
  close(): Promise<void>
}

/** BullMQ looks at the server once when it is made, so it is made when Redis is there. */
export function createBull(link: RedisLink, prefix: string): Bull {
  let made: BullQueue<HintData> | undefined
  return {
    async open() {
      if (made) return made
      const bull = new BullQueue<HintData>('jobs', { connection: link.commands, prefix })
      bull.on('error', link.tell)
      await bull.waitUntilReady()
      made ??= bull
      return made
    },
    close: async () => void (await made?.close().catch(link.tell)),
  }
}
