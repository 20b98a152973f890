import { aligned, machineText, markdownTable, short, spread, writeBetween } from './tables.mjs'

/** One row a workload and contestant: the spread of each figure over the rounds. */
export function rowsOf(workloads, runs) {
  const ran = workloads.filter(({ name }) => runs.some((run) => run.workload === name))
  return ran.flatMap(({ name, title, contestants }) =>
    contestants.map((contestant) => {
      const mine = runs.filter((run) => run.workload === name && run.contestant === contestant)
      const of = (figure) => spread(mine.map(figure))
      return {
        ...{ workload: name, title, contestant, pages: mine[0].pages, products: mine[0].products },
        seconds: of((run) => run.seconds),
        pagesPerSecond: of((run) => run.pages / run.seconds),
        cpuMsPerPage: of((run) => (run.cpuSeconds * 1_000) / run.pages),
        rssMb: of((run) => run.rssMb),
        delayP99Ms: of((run) => run.delayP99Ms),
        checksum: mine[0].checksum,
      }
    }),
  )
}

/** How the chat services' commands come. */
const NAMES = { slack: 'Slack (HTTP)', discord: 'Discord (gateway)' }

/** The issue's goals, each as a ratio or a figure of every round. */
const GOALS = [
  {
    goal: 'pages a second against CheerioCrawler, selectors only',
    wanted: '≥ 4×',
    holds: (value) => value >= 4,
    value: ratio('cards', 'shopcrawl', 'crawlee', (run) => run.pages / run.seconds),
  },
  {
    goal: 'pages a second against CheerioCrawler, embedded state',
    wanted: '≥ 6×',
    holds: (value) => value >= 6,
    value: ratio('state', 'shopcrawl', 'crawlee', (run) => run.pages / run.seconds),
  },
  {
    goal: 'CPU a page against undici + cheerio by hand, selectors only',
    wanted: '≤ 0.35×',
    holds: (value) => value <= 0.35,
    value: ratio('cards', 'shopcrawl', 'cheerio', (run) => run.cpuSeconds / run.pages),
  },
  {
    goal: 'RSS a further concurrent job, 100 → 1,000 jobs',
    wanted: '≤ 1 MB',
    holds: (value) => value <= 1,
    value: (round) => between(round, 'memory-100', 'memory-1000', (few, many) => (many.rssMb - few.rssMb) / 900),
    unit: ' MB',
  },
  {
    goal: 'event-loop delay p99 with 200 crawls at full speed',
    wanted: '< 50 ms',
    holds: (value) => value < 50,
    value: (round) => find(round, 'loop', 'shopcrawl')?.delayP99Ms,
    unit: ' ms',
  },
  ...['slack', 'discord'].map((name) => ({
    goal: `a command on ${NAMES[name]} acknowledged with 200 crawls at full speed, p99`,
    wanted: '< 300 ms',
    holds: (value) => value < 300,
    value: (round) => find(round, 'ack', 'chat')?.acknowledged[name].p99Ms,
    unit: ' ms',
  })),
  {
    goal: 'a 30-product crawl beside one of 10,000 products, 10 requests a second',
    wanted: '≤ 2.2×',
    holds: (value) => value <= 2.2,
    value: (round) => between(round, 'fair-alone', 'fair-beside', (alone, beside) => beside.seconds / alone.seconds),
  },
  {
    goal: 'the administrator’s first screen, 100,000 jobs and 5,000 users',
    wanted: '< 300 ms',
    holds: (value) => value < 300,
    value: (round) => {
      const run = find(round, 'admin', 'admin')
      return run && (run.seconds * 1_000) / run.pages
    },
    unit: ' ms',
  },
]

function ratio(workload, ours, theirs, figure) {
  return (round) => {
    const [mine, other] = [find(round, workload, ours), find(round, workload, theirs)]
    return mine && other && figure(mine) / figure(other)
  }
}

function between(round, first, second, combine) {
  const [one, other] = [find(round, first, 'shopcrawl'), find(round, second, 'shopcrawl')]
  return one && other && combine(one, other)
}

const find = (round, workload, contestant) =>
  round.find((run) => run.workload === workload && run.contestant === contestant)

function goalRows(runs) {
  const rounds = [...new Set(runs.map(({ round }) => round))].map((round) => runs.filter((run) => run.round === round))
  return GOALS.flatMap(({ goal, wanted, holds, value, unit = '×' }) => {
    const values = rounds.map(value).filter((it) => it !== undefined)
    if (values.length === 0) return []
    const { median, min, max } = spread(values)
    const text = `${short(median)}${unit} (${short(min)}–${short(max)})`
    return [[goal, wanted, text, holds(median) ? 'met' : 'missed']]
  })
}

/** The table of figures for a terminal. */
export const table = (rows) => aligned([HEAD, ...rows.map(cellsOf)])

/** The goals that the workloads that ran tell of. */
export const goalTable = (runs) => aligned([['goal', 'wanted', 'median (min–max)', ''], ...goalRows(runs)])

const HEAD = [
  'workload',
  'contestant',
  'seconds',
  'pages/s',
  'CPU ms a page',
  'RSS MB',
  'loop p99 ms',
  'products',
  'checksum',
]

function cellsOf(row) {
  const cell = ({ median, min, max }) => `${short(median)} (${short(min)}–${short(max)})`
  const { seconds, pagesPerSecond, cpuMsPerPage, rssMb, delayP99Ms } = row
  const figures = [seconds, pagesPerSecond, cpuMsPerPage, rssMb, delayP99Ms].map(cell)
  const isChecked = row.products > 0
  return [row.title, row.contestant, ...figures, isChecked ? String(row.products) : '–', isChecked ? row.checksum : '–']
}

/** Puts the tables into docs/performance.md between its two marks. */
export function writeMarkdown({ rounds, isQuick, note }, rows, runs) {
  const about = `${machineText()}, ${rounds} rounds${isQuick ? ' of the quick form' : ''}. Figures are median (min–max).${note && ` ${note}`}`
  const goals = markdownTable([['goal', 'wanted', 'measured', ''], ...goalRows(runs)])
  const figures = markdownTable([HEAD.slice(0, -1), ...rows.map((row) => cellsOf(row).slice(0, -1))])
  writeBetween('performance.md', 'bench', `${about}\n\n${goals}\n\n${figures}`)
}
