import type { QueryResult } from 'kysely'
import { type Database, Sqlite, type Statement } from './driver.ts'
import { BUSY_TIMEOUT_MS, STATEMENTS_KEPT } from './limits.ts'

/** One open connection with its prepared statements. */
export interface Connection {
  readonly file: Database
  /** The prepared statement of a text, kept; the one unused for longest goes first. */
  prepare(text: string): Statement
}

/**
 * Opens the file of a database for reading and writing.
 * @param now what `now_ms()` answers in SQL, epoch milliseconds
 */
export function openConnection(path: string, now: () => number): Connection {
  const file = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    file.pragma('foreign_keys = on')
    file.pragma('synchronous = normal')
    // A BigInt becomes an INTEGER, a number would become a REAL.
    file.function('now_ms', { deterministic: false }, () => BigInt(Math.floor(now())))
  } catch (error) {
    file.close()
    throw error
  }
  const kept = new Map<string, Statement>()
  const prepare = (text: string): Statement => {
    const known = kept.get(text)
    if (known) {
      kept.delete(text)
      kept.set(text, known)
      return known
    }
    const statement = file.prepare(text)
    kept.set(text, statement)
    if (kept.size > STATEMENTS_KEPT) kept.delete(kept.keys().next().value!)
    return statement
  }
  return { file, prepare }
}

/** The one parameter of a statement that runs once for each of its rows. */
export class Batch {
  readonly rows: readonly (readonly unknown[])[]
  constructor(rows: readonly (readonly unknown[])[]) {
    this.rows = rows
  }
}

function runBatch(statement: Statement, { rows }: Batch): number {
  let changed = 0
  for (const row of rows) changed += statement.run(...row).changes
  return changed
}

/** Runs one statement to its end, in kysely's form of a result. */
export function runStatement<Row>(
  connection: Connection,
  text: string,
  parameters: readonly unknown[],
): QueryResult<Row> {
  const statement = connection.prepare(text)
  const [first] = parameters
  if (first instanceof Batch) return { rows: [], numAffectedRows: BigInt(runBatch(statement, first)) }
  if (statement.reader) return { rows: statement.all(...parameters) as Row[] }
  const { changes } = statement.run(...parameters)
  return { rows: [], numAffectedRows: BigInt(changes) }
}
