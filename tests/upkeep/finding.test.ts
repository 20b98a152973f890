import { expect, test } from 'vitest'
import { aborted } from '../../src/clock.ts'
import { askSignal } from '../../src/upkeep/finding.ts'
import { held } from '../support/heap.ts'

test('a question of `check` ends at its time limit though the garbage was collected meanwhile', async () => {
  const signal = askSignal({ signal: new AbortController().signal }, 100)
  await held(AbortSignal)
  await aborted(signal)
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
})
