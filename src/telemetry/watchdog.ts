import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Emit } from './events.ts'

/** A delay of the main thread that is told, in ms. */
const BLOCKED_MS = 1_000
/** How often the longest delay is looked at, in ms. */
const LOOK_MS = 1_000
const RESOLUTION_MS = 20
const NS_IN_MS = 1e6

/**
 * Tells when the main thread was blocked for longer than a second (`loop.blocked`): answers to chat waited that long.
 * @param options.thresholdMs told from here on
 * @returns what stops it
 */
export function watchLoop(emit: Emit, { thresholdMs = BLOCKED_MS, everyMs = LOOK_MS } = {}): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const timer = setInterval(() => {
    const longest = delay.max / NS_IN_MS - RESOLUTION_MS
    delay.reset()
    if (longest >= thresholdMs) emit('loop.blocked', { ms: Math.round(longest) })
  }, everyMs)
  timer.unref()
  return () => {
    clearInterval(timer)
    delay.disable()
  }
}
