import { expect, test } from 'vitest'
import { createInMemoryBudget } from '../../src/budget/in-memory.ts'
import { CallFailed, CallTimeout, createCalls } from '../../src/chat/calls.ts'
import { createTurns, RANKS } from '../../src/chat/turns.ts'
import { held } from '../support/heap.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'
import { createRecordingPlatform } from '../support/recording-platform.ts'

const thread = { platform: 'slack', workspace: 'T', channel: 'C', thread: null, root: '1' }

function openCalls() {
  const clock = createJumpingClock()
  const calls = createCalls({ turns: createTurns({ clock, budget: createInMemoryBudget({ clock }) }), clock, emit })
  return { clock, calls, platform: createRecordingPlatform({ clock }) }
}
const emit = () => undefined

/** As Discord's library does: it listens, and never stops. */
const listening = async (signal: AbortSignal) => signal.addEventListener('abort', () => undefined)

test('a thousand calls, answered or failed, leave no signal behind in the process', async () => {
  const { calls, platform } = openCalls()
  const run = async (work: (signal: AbortSignal) => Promise<unknown>) =>
    calls.run(platform, thread, RANKS.edit, work).catch((error: unknown) => error)
  const failing = async (signal: AbortSignal) => {
    await listening(signal)
    throw new Error('500')
  }
  await run(listening)
  const before = await held(AbortSignal)
  for (let call = 0; call < 500; call++) {
    expect(await run(listening)).toBe(undefined)
    expect(await run(failing)).toBeInstanceOf(CallFailed)
  }
  expect(await held(AbortSignal)).toBeLessThan(before + 10)
})

test('a stop cuts every call in flight, and a hundred at once are not warned of as a leak', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => void warnings.push(warning)
  process.on('warning', note)
  const { calls, platform } = openCalls()
  const hanging = Array.from({ length: 100 }, () =>
    calls.run(platform, thread, RANKS.edit, () => new Promise(() => undefined)),
  )
  await new Promise((resolve) => setImmediate(resolve)) // Node warns at the end of the turn
  calls.cut()
  for (const { status, ...outcome } of await Promise.allSettled(hanging)) {
    expect(status).toBe('rejected')
    expect('reason' in outcome && outcome.reason).toBeInstanceOf(CallTimeout)
  }
  process.off('warning', note)
  expect(warnings).toEqual([])
  await expect(calls.run(platform, thread, RANKS.edit, () => new Promise(() => undefined))).rejects.toBeInstanceOf(
    CallTimeout,
  )
})
