import { aborted, type Clock, rest } from './clock.ts'
import { type LinkedSignal, linkSignal } from './linked-signal.ts'

/** How long a duty stays a process's without being renewed, by the database's clock. */
export const DUTY_MS = 15_000
/** How often it is renewed, and asked for by those who have it not. */
const RENEW_MS = 4_000
/** How long the work has to end once its duty is lost, before another process may begin. */
const END_MS = 4_000
/** How long a process that ends waits for storage: what it does not give back lapses by itself. */
const LEAVE_MS = 2_000

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
  const sureFrom = (askedAt: number) => askedAt + DUTY_MS - END_MS

  /** Storage's answer, which may take as long as an outage; a process that ends waits no longer than a moment. */
  async function patiently<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    const leaving = linkSignal(signal)
    const answered = new AbortController()
    const tooLong = aborted(leaving.signal).then(() => rest(clock, LEAVE_MS, answered.signal))
    try {
      return await Promise.race([answer, tooLong.then(() => undefined)])
    } finally {
      leaving.release()
      answered.abort()
    }
  }

  /**
   * Renews until the work has ended, it is another's, or storage has not answered for so long that it may be.
   * @returns whether it was lost
   */
  async function keep(duty: string, sure: number, held: LinkedSignal, ended: AbortSignal): Promise<boolean> {
    let sureUntil = sure
    /** No wait goes beyond what is sure, whatever storage does. */
    const step = () => rest(clock, Math.min(RENEW_MS, sureUntil - clock.monotonic()), ended)
    while (!ended.aborted) {
      await step()
      if (ended.aborted) return false
      const askedAt = clock.monotonic()
      const isHeld = askedAt < sureUntil && (await Promise.race([ask(duty), step().then(() => undefined)]))
      if (isHeld) sureUntil = sureFrom(askedAt)
      if (isHeld !== false && clock.monotonic() < sureUntil) continue
      held.abort(new Error(`${duty} is another's`))
      return true
    }
    return false
  }

  /** The work, and the duty given back when it has ended. One that was lost is not: it may be another's by then. */
  async function serve(
    duty: string,
    sureUntil: number,
    work: (held: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const held = linkSignal(signal)
    const ended = new AbortController()
    const keeping = keep(duty, sureUntil, held, ended.signal)
    await work(held.signal).catch(onError)
    held.release()
    ended.abort()
    if (await keeping) return
    await patiently(store.release(duty, holder).catch(onError), signal)
    await rest(clock, RENEW_MS, signal) // unless the process ends, the work gave up by itself
  }

  return {
    async during(duty, work, signal) {
      while (!signal.aborted) {
        const sureUntil = sureFrom(clock.monotonic())
        const isHeld = await patiently(ask(duty), signal)
        if (!isHeld) await rest(clock, RENEW_MS, signal)
        else if (clock.monotonic() < sureUntil) await serve(duty, sureUntil, work, signal)
        // an answer that came too late to be sure of is asked for anew
      }
    },
  }
}
