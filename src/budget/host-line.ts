/** How a host is asked while it answers well; its own word (a Crawl-delay, complaints) slows it. */
export interface HostRule {
  /** Requests a second. */
  rate: number
  /** Requests at once. */
  concurrency: number
}

/** One request's wish to be sent to a host. */
export interface Wish {
  /** `host:port` really asked; what pace, slots and turns are kept by. */
  host: string
  /** Turns between users are taken by this key. */
  turn: string
  /** Crawl-delay of its robots.txt, when that is known; what was said before holds otherwise. */
  delayMs?: number
  signal: AbortSignal
}

/**
 * What came of a visit: `good` answers make a slowed host faster again, `complaint`s slow it for all users, with the
 * time that it asks for (Retry-After) where it names one; `nothing` says nothing about the pace.
 */
export type VisitEnd =
  | { kind: 'good' }
  | { kind: 'nothing' }
  | { kind: 'complaint'; cause: string; retryAfterMs: number | null }

/** A slot of a host, with the user's turn for it. */
export interface Place {
  /** Milliseconds of rest that the host still wants; 0 when it may be asked. */
  restMs(): number
  /**
   * Reserves the next moment of the host's pace.
   * @returns milliseconds to wait until it
   * @throws an error when the store behind it is away: then no request leaves (it fails closed)
   */
  reserve(): Promise<number>
  /** Whether the moment that was reserved and waited for may be used: no rest came meanwhile, and the slot is still this one's. */
  isGood(): boolean
  /** Gives the slot back and tells what came of it. Calling it again does nothing. Never throws. */
  leave(end: VisitEnd): void
}

/** Whoever stands in a host's line. */
export interface Standing {
  /**
   * The slot, when the turn has come. Rejects with the signal's reason, or with the store's error when it went away:
   * the place in the line is then gone.
   */
  place: Promise<Place>
}

/**
 * Who asks a host next: its slots, the turns between users and its pace are one thing over everybody who shares the
 * line. In memory that is one process; on Redis all of them.
 */
export interface HostLine {
  /** Stands in line. @throws the signal's reason; an error when the store behind it is away */
  join(wish: Wish): Promise<Standing>
  /** Slows a host for what only the page's reader can see (a block page). Never throws. */
  complain(host: string, cause: string): void
  /** The pace of a host now, as far as this process knows it. */
  paceOf(host: string): { intervalMs: number; atOnce: number }
}
