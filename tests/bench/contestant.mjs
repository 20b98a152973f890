// One contestant in a process of its own. Started by bench.mjs; warms up, runs its workload once, and tells what it took.
import { createHash } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** The delay of the event loop is looked at so often, in ms. */
const LOOK_MS = 5
/** RSS is looked at so often, in ms. */
const RSS_MS = 250
/** What every contestant must have read of each product. */
const FIELDS = [
  'id',
  'name',
  'brand',
  'price',
  'originalPrice',
  'discountRate',
  'rating',
  'reviewCount',
  'inStock',
  'url',
  'imageUrl',
]

const [name] = process.argv.slice(2)
const { open } = await import(`./contestants/${name}.mjs`)

process.once('message', async ({ origin, load, warmUp, env }) => {
  const contestant = await open({ origin, env })
  await contestant.crawl(warmUp)
  await contestant.settle?.()
  process.send({ isWarm: true })
  process.once('message', async () => {
    const measured = await measure(contestant, load)
    await contestant.close()
    process.send(measured, () => process.exit(0))
  })
})

async function measure(contestant, load) {
  const delay = monitorEventLoopDelay({ resolution: LOOK_MS })
  const cpu = process.cpuUsage()
  const started = performance.now()
  const rss = sampleRss()
  delay.enable()
  const products = await contestant.crawl(load)
  const ms = performance.now() - started
  delay.disable()
  const { user, system } = process.cpuUsage(cpu)
  const rssMb = rss.stop()
  const rows = products ? await products() : []
  return {
    seconds: ms / 1_000,
    cpuSeconds: (user + system) / 1e6,
    rssMb,
    delayP99Ms: delay.percentile(99) / 1e6,
    products: rows.length,
    checksum: checksumOf(rows),
    ...contestant.figures?.(),
  }
}

/** The highest RSS while the workload ran; the warm-up's own peak does not count. */
function sampleRss() {
  let peak = process.memoryUsage.rss()
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, RSS_MS)
  return {
    stop() {
      clearInterval(timer)
      return Math.max(peak, process.memoryUsage.rss()) / 2 ** 20
    },
  }
}

function checksumOf(rows) {
  const lines = rows.map((row) => JSON.stringify(FIELDS.map((field) => row[field] ?? null))).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12)
}
