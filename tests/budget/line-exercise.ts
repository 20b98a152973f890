import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HostLine, HostRule, Place, VisitEnd, Wish } from '../../src/budget/host-line.ts'
import { createPace } from '../../src/budget/pace.ts'
import { until } from '../support/until.ts'

export const HOST = 'shop:443'
export const FAST: HostRule = { rate: 10_000, concurrency: 1 }
/** So long an interval that what a busy machine adds does not matter. */
export const PACED: HostRule = { rate: 1 / 60, concurrency: 1 }
export const MINUTE = 60_000
export const NOTHING: VisitEnd = { kind: 'nothing' }
export const GOOD: VisitEnd = { kind: 'good' }
export const complaint = (retryAfterMs: number | null = null): VisitEnd => ({
  kind: 'complaint',
  cause: 'status 429',
  retryAfterMs,
})

/** A slot, as soon as the turn comes. */
export async function placeOf(line: HostLine, turn: string, more: Partial<Wish> = {}): Promise<Place> {
  const { place } = await line.join({ host: HOST, turn, signal: new AbortController().signal, ...more })
  return await place
}

/** Answers well three times: then the host may be asked with its whole concurrency. */
export async function trust(line: HostLine, host = HOST): Promise<void> {
  for (let answers = 0; answers < 3; answers += 1) (await placeOf(line, 'first', { host })).leave(GOOD)
}

/** Stands in line `count` times; each gives its slot back at once. `done`: when all were served. */
export async function standInLine(
  line: HostLine,
  turn: string,
  count: number,
  served: string[],
): Promise<{ done: Promise<unknown> }> {
  const join = () => line.join({ host: HOST, turn, signal: new AbortController().signal })
  const standing = await Promise.all(Array.from({ length: count }, join))
  const done = Promise.all(
    standing.map(async ({ place }) => {
      const slot = await place
      served.push(turn)
      slot.leave(NOTHING)
    }),
  )
  return { done }
}

/** In whole minutes; a wait shrinks a little while the test runs. */
export const minutes = (ms: number): number => Math.ceil(ms / MINUTE)

