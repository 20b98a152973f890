import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { Refusal } from '../../src/errors.ts'
import { runStatement } from './connection.ts'
import { closed, type Engine, whileBusy } from './engine.ts'
import { explain } from './errors.ts'

/**
 * kysely over one engine. Several dialects may share an engine, each with its own patience.
 * @param limitMs how long a write may wait for its turn and for other processes; Infinity = without end
 */
export function createSqliteDialect(engine: Engine, limitMs: number): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => createDriver(engine, limitMs),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/** SQLite rolls schema changes back like any others; kysely's own adapter does not use that. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

function createDriver(engine: Engine, limitMs: number): Driver {
  return {
    init: async () => {},
    acquireConnection: async () => new Session(engine, limitMs),
    beginTransaction: (session) => (session as Session).begin(),
    commitTransaction: (session) => (session as Session).commit(),
    rollbackTransaction: (session) => (session as Session).rollback(),
    releaseConnection: async () => {},
    destroy: async () => {}, // the engine is shared: whoever opened it closes it
  }
}

/** What kysely takes for a connection: reads go to the reader, writes and whole transactions to the writer. */
class Session implements DatabaseConnection {
  readonly #engine: Engine
  readonly #limitMs: number
  #isInTransaction = false

  constructor(engine: Engine, limitMs: number) {
    this.#engine = engine
    this.#limitMs = limitMs
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { writer, reader, path } = this.#engine
    if (this.#engine.isClosed) throw closed()
    if (this.#isInTransaction) return explained(path, () => runStatement<Row>(writer, query.sql, query.parameters))
    const deadline = performance.now() + this.#limitMs
    // Preparing reads the schema, which waits for nobody in WAL except a process that recovers the file.
    const isRead = await whileBusy(this.#engine, deadline, () => reader.prepare(query.sql).readonly)
    if (isRead) {
      return whileBusy(this.#engine, deadline, () => runStatement<Row>(reader, query.sql, query.parameters))
    }
    await this.#takeTurn()
    try {
      return await whileBusy(this.#engine, deadline, () => runStatement<Row>(writer, query.sql, query.parameters))
    } finally {
      this.#engine.turns.give()
    }
  }

  // biome-ignore lint/correctness/useYield: it only says why not
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('read in pages: a stream would hold the connection that everybody shares')
  }

  async begin(): Promise<void> {
    const deadline = performance.now() + this.#limitMs
    await this.#takeTurn()
    try {
      await whileBusy(this.#engine, deadline, () => this.#run('begin immediate'))
    } catch (error) {
      this.#engine.turns.give()
      throw error
    }
    this.#isInTransaction = true
    this.#engine.holdTime(true)
  }

  async commit(): Promise<void> {
    explained(this.#engine.path, () => this.#run('commit'))
    this.#end()
  }

  async rollback(): Promise<void> {
    try {
      // A full disk and some other errors have rolled back already.
      if (this.#engine.writer.file.inTransaction) explained(this.#engine.path, () => this.#run('rollback'))
    } finally {
      this.#end()
    }
  }

  #run(text: string): void {
    this.#engine.writer.prepare(text).run()
  }

  async #takeTurn(): Promise<void> {
    if (!(await this.#engine.turns.take(this.#limitMs))) throw new Refusal('store.busy', {})
  }

  #end(): void {
    this.#isInTransaction = false
    this.#engine.holdTime(false)
    this.#engine.turns.give()
  }
}

function explained<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw explain(error, path)
  }
}
