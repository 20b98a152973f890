import { describe, expect, test } from 'vitest'
import { codeLetters, createLinking, shownCode } from '../../src/users/linking.ts'

describe('a code', () => {
  test('is read however it was typed', () => {
    for (const typed of ['0123-4567-89AB', '0123456789ab', 'o123–4567–89ab', ' 0123 4567 89AB ', 'OI23.4567.89AB'])
      expect(codeLetters(typed)).toBe('0123456789AB')
    expect(shownCode('0123456789AB')).toBe('0123-4567-89AB')
    expect(shownCode('')).toBe('')
  })

  test('holds 60 bits, none of them always the same, and only its hash is stored', async () => {
    const stored: string[] = []
    const store = { offer: async (_: unknown, hash: string) => void stored.push(hash) }
    const linking = createLinking({ store } as never)
    const codes = await Promise.all(Array.from({ length: 500 }, () => linking.offer({ id: 'a' } as never)))
    expect(new Set(codes).size).toBe(500)
    for (let at = 0; at < 12; at++) {
      const letters = new Set(codes.map((code) => codeLetters(code)[at]))
      expect(letters.size).toBe(32) // five bits a letter
    }
    expect(codes.every((code) => codeLetters(code) === code.replaceAll('-', ''))).toBe(true)
    expect(stored.some((hash) => codes.some((code) => hash.includes(codeLetters(code))))).toBe(false)
  })
})
