import { rest, systemClock } from '../clock.ts'
import { Refusal } from '../errors.ts'
import type { House, OwnerRole } from '../main.ts'

/** How often a process beside the owner looks whether that one has gone. */
const LOOK_MS = 1_000

/** Waiting to follow the owner of a DATA_DIR. */
export interface Succession {
  /** Tries no more. Resolves when nothing of it runs: only then may the house be stopped. */
  stop(): Promise<void>
}

/**
 * Becomes the owner once the present one has ended, however it ended, and then runs `begin`. Without it a job that was
 * handed to a service would wait for ever when that service dies.
 */
export function succeed(house: House, kind: OwnerRole['kind'], begin: () => Promise<void>): Succession {
  const stopping = new AbortController()
  const running = (async () => {
    for (;;) {
      await rest(systemClock, LOOK_MS, stopping.signal)
      if (stopping.signal.aborted) return
      if (await take(house, kind)) return begin()
    }
  })()
  return {
    stop: () => {
      stopping.abort()
      return running
    },
  }
}

/** A busy or full storage is asked again at the next look. */
async function take(house: House, kind: OwnerRole['kind']): Promise<boolean> {
  try {
    return await house.takeOwnership({ kind, waitMs: 0 })
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}
