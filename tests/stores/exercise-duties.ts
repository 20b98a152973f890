import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aborted } from '../../src/clock.ts'
import { createCrew } from '../../src/crew.ts'
import { createDuties, type Duties, type DutyStore } from '../../src/duty.ts'
import type { StoreHouse } from '../support/store-house.ts'

const HALF_A_MINUTE = 30_000

/** Duties that several processes share, on every database. */
export function exerciseDuties(database: string, openHouse: () => Promise<StoreHouse>): void {
  describe(`duties, on ${database}`, () => {
    let house: StoreHouse
    let closing: AbortController
    let works: Promise<void>[]
    let asking: Set<Promise<unknown>>

    beforeEach(async () => {
      house = await openHouse()
      closing = new AbortController()
      works = []
      asking = new Set()
    })
    afterEach(async () => {
      closing.abort()
      await pass(5_000)
      await Promise.all(works)
      await house.close()
    })

    /** Remembers what storage was asked and has not answered. */
    const watched = (store: DutyStore): DutyStore => ({
      hold: (...asked) => watch(store.hold(...asked)),
      release: (...asked) => watch(store.release(...asked)),
      count: (prefix) => watch(store.count(prefix)),
    })
    const watch = <T>(answer: Promise<T>): Promise<T> => {
      asking.add(answer)
      return answer.finally(() => asking.delete(answer))
    }
    /** A process that does the duty whenever it may. */
    const begin = (holder: string, store: DutyStore = watched(house.store.duties)) => {
      const process = {
        ...{ isAtWork: false, isOver: false, times: 0, errors: [] as unknown[] },
        stop: () => stopping.abort(),
      }
      const stopping = new AbortController()
      const duties: Duties = createDuties({
        ...{ store, clock: house.clock, holder },
        onError: (error) => process.errors.push(error),
      })
      const work = async (held: AbortSignal) => {
        process.isAtWork = true
        process.times += 1
        await aborted(held)
        process.isAtWork = false
      }
      const working = duties.during('d', work, AbortSignal.any([closing.signal, stopping.signal])).then(() => {
        process.isOver = true
      })
      works.push(working)
      return process
    }
    /** Lets storage answer before time goes on: it is no part of the jumping clock. */
    const pass = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 1_000) {
        await house.clock.jump(1_000)
        while (asking.size > 0) {
          await Promise.allSettled(asking)
          await house.clock.jump(0) // whoever waited goes on, and may ask again
        }
      }
    }

    const never = () => new Promise<never>(() => undefined)
    /** Processes that ask at different moments. */
    const beginEachSecond = async (count: number) => {
      const processes: ReturnType<typeof begin>[] = []
      for (let second = 0; second < count; second += 1) {
        processes.push(begin(`other ${second}`))
        await pass(1_000)
      }
      return processes
    }
    /** For half a minute. */
    const onlyOneWorks = async (processes: ReturnType<typeof begin>[]) => {
      for (let second = 0; second < 30; second += 1) {
        await pass(1_000)
        expect(processes.filter((it) => it.isAtWork).length).toBeLessThan(2)
      }
    }

    test('one process has it, and keeps it while it lives', async () => {
      const one = begin('one')
      await pass(1_000)
      const two = begin('two')
      await pass(4 * HALF_A_MINUTE)
      expect([one.isAtWork, one.times, two.isAtWork, two.times]).toEqual([true, 1, false, 0])
      expect(await house.store.duties.count('d')).toBe(1)
      expect(await house.store.duties.count('x')).toBe(0)
    })
    test('another takes it soon after it was given back', async () => {
      const one = begin('one')
      await pass(1_000)
      const two = begin('two')
      await pass(1_000)
      one.stop()
      await pass(5_000)
      expect([one.isAtWork, two.isAtWork]).toEqual([false, true])
    })
    test('another takes it within half a minute of its process’s end', async () => {
      expect(await house.store.duties.hold('d', 'killed', 15_000)).toBe(true)
      const two = begin('two')
      await pass(5_000)
      expect(two.isAtWork).toBe(false)
      await pass(HALF_A_MINUTE - 5_000)
      expect(two.isAtWork).toBe(true)
    })
    test('whoever cannot reach storage ends before another may begin', async () => {
      let isAway = false
      const duties = watched(house.store.duties)
      const one = begin('one', {
        ...duties,
        hold: async (...asked) => {
          if (isAway) throw new Error('away')
          return duties.hold(...asked)
        },
      })
      await pass(1_000)
      isAway = true
      const two = begin('two')
      for (let second = 0; second < 30; second += 1) {
        await pass(1_000)
        expect(one.isAtWork && two.isAtWork).toBe(false)
      }
      expect([one.isAtWork, two.isAtWork]).toEqual([false, true])
      expect(one.errors.length).toBeGreaterThan(0)
    })
    test('whoever gets no answer from storage ends before another may begin', async () => {
      let isHanging = false
      const duties = watched(house.store.duties)
      const one = begin('one', { ...duties, hold: (...asked) => (isHanging ? never() : duties.hold(...asked)) })
      await pass(1)
      isHanging = true
      const others = await beginEachSecond(4)
      await onlyOneWorks([one, ...others])
      expect([one.isAtWork, others.filter((it) => it.isAtWork).length]).toEqual([false, 1])
    })
    test('whoever hears late that it has the duty is not sure of it for longer than storage is', async () => {
      const duties = watched(house.store.duties)
      let lateMs = 14_000
      const late = async (...asked: Parameters<DutyStore['hold']>) => {
        const isHeld = await duties.hold(...asked)
        const ms = lateMs
        lateMs = Number.POSITIVE_INFINITY
        return ms === lateMs ? never() : house.clock.sleep(ms).then(() => isHeld)
      }
      const one = begin('one', { ...duties, hold: late })
      await pass(1)
      const others = await beginEachSecond(4)
      await onlyOneWorks([one, ...others])
      expect(others.filter((it) => it.isAtWork)).toHaveLength(1)
    })
    test('a process that is stopped does not wait for ever for a storage that does not answer', async () => {
      const duties = watched(house.store.duties)
      const one = begin('one', { ...duties, release: never })
      const two = begin('two', { ...duties, hold: never })
      await pass(1_000)
      one.stop()
      two.stop()
      await pass(4_000)
      expect([one.isAtWork, one.isOver, two.isOver]).toEqual([false, true, true])
    })
    test('what the work throws is told, and it is begun again', async () => {
      const errors: unknown[] = []
      const duties = createDuties({
        ...{ store: watched(house.store.duties), clock: house.clock, holder: 'one' },
        onError: (error) => errors.push(error),
      })
      let times = 0
      const work = async () => {
        times += 1
        throw new TypeError('a bug')
      }
      works.push(duties.during('d', work, closing.signal))
      await pass(10_000)
      expect(times).toBeGreaterThan(1)
      expect(errors[0]).toEqual(new TypeError('a bug'))
    })
    test('bots are counted, those that are gone no longer: by so many the chat budget is divided without Redis', async () => {
      const bot = (holder: string) => {
        const store = watched(house.store.duties)
        const duties = createDuties({ ...{ store, clock: house.clock, holder }, onError: () => undefined })
        const leaving = new AbortController()
        const crew = createCrew({ ...{ kind: 'bot', store, duties, holder }, clock: house.clock })
        const signal = AbortSignal.any([closing.signal, leaving.signal])
        works.push(crew.join(signal), crew.watch(signal))
        return { count: crew.count, leave: () => leaving.abort() }
      }
      const bots = [bot('one'), bot('two')]
      expect(await house.store.duties.hold('bot/killed', 'killed', 15_000)).toBe(true)
      expect(await house.store.duties.hold('discord/gateway', 'one', 60_000)).toBe(true)
      await pass(6_000)
      expect(bots.map(({ count }) => count())).toEqual([3, 3])
      await pass(HALF_A_MINUTE)
      expect(bots.map(({ count }) => count())).toEqual([2, 2])
      bots[1]!.leave()
      await pass(HALF_A_MINUTE)
      expect(bots[0]!.count()).toBe(1)
    })
    describe('workers', () => {
      let isStorageAway: boolean
      let turns: boolean[]
      beforeEach(() => {
        isStorageAway = false
        turns = []
      })
      /** A bot's view of them. */
      const watchWorkers = () => {
        const { store } = house
        const counting = async (prefix: string) => {
          if (isStorageAway) throw new Error('away')
          return store.duties.count(prefix)
        }
        const crew = createCrew({
          ...{ kind: 'worker', duties: createDuties(dutiesOf('bot')), ...dutiesOf('bot') },
          store: { count: (prefix) => watch(counting(prefix)) },
          onTurn: (isAway) => turns.push(isAway),
        })
        works.push(crew.watch(closing.signal))
        return crew
      }
      const dutiesOf = (holder: string) => ({
        ...{ store: watched(house.store.duties), clock: house.clock, holder },
        onError: () => undefined,
      })
      const startWorker = (holder: string) => {
        const leaving = new AbortController()
        const parts = dutiesOf(holder)
        const crew = createCrew({ kind: 'worker', duties: createDuties(parts), ...parts })
        works.push(crew.join(AbortSignal.any([closing.signal, leaving.signal])))
        return { stop: () => leaving.abort() }
      }

      test('count as away once none has been seen for longer than a lease, and as back with the first', async () => {
        const workers = watchWorkers()
        expect([workers.count(), workers.isAway()]).toEqual([undefined, false])
        await pass(14_000)
        expect([workers.count(), workers.isAway()]).toEqual([0, false])
        await pass(8_000)
        expect([workers.count(), workers.isAway()]).toEqual([0, true])
        startWorker('one')
        startWorker('two')
        await pass(6_000)
        expect([workers.count(), workers.isAway(), turns]).toEqual([2, false, [true, false]])
      })
      test('are not away during a restart', async () => {
        const workers = watchWorkers()
        const former = startWorker('former')
        await pass(6_000)
        former.stop()
        await pass(10_000)
        expect(workers.count()).toBe(0)
        startWorker('next')
        await pass(HALF_A_MINUTE)
        expect([workers.count(), turns]).toEqual([1, []])
      })
      test('that were killed are away within a minute', async () => {
        const workers = watchWorkers()
        expect(await house.store.duties.hold('worker/killed', 'killed', 15_000)).toBe(true)
        await pass(6_000)
        expect(workers.count()).toBe(1)
        await pass(44_000)
        expect([workers.count(), workers.isAway()]).toEqual([0, true])
      })
      test('are not away because storage was: they could not say that they are there', async () => {
        const workers = watchWorkers()
        expect(await house.store.duties.hold('worker/one', 'one', 15_000)).toBe(true)
        await pass(6_000)
        isStorageAway = true
        await pass(4 * HALF_A_MINUTE)
        expect([workers.count(), workers.isAway()]).toEqual([1, false])
        isStorageAway = false
        await pass(6_000) // its lease is over
        expect([workers.count(), workers.isAway()]).toEqual([0, false])
        startWorker('one')
        await pass(HALF_A_MINUTE)
        expect([workers.count(), turns]).toEqual([1, []])
      })
    })
    test('giving back another’s duty changes nothing', async () => {
      const { duties } = house.store
      expect(await duties.hold('d', 'one', 15_000)).toBe(true)
      await duties.release('d', 'two')
      expect(await duties.hold('d', 'two', 15_000)).toBe(false)
      expect(await duties.hold('d', 'one', 15_000)).toBe(true)
    })
  })
}
