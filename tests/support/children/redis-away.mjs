// A process whose Redis was never there: it takes jobs, is asked to end, and has to end by itself.
import { openRedis } from '../../../dist/db/redis/index.js'
import { systemClock } from '../../../dist/src/clock.js'

const shared = openRedis({ url: process.argv[2], clock: systemClock, emit: () => undefined })
shared.queue.consume(async () => undefined, 1)
await shared.queue.push({ jobId: 'job', priority: 0, runAt: 0, inMs: 0, fence: 0 }).catch(() => undefined)
await new Promise((resolve) => setTimeout(resolve, 6_000)) // BullMQ's own connections are made meanwhile
await shared.queue.stop()
await shared.close()
process.stdout.write('stopped\n')
