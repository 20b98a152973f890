import type { HostLine, Place, VisitEnd, Wish } from '../budget/host-line.ts'
import type { Clock } from '../clock.ts'
import { Refusal } from '../errors.ts'
import { BUDGET_RETRY_MS, MAX_WAIT_IN_PLACE_MS } from './http-limits.ts'
import { type OnWaiting, tellWaiting } from './waiting.ts'

/** One request's wish to be sent to a host. */
export interface Visit extends Wish {
  /** The public host, for people. */
  shownHost: string
  onWaiting?: OnWaiting
}

/** Manners towards hosts: a slot, a fair turn and a moment of the pace before each request. */
export interface Politeness {
  /**
   * Waits until the request may leave. While the store behind the line is away it waits: nothing leaves.
   * @returns to be called once, when the request has ended; it frees the slot
   * @throws Refusal `page.rate_limited` when the host wants more than a minute of rest; the signal's reason
   */
  enter(visit: Visit): Promise<(end: VisitEnd) => void>
  /** Slows a host for what only the page's reader can see (a block page). `host`: as in Visit. */
  complain(host: string, cause: string): void
  /** The pace of a host now, for status and tests. */
  paceOf(host: string): { intervalMs: number; atOnce: number }
}

export interface PolitenessOptions {
  line: HostLine
  clock: Clock
}

/** Waits in a host's line and tells what is waited for. */
export function createPoliteness(options: PolitenessOptions): Politeness {
  const { line } = options
  return {
    complain: line.complain,
    paceOf: line.paceOf,
    async enter(visit) {
      const place = await getPlace(visit, options)
      try {
        await waitForMoment(visit, place, options)
      } catch (error) {
        place.leave({ kind: 'nothing' })
        throw error
      }
      return place.leave
    },
  }
}

/** Stands in line until the turn comes, again when the line was lost with its store. */
async function getPlace(visit: Visit, { line, clock }: PolitenessOptions): Promise<Place> {
  const waiting = { for: 'turn', host: visit.shownHost, ms: null } as const
  while (true) {
    const standing = await onceThere(visit, clock, () => line.join(visit))
    try {
      return await tellWaiting(clock, visit.onWaiting, waiting, () => standing.place)
    } catch {
      visit.signal.throwIfAborted()
    }
  }
}

/** Waits out the host's rest and then its pace, again if the host was told to rest meanwhile. */
async function waitForMoment(visit: Visit, place: Place, { line, clock }: PolitenessOptions): Promise<void> {
  while (true) {
    const restMs = place.restMs()
    if (restMs > 0) {
      await sleepInPlace(visit, clock, 'retry-after', restMs, MAX_WAIT_IN_PLACE_MS)
      continue
    }
    const { intervalMs, atOnce } = line.paceOf(visit.host)
    const waitMs = await onceThere(visit, clock, place.reserve)
    // Longer than the pace and the other slots explain: another instance was told to rest.
    await sleepInPlace(visit, clock, 'turn', waitMs, MAX_WAIT_IN_PLACE_MS + (atOnce + 1) * intervalMs)
    if (place.isGood()) return
  }
}

async function sleepInPlace(visit: Visit, clock: Clock, reason: 'turn' | 'retry-after', ms: number, longest: number) {
  if (ms > longest) {
    throw new Refusal('page.rate_limited', { host: visit.shownHost, retryAt: Math.ceil(clock.now() + ms) })
  }
  if (ms < 1) return // below what a timer can do; the budget carries it over to the next turn
  await tellWaiting(clock, visit.onWaiting, { for: reason, host: visit.shownHost, ms }, () =>
    clock.sleep(ms, visit.signal),
  )
}

/** The line fails closed: while its store is away, this waits. */
async function onceThere<T>(visit: Visit, clock: Clock, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch {
    visit.signal.throwIfAborted()
  }
  const waiting = { for: 'budget', host: visit.shownHost, ms: null } as const
  return await tellWaiting(clock, visit.onWaiting, waiting, async () => {
    while (true) {
      await clock.sleep(BUDGET_RETRY_MS, visit.signal)
      const done = await act().then(
        (value) => ({ value }),
        () => undefined,
      )
      if (done) return done.value
    }
  })
}
