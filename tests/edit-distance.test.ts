import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance } from '../src/edit-distance.ts'

test.each([
  ['ssg', 'ssg', 0],
  ['ssg', 'sgs', 1],
  ['samsung', 'samsumg', 1],
  ['PORT', 'PROTO', 2],
  ['', 'ab', 2],
  ['크롤', '크롤링', 1],
])('%s and %s are %d apart', (a, b, apart) => {
  expect(editDistance(a, b)).toBe(apart)
  expect(editDistance(b, a)).toBe(apart)
})

test('words of very different length are far apart without being read', () => {
  expect(editDistance('a', 'a'.repeat(1_000_000))).toBe(3)
})

test('one letter more, less or other is at most one', () => {
  const word = fc.string({ minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(word, fc.nat(), fc.string({ maxLength: 1 }), (text, at, letter) => {
      const place = at % text.length
      expect(editDistance(text, text.slice(0, place) + letter + text.slice(place + 1))).toBeLessThanOrEqual(1)
    }),
  )
})
