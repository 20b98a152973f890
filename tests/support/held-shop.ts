import { setTimeout as wait } from 'node:timers/promises'
import type { ReplicaOptions } from '../../src/demo/replica-shop.ts'

type Ask = NonNullable<ReplicaOptions['trouble']>

/** The longest that one answer is held, real milliseconds: a crawl gives a page fifteen seconds. */
const HELD_MS = 10_000

/** Answers of a replica that wait until the test lets them go: whoever needs them is in the middle of its job till then. */
export interface Hold {
  /** What makes pages from this one of their list on wait; afterwards they are answered as usual. */
  from(page: number): Ask
  /** Resolves when the test lets go, or after ten seconds. */
  wait(): Promise<void>
  letGo(): void
}

/** A hold for one test. Whatever is held when the test ends goes with its shop. */
export function createHold(): Hold {
  const going = new AbortController()
  const hold: Hold = {
    async wait() {
      if (going.signal.aborted) return
      await wait(HELD_MS, undefined, { signal: going.signal, ref: false }).catch(() => undefined)
    },
    from: (page) => async (call) => {
      if (pageOf(call) >= page) await hold.wait()
      return null
    },
    letGo: () => going.abort(),
  }
  return hold
}

/** Which page of its list a request asks for: the search says it in its address, the front list in its body. */
export const pageOf = ({ path, body }: Parameters<Ask>[0]): number =>
  Number((/[?&]page=(\d+)/.exec(path) ?? /"page":"(\d+)"/.exec(body))?.[1] ?? 1)
