import type { Emit } from './events.ts'

/** A delay of the main thread that is told, in ms. */
const BLOCKED_MS = 1_000
/** How often the thread shows that it runs, in ms. */
const BEAT_MS = 100

/**
 * Tells when the main thread was blocked for longer than a second (`loop.blocked`): answers to chat waited that long.
 * A beat that comes late is the measure: Node's own histogram of delays forgets one that ends just as it is reset.
 * @param options.thresholdMs told from here on
 * @returns what stops it
 */
export function watchLoop(emit: Emit, { thresholdMs = BLOCKED_MS } = {}): () => void {
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    const late = now - last - BEAT_MS
    last = now
    if (late >= thresholdMs) emit('loop.blocked', { ms: Math.round(late) })
  }, BEAT_MS)
  timer.unref()
  return () => clearInterval(timer)
}
