import { setTimeout as pause } from 'node:timers/promises'
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import type pg from 'pg'
import type { Emit } from '../../src/telemetry/events.ts'
import { explain, refusalOf, type Trouble, troubleOf } from './errors.ts'
import { AWAY_PAUSE_MS, RACE_PAUSE_MS } from './limits.ts'

/** What the sessions of one kind of connection share. */
export interface Engine {
  pool: pg.Pool
  server: string
  emit: Emit
  /** How long to try again, from now; Infinity = without end. */
  patienceMs(): number
  /**
   * Whether a write whose answer was lost may be sent again. Every write of a worker is guarded by a lease, a state or a
   * key, so that the second time changes nothing; a person is told instead, and looks.
   */
  repeatsWrites: boolean
  /** The time that SQL takes for now, epoch milliseconds: tests only. */
  time?(): number
  /** When a connection last broke, or could not be made; by performance.now(). */
  awayAt?: number
}

/** A transaction of which nothing is left, or of which nobody knows: `isUncertain` when the commit was on its way. */
export class Interrupted extends Error {
  readonly trouble: Trouble
  readonly isUncertain: boolean
  constructor(trouble: Trouble, isUncertain: boolean, cause: unknown) {
    super(`interrupted: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'Interrupted'
    this.trouble = trouble
    this.isUncertain = isUncertain
  }
}

/**
 * Runs `act` again and again while a passing trouble is in the way and patience lasts. The pauses go by the machine's
 * clock: a server waits for no test.
 * @param judge what an error means; undefined: nothing that another try cures
 * @throws Refusal `store.busy`, `store.unreachable`, and what `explain` makes of the rest
 */
export async function persist<T>(
  engine: Engine,
  act: () => Promise<T>,
  judge: (error: unknown) => { trouble: Trouble; isFinal: boolean } | undefined,
): Promise<T> {
  const { server, emit, patienceMs } = engine
  const startedAt = performance.now()
  for (let attempts = 1; ; attempts++) {
    try {
      return await act()
    } catch (error) {
      const found = judge(error)
      if (!found) throw explain(error, server)
      if (found.trouble === 'away') engine.awayAt = performance.now()
      const isOver = performance.now() - startedAt >= patienceMs()
      if (found.isFinal || isOver) throw refusalOf(found.trouble, server, error)
      if (isRoundNumber(attempts)) emit('store.retry', { cause: causeOf(error), attempts })
      const base = found.trouble === 'race' ? RACE_PAUSE_MS : AWAY_PAUSE_MS
      await pause(Math.min(base * attempts, 5 * base) * (1 + Math.random()))
    }
  }
}

/** 1, 10, 100, …: a long wait is told a few times, not at every try. */
const isRoundNumber = (attempts: number): boolean => Number.isInteger(Math.log10(attempts))

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The pool as kysely takes it: its clients are sessions that outlive their connection. */
export const createSessions = (engine: Engine): PostgresPool => ({
  connect: async () => new Session(engine) as unknown as PostgresPoolClient, // but for cursors, which nobody opens
  end: () => engine.pool.end(),
})

const isRead = (text: string): boolean => /^\s*(?:select|show)\b/i.test(text)

/** One statement, or one transaction, on a connection that is taken when it is needed. */
class Session {
  readonly #engine: Engine
  #client: pg.PoolClient | undefined
  #isInTransaction = false

  constructor(engine: Engine) {
    this.#engine = engine
  }

  release(): void {
    this.#drop(this.#isInTransaction) // kysely ends its transactions; one that is open here is broken
    this.#isInTransaction = false
  }

  async query<R>(text: string, parameters: readonly unknown[] = []): Promise<PostgresQueryResult<R>> {
    if (text === 'begin') return this.#begin<R>()
    if (this.#isInTransaction) return this.#step<R>(text, parameters)
    if (text === 'rollback') return { command: 'ROLLBACK', rowCount: 0, rows: [] } // its connection is gone
    return persist(
      this.#engine,
      () => this.#run<R>(text, parameters),
      (error) => {
        const trouble = troubleOf(error)
        if (!trouble) return undefined
        const isUncertain = trouble === 'away' && !(error instanceof NotSent) && !isRead(text)
        return { trouble, isFinal: isUncertain && !this.#engine.repeatsWrites }
      },
    )
  }

  async #begin<R>(): Promise<PostgresQueryResult<R>> {
    this.#isInTransaction = true
    return this.#step<R>('begin', [])
  }

  /** A statement of a transaction: whatever breaks it breaks all of it. */
  async #step<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const isEnd = text === 'commit' || text === 'rollback'
    try {
      return await this.#run<R>(text, parameters)
    } catch (error) {
      const trouble = troubleOf(error)
      if (trouble === 'away') this.#isInTransaction = false // nothing is left to roll back
      if (!trouble) throw explain(error, this.#engine.server)
      throw new Interrupted(trouble, text === 'commit' && trouble === 'away', error)
    } finally {
      if (isEnd) this.#isInTransaction = false
    }
  }

  async #run<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const client = this.#client ?? (await this.#take())
    try {
      return (await client.query(text, parameters as unknown[])) as unknown as PostgresQueryResult<R>
    } catch (error) {
      // An answer that is late may still come: such a connection serves nobody any more.
      if (troubleOf(error) === 'away') this.#drop(true)
      throw error
    }
  }

  async #take(): Promise<pg.PoolClient> {
    const { pool, time } = this.#engine
    const client = await pool.connect().catch((error: unknown) => {
      throw new NotSent(error)
    })
    this.#client = client
    if (time) await client.query(`select set_config('shopcrawl.clock', $1, false)`, [String(Math.floor(time()))])
    return client
  }

  #drop(isBroken: boolean): void {
    this.#client?.release(isBroken)
    this.#client = undefined
  }
}

/** No connection was to be had: surely nothing was done. */
class NotSent extends Error {
  readonly code: string | undefined
  constructor(cause: unknown) {
    super(causeOf(cause), { cause })
    const { code, errors } = cause as { code?: string; errors?: { code?: string }[] }
    this.code = code ?? errors?.[0]?.code
  }
}
