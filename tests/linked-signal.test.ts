import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { aborted } from '../src/clock.ts'
import { linkSignal } from '../src/linked-signal.ts'
import { held } from './support/heap.ts'

test('a linked signal aborts with the reason of the first that does, its own or another’s', () => {
  const [one, two] = [new AbortController(), new AbortController()]
  const link = linkSignal(one.signal, two.signal)
  expect(link.signal.aborted).toBe(false)
  two.abort('two')
  one.abort('one')
  expect(link.signal.reason).toBe('two')
  expect(linkSignal(one.signal, two.signal).signal.reason).toBe('one')
  const own = linkSignal(new AbortController().signal)
  own.abort('own')
  expect(own.signal.reason).toBe('own')
})

test('nothing stays with the others once it is released, nor once one of them has aborted', async () => {
  const [long, short] = [new AbortController(), new AbortController()]
  linkSignal(long.signal, short.signal).release()
  expect([long, short].map(({ signal }) => getEventListeners(signal, 'abort').length)).toEqual([0, 0])
  linkSignal(long.signal, short.signal)
  short.abort()
  linkSignal(long.signal, short.signal)
  expect(getEventListeners(long.signal, 'abort')).toEqual([])
  const before = await held(AbortSignal)
  for (let turn = 0; turn < 1_000; turn++) {
    const link = linkSignal(long.signal)
    link.signal.addEventListener('abort', () => undefined)
    link.release()
  }
  expect(await held(AbortSignal)).toBeLessThan(before + 10)
})

test('a time limit in it fires though the garbage was collected meanwhile', async () => {
  const link = linkSignal(new AbortController().signal, AbortSignal.timeout(100))
  await held(AbortSignal)
  await aborted(link.signal)
  expect(link.signal.reason).toMatchObject({ name: 'TimeoutError' })
})
