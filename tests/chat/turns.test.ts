import { describe, expect, test } from 'vitest'
import { createInMemoryBudget } from '../../src/budget/in-memory.ts'
import { backoff } from '../../src/chat/backoff.ts'
import { createCalls } from '../../src/chat/calls.ts'
import { createTurns, KeyBusy, RANKS, type Rank } from '../../src/chat/turns.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'
import { createRecordingPlatform } from '../support/recording-platform.ts'

const pace = { key: 'T', intervalMs: 1_000, editMs: 3_000, progressAfterMs: 5_000 }
const never = new AbortController().signal

function openTurns(budget = undefined as ReturnType<typeof createInMemoryBudget> | undefined) {
  const clock = createJumpingClock()
  return { clock, turns: createTurns({ clock, budget: budget ?? createInMemoryBudget({ clock }) }) }
}

describe('turns under one key', () => {
  test('come in the order of ranks, each an interval after the other', async () => {
    const { clock, turns } = openTurns()
    const taken: [keyof typeof RANKS, number][] = []
    const take = async (name: keyof typeof RANKS) => {
      await turns.take(pace, RANKS[name] as Rank, never)
      taken.push([name, clock.monotonic()])
    }
    const all = (['progress', 'progress', 'root', 'edit', 'word'] as const).map(take)
    await clock.jump(10_000)
    await Promise.all(all)
    expect(taken.map(([name]) => name)).toEqual(['word', 'edit', 'root', 'progress', 'progress'])
    expect(taken.map(([, at]) => at)).toEqual([0, 1_000, 2_000, 3_000, 4_000])
  })

  test('are refused while it is paused, and the refusals use up none', async () => {
    const { clock, turns } = openTurns()
    await turns.pause(pace, 30_000)
    for (let asked = 0; asked < 50; asked++)
      await expect(turns.take(pace, RANKS.word, never)).rejects.toBeInstanceOf(KeyBusy)
    await clock.jump(30_001)
    let isTaken = false
    void turns.take(pace, RANKS.word, never).then(() => {
      isTaken = true
    })
    await clock.jump(1_000)
    expect(isTaken).toBe(true)
  })

  test('that another process has paused are refused once, and again without using up any', async () => {
    const clock = createJumpingClock()
    const budget = createInMemoryBudget({ clock })
    const [one, two] = [createTurns({ clock, budget }), createTurns({ clock, budget })]
    await one.pause(pace, 30_000)
    for (let asked = 0; asked < 50; asked++)
      await expect(two.take(pace, RANKS.word, never)).rejects.toBeInstanceOf(KeyBusy)
    await clock.jump(30_001)
    let isTaken = false
    void two.take(pace, RANKS.word, never).then(() => {
      isTaken = true
    })
    await clock.jump(2_000)
    expect(isTaken).toBe(true)
  })

  test('keep the pace in this process while the shared store is away', async () => {
    const away = async () => Promise.reject(new Error('redis is away'))
    const { clock, turns } = openTurns({ take: away, pause: away })
    const at: number[] = []
    const all = [1, 2, 3].map(() => turns.take(pace, RANKS.word, never).then(() => at.push(clock.monotonic())))
    await clock.jump(5_000)
    await Promise.all(all)
    expect(at).toEqual([0, 1_000, 2_000])
  })

  test('are given to nobody who has left', async () => {
    const { clock, turns } = openTurns()
    const leaving = new AbortController()
    await turns.take(pace, RANKS.word, never)
    const left = turns.take(pace, RANKS.word, leaving.signal)
    const stays = turns.take(pace, RANKS.progress, never)
    leaving.abort(new Error('left'))
    await expect(left).rejects.toThrow('left')
    await clock.jump(1_000)
    await stays
    expect(clock.monotonic()).toBe(1_000)
  })
})

test('fifty calls that wait for their turn are not warned of as a leak', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => void warnings.push(warning)
  process.on('warning', note)
  const { clock, turns } = openTurns()
  const calls = createCalls({ turns, clock, emit: () => undefined })
  const platform = createRecordingPlatform({ clock, pace })
  const thread = { platform: 'slack', workspace: 'T', channel: 'C', thread: null, root: '1' }
  const waiting = Array.from({ length: 50 }, () => calls.take(platform, thread, RANKS.word).catch(() => undefined))
  await new Promise((resolve) => setImmediate(resolve)) // Node warns at the end of the turn
  calls.close()
  await Promise.all(waiting)
  process.off('warning', note)
  expect(warnings).toEqual([])
})

describe('the pause after a failed try', () => {
  test('doubles from a second to half a minute, and to ten minutes after two hours of tries', () => {
    const middle = () => 0.5
    expect([1, 2, 3, 6, 100].map((attempts) => backoff(attempts, middle))).toEqual([
      1_000, 2_000, 4_000, 30_000, 30_000,
    ])
    expect(backoff(1_000, middle)).toBe(600_000)
  })

  test('differs by a fifth either way', () => {
    expect([backoff(1, () => 0), backoff(1, () => 1)]).toEqual([800, 1_200])
  })
})
