import { describe, expect, test } from 'vitest'
import { createFairTurns } from '../../src/budget/fair.ts'

const HOST = 'shop:443'
const settle = () => new Promise((resolve) => setImmediate(resolve))

/** Lets users wait for the host and writes down who got it; each gives it back at once. */
function createScene(atOnce = 1) {
  const turns = createFairTurns({ atOnce: () => atOnce })
  const served: string[] = []
  const ask = async (user: string, count: number) => {
    await Promise.all(
      Array.from({ length: count }, async () => {
        const leave = await turns.enter(HOST, user)
        served.push(user)
        await settle()
        leave()
      }),
    )
  }
  return { turns, served, ask }
}

describe('turns between users', () => {
  test("a thousand requests of one user do not delay another's first", async () => {
    const { turns, served, ask } = createScene()
    const many = ask('minji', 1_000)
    await settle()
    const one = ask('junho', 1)
    await one
    expect(served.length).toBeLessThanOrEqual(4)
    expect(turns.counts(HOST).waiting).toBeGreaterThan(990)
    await many
  })
  test('go round: each user once before anyone again', async () => {
    const { served, ask } = createScene()
    await Promise.all([ask('a', 3), ask('b', 3), ask('c', 3)])
    expect(served.join('')).toBe('abcabcabc')
  })
  test('never more hold the host than it has slots', async () => {
    const turns = createFairTurns({ atOnce: () => 2 })
    const counts: number[] = []
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const leave = await turns.enter(HOST, `user ${index % 3}`)
        counts.push(turns.counts(HOST).running)
        await settle()
        leave()
      }),
    )
    expect(Math.max(...counts)).toBe(2)
    expect(turns.counts(HOST)).toEqual({ running: 0, waiting: 0 })
  })
  test('giving a slot back twice frees one slot', async () => {
    const turns = createFairTurns({ atOnce: () => 1 })
    const leave = await turns.enter(HOST, 'a')
    const second = turns.enter(HOST, 'b')
    const third = turns.enter(HOST, 'c')
    leave()
    leave()
    await second
    await settle()
    expect(turns.counts(HOST)).toEqual({ running: 1, waiting: 1 })
    ;(await second)()
    ;(await third)()
  })
  test('who aborts leaves the line, with the reason, and holds nobody up', async () => {
    const turns = createFairTurns({ atOnce: () => 1 })
    const leave = await turns.enter(HOST, 'a')
    const cancel = new AbortController()
    const waiting = turns.enter(HOST, 'b', cancel.signal)
    const next = turns.enter(HOST, 'c')
    const reason = new Error('cancelled')
    cancel.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(turns.enter(HOST, 'b', cancel.signal)).rejects.toBe(reason)
    leave()
    ;(await next)()
    expect(turns.counts(HOST)).toEqual({ running: 0, waiting: 0 })
  })
  test('slots that are added meanwhile are given at the next return', async () => {
    let slots = 1
    const turns = createFairTurns({ atOnce: () => slots })
    const leave = await turns.enter(HOST, 'a')
    const others = [turns.enter(HOST, 'b'), turns.enter(HOST, 'c')]
    slots = 2
    leave()
    await Promise.all(others)
    expect(turns.counts(HOST).running).toBe(2)
  })
})
