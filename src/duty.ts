import { type Clock, rest } from './clock.ts'
import { type LinkedSignal, linkSignal } from './linked-signal.ts'

/** How long a duty stays a process's without being renewed, by the database's clock. */
export const DUTY_MS = 15_000
/** How often it is renewed, and asked for by those who have it not. */
const RENEW_MS = 4_000

/** The part of storage that duties need. Times by the database's clock. */
export interface DutyStore {
  /** Takes a duty that nobody has, or goes on with the own one, for `ms`. @returns whether it is the holder's now */
  hold(duty: string, holder: string, ms: number): Promise<boolean>
  /** Gives it back; another's stays. */
  release(duty: string, holder: string): Promise<void>
  /** Duties that begin with the prefix and are held now. */
  count(prefix: string): Promise<number>
}

/** Work that one of several processes does at a time: hearing Discord, editing progress. */
export interface Duties {
  /**
   * Does the work whenever the duty is this process's, until the signal aborts; never throws. The work's own signal
   * aborts when the duty is lost: it has to end well before another process begins.
   */
  during(duty: string, work: (held: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>
}

export interface DutiesParts {
  store: DutyStore
  clock: Clock
  /** Names this process. */
  holder: string
  /** What the work threw, or storage. */
  onError(error: unknown): void
}

/** For a process that is alone: every duty is its own. */
export const soleDuties: Duties = { during: (_duty, work, signal) => work(signal) }

/** Duties by leases in the database: one whose process is gone is another's within DUTY_MS + RENEW_MS. */
export function createDuties(parts: DutiesParts): Duties {
  const { store, clock, holder, onError } = parts
  const ask = (duty: string) =>
    store.hold(duty, holder, DUTY_MS).catch((error: unknown) => {
      onError(error)
      return undefined
    })
  const pause = (signal: AbortSignal) => rest(clock, RENEW_MS, signal)

  /** Renews until it is another's, or storage has not answered for too long to be sure. */
  async function keep(duty: string, held: LinkedSignal, ended: AbortSignal): Promise<void> {
    let sureUntil = clock.monotonic() + DUTY_MS - RENEW_MS
    while (!ended.aborted) {
      await pause(ended)
      if (ended.aborted) return
      const askedAt = clock.monotonic()
      const isHeld = await Promise.race([ask(duty), pause(ended).then(() => undefined)])
      if (isHeld) sureUntil = askedAt + DUTY_MS - RENEW_MS
      if (isHeld === false || clock.monotonic() >= sureUntil) return held.abort(new Error(`${duty} is another's`))
    }
  }

  return {
    async during(duty, work, signal) {
      while (!signal.aborted) {
        if (!(await ask(duty))) {
          await pause(signal)
          continue
        }
        const held = linkSignal(signal)
        const ended = new AbortController()
        const keeping = keep(duty, held, ended.signal)
        await work(held.signal).catch(onError)
        held.release()
        ended.abort()
        await keeping
        await store.release(duty, holder).catch(onError)
        if (!signal.aborted && !held.signal.aborted) await pause(signal) // it gave up by itself
      }
    },
  }
}
