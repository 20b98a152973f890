import { aborted, type Clock, rest } from './clock.ts'
import { DUTY_MS, type Duties, type DutyStore } from './duty.ts'

/** How often a crew is counted. */
const COUNT_MS = 5_000

/** The processes of one kind that share a storage. */
export interface Crew {
  /** As counted last; undefined before that. */
  count(): number | undefined
  /** Nobody has been counted for longer than a duty outlives its process: neither a restart nor a storage that was away. */
  isAway(): boolean
  /** Is one of them until the signal aborts. Never throws. */
  join(signal: AbortSignal): Promise<void>
  /** Counts them until the signal aborts. Never throws. */
  watch(signal: AbortSignal): Promise<void>
}

export interface CrewParts {
  /** Bots speak to the chat services and share what these allow; workers take jobs. */
  kind: 'bot' | 'worker'
  store: Pick<DutyStore, 'count'>
  duties: Duties
  /** Names this process. */
  holder: string
  clock: Clock
  /** All of them have gone for good, or the first one is back. */
  onTurn?(isAway: boolean): void
}

/** A crew by duties: each of its processes holds one of its own, under the crew's prefix. */
export function createCrew({ kind, store, duties, holder, clock, onTurn }: CrewParts): Crew {
  const prefix = `${kind}/`
  let counted: number | undefined
  /** By the monotonic clock. */
  let emptySince: number | undefined
  let isAway = false

  const turn = (to: boolean): void => {
    if (to === isAway) return
    isAway = to
    onTurn?.(to)
  }
  async function look(): Promise<void> {
    const now = await store.count(prefix).catch(() => undefined)
    if (now === undefined) {
      emptySince = undefined // those who were there still are, and could not say so either
      return
    }
    counted = now
    if (now > 0) emptySince = undefined
    else emptySince ??= clock.monotonic()
    if (emptySince === undefined) turn(false)
    else if (clock.monotonic() - emptySince > DUTY_MS) turn(true)
  }

  return {
    count: () => counted,
    isAway: () => isAway,
    join: (signal) => duties.during(`${prefix}${holder}`, aborted, signal),
    async watch(signal) {
      while (!signal.aborted) {
        await look()
        await rest(clock, COUNT_MS, signal)
      }
    },
  }
}
