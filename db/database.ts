import type { Insertable, Kysely, RawBuilder, SqlBool, Transaction } from 'kysely'
import type { Checkpoint, Checkpointed, Lease } from '../src/crawl/store.ts'
import type { Tables } from './tables.ts'

export type Db = Kysely<Tables>
export type Tx = Transaction<Tables>

/** Where the databases differ. One implementation a database, in its folder. */
export interface Quirks {
  /** The database's clock in epoch milliseconds; the same through one transaction. */
  now: RawBuilder<number>
  /** `column in (values)` whose SQL text does not change with the number of values. */
  isIn(column: string, values: readonly string[]): RawBuilder<SqlBool>
  /**
   * Inserts rows of one shape in one statement, skipping those that are already there.
   * @returns how many were inserted
   */
  insertMany<T extends keyof Tables & string>(tx: Tx, table: T, rows: Insertable<Tables[T]>[]): Promise<number>
  /** Scheme, host and port of the `url` in a column of JSON requests. */
  originIn(column: string): RawBuilder<string>
  /** Until the transaction's end no other one holds this name: for what is counted first and written then. */
  lock(tx: Tx, name: string): Promise<void>
  /** How much room the database takes on its disk. */
  databaseBytes(db: Db): Promise<number>
  /** A whole checkpoint in one round trip, where the way to the database is long. @throws StaleLease */
  checkpoint?(db: Db, quirks: Quirks, lease: Lease, page: Checkpoint): Promise<Checkpointed>
}

/** Types of columns that the two databases name differently, for migrations. */
export interface ColumnTypes {
  /** Text that is compared by bytes. */
  id: RawBuilder<unknown>
  /** End of a `create table` whose rows lie in the order of the primary key, where a database can do that. */
  clustered: RawBuilder<unknown>
}

/** A database under one waiting rule, as the stores use it. */
export interface Database {
  /** For single statements. */
  db: Db
  quirks: Quirks
  /**
   * How long ago the server was away for this process; undefined: never. It may have come back as a replica that lacks
   * the last commits.
   */
  awayAgoMs?(): number | undefined
  /**
   * Runs `act` in one transaction. It awaits nothing but its own statements: every other write waits for it.
   * @throws Refusal `store.busy`, `store.disk_full`, `store.corrupt`, `store.unwritable`, `store.unreachable`
   */
  transaction<T>(act: (tx: Tx) => Promise<T>): Promise<T>
  /** Leaves no copy of removed rows in the files, as far as nobody reads meanwhile; absent where the server sees to it. */
  scrub?(): Promise<void>
}
