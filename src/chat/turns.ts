import type { Budget } from '../budget/budget.ts'
import type { Clock } from '../clock.ts'
import { TURN_WAIT_MS } from './limits.ts'
import type { Pace } from './platform.ts'

/** Who goes first under one key: last words and files, final edits, roots, progress. */
export const RANKS = { word: 0, edit: 1, root: 2, progress: 3 } as const
export type Rank = (typeof RANKS)[keyof typeof RANKS]

/** The key is busy for longer than is waited for; nothing was sent. */
export class KeyBusy extends Error {
  readonly ms: number
  constructor(ms: number) {
    super(`busy for ${ms} ms`)
    this.name = 'KeyBusy'
    this.ms = ms
  }
}

/** Turns to call a platform: the budget's pace, handed out by rank among those who wait in this process. */
export interface Turns {
  /** Resolves when it is this caller's turn. @throws KeyBusy, the signal's reason */
  take(pace: Pace, rank: Rank, signal: AbortSignal): Promise<void>
  /** Nobody calls under this key for `ms`. */
  pause(pace: Pace, ms: number): Promise<void>
}

interface Waiter {
  rank: Rank
  resolve(): void
  reject(error: unknown): void
}

/**
 * Turns over a budget. One reservation a key is waited for at a time and given to the best waiter when it comes, so a
 * last word never stands behind a heap of progress edits.
 */
export function createTurns(parts: { budget: Budget; clock: Clock }): Turns {
  const { clock } = parts
  const lines = new Map<string, Waiter[]>()
  const local = createLocalPace(parts)

  async function serve(pace: Pace, line: Waiter[]): Promise<void> {
    while (line.length > 0) {
      const ms = await local.reserve(pace)
      if (ms > Math.max(TURN_WAIT_MS, 2 * pace.intervalMs)) {
        local.hold(pace, ms)
        for (const waiter of line.splice(0)) waiter.reject(new KeyBusy(ms))
      } else {
        if (ms > 0) await clock.sleep(ms)
        best(line)?.resolve()
      }
    }
    lines.delete(pace.key)
  }

  return {
    take(pace, rank, signal) {
      if (signal.aborted) return Promise.reject(signal.reason)
      const line = lines.get(pace.key) ?? []
      const turn = waitIn(line, rank, signal)
      if (!lines.has(pace.key)) {
        lines.set(pace.key, line)
        void serve(pace, line)
      }
      return turn
    },
    pause: (pace, ms) => local.pause(pace, ms),
  }
}

function waitIn(line: Waiter[], rank: Rank, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      const at = line.indexOf(waiter)
      if (at >= 0) line.splice(at, 1)
      reject(signal.reason)
    }
    const waiter: Waiter = {
      rank,
      resolve() {
        signal.removeEventListener('abort', leave)
        resolve()
      },
      reject(error) {
        signal.removeEventListener('abort', leave)
        reject(error)
      },
    }
    signal.addEventListener('abort', leave, { once: true })
    line.push(waiter)
  })
}

function best(line: Waiter[]): Waiter | undefined {
  let at = 0
  for (let i = 1; i < line.length; i++) if (line[i]!.rank < line[at]!.rank) at = i
  return line.splice(at, 1)[0]
}

/** The budget's answers, and a pace of this process alone while the store behind the budget is away. */
function createLocalPace({ budget, clock }: { budget: Budget; clock: Clock }) {
  const free = new Map<string, number>()
  const pausedUntil = new Map<string, number>()
  const later = (map: Map<string, number>, key: string, until: number) =>
    map.set(key, Math.max(until, map.get(key) ?? 0))

  return {
    async reserve(pace: Pace): Promise<number> {
      const now = clock.monotonic()
      const paused = (pausedUntil.get(pace.key) ?? 0) - now
      if (paused > 0) return paused
      pausedUntil.delete(pace.key)
      try {
        return await budget.take(`chat:${pace.key}`, { intervalMs: pace.intervalMs, burst: 1 })
      } catch {
        // last words must go out while the shared store is away: this process keeps the pace for itself
        const at = Math.max(now, free.get(pace.key) ?? 0)
        free.set(pace.key, at + pace.intervalMs)
        return at - now
      }
    },
    /** The budget named a long wait: it is not asked again before, as each question would reserve one more turn. */
    hold: (pace: Pace, ms: number) => later(pausedUntil, pace.key, clock.monotonic() + ms),
    async pause(pace: Pace, ms: number): Promise<void> {
      later(pausedUntil, pace.key, clock.monotonic() + ms)
      await budget.pause(`chat:${pace.key}`, ms).catch(() => undefined)
    },
  }
}
