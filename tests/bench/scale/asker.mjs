// People who ask hosts through the shared line and fetch nothing. Started by grants.mjs.
import { compiled } from '../dist.mjs'

/** One grant in so many is timed. */
const TIMED = 10

const { openRedis } = await compiled('../db/redis/index.js')
const { systemClock } = await compiled('clock.js')

process.once('message', async ({ url, users, hosts, seconds }) => {
  const redis = openRedis({ url, clock: systemClock, emit: () => {} })
  const line = redis.openLine({ rate: 10_000, concurrency: 64 })
  const person = (at) => askOnAndOn(line, `${process.pid} ${at}`, `host-${at % hosts}:443`)
  await untilConnected(() => ask(line, 'first', 'host-0:443'))
  process.send({ isReady: true })
  process.once('message', async () => {
    const endsAt = performance.now() + seconds * 1_000
    const all = await Promise.all(Array.from({ length: users }, (_, at) => person(at)(endsAt)))
    process.send({
      grants: all.reduce((sum, { grants }) => sum + grants, 0),
      waitMs: all.flatMap(({ waitMs }) => waitMs),
    })
  })
})
process.on('disconnect', () => process.exit(0))

/** Redis is connected to in the background. */
async function untilConnected(act) {
  for (;;) {
    try {
      return await act()
    } catch {
      await systemClock.sleep(50)
    }
  }
}

const askOnAndOn = (line, turn, host) => async (endsAt) => {
  let grants = 0
  const waitMs = []
  while (performance.now() < endsAt) {
    const started = performance.now()
    await ask(line, turn, host)
    if (grants % TIMED === 0) waitMs.push(performance.now() - started)
    grants += 1
  }
  return { grants, waitMs }
}

/** A request of no length: in line, its turn and its moment of the pace, and out again. */
async function ask(line, turn, host) {
  const standing = await line.join({ host, turn, signal: new AbortController().signal })
  const place = await standing.place
  const waitMs = await place.reserve()
  if (waitMs >= 1) await systemClock.sleep(waitMs)
  place.leave({ kind: 'good' })
}
