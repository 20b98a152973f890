import { checkedJobs, crawlsOf } from './crawls.mjs'
import { openWorld } from './world.mjs'

const LATENCY_MS = 200
/** People who type at the same time. */
const AT_ONCE = 16
/** What the processes do while nobody asks is looked at for so long, in ms. */
const REST_MS = 10_000

/** The shop asked as fast as it answers, as in bench.mjs; the budget stands in Redis all the same. */
const LIFTED = { CRAWL_RATE: '10000', CRAWL_CONCURRENCY: '64' }

/** Sets of crawls, each run by 1, 2 and 4 workers. */
export function workerSets(isQuick) {
  const counts = isQuick ? [1, 2] : [1, 2, 4]
  const set = (name, title, env, [jobs, pages], warm, isOnce = false) => ({
    ...{ name, title, env, counts, warm, isOnce, jobs, pages },
  })
  return [
    set('lifted', 'lifted', LIFTED, isQuick ? [20, 5] : [120, 15], [40, 2]),
    set('few', 'lifted, 2 jobs a worker', { ...LIFTED, CRAWL_JOBS: '2' }, isQuick ? [8, 5] : [80, 8], [16, 2]),
    set('shipped', 'as shipped (1 a second, 2 at once)', {}, isQuick ? [4, 1] : [6, 4], [4, 1], true),
  ]
}

/** One set by so many workers on a world of its own. */
export async function runWorkers(shop, set, count) {
  const crawls = crawlsOf('run', set.jobs, set.pages)
  const warm = crawlsOf('warm', ...set.warm)
  await shop.set({ form: 'state', latencyMs: LATENCY_MS, prepare: [...crawls.paths, ...warm.paths] })
  const world = await openWorld({ shop, workers: count, env: set.env })
  try {
    await world.type(warm.lines, AT_ONCE)
    await world.untilEnded()
    await world.untilTold()
    const rest = await atRest(world)
    const before = await world.mark()
    const typed = await world.type(crawls.lines, AT_ONCE)
    const connections = world.one(`select count(*) from pg_stat_activity where application_name = 'shopcrawl'
      and datname = current_database()`)
    await world.untilEnded()
    await world.untilTold()
    const after = await world.mark()
    const jobs = await checkedJobs(world, crawls)
    await checkedJobs(world, warm)
    world.holdNoFault()
    return { ...figuresOf(jobs, typed, before, after), rest, connections: await connections, ...countsOf(world) }
  } finally {
    await world.close()
  }
}

/** A second of a world in which nobody asks for anything. */
async function atRest(world) {
  const commitsMs = await world.commitsMs()
  const before = await world.mark()
  await new Promise((resolve) => setTimeout(resolve, REST_MS))
  const after = await world.mark()
  const seconds = (after.at - before.at) / 1_000
  const cpu = cpuBetween(before, after)
  return {
    commitsMs,
    cpu: Object.fromEntries(Object.entries(cpu).map(([kind, spent]) => [kind, spent / seconds])),
    commits: (after.commits - before.commits) / seconds,
    writes: (after.writes - before.writes) / seconds,
    asked: (after.asked - before.asked) / seconds,
  }
}

function figuresOf(jobs, typed, before, after) {
  const pages = jobs.reduce((sum, job) => sum + job.pages, 0)
  const from = Math.min(...typed.map(({ sentAt }) => sentAt))
  const to = Math.max(...jobs.map((job) => job.finished_at))
  return {
    ...{
      jobs: jobs.length,
      pages,
      seconds: (to - from) / 1_000,
      wholeSeconds: (after.at - before.at) / 1_000,
      cpu: cpuBetween(before, after),
    },
    commits: after.commits - before.commits,
    writes: after.writes - before.writes,
    walBytes: after.wal - before.wal,
    asked: after.asked - before.asked,
  }
}

const countsOf = ({ meter, workers }) => ({
  rssMb: meter.rssMb('worker'),
  slowed: workers.reduce((sum, worker) => sum + worker.count('host.slowed'), 0),
})

/** CPU seconds by kind between two marks. */
export const cpuBetween = (before, after) =>
  Object.fromEntries(Object.entries(after.cpu).map(([kind, seconds]) => [kind, seconds - (before.cpu[kind] ?? 0)]))
