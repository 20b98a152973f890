import { compiled } from '../dist.mjs'
import { checkedJobs, crawlsOf } from './crawls.mjs'
import { cpuBetween } from './workers.mjs'
import { openWorld } from './world.mjs'

const WORKERS = 2
const LATENCY_MS = 200
/** People who type at the same time. */
const AT_ONCE = 16
const SETTINGS = { CRAWL_RATE: '10000', CRAWL_CONCURRENCY: '64' }
/** Discord's manners: a second between two calls in a thread (adapters/discord/limits.ts), and a usual way there. */
const DISCORD = { latencyMs: 100, intervalMs: 1_000 }
/** The questions are asked so often while the crawls run, in ms. */
const ASK_MS = 1_000
/** What a sweep looks ahead, and how many rows it and the pacer read (src/jobs/limits.ts, src/chat/limits.ts). */
const [SWEEP_AHEAD_MS, ROWS] = [60_000, 500]

/** Crowds of people, each with a crawl of one listing. */
export function crowds(isQuick) {
  const easy = (users) => ({ name: `${users}`, users })
  const sizes = isQuick ? [10, 50] : [10, 100, 1_000, 5_000]
  return [
    ...sizes.map(easy),
    { name: `${isQuick ? 20 : 200}, Discord’s paces`, users: isQuick ? 20 : 200, manners: DISCORD },
  ]
}

/** One crowd on a world of its own, and then a person alone in it. */
export async function runCrowd(shop, { users, manners }, isQuick) {
  const crawls = crawlsOf('user', users, 1)
  const warm = crawlsOf('warm', 40, 1)
  await shop.set({ form: 'state', latencyMs: LATENCY_MS, prepare: [...crawls.paths, ...warm.paths] })
  const world = await openWorld({ shop, workers: WORKERS, env: SETTINGS, ...(manners && { manners }) })
  try {
    await world.type(warm.lines, AT_ONCE)
    await world.untilEnded()
    await world.untilTold()
    const crowd = await measureCrowd(world, crawls)
    const lone = await measureAlone(world, isQuick ? 3 : 20)
    await checkedJobs(world, warm)
    world.holdNoFault()
    return { users, isPaced: manners !== undefined, ...crowd, lone, kept: await keptBy(world) }
  } finally {
    await world.close()
  }
}

async function measureCrowd(world, crawls) {
  const calls = await world.calls()
  const before = await world.mark()
  const asking = await askMeanwhile(world)
  const typed = await world.type(crawls.lines, AT_ONCE)
  await world.untilEnded()
  const asked = await asking.stop()
  await world.untilTold()
  const after = await world.mark()
  const jobs = await checkedJobs(world, crawls)
  const sentAt = new Map(typed.map((one) => [one.person, one.sentAt]))
  const from = Math.min(...sentAt.values())
  const told = await world.one('select max(sent_at) from outbox')
  return {
    seconds: (Math.max(...jobs.map((job) => job.finished_at)) - from) / 1_000,
    toldSeconds: (told - from) / 1_000,
    typingSeconds: (Math.max(...typed.map((one) => one.sentAt + one.ackMs)) - from) / 1_000,
    ackMs: typed.map((one) => one.ackMs),
    askedAgain: typed.reduce((sum, { tries }) => sum + tries - 1, 0),
    claimMs: jobs.map((job) => job.started_at - sentAt.get(job.person)),
    cpu: cpuBetween(before, after),
    writes: after.writes - before.writes,
    walBytes: after.wal - before.wal,
    bytes: after.bytes - before.bytes,
    asked: after.asked - before.asked,
    calls: (await world.calls()) - calls,
    rssMb: [...world.meter.rssMb('worker'), ...world.meter.rssMb('bot')],
    ...asked,
  }
}

/** The questions that every process asks again and again, by the program's own stores, while the crowd is served. */
async function askMeanwhile(world) {
  const { openStore } = await compiled('../db/index.js')
  const { systemClock } = await compiled('clock.js')
  const databaseUrl = `${world.databaseUrl}?application_name=bench`
  const dataDir = `${world.folder}/asking`
  const store = await openStore({ dataDir, databaseUrl, clock: systemClock, emit: () => {}, locale: 'ko' })
  const figures = { sweepMs: [], behindMs: [], queuedMost: 0, redisMb: 0 }
  const ask = async () => {
    figures.sweepMs.push(await timeOf(() => store.workerJobs.due(SWEEP_AHEAD_MS, ROWS)))
    figures.behindMs.push(await timeOf(() => store.outbox.behind(['discord'], ROWS)))
    const queued = await world.one(`select count(*) from jobs where state = 'queued'`)
    figures.queuedMost = Math.max(figures.queuedMost, queued)
    figures.redisMb = Math.max(figures.redisMb, (await world.redis.info('used_memory')) / 2 ** 20)
  }
  let isOver = false
  const asking = (async () => {
    while (!isOver) {
      await ask()
      await new Promise((resolve) => setTimeout(resolve, ASK_MS))
    }
  })()
  asking.catch(() => undefined)
  return {
    async stop() {
      isOver = true
      await asking
      await store.close()
      return figures
    },
  }
}

/** One person after another, each when the last one’s crawl has ended: nothing waits but for its own work. */
async function measureAlone(world, times) {
  const figures = { ackMs: [], claimMs: [], endMs: [], screenMs: [] }
  for (let time = 0; time < times; time += 1) {
    const crawls = crawlsOf(`lone${time}`, 1, 1)
    const [typed] = await world.type(crawls.lines, 1)
    await world.untilEnded()
    const [job] = await checkedJobs(world, crawls)
    figures.ackMs.push(typed.ackMs)
    figures.claimMs.push(job.started_at - typed.sentAt)
    figures.endMs.push(job.finished_at - typed.sentAt)
    figures.screenMs.push(await world.screenMs())
  }
  await world.untilTold()
  return figures
}

/** Bytes of the largest tables with their indices, and the jobs that they are of. */
async function keptBy({ rows, one }) {
  const tables = await rows(`select relname as table, pg_total_relation_size(oid) as bytes from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by 2 desc`)
  return { tables, jobs: await one('select count(*) from jobs') }
}

async function timeOf(act) {
  const started = performance.now()
  await act()
  return performance.now() - started
}
