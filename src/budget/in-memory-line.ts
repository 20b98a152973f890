import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Budget } from './budget.ts'
import { createFairTurns } from './fair.ts'
import type { HostLine, HostRule, Place, VisitEnd } from './host-line.ts'
import { FORGET_HOST_MS, MAX_HOSTS } from './limits.ts'
import { createPace, type Pace } from './pace.ts'

interface Host {
  pace: Pace
  /** Monotonic. */
  pausedUntil: number
  usedAt: number
}

/** The line of one process: slots, turns and paces in memory, the rate in a budget. */
export function createInMemoryLine(parts: { budget: Budget; clock: Clock; emit: Emit } & HostRule): HostLine {
  const { budget, clock, emit } = parts
  const hostOf = createHosts(parts)
  const turns = createFairTurns({ atOnce: (host) => hostOf(host).pace.atOnce() })

  const complain = (name: string, cause: string, retryAfterMs: number | null = null): void => {
    const host = hostOf(name)
    if (host.pace.slow()) emit('host.slowed', { host: name, intervalMs: host.pace.intervalMs(), cause })
    if (retryAfterMs === null || retryAfterMs === 0) return
    host.pausedUntil = Math.max(host.pausedUntil, clock.monotonic() + retryAfterMs)
    budget.pause(budgetKey(name), retryAfterMs).catch(() => undefined)
  }

  const settle = (name: string, end: VisitEnd): void => {
    const { pace } = hostOf(name)
    if (end.kind === 'complaint') complain(name, end.cause, end.retryAfterMs)
    else if (end.kind === 'good' && pace.good()) emit('host.recovered', { host: name, intervalMs: pace.intervalMs() })
  }

  const placeAt = (name: string, giveBack: () => void): Place => {
    const host = hostOf(name)
    let isLeft = false
    return {
      restMs: () => Math.max(0, host.pausedUntil - clock.monotonic()),
      reserve: () => budget.take(budgetKey(name), { intervalMs: host.pace.intervalMs(), burst: 1 }),
      isGood: () => host.pausedUntil <= clock.monotonic(),
      leave: (end) => {
        if (isLeft) return
        isLeft = true
        settle(name, end)
        giveBack()
      },
    }
  }

  return {
    async join({ host, turn, delayMs, signal }) {
      if (delayMs !== undefined) hostOf(host).pace.setDelay(delayMs)
      const place = turns.enter(host, turn, signal).then((giveBack) => placeAt(host, giveBack))
      place.catch(() => undefined) // whoever joined hears it
      return { place }
    },
    complain: (host, cause) => complain(host, cause),
    paceOf: (name) => ({ intervalMs: hostOf(name).pace.intervalMs(), atOnce: hostOf(name).pace.atOnce() }),
  }
}

const budgetKey = (host: string): string => `shop ${host}`

/** What is known of hosts; one that was not asked for an hour is a fresh one, though its rest goes on. */
function createHosts({ clock, rate, concurrency }: { clock: Clock } & HostRule): (name: string) => Host {
  const hosts = new Map<string, Host>()
  return (name) => {
    const known = hosts.get(name)
    const now = clock.monotonic()
    if (known && now - known.usedAt < FORGET_HOST_MS) {
      known.usedAt = now
      return known
    }
    if (hosts.size >= MAX_HOSTS) sweep(hosts, now)
    const host = { pace: createPace(rate, concurrency), pausedUntil: known?.pausedUntil ?? 0, usedAt: now }
    hosts.set(name, host)
    return host
  }
}

function sweep(hosts: Map<string, Host>, now: number): void {
  for (const [name, host] of hosts) {
    if (now - host.usedAt >= FORGET_HOST_MS && host.pausedUntil <= now) hosts.delete(name)
  }
}
