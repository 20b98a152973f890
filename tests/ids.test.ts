import { expect, test } from 'vitest'
import { idWithin, isId, newId, timeOf } from '../src/ids.ts'

test('the id of what belongs to another is always the same, its own, and of the other’s time', () => {
  const now = Date.UTC(2026, 10, 24)
  const [job, other] = [newId(now), newId(now)]
  expect(idWithin(job, 'final')).toBe(idWithin(job, 'final'))
  expect(new Set([job, idWithin(job, 'final'), idWithin(job, 'file'), idWithin(other, 'final')]).size).toBe(4)
  expect([isId(idWithin(job, 'final')), timeOf(idWithin(job, 'final'))]).toEqual([true, now])
})
