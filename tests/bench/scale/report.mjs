import { aligned, machineText, markdownTable, quantile, short, spread, writeBetween } from '../tables.mjs'
import { modelTable, paperTable } from './paper.mjs'

/** CPU is told apart by these; the shop is no part of the program. */
const OWN = ['worker', 'bot', 'postgres', 'redis']

const percentiles = (values, scale = 1) =>
  `${short(quantile(values, 0.5) / scale)} / ${short(quantile(values, 0.99) / scale)}`
const per = (value, count) => (Number.isFinite(value) ? short(value / count) : '–')
const cpuCells = (cpu, count) => OWN.map((kind) => per((cpu[kind] ?? Number.NaN) * 1_000, count))
const ownCpu = (cpu) => OWN.reduce((sum, kind) => sum + (cpu[kind] ?? 0), 0)

/** Median of a figure over the rounds, with the least and the greatest where there were several. */
function over(runs, figure) {
  const { median, min, max } = spread(runs.map(figure))
  return runs.length === 1 ? short(median) : `${short(median)} (${short(min)}–${short(max)})`
}

/** Runs of each set and number of workers. */
function grouped(runs) {
  const groups = new Map()
  for (const run of runs) {
    const key = `${run.set} ${run.workers}`
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  return [...groups.values()]
}

/** Tables of the database that are shown, the largest. */
const SHOWN = 8

const CPU_HEAD = ['workers', 'bot', 'PostgreSQL', 'Redis'].map((name) => `CPU ms: ${name}`)

function throughput(runs) {
  const head = [
    'shop’s budget',
    'workers',
    'jobs × pages',
    'seconds',
    'pages/s',
    'jobs/s',
    'busy cores',
    'of them the shop’s',
    'RSS MB a worker',
    'connections',
  ]
  const rows = grouped(runs).map((group) => {
    const [{ title, workers, jobs, pages }] = group
    const spent = (run) => ownCpu(run.cpu) + run.cpu.shop
    return [
      ...[title, String(workers), `${jobs} × ${pages / jobs}`, over(group, (run) => run.seconds)],
      ...[over(group, (run) => run.pages / run.seconds), over(group, (run) => run.jobs / run.seconds)],
      ...[over(group, (run) => spent(run) / run.wholeSeconds), over(group, (run) => run.cpu.shop / run.wholeSeconds)],
      over(group, (run) => run.rssMb.reduce((sum, mb) => sum + mb, 0) / run.rssMb.length),
      over(group, (run) => run.connections),
    ]
  })
  return [head, ...rows]
}

function costs(runs) {
  const head = [
    'a page',
    'workers',
    ...CPU_HEAD,
    'together',
    'main thread of workers',
    'transactions',
    'that write',
    'Redis commands',
    'WAL KB',
  ]
  const rows = grouped(runs).map((group) => {
    const [{ title, workers }] = group
    const median = (figure) => over(group, (run) => figure(run) / run.pages)
    return [
      ...[title, String(workers), ...OWN.map((kind) => median((run) => (run.cpu[kind] ?? Number.NaN) * 1_000))],
      ...[
        median((run) => ownCpu(run.cpu) * 1_000),
        median((run) => run.cpu['worker main'] * 1_000),
        median((run) => run.commits),
        median((run) => run.writes),
      ],
      ...[median((run) => run.asked), median((run) => run.walBytes / 1_024)],
    ]
  })
  return [head, ...rows]
}

/** What a second costs in which nobody asks for anything. */
function rest(runs) {
  const head = [
    'a second at rest',
    ...CPU_HEAD,
    'transactions',
    'that write',
    'Redis commands',
    'one write ms p50 / p99',
  ]
  const lifted = grouped(runs.filter(({ set }) => set === 'lifted'))
  const rows = lifted.map((group) => [
    `1 bot, ${group[0].workers} worker${group[0].workers === 1 ? '' : 's'}`,
    ...OWN.map((kind) => over(group, (run) => (run.rest.cpu[kind] ?? Number.NaN) * 1_000)),
    ...['commits', 'writes', 'asked'].map((what) => over(group, (run) => run.rest[what])),
    percentiles(group.flatMap((run) => run.rest.commitsMs)),
  ])
  return [head, ...rows]
}

function growth(crowds) {
  const head = [
    'users',
    'crawled after s',
    'jobs/s',
    'told after s',
    'command answered ms p50 / p99',
    'asked again',
    'command → claim s p50 / p99',
    'waiting at most',
    ...CPU_HEAD.map((name) => `${name} a job`),
    'main thread of the bot',
    'writes a job',
    'Redis commands a job',
  ]
  const rows = crowds.map((one) => [
    ...[one.name, short(one.seconds), short(one.users / one.seconds), short(one.toldSeconds)],
    ...[percentiles(one.ackMs), String(one.askedAgain), percentiles(one.claimMs, 1_000), String(one.queuedMost)],
    ...[
      ...cpuCells(one.cpu, one.users),
      per(one.cpu['bot main'] * 1_000, one.users),
      per(one.writes, one.users),
      per(one.asked, one.users),
    ],
  ])
  return [head, ...rows]
}

function questions(crowds) {
  const head = [
    'users',
    'sweep ms',
    'pacer’s look ms',
    'alone: answered ms',
    'alone: claimed ms',
    'alone: ended ms',
    '/admin ms',
    'chat calls a job',
    'Redis MB',
    'database KB a job',
    'WAL KB a job',
  ]
  const rows = crowds.map(({ users, lone, ...one }) => [
    ...[one.name, percentiles(one.sweepMs), percentiles(one.behindMs), percentiles(lone.ackMs)],
    ...[percentiles(lone.claimMs), percentiles(lone.endMs), percentiles(lone.screenMs), per(one.calls, users)],
    ...[short(one.redisMb), per(one.bytes / 1_024, users), per(one.walBytes / 1_024, users)],
  ])
  return [head, ...rows]
}

function kept(crowds) {
  const { name, kept: most } = crowds.reduce((one, other) => (other.kept.jobs > one.kept.jobs ? other : one))
  const head = [`table, after ${name} users`, 'MB', 'KB a job']
  const rows = most.tables
    .slice(0, SHOWN)
    .map(({ table, bytes }) => [table, short(bytes / 2 ** 20), per(bytes / 1_024, most.jobs)])
  return [head, ...rows]
}

function grants(cases) {
  const head = ['users', 'hosts', 'grants/s', 'from asking to leaving ms p50 / p99', 'CPU ms of Redis a grant']
  const rows = cases.map((one) => [
    ...[String(one.users), String(one.hosts), short(one.perSecond), percentiles(one.waitMs), short(one.redisMs)],
  ])
  return [head, ...rows]
}

/** All tables that there are figures for, with their titles. */
function tablesOf(figures) {
  const { workers, crowds, grants: cases } = figures
  return [
    ...(workers.length > 0
      ? [
          ['Workers', throughput(workers)],
          ['What a page costs', costs(workers)],
          ['At rest', rest(workers)],
        ]
      : []),
    ...(crowds.length > 0
      ? [
          ['Users', growth(crowds)],
          ['Questions that could grow', questions(crowds)],
          ['What is kept', kept(crowds)],
        ]
      : []),
    ...(cases.length > 0 ? [['The hosts’ line on Redis', grants(cases)]] : []),
    ['A job and a page (the line through two measurements)', modelTable(figures)],
    ['On paper (arithmetic over these figures)', paperTable(figures)],
  ].filter(([, rows]) => rows.length > 1)
}

/** The tables for a terminal. */
export const text = (figures) =>
  tablesOf(figures)
    .map(([title, rows]) => `${title}\n${aligned(rows)}`)
    .join('\n')

/** Puts the tables into docs/scaling.md between its two marks. */
export function writeMarkdown(figures, { rounds, isQuick, note }) {
  const about = `${machineText()}; ${rounds} round${rounds === 1 ? '' : 's'} of the workers${isQuick ? ', the quick form' : ''}. Where there were several rounds figures are median (min–max).${note && ` ${note}`}`
  const tables = tablesOf(figures).map(([title, rows]) => `### ${title}\n\n${markdownTable(rows)}`)
  writeBetween('scaling.md', 'scale', [about, ...tables].join('\n\n'))
}
