// A process that takes a slot of a host and has another request in its line; it says so, and waits to be killed.
import { openRedis } from '../../../dist/db/redis/index.js'
import { systemClock } from '../../../dist/src/clock.js'

const shared = openRedis({ url: process.argv[2], clock: systemClock, emit: () => undefined })
const line = shared.openLine({ rate: 10_000, concurrency: 1 })
const wish = { host: 'shop:443', turn: 'gone', signal: new AbortController().signal }
const join = () => line.join(wish).catch(() => new Promise((resolve) => setTimeout(resolve, 20)).then(join))
await (await join()).place
await line.join(wish)
process.stdout.write('holds\n')
setInterval(() => undefined, 1_000)
