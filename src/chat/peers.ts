import { type Clock, rest } from '../clock.ts'
import type { Duties, DutyStore } from '../duty.ts'

const PREFIX = 'bot/'
/** How often the others are counted. */
const COUNT_MS = 5_000

/** The processes that speak to the same chat platforms. */
export interface Peers {
  /** As counted last, this one included. */
  count(): number
  /** Is counted, and counts, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>
}

export function createPeers(parts: { store: DutyStore; duties: Duties; holder: string; clock: Clock }): Peers {
  const { store, duties, holder, clock } = parts
  let counted = 1
  const count = async (held: AbortSignal) => {
    while (!held.aborted) {
      counted = await store.count(PREFIX).catch(() => counted) // away: those who were there still are
      await rest(clock, COUNT_MS, held)
    }
  }
  return {
    count: () => Math.max(1, counted),
    run: (signal) => duties.during(`${PREFIX}${holder}`, count, signal),
  }
}
