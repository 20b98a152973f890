import { Gauge, type Registry } from 'prom-client'

/** What storage says at one moment, for gauges. */
export interface State {
  users: number
  activeUsers: number
  /** Absent where they are not counted. */
  workers?: number
  jobs: readonly { state: string; site: string; jobs: number }[]
  /** What each chat platform still has to be told. */
  backlog: readonly { platform: string; entries: number; oldestMs: number }[]
}

const MS_IN_SECOND = 1_000

/** Gauges of what is stored. A storage that is away leaves them out and says so (`state_read`): the rest is told. */
export function createGauges(registry: Registry, prefix: string) {
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name: prefix + name, help, labelNames, registers: [registry] })
  const jobs = gauge('jobs', 'Jobs by state and shop.', 'state', 'site')
  const users = gauge('users', 'Users with an account.')
  const active = gauge('active_users', 'Users who sent a command in the last 24 hours.')
  const workers = gauge(
    'workers',
    'Processes that work on jobs, as this one counts them; absent where none are counted.',
  )
  const pending = gauge('outbox_pending', 'Messages owed and not delivered.', 'platform')
  const oldest = gauge('outbox_oldest_seconds', 'How long the oldest message has been owed.', 'platform')
  const isRead = gauge('state_read', 'Whether storage told the gauges: 1 or 0.')
  workers.remove() // told only once they were counted
  let reader: (() => Promise<State>) | undefined

  const show = (state: State): void => {
    users.set(state.users)
    active.set(state.activeUsers)
    if (state.workers !== undefined) workers.set(state.workers)
    for (const { state: name, site, jobs: count } of state.jobs) jobs.set({ state: name, site }, count)
    for (const { platform, entries, oldestMs } of state.backlog) {
      pending.set({ platform }, entries)
      oldest.set({ platform }, oldestMs / MS_IN_SECOND)
    }
  }
  return {
    readState: (read: () => Promise<State>): void => {
      reader = read
    },
    refresh: async (): Promise<void> => {
      workers.remove() // reset() would tell 0
      if (!reader) return
      const state = await reader().catch(() => undefined)
      for (const one of [jobs, users, active, pending, oldest]) one.reset()
      isRead.set(state ? 1 : 0)
      if (state) show(state)
    },
  }
}
