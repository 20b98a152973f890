import { quantile, short, spread } from '../tables.mjs'

/** What is assumed of people: how many crawls a day, of how many products, and how much of a day is its busiest hour. */
const [JOBS_A_DAY, PRODUCTS, BUSIEST_HOUR] = [1, 100, 0.1]
/** What a listing of the replica shop holds, and how long results are kept as shipped (RETENTION_DAYS). */
const [LISTED, KEPT_DAYS] = [40, 90]
/** Calls a second that Discord takes from one bot (docs.discord.com, "Rate Limits"). */
const DISCORD_CALLS = 50
/** Requests a second that one host gets as shipped (CRAWL_RATE). */
const HOST_RATE = 1
const SIZES = [5_000, 100_000, 1_000_000]
/** Tables that grow with the products, and with the pages, of a job; the others grow with jobs. */
const [BY_PRODUCT, BY_PAGE] = [['products'], ['frontier', 'request_log']]
/** Its rows go when a job ends; its room is used again. */
const PASSING = 'seen'

/** What was measured of a crowd's job, or of a set's page: one of it each. */
const COSTS = {
  'CPU ms: workers': (run) => run.cpu.worker * 1_000,
  'their main threads': (run) => run.cpu['worker main'] * 1_000,
  'CPU ms: bot': (run) => run.cpu.bot * 1_000,
  'its main thread': (run) => run.cpu['bot main'] * 1_000,
  'CPU ms: PostgreSQL': (run) => (run.cpu.postgres ?? Number.NaN) * 1_000,
  'CPU ms: Redis': (run) => run.cpu.redis * 1_000,
  'transactions that write': (run) => run.writes,
  'Redis commands': (run) => run.asked,
  'WAL KB': (run) => run.walBytes / 1_024,
}

/**
 * What a job costs however small it is, and each of its pages: the one line through two measurements, the largest crowd
 * (jobs of one page) and the lifted budget with two workers (jobs of many).
 * @returns undefined where either was not measured
 */
function modelOf({ workers, crowds }) {
  const large = workers.filter((run) => run.set === 'lifted' && run.workers === 2)
  const crowd = largestOf(crowds)
  if (!crowd || large.length === 0) return undefined
  const { jobs, pages } = large[0]
  const pagesAJob = pages / jobs
  const entries = Object.entries(COSTS).map(([name, cost]) => {
    const ofLarge = spread(large.map((run) => cost(run) / run.jobs)).median
    const page = (ofLarge - cost(crowd) / crowd.users) / (pagesAJob - 1)
    return [name, { job: cost(crowd) / crowd.users - page, page }]
  })
  return { costs: Object.fromEntries(entries), crowd, large, pagesAJob }
}

const largestOf = (crowds) =>
  crowds
    .filter(({ isPaced }) => !isPaced)
    .reduce((one, other) => (other.users > (one?.users ?? 0) ? other : one), undefined)

/** Rows of "a job and a page"; none where too little was measured. */
export function modelTable(figures) {
  const model = modelOf(figures)
  if (!model) return []
  const names = Object.keys(COSTS)
  const row = (title, part) => [title, ...names.map((name) => show(model.costs[name][part]))]
  return [['', ...names], row('a job, without its pages', 'job'), row(`a page of ${LISTED} products`, 'page')]
}

const show = (value) => (Number.isFinite(value) ? short(value) : '–')

/** Rows of what crowds of people would need: arithmetic over the figures; none where too little was measured. */
export function paperTable(figures) {
  const model = modelOf(figures)
  if (!model) return []
  const pages = Math.ceil(PRODUCTS / LISTED)
  const of = (name) => model.costs[name].job + pages * model.costs[name].page
  const jobsASecond = (users) => (users * JOBS_A_DAY * BUSIEST_HOUR) / 3_600
  const line = (title, one, need) => [title, one, '', ...SIZES.map((users) => show(need(jobsASecond(users), users)))]
  /** A line whose need is linear, with the users at which one is full. */
  const unit = (title, one, need) => {
    const [cells, most] = [line(title, one, need), SIZES.at(-1)]
    cells[2] = Math.round(Number((most / need(jobsASecond(most), most)).toPrecision(2))).toLocaleString('en')
    return cells
  }
  const cores = (name) => (jobs) => (jobs * of(name)) / 1_000
  const { crowd, large } = model
  const calls = crowd.calls / crowd.users
  const mainWorker = 1_000 / of('their main threads')
  const mainBot = 1_000 / of('its main thread')
  const connections = large[0].connections / (large[0].workers + 1)
  const processes = (jobs) => Math.ceil(jobs / mainWorker) + Math.ceil(jobs / mainBot)
  const serial =
    1_000 /
    quantile(
      large.flatMap((run) => run.rest.commitsMs),
      0.5,
    )
  const kilobytes = kiloBytesKept(crowd, pages)
  return [
    [
      'in the busiest hour',
      'one gives, or costs',
      'one is full at users',
      ...SIZES.map((users) => `${users.toLocaleString('en')} users`),
    ],
    line(
      'jobs a second',
      `${JOBS_A_DAY} a day of ${PRODUCTS} products, ${BUSIEST_HOUR * 100} % of the day in that hour`,
      (jobs) => jobs,
    ),
    unit('hosts’ budgets as shipped', `${HOST_RATE} page/s a host`, (jobs) => (jobs * pages) / HOST_RATE),
    unit(
      'Discord bots, were all on Discord',
      `${DISCORD_CALLS} calls/s a bot, ${short(calls)} calls a job`,
      (jobs) => (jobs * calls) / DISCORD_CALLS,
    ),
    unit('workers by their main threads', `${short(mainWorker)} jobs/s each`, (jobs) => jobs / mainWorker),
    unit('cores of workers', `${short(of('CPU ms: workers'))} ms a job`, cores('CPU ms: workers')),
    unit('bots by their main threads', `${short(mainBot)} jobs/s each`, (jobs) => jobs / mainBot),
    unit('cores of bots', `${short(of('CPU ms: bot'))} ms a job`, cores('CPU ms: bot')),
    unit('cores of PostgreSQL', `${show(of('CPU ms: PostgreSQL'))} ms a job`, cores('CPU ms: PostgreSQL')),
    line(
      'transactions that write, a second',
      `${short(serial)}/s on one connection, ${short(of('transactions that write'))} a job`,
      (jobs) => jobs * of('transactions that write'),
    ),
    line('WAL, MB a second', `${short(of('WAL KB'))} KB a job`, (jobs) => (jobs * of('WAL KB')) / 1_024),
    line('connections to PostgreSQL', `${short(connections)} a process`, (jobs) => processes(jobs) * connections),
    unit('cores of Redis, which has one', `${short(of('CPU ms: Redis'))} ms a job`, cores('CPU ms: Redis')),
    line(
      `database after ${KEPT_DAYS} days, GB`,
      `${short(kilobytes)} KB a job`,
      (_, users) => (users * JOBS_A_DAY * KEPT_DAYS * kilobytes) / 2 ** 20,
    ),
  ]
}

/** What a job of so many pages leaves in the database, KB. */
function kiloBytesKept({ kept: { tables, jobs } }, pages) {
  const factorOf = (table) => (BY_PRODUCT.includes(table) ? PRODUCTS / LISTED : BY_PAGE.includes(table) ? pages : 1)
  const kept = tables.filter(({ table }) => table !== PASSING)
  return kept.reduce((sum, { table, bytes }) => sum + (bytes / jobs) * factorOf(table), 0) / 1_024
}
