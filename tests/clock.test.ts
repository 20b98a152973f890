import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { systemClock } from '../src/clock.ts'

const REASON = new Error('enough')

test('a sleep ends with the reason of its signal, also where that has aborted before', async () => {
  const ending = new AbortController()
  const sleeping = systemClock.sleep(600_000, ending.signal)
  ending.abort(REASON)
  await expect(sleeping).rejects.toBe(REASON)
  await expect(systemClock.sleep(0, ending.signal)).rejects.toBe(REASON)
})

test('a sleep that is over leaves nothing with its signal', async () => {
  const { signal } = new AbortController()
  await Promise.all([0, 1, -5].map((ms) => systemClock.sleep(ms, signal)))
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
