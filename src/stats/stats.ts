import type { Clock } from '../clock.ts'
import type { EndedState } from '../jobs/states.ts'
import { atWallClock, isoDay } from '../messages/format.ts'
import type { Backlog, Day, ErrorGroup, HourRow, Snapshot, StatsStore, UserRequests } from './store.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Days that the totals tell one by one. */
const DAYS = 14
/** Longest time that a series tells. */
const SERIES_MAX_MS = 31 * DAY_MS
/** Groups of errors, and users, that one answer holds. */
const ROWS_MAX = 100

/** Ended jobs by how they ended. */
interface EndedCounts {
  completed: number
  failed: number
  cancelled: number
  products: number
}

/** A shop's jobs. */
export interface SiteTotals extends EndedCounts {
  site: string
  running: number
  queued: number
}

/** What ended on one day of TIME_ZONE. */
export interface DayTotals extends EndedCounts {
  /** yyyy-mm-dd */
  day: string
}

/** Numbers of all users and jobs, all of one moment. */
export interface Totals {
  /** Not deleted, with at least one account. */
  users: number
  /** With at least one command in the last 24 hours. */
  activeUsers: number
  runningJobs: number
  queuedJobs: number
  completedJobs: number
  failedJobs: number
  cancelledJobs: number
  /** Processes that work on jobs; absent where they are not counted: one process does everything, or this one is a worker. */
  workers?: number
  /** By name. Products are those of ended jobs. */
  bySite: SiteTotals[]
  /** The last 14 days, today last. */
  byDay: DayTotals[]
}

/** The numbers of the service, for administrators alone. */
export interface Stats {
  totals(): Promise<Totals>
  /** Every hour from the one of `from` up to `to` (epoch milliseconds), at most 31 days before `to`. */
  series(from: number, to: number): Promise<HourRow[]>
  /** Failed jobs that ended since `from` by cause and shop, the most frequent first. */
  errors(from: number): Promise<ErrorGroup[]>
  /** What metrics tell of the moment: all counts by state and shop, the workers, and what chat still owes. */
  state(): Promise<Snapshot & Pick<Totals, 'workers'> & { backlog: Backlog[] }>
  /** Users by their commands since `from`, the most busy first. */
  requestsByUser(from: number): Promise<UserRequests[]>
}

export interface StatsParts {
  store: StatsStore
  clock: Clock
  timeZone: string
  /** As counted last, where processes are counted. */
  workers?(): number | undefined
}

/** The numbers over storage. */
export function createStats(parts: StatsParts): Stats {
  const { store, clock, timeZone } = parts
  const crew = () => {
    const workers = parts.workers?.()
    return workers === undefined ? {} : { workers }
  }
  return {
    totals: async () => {
      const days = daysUntil(clock.now(), timeZone)
      const snapshot = await store.snapshot(days)
      return { ...sumAll(snapshot), ...crew(), bySite: sumSites(snapshot), byDay: sumDays(snapshot, days) }
    },
    series: async (from, to) => {
      const first = startOfHour(Math.max(from, to - SERIES_MAX_MS))
      const rows = new Map((await store.hours(first, to)).map((row) => [row.hour, row]))
      const hours = Array.from(
        { length: Math.max(0, Math.ceil((to - first) / HOUR_MS)) },
        (_, at) => first + at * HOUR_MS,
      )
      return hours.map((hour) => rows.get(hour) ?? { hour, jobs: 0, products: 0, errors: 0, p95Ms: null })
    },
    state: async () => {
      const [snapshot, backlog] = await Promise.all([store.snapshot([]), store.backlog()])
      return { ...snapshot, ...crew(), backlog }
    },
    errors: (from) => store.errors(from, ROWS_MAX),
    requestsByUser: (from) => store.requestsByUser(from, ROWS_MAX),
  }
}

const startOfHour = (at: number): number => at - (at % HOUR_MS)

const COUNTED: Record<EndedState, 'completed' | 'failed' | 'cancelled'> = {
  succeeded: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
}

const nothing = (): EndedCounts => ({ completed: 0, failed: 0, cancelled: 0, products: 0 })

function sumAll({ users, activeUsers, jobs }: Snapshot): Omit<Totals, 'workers' | 'bySite' | 'byDay'> {
  const of = (state: Snapshot['jobs'][number]['state']) =>
    jobs.filter((row) => row.state === state).reduce((sum, row) => sum + row.jobs, 0)
  return {
    users,
    activeUsers,
    runningJobs: of('running'),
    queuedJobs: of('queued'),
    completedJobs: of('succeeded'),
    failedJobs: of('failed'),
    cancelledJobs: of('cancelled'),
  }
}

function sumSites({ jobs }: Snapshot): SiteTotals[] {
  const sites = new Map<string, SiteTotals>()
  for (const row of jobs) {
    const site = sites.get(row.site) ?? { site: row.site, running: 0, queued: 0, ...nothing() }
    sites.set(row.site, site)
    if (row.state === 'running' || row.state === 'queued') site[row.state] += row.jobs
    else add(site, { ...row, state: row.state })
  }
  return [...sites.values()].sort((a, b) => (a.site < b.site ? -1 : 1))
}

/** The last days, today last; today has no end. */
function daysUntil(now: number, timeZone: string): Day[] {
  const today = Date.parse(isoDay(now, timeZone)) // as a date of UTC, where every day has 24 hours
  const names = Array.from({ length: DAYS }, (_, at) => isoDay(today - (DAYS - 1 - at) * DAY_MS, 'UTC'))
  const starts = names.map((day) => atWallClock(`${day}T00:00`, timeZone))
  return names.map((day, at) => ({ day, from: starts[at]!, to: starts[at + 1] ?? Number.MAX_SAFE_INTEGER }))
}

function sumDays({ days }: Snapshot, told: readonly Day[]): DayTotals[] {
  const sums = new Map(told.map(({ day }) => [day, { day, ...nothing() }]))
  for (const row of days) add(sums.get(row.day)!, row)
  return [...sums.values()]
}

function add(sums: EndedCounts, row: { state: EndedState; jobs: number; products: number }): void {
  sums[COUNTED[row.state]] += row.jobs
  sums.products += row.products
}
