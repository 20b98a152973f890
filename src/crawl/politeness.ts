import type { Budget } from '../budget/budget.ts'
import { createFairTurns } from '../budget/fair.ts'
import type { Clock } from '../clock.ts'
import { Refusal } from '../errors.ts'
import type { Emit } from '../telemetry/events.ts'
import { BUDGET_RETRY_MS, FORGET_HOST_MS, MAX_HOSTS, MAX_WAIT_IN_PLACE_MS } from './http-limits.ts'
import { createPace, type Pace } from './pace.ts'
import { type OnWaiting, tellWaiting } from './waiting.ts'

/** One request's wish to be sent to a host. */
export interface Visit {
  /** `host:port` really asked; what pace and budget are kept by. */
  host: string
  /** The public host, for people. */
  shownHost: string
  /** Turns between users are taken by this key. */
  turn: string
  /** Crawl-delay of its robots.txt, when that is known; what was said before holds otherwise. */
  delayMs?: number
  signal: AbortSignal
  onWaiting?: OnWaiting
}

/**
 * What came of a visit: `good` answers make a slowed host faster again, `complaint`s slow it for all users, with the
 * time that it asks for (Retry-After) where it names one; `nothing` says nothing about the pace.
 */
export type VisitEnd =
  | { kind: 'good' }
  | { kind: 'nothing' }
  | { kind: 'complaint'; cause: string; retryAfterMs: number | null }

/** Manners towards hosts: a slot, a fair turn and a place in the budget before each request; a pace that adapts. */
export interface Politeness {
  /**
   * Waits until the request may leave. While the budget's store is away it waits: nothing leaves.
   * @returns to be called once, when the request has ended; it frees the slot
   * @throws Refusal `page.rate_limited` when the host wants more than a minute of rest; the signal's reason
   */
  enter(visit: Visit): Promise<(end: VisitEnd) => void>
  /** Slows a host for what only the page's reader can see (a block page). `host`: as in Visit. */
  complain(host: string, cause: string): void
  /** The pace of a host now, for status and tests. */
  paceOf(host: string): { intervalMs: number; atOnce: number }
}

export interface PolitenessOptions {
  budget: Budget
  clock: Clock
  emit: Emit
  /** Requests a second for one host. */
  rate: number
  /** Requests at once for one host. */
  concurrency: number
}

interface Host {
  pace: Pace
  /** Monotonic. */
  pausedUntil: number
  usedAt: number
}

export function createPoliteness(options: PolitenessOptions): Politeness {
  const { budget, clock, emit } = options
  const hosts = new Map<string, Host>()
  const turns = createFairTurns({ atOnce: (host) => hostOf(host).pace.atOnce() })

  const hostOf = (name: string): Host => {
    const known = hosts.get(name)
    const now = clock.monotonic()
    if (known && now - known.usedAt < FORGET_HOST_MS) {
      known.usedAt = now
      return known
    }
    if (hosts.size >= MAX_HOSTS) sweep(hosts, now)
    const host = {
      pace: createPace(options.rate, options.concurrency),
      pausedUntil: known?.pausedUntil ?? 0,
      usedAt: now,
    }
    hosts.set(name, host)
    return host
  }

  const complain = (name: string, cause: string, retryAfterMs: number | null = null): void => {
    const host = hostOf(name)
    if (host.pace.slow()) emit('host.slowed', { host: name, intervalMs: host.pace.intervalMs(), cause })
    if (retryAfterMs === null || retryAfterMs === 0) return
    host.pausedUntil = Math.max(host.pausedUntil, clock.monotonic() + retryAfterMs)
    // Away: other instances learn it from the host itself.
    budget.pause(budgetKey(name), retryAfterMs).catch(() => undefined)
  }

  const settle = (name: string, end: VisitEnd): void => {
    const { pace } = hostOf(name)
    if (end.kind === 'complaint') complain(name, end.cause, end.retryAfterMs)
    else if (end.kind === 'good' && pace.good()) emit('host.recovered', { host: name, intervalMs: pace.intervalMs() })
  }

  return {
    complain,
    paceOf: (name) => ({ intervalMs: hostOf(name).pace.intervalMs(), atOnce: hostOf(name).pace.atOnce() }),
    async enter(visit) {
      const host = hostOf(visit.host)
      if (visit.delayMs !== undefined) host.pace.setDelay(visit.delayMs)
      const waiting = { for: 'turn', host: visit.shownHost, ms: null } as const
      const leave = await tellWaiting(clock, visit.onWaiting, waiting, () =>
        turns.enter(visit.host, visit.turn, visit.signal),
      )
      try {
        await waitForTurn(visit, hostOf(visit.host), { budget, clock })
      } catch (error) {
        leave()
        throw error
      }
      return (end) => {
        settle(visit.host, end)
        leave()
      }
    },
  }
}

const budgetKey = (host: string): string => `shop ${host}`

/** Waits out the host's rest and then its place in the budget, again if the host was told to rest meanwhile. */
async function waitForTurn(
  visit: Visit,
  host: Host,
  { budget, clock }: { budget: Budget; clock: Clock },
): Promise<void> {
  while (true) {
    const restMs = host.pausedUntil - clock.monotonic()
    if (restMs > 0) {
      await sleepInPlace(visit, clock, 'retry-after', restMs, MAX_WAIT_IN_PLACE_MS)
      continue
    }
    const intervalMs = host.pace.intervalMs()
    const waitMs = await takeTurn(visit, intervalMs, { budget, clock })
    // Longer than the own pace explains: another instance was told to rest.
    await sleepInPlace(visit, clock, 'turn', waitMs, MAX_WAIT_IN_PLACE_MS + 2 * intervalMs)
    if (host.pausedUntil <= clock.monotonic()) return
  }
}

async function sleepInPlace(visit: Visit, clock: Clock, reason: 'turn' | 'retry-after', ms: number, longest: number) {
  if (ms > longest) {
    throw new Refusal('page.rate_limited', { host: visit.shownHost, retryAt: Math.ceil(clock.now() + ms) })
  }
  if (ms < 1) return // below what a timer can do; the budget carries it over to the next turn
  await tellWaiting(clock, visit.onWaiting, { for: reason, host: visit.shownHost, ms }, () =>
    clock.sleep(ms, visit.signal),
  )
}

/** The budget fails closed: while its store is away, this waits. */
async function takeTurn(visit: Visit, intervalMs: number, { budget, clock }: { budget: Budget; clock: Clock }) {
  const take = () => budget.take(budgetKey(visit.host), { intervalMs, burst: 1 })
  try {
    return await take()
  } catch {
    const waiting = { for: 'budget', host: visit.shownHost, ms: null } as const
    return await tellWaiting(clock, visit.onWaiting, waiting, async () => {
      while (true) {
        await clock.sleep(BUDGET_RETRY_MS, visit.signal)
        const waitMs = await take().catch(() => undefined)
        if (waitMs !== undefined) return waitMs
      }
    })
  }
}

function sweep(hosts: Map<string, Host>, now: number): void {
  for (const [name, host] of hosts) {
    if (now - host.usedAt >= FORGET_HOST_MS && host.pausedUntil <= now) hosts.delete(name)
  }
}
