import { setTimeout as pause } from 'node:timers/promises'
import { Refusal } from '../../src/errors.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import type { Connection } from './connection.ts'
import { explain, isBusy } from './errors.ts'
import { BUSY_AGAIN_MS, BUSY_PAUSE_MS, BUSY_TIMEOUT_MS } from './limits.ts'
import { createTurns, type Turns } from './turns.ts'

/** What all transactions of a process share: one connection that writes, one that reads, and the turns at the writer. */
export interface Engine {
  path: string
  writer: Connection
  reader: Connection
  turns: Turns
  emit: Emit
  /** Holds `now_ms()` of the writer still (one time a transaction, as PostgreSQL's now()), or lets it go on. */
  holdTime(isHeld: boolean): void
  isClosed: boolean
}

/** The parts of an engine, put together. */
export const createEngine = (parts: Omit<Engine, 'turns' | 'isClosed'>): Engine => ({
  ...parts,
  turns: createTurns(),
  isClosed: false,
})

/** The file is no longer open: a bug of whoever still writes. */
export const closed = (): Error => new Error('the store is closed')

/**
 * Runs `act`; while another process holds the file, again and again with pauses that leave the event loop free. The
 * pauses go by the machine's clock, not by the program's: another process waits for no test.
 * @param deadline on performance.now(); Infinity tries without end
 * @throws Refusal `store.busy` after the deadline, and what `explain` makes of the rest
 */
export async function whileBusy<T>(engine: Engine, deadline: number, act: () => T): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    if (engine.isClosed) throw closed()
    try {
      if (attempts > 1) setBusyTimeout(engine, BUSY_AGAIN_MS)
      return act()
    } catch (error) {
      if (!isBusy(error)) throw explain(error, engine.path)
      if (performance.now() >= deadline) throw new Refusal('store.busy', {}, { cause: error })
      if (isRoundNumber(attempts)) engine.emit('store.retry', { cause: String(error), attempts })
    } finally {
      if (attempts > 1 && !engine.isClosed) setBusyTimeout(engine, BUSY_TIMEOUT_MS)
    }
    await pause(BUSY_PAUSE_MS * (1 + Math.random()))
  }
}

function setBusyTimeout(engine: Engine, ms: number): void {
  engine.writer.file.pragma(`busy_timeout = ${ms}`)
  engine.reader.file.pragma(`busy_timeout = ${ms}`)
}

/** 1, 10, 100, …: a long wait is told a few times, not at every try. */
const isRoundNumber = (attempts: number): boolean => Number.isInteger(Math.log10(attempts))
