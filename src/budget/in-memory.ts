import type { Clock } from '../clock.ts'
import type { Budget, BudgetRule } from './budget.ts'

/** Keys kept before those that no longer hold anybody back are forgotten. */
const KEYS_BEFORE_SWEEP = 1_000
/** A key without a turn for so long holds nobody back: far above the longest interval in use (a minute). */
const FORGET_AFTER_MS = 60 * 60_000

interface Lane {
  /** Virtual time of the last turn given (GCRA's theoretical arrival time, before its own interval is added). */
  lastTurn: number
  pausedUntil: number
}

/**
 * One process's budget: the generic cell rate algorithm (ITU-T I.371) on monotonic time. The interval is added when the
 * next turn is asked for, so a host that was slowed meanwhile is already asked at the slower pace.
 */
export function createInMemoryBudget({ clock }: { clock: Clock }): Budget {
  const lanes = new Map<string, Lane>()

  const laneOf = (key: string): Lane => {
    const known = lanes.get(key)
    if (known) return known
    if (lanes.size >= KEYS_BEFORE_SWEEP) forget(lanes, clock.monotonic() - FORGET_AFTER_MS)
    const lane = { lastTurn: Number.NEGATIVE_INFINITY, pausedUntil: Number.NEGATIVE_INFINITY }
    lanes.set(key, lane)
    return lane
  }

  return {
    async take(key, rule) {
      return reserve(laneOf(key), rule, clock.monotonic())
    },
    async pause(key, ms) {
      const lane = laneOf(key)
      lane.pausedUntil = Math.max(lane.pausedUntil, clock.monotonic() + ms)
    },
  }
}

function reserve(lane: Lane, { intervalMs, burst }: BudgetRule, now: number): number {
  const credit = (burst - 1) * intervalMs
  // A pause leaves no credit behind: the turns after it come one by one.
  const afterPause = lane.pausedUntil > now ? lane.pausedUntil + credit : now
  lane.lastTurn = Math.max(lane.lastTurn + intervalMs, afterPause)
  return Math.max(0, lane.lastTurn - credit - now)
}

function forget(lanes: Map<string, Lane>, before: number): void {
  for (const [key, lane] of lanes) {
    if (lane.lastTurn < before && lane.pausedUntil < before) lanes.delete(key)
  }
}
