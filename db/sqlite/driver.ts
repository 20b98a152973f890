import { createRequire } from 'node:module'
import type BetterSqlite3 from 'better-sqlite3'

/** An open database file. */
export type Database = BetterSqlite3.Database

/** A prepared statement. */
export type Statement = BetterSqlite3.Statement

/** The version of Node-API that better-sqlite3 13 calls; an older Node crashes in it instead of refusing. */
const NODE_API_OF_13 = 10

/**
 * The one SQLite library of this process (docs/decisions/0007-sqlite-driver.md): better-sqlite3 13 where it runs, else
 * 12. Everything opens files through it: a second library in one process would drop the first one's locks on a file.
 */
export const Sqlite: typeof BetterSqlite3 = loadDriver()

function loadDriver(): typeof BetterSqlite3 {
  const require = createRequire(import.meta.url)
  if (Number(process.versions.napi) >= NODE_API_OF_13) {
    try {
      const driver: typeof BetterSqlite3 = require('better-sqlite3-13')
      new driver(':memory:').close() // its native part is loaded with the first database
      return driver
    } catch {
      // Left out of the install, or no binary for this machine: 12 was compiled for it.
    }
  }
  return require('better-sqlite3')
}
