import type { VisitEnd } from '../../src/budget/host-line.ts'

/** One of this process's requests that wait for a slot. */
export interface Waiter {
  user: string
  /** Its turn has come. */
  go(slot: string, wait: number): void
  /** The line is lost. */
  fail(error: unknown): void
}

/** How a visit ended. */
export interface Unsaid {
  end: VisitEnd
  /** When the rest that the host asked for is over. */
  restUntil: number
  isUnderway: boolean
}

/** What one process has in one host's line, and what it remembers of the host. */
export interface Lane {
  host: string
  waiters: Map<string, Set<Waiter>>
  /** Slots of this process, and whose turn they are. */
  held: Map<string, string>
  /** Slots given back, as long as Redis has not said that it knows. */
  unsaid: Map<string, Unsaid>
  /** When the last call left that Redis has answered; monotonic, as the other times. */
  heardAt: number
  pausedUntil: number
  usedAt: number
  delayMs: number | undefined
  slowness: number
  intervalMs: number
  atOnce: number
}

export const createLane = (host: string, rate: number): Lane => ({
  host,
  waiters: new Map(),
  held: new Map(),
  unsaid: new Map(),
  heardAt: Number.NEGATIVE_INFINITY,
  pausedUntil: Number.NEGATIVE_INFINITY,
  usedAt: Number.NEGATIVE_INFINITY,
  delayMs: undefined,
  slowness: 1,
  intervalMs: 1_000 / rate,
  atOnce: 1,
})

/** Whether Redis has to be told regularly that this process lives. */
export const isBusy = ({ waiters, held, unsaid }: Lane): boolean => waiters.size > 0 || held.size > 0 || unsaid.size > 0

/** A rest never shortens another. */
export function rest(lane: Lane, until: number): void {
  lane.pausedUntil = Math.max(lane.pausedUntil, until)
}

export function addWaiter({ waiters }: Lane, waiter: Waiter): void {
  const others = waiters.get(waiter.user)
  if (others) others.add(waiter)
  else waiters.set(waiter.user, new Set([waiter]))
}

/** @returns false when it was not there any more */
export function removeWaiter({ waiters }: Lane, waiter: Waiter): boolean {
  const others = waiters.get(waiter.user)
  const wasThere = others?.delete(waiter) ?? false
  if (others?.size === 0) waiters.delete(waiter.user)
  return wasThere
}

/** Takes the user's first waiter out. */
export function takeWaiter(lane: Lane, user: string): Waiter | undefined {
  for (const waiter of lane.waiters.get(user) ?? []) {
    removeWaiter(lane, waiter)
    return waiter
  }
  return undefined
}

/** Whoever waits has lost the place in the line. */
export function failWaiters(lane: Lane, error: unknown): void {
  const all = [...lane.waiters.values()].flatMap((waiters) => [...waiters])
  lane.waiters.clear()
  for (const waiter of all) waiter.fail(error)
}

/** How many of each user's requests wait. */
export const wantsOf = ({ waiters }: Lane): [user: string, count: number][] =>
  [...waiters].map(([user, { size }]) => [user, size])
