import { existsSync, statSync } from 'node:fs'
import type { DatabaseLook } from '../../src/upkeep/check-storage.ts'
import { migrationNames } from '../migrations/index.ts'
import { databasePath } from './files.ts'
import { inspectFile, migrationsOf, withReadOnly } from './schema.ts'

/**
 * Looks at the database of a DATA_DIR without the right to write.
 * @returns undefined where there is none yet @throws Refusal `store.corrupt`, `store.newer`, `store.unwritable`
 */
export function lookAtSqlite(dataDir: string): DatabaseLook | undefined {
  const place = databasePath(dataDir)
  if (!existsSync(place) || statSync(place).size === 0) return undefined
  inspectFile(place)
  const found = withReadOnly(place, migrationsOf)
  const missing = migrationNames().length - found.length
  return { schema: { place, missing, isNew: found.length === 0, mayMake: true } }
}
