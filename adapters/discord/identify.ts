import type { SessionStore } from '../../src/chat/sessions.ts'
import type { Clock } from '../../src/clock.ts'
import { IDENTIFIES_A_DAY, IDENTIFY_EVERY_MS } from './limits.ts'

/** Asked by the library before each IDENTIFY. */
export interface IdentifyThrottle {
  waitForIdentify(shardId: number, signal: AbortSignal): Promise<void>
}

export interface IdentifyParts {
  sessions: SessionStore
  clock: Clock
  /** The day's sessions are used up; commands arrive again when the oldest is a day old. */
  onSpent(cause: string, waitMs: number): void
}

/**
 * Lets a session begin every five seconds, and 200 a day over all restarts: a loop of crashes must not use up the
 * thousand after which Discord resets the token. A count that cannot be read is no reason to stay away.
 */
export function createIdentifyThrottle({ sessions, clock, onSpent }: IdentifyParts): IdentifyThrottle {
  let nextAt = 0
  return {
    async waitForIdentify(_, signal) {
      await clock.sleep(nextAt - clock.monotonic(), signal)
      for (;;) {
        const waitMs = await sessions.begin('discord', IDENTIFIES_A_DAY).catch(() => 0)
        if (waitMs === 0) break
        onSpent(`${IDENTIFIES_A_DAY} sessions in 24 hours; the next in ${Math.ceil(waitMs / 60_000)} min`, waitMs)
        await clock.sleep(waitMs, signal)
      }
      nextAt = clock.monotonic() + IDENTIFY_EVERY_MS
    },
  }
}
