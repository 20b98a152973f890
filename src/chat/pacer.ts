import type { Clock } from '../clock.ts'
import type { JobId } from '../ids.ts'
import type { Emit } from '../telemetry/events.ts'
import { createBell } from './bell.ts'
import type { Calls } from './calls.ts'
import type { GoneThreads } from './gone.ts'
import type { Lanes } from './lanes.ts'
import { BEHIND_ROWS, EDITS, POLL_MS, pauseAfterLook } from './limits.ts'
import { createLoop, type Loop, loopsAsOne } from './loops.ts'
import type { Platform } from './platform.ts'
import type { Scenes } from './scene.ts'
import { show, tellFault } from './show.ts'
import type { ShownNotes } from './shown.ts'
import type { Standing } from './standing.ts'
import type { Behind, OutboxStore } from './store.ts'
import { RANKS } from './turns.ts'

/** Keeps progress messages near their jobs' rows, within the platforms' limits. */
export type Pacer = Loop

export interface PacerParts {
  store: OutboxStore
  platforms: Platform[]
  calls: Calls
  gone: GoneThreads
  lanes: Lanes
  scenes: Scenes
  standing: Standing
  notes: ShownNotes
  clock: Clock
  /** No process is there that works on jobs: those that wait are told. */
  isWorkerless(): boolean
  emit: Emit
  random?: () => number
}

/** The pacer over these parts. */
export const createPacer = (parts: PacerParts): Pacer =>
  loopsAsOne(parts.platforms.map((platform) => editsOf(parts, platform)))

/** Looks which threads are behind; who of them gets the next turn is decided when that turn comes. */
function editsOf(parts: PacerParts, platform: Platform): Loop {
  const bell = createBell(parts.clock)
  const lines = createLines(parts, platform, () => bell.ring())
  return createLoop({
    bell,
    async turn() {
      const startedAt = parts.clock.monotonic()
      const rows = await parts.store
        .behind([platform.name], BEHIND_ROWS, parts.isWorkerless())
        .catch((error: unknown) => {
          tellFault(parts, error)
          return []
        })
      const nextInMs = lines.put(rows)
      await parts.clock.sleep(pauseAfterLook(parts.clock.monotonic() - startedAt))
      await bell.wait(Math.min(POLL_MS, nextInMs))
    },
    isOver: () => parts.standing.isDown(platform.name),
    end: () => lines.end(),
  })
}

/**
 * Threads that wait for a turn, one line a key, in the order of `behind`: the longest unshown first. So each of n
 * threads under a key is edited every n intervals, however often their jobs move.
 */
function createLines(parts: PacerParts, platform: Platform, onShown: () => void) {
  const { notes } = parts
  const flights = new Map<JobId, Promise<void>>()
  const serving = new Map<string, Promise<void>>()
  let lines = new Map<string, Behind[]>()
  let isEnding = false

  async function serve(key: string): Promise<void> {
    for (let row = lines.get(key)?.[0]; row && !isEnding; row = lines.get(key)?.[0]) {
      await parts.calls.take(platform, row.thread, RANKS.progress)
      while (flights.size >= EDITS) await Promise.race(flights.values())
      const next = lines.get(key)?.shift() // may be another than before the wait: the line is made anew meanwhile
      if (next && !isEnding) fly(next)
    }
  }

  function fly(row: Behind): void {
    const flight = show(parts, platform, notes, row).finally(() => {
      flights.delete(row.job.id)
      onShown()
    })
    flights.set(row.job.id, flight)
  }

  return {
    /** @returns milliseconds until the next of them is due */
    put(rows: Behind[]): number {
      lines = new Map()
      let nextInMs = Number.POSITIVE_INFINITY
      for (const row of rows) {
        if (flights.has(row.job.id) || parts.gone.has(row.thread)) continue
        const pace = platform.pace(row.thread, 'edit')
        const inMs = notes.dueInMs(row, pace)
        if (inMs > 0) nextInMs = Math.min(nextInMs, inMs)
        else
          lines
            .set(pace.key, lines.get(pace.key) ?? [])
            .get(pace.key)!
            .push(row)
      }
      for (const key of lines.keys()) {
        if (serving.has(key)) continue
        // a paused key or a stop ends the line; the next look begins it again
        const line = serve(key)
          .catch(() => undefined)
          .finally(() => serving.delete(key))
        serving.set(key, line)
      }
      return nextInMs
    },
    async end(): Promise<void> {
      isEnding = true
      await Promise.all([...serving.values(), ...flights.values()])
    },
  }
}
