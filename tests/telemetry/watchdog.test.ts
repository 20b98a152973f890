import { afterEach, expect, test } from 'vitest'
import type { Emit } from '../../src/telemetry/events.ts'
import { watchLoop } from '../../src/telemetry/watchdog.ts'

const THRESHOLD_MS = 300
let stop = () => {}
afterEach(() => stop())

test('a main thread that was blocked is told, with how long', async () => {
  const told = new Promise<unknown[]>((resolve) => {
    const emit: Emit = (...event) => resolve(event)
    stop = watchLoop(emit, { thresholdMs: THRESHOLD_MS })
  })
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, THRESHOLD_MS + 200)
  const [name, facts] = await told
  expect(name).toBe('loop.blocked')
  expect((facts as { ms: number }).ms).toBeGreaterThanOrEqual(THRESHOLD_MS)
})
