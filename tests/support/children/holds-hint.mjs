// A process that takes the first hint, says so, and holds it until it is killed.
import { openRedis } from '../../../dist/db/redis/index.js'
import { systemClock } from '../../../dist/src/clock.js'

const shared = openRedis({ url: process.argv[2], clock: systemClock, emit: () => undefined })
shared.queue.consume(() => new Promise(() => process.stdout.write('holds\n')), 1)
