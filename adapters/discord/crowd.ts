import type { Pace } from '../../src/chat/platform.ts'
import type { Clock } from '../../src/clock.ts'
import type { Thread } from '../../src/jobs/job.ts'
import { ACTIVE_MS, CHANNEL_MS, EDIT_MS, EDIT_SHARE_MS, PROGRESS_AFTER_MS } from './limits.ts'

/** Changes of the pace, for tests. */
export interface PaceChanges {
  channelMs?: number
  editMs?: number
  progressAfterMs?: number
}

/** How many threads are being edited, and how fast each may be. */
export interface Crowd {
  edited(thread: Thread): void
  pace(thread: Thread): Pace
}

/** The channel in which a thread's messages stand: Discord counts calls per channel, and a thread is one. */
export const channelOf = (thread: Thread): string => thread.thread ?? thread.channel

/**
 * Discord's limits are two: some five posts and five edits in five seconds in one channel, and fifty calls a second of
 * the bot. The first is the key's interval; under the second all active threads share edits, so that a hundred of them
 * are edited every three seconds and a thousand every thirty.
 */
export function createCrowd(clock: Clock, changes: PaceChanges = {}): Crowd {
  const { channelMs = CHANNEL_MS, editMs = EDIT_MS, progressAfterMs = PROGRESS_AFTER_MS } = changes
  const active = new Map<string, number>() // by last edit: the oldest first

  function count(): number {
    const since = clock.monotonic() - ACTIVE_MS
    for (const [channel, at] of active) {
      if (at > since) break
      active.delete(channel)
    }
    return active.size
  }

  return {
    edited(thread) {
      active.delete(channelOf(thread))
      active.set(channelOf(thread), clock.monotonic())
    },
    pace: (thread) => ({
      key: `discord/${channelOf(thread)}`,
      intervalMs: channelMs,
      editMs: Math.max(editMs, count() * EDIT_SHARE_MS),
      progressAfterMs,
    }),
  }
}
