import { expect, test } from 'vitest'
import type { Emit } from '../../src/telemetry/events.ts'
import { watchLoop } from '../../src/telemetry/watchdog.ts'

const LONG_MS = 400
const block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LONG_MS)

test('a main thread that was blocked is told, with how long', async () => {
  let stop = () => {}
  const told = new Promise<unknown[]>((resolve) => {
    const emit: Emit = (...event) => resolve(event)
    stop = watchLoop(emit, { thresholdMs: LONG_MS / 2, everyMs: 50 })
  })
  setTimeout(block, 100) // the watch has begun by then
  const [name, facts] = await told
  stop()
  expect(name).toBe('loop.blocked')
  expect((facts as { ms: number }).ms).toBeGreaterThanOrEqual(LONG_MS / 2)
})