/** @param open lines that share everything, as in so many processes; hosts that nobody has asked yet */
export function exerciseLine(open: (rule: HostRule, count: number) => Promise<HostLine[]>): void {
  test('users take turns, wherever their requests wait: each once before anyone again', async () => {
    const [crowded, other] = await open(FAST, 2)
    const first = await placeOf(crowded!, 'z')
    const served: string[] = []
    const all = [
      await standInLine(crowded!, 'a', 3, served),
      await standInLine(crowded!, 'b', 3, served),
      await standInLine(other!, 'c', 3, served),
      await standInLine(crowded!, 'd', 3, served),
    ]
    first.leave(NOTHING)
    await Promise.all(all.map(({ done }) => done))
    expect(served.join('')).toBe('abcdabcdabcd')
  })
  test("hundreds of requests of one user do not delay another's few", async () => {
    const [one, two] = await open(FAST, 2)
    const first = await placeOf(one!, 'z')
    const served: string[] = []
    const huge = await standInLine(one!, 'minji', 300, served)
    const small = await standInLine(two!, 'junho', 10, served)
    first.leave(NOTHING)
    await small.done
    expect(served.filter((user) => user === 'minji').length).toBeLessThanOrEqual(11)
    await huge.done
  })
  test('who was served last goes after everybody else, also when back in the line first', async () => {
    const [one, two] = await open(FAST, 2)
    const first = await placeOf(one!, 'a')
    const served: string[] = []
    const again = await standInLine(one!, 'a', 1, served)
    const other = await standInLine(two!, 'b', 1, served)
    first.leave(NOTHING)
    await Promise.all([again.done, other.done])
    expect(served.join('')).toBe('ba')
  })
  test('never more hold the host than it has slots, over all who share it', async () => {
    const lines = await open({ rate: 10_000, concurrency: 3 }, 4)
    await trust(lines[0]!)
    let running = 0
    const counts: number[] = []
    await Promise.all(
      Array.from({ length: 40 }, async (_, at) => {
        const place = await placeOf(lines[at % 4]!, `user ${at % 7}`)
        counts.push(++running)
        if (counts.length <= 3) await until(() => counts.length >= 3, 'three at once')
        running -= 1
        place.leave(GOOD)
      }),
    )
    expect(Math.max(...counts)).toBe(3)
  })
  test('a fresh host has one slot, until it has answered three times', async () => {
    const [one, two] = await open({ rate: 10_000, concurrency: 2 }, 2)
    const place = await placeOf(one!, 'a')
    expect(one!.paceOf(HOST).atOnce).toBe(1)
    place.leave(GOOD)
    ;(await placeOf(two!, 'a')).leave(GOOD)
    ;(await placeOf(one!, 'a')).leave(GOOD)
    ;(await placeOf(two!, 'a')).leave(NOTHING)
    expect(two!.paceOf(HOST).atOnce).toBe(2)
  })
  test('giving a slot back twice frees one slot', async () => {
    const [line] = await open(FAST, 1)
    const first = await placeOf(line!, 'a')
    const [second, third] = [placeOf(line!, 'b'), placeOf(line!, 'c')]
    let isThirdServed = false
    third.then(() => {
      isThirdServed = true
    })
    first.leave(NOTHING)
    first.leave(NOTHING)
    const place = await second
    ;(await placeOf(line!, 'x', { host: 'other:443' })).leave(NOTHING) // whatever was asked before has been answered
    expect(isThirdServed).toBe(false)
    place.leave(NOTHING)
    ;(await third).leave(NOTHING)
  })
  test('who aborts leaves the line, with the reason, and holds nobody up', async () => {
    const [one, two] = await open(FAST, 2)
    const first = await placeOf(one!, 'a')
    const cancel = new AbortController()
    const { place } = await two!.join({ host: HOST, turn: 'b', signal: cancel.signal })
    const next = placeOf(two!, 'c')
    const reason = new Error('cancelled')
    cancel.abort(reason)
    await expect(place).rejects.toBe(reason)
    await expect(placeOf(two!, 'b', { signal: cancel.signal })).rejects.toBe(reason)
    first.leave(NOTHING)
    ;(await next).leave(NOTHING)
  })
  test('moments are an interval apart, whoever asks', async () => {
    const [one, two] = await open(PACED, 2)
    const waits: number[] = []
    for (const line of [one!, two!, one!]) {
      const place = await placeOf(line, 'a')
      waits.push(minutes(await place.reserve()))
      place.leave(NOTHING)
    }
    expect(waits).toEqual([0, 1, 2])
    expect(minutes(await (await placeOf(two!, 'a', { host: 'other:443' })).reserve())).toBe(0)
  })
  test('a Crawl-delay is obeyed, one at a time, until the host says otherwise', async () => {
    const [one, two] = await open({ rate: 1_000, concurrency: 2 }, 2)
    await trust(one!)
    ;(await placeOf(one!, 'a', { delayMs: 10_000 })).leave(GOOD)
    ;(await placeOf(two!, 'a')).leave(GOOD)
    expect(two!.paceOf(HOST)).toEqual({ intervalMs: 10_000, atOnce: 1 })
    ;(await placeOf(two!, 'a', { delayMs: 0 })).leave(GOOD)
    expect(two!.paceOf(HOST)).toEqual({ intervalMs: 1, atOnce: 2 })
  })
  test('a rest holds those who come, and those who have a slot already', async () => {
    const [one, two] = await open({ rate: 1_000, concurrency: 2 }, 2)
    await trust(one!)
    const [first, second] = [await placeOf(one!, 'a'), await placeOf(two!, 'b')]
    await second.reserve()
    expect(second.isGood()).toBe(true)
    first.leave(complaint(10 * MINUTE))
    await until(() => !second.isGood(), 'the news of the rest')
    expect(minutes(second.restMs())).toBe(10)
    second.leave(NOTHING)
    expect(minutes((await placeOf(two!, 'b')).restMs())).toBe(10)
  })
  test('the pace after any answers is the same', async () => {
    let hosts = 0
    const lines = await open({ rate: 1_000, concurrency: 4 }, 2)
    const ends = fc.array(fc.constantFrom(GOOD, GOOD, GOOD, NOTHING, complaint()), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(ends, async (all) => {
        hosts += 1
        const host = `shop${hosts}:443`
        const pace = createPace(1_000, 4)
        for (const [at, end] of all.entries()) {
          ;(await placeOf(lines[at % 2]!, 'a', { host })).leave(end)
          if (end.kind === 'good') pace.good()
          if (end.kind === 'complaint') pace.slow()
        }
        ;(await placeOf(lines[0]!, 'a', { host })).leave(NOTHING)
        expect(lines[0]!.paceOf(host)).toEqual({ intervalMs: pace.intervalMs(), atOnce: pace.atOnce() })
      }),
      { numRuns: 20, seed: 13 },
    )
  })
}
