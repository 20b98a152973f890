/** Turns between users, before the budget: whoever waits for a key is served in rounds, one of each user. */
export interface FairTurns {
  /**
   * Waits for one of the key's slots.
   * @param key what is shared, e.g. a host
   * @param turn who asks, e.g. a user's id; one user's thousand requests and another's first take turns
   * @returns gives the slot back; calling it again does nothing
   * @throws the signal's reason when it aborts first; the place in the line is then gone
   */
  enter(key: string, turn: string, signal?: AbortSignal): Promise<() => void>
  /** How many hold a slot of the key, and how many wait for one. */
  counts(key: string): { running: number; waiting: number }
}

interface Waiter {
  go: () => void
}

interface Lane {
  running: number
  /** Who was served last: goes after everybody else who waits, also when back in the line first. */
  last?: string
  /** In the order of the round: the first user is the next one. Users without a waiter are not in it. */
  round: Map<string, Set<Waiter>>
}

/** @param atOnce slots of a key, asked anew whenever one may be given: it may change at any time */
export function createFairTurns({ atOnce }: { atOnce: (key: string) => number }): FairTurns {
  const lanes = new Map<string, Lane>()

  const release = (key: string, lane: Lane): (() => void) => {
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      lane.running -= 1
      handOut(key, lane)
      if (lane.running === 0 && lane.round.size === 0) lanes.delete(key)
    }
  }

  const handOut = (key: string, lane: Lane): void => {
    while (lane.running < Math.max(1, atOnce(key))) {
      const waiter = nextOf(lane)
      if (!waiter) return
      lane.running += 1
      waiter.go()
    }
  }

  return {
    async enter(key, turn, signal) {
      signal?.throwIfAborted()
      const lane = lanes.get(key) ?? { running: 0, round: new Map() }
      lanes.set(key, lane)
      await new Promise<void>((resolve, reject) => {
        const leave = () => {
          remove(lane.round, turn, waiter)
          if (lane.running === 0 && lane.round.size === 0) lanes.delete(key)
          reject(signal?.reason)
        }
        const waiter: Waiter = {
          go: () => {
            signal?.removeEventListener('abort', leave)
            resolve()
          },
        }
        signal?.addEventListener('abort', leave, { once: true })
        add(lane.round, turn, waiter)
        handOut(key, lane)
      })
      return release(key, lane)
    },
    counts(key) {
      const lane = lanes.get(key)
      const waiting = [...(lane?.round.values() ?? [])].reduce((sum, waiters) => sum + waiters.size, 0)
      return { running: lane?.running ?? 0, waiting }
    },
  }
}

function add(round: Map<string, Set<Waiter>>, turn: string, waiter: Waiter): void {
  const waiters = round.get(turn)
  if (waiters) waiters.add(waiter)
  else round.set(turn, new Set([waiter]))
}

function remove(round: Map<string, Set<Waiter>>, turn: string, waiter: Waiter): void {
  const waiters = round.get(turn)
  waiters?.delete(waiter)
  if (waiters?.size === 0) round.delete(turn)
}

/** Takes the first waiter of the user whose turn it is, and puts that user at the end of the round. */
function nextOf(lane: Lane): Waiter | undefined {
  const { round } = lane
  if (round.size > 1 && firstOf(round.keys()) === lane.last) toEnd(round, lane.last!)
  const turn = firstOf(round.keys())
  if (turn === undefined) return undefined
  const waiters = round.get(turn)!
  const waiter = firstOf(waiters)!
  waiters.delete(waiter)
  if (waiters.size > 0) toEnd(round, turn)
  else round.delete(turn)
  lane.last = turn
  return waiter
}

function toEnd(round: Map<string, Set<Waiter>>, turn: string): void {
  const waiters = round.get(turn)!
  round.delete(turn)
  round.set(turn, waiters)
}

function firstOf<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item
  return undefined
}
