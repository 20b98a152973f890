import { rest, systemClock } from '../clock.ts'
import type { House } from '../main.ts'

/** How long a Redis may take to be connected before a person is told that it is away. */
const PATIENCE_MS = 1_500
const LOOK_MS = 20

/**
 * Whether the queue that processes share cannot be reached. A connection that is being made is waited for.
 * @param end when it aborts, nothing is waited for
 */
export async function isQueueAway(house: Pick<House, 'isShared' | 'queueTrouble'>, end: AbortSignal): Promise<boolean> {
  if (!house.isShared) return false
  const deadline = performance.now() + PATIENCE_MS
  while (house.queueTrouble() !== null && performance.now() < deadline && !end.aborted) {
    await rest(systemClock, LOOK_MS, end)
  }
  return house.queueTrouble() !== null && !end.aborted
}
