import { type CompiledQuery, Kysely, SqliteDialect } from 'kysely'
import type { Database } from '../../db/database.ts'
import { Sqlite, type Database as SqliteFile } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import { sqliteQuirks } from '../../db/sqlite/quirks.ts'
import type { Tables } from '../../db/tables.ts'

/** What SQLite means to do for each statement that `run` sends. */
export interface Plan {
  sql: string
  steps: string[]
}

/** Runs statements against the SQLite file of a DATA_DIR, and asks for the plan of each. */
export async function plansOf(dataDir: string, run: (database: Database) => Promise<unknown>): Promise<Plan[]> {
  const file = new Sqlite(databasePath(dataDir))
  file.function('now_ms', { deterministic: false }, () => BigInt(Date.now()))
  const queries: CompiledQuery[] = []
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: file }),
    log: ({ query }) => void queries.push(query),
  })
  try {
    await run({ db, quirks: sqliteQuirks, transaction: (act) => db.transaction().execute(act) })
    return queries
      .filter(({ sql }) => /^\s*(?:select|update|delete|insert|with)/i.test(sql))
      .map(({ sql, parameters }) => ({ sql, steps: explain(file, sql, parameters) }))
  } finally {
    await db.destroy() // closes the file
  }
}

/** What SQLite would do now for statements of these texts, whatever their parameters are. */
export function plansFor(dataDir: string, texts: readonly string[]): Plan[] {
  const file = new Sqlite(databasePath(dataDir))
  file.function('now_ms', { deterministic: false }, () => BigInt(Date.now()))
  try {
    return texts.map((sql) => ({ sql, steps: explain(file, sql, Array(sql.split('?').length - 1).fill(null)) }))
  } finally {
    file.close()
  }
}

const explain = (file: SqliteFile, sql: string, parameters: readonly unknown[]): string[] =>
  (file.prepare(`explain query plan ${sql}`).all(...parameters) as { detail: string }[]).map((row) => row.detail)

/**
 * Steps that read a whole table or a whole index, each with its statement. Results of subqueries are no tables.
 * @param small indices that hold few rows by their own condition: reading one of them whole is what it is for
 */
export function wholeScans(plans: readonly Plan[], tables: readonly string[], small: readonly string[] = []): string[] {
  return plans.flatMap(({ sql, steps }) =>
    steps
      .filter((step) => step.startsWith('SCAN ') && tables.includes(step.split(' ')[1]!))
      .filter((step) => !small.some((index) => step.endsWith(` INDEX ${index}`)))
      .map((step) => `${step}: ${sql.replace(/\s+/g, ' ').slice(0, 200)}`),
  )
}
