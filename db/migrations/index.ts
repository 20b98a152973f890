import type { Kysely, Migration, MigrationProvider } from 'kysely'
import type { ColumnTypes } from '../database.ts'
import * as first from './0001-users-jobs.ts'
import * as coverageMemory from './0002-coverage-memory.ts'
import * as chatSessions from './0003-chat-sessions.ts'
import * as linking from './0004-linking.ts'
import * as access from './0005-access.ts'
import * as stats from './0006-stats.ts'
import * as upkeep from './0007-upkeep.ts'
import * as duties from './0008-duties.ts'
import * as coverageFalls from './0009-coverage-falls.ts'
import * as forgetting from './0010-forgetting.ts'
import * as viewIndices from './0011-view-indices.ts'
import * as lastButtons from './0012-last-buttons.ts'
import * as driftIndex from './0013-drift-index.ts'
import * as stateIndex from './0014-state-index.ts'
import * as outboxWorkspace from './0015-outbox-workspace.ts'
import * as workerless from './0016-workerless.ts'
import * as robotsStale from './0017-robots-stale.ts'
import * as clearedHosts from './0018-cleared-hosts.ts'
import * as closings from './0019-closings.ts'

interface Step {
  // A migration sees the schema as it was then, not as Tables says today.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  up(db: Kysely<any>, types: ColumnTypes): Promise<void>
}

/** Every migration by name, in order. Append only: a released one never changes. */
const STEPS: Record<string, Step> = {
  '0001-users-jobs': first,
  '0002-coverage-memory': coverageMemory,
  '0003-chat-sessions': chatSessions,
  '0004-linking': linking,
  '0005-access': access,
  '0006-stats': stats,
  '0007-upkeep': upkeep,
  '0008-duties': duties,
  '0009-coverage-falls': coverageFalls,
  '0010-forgetting': forgetting,
  '0011-view-indices': viewIndices,
  '0012-last-buttons': lastButtons,
  '0013-drift-index': driftIndex,
  '0014-state-index': stateIndex,
  '0015-outbox-workspace': outboxWorkspace,
  '0016-workerless': workerless,
  '0017-robots-stale': robotsStale,
  '0018-cleared-hosts': clearedHosts,
  '0019-closings': closings,
}

/** The names of all migrations that this program knows, oldest first. */
export const migrationNames = (): string[] => Object.keys(STEPS).sort()

/** The migrations for kysely's Migrator, with the column types of one database. */
export function createMigrations(types: ColumnTypes): MigrationProvider {
  return {
    getMigrations: async () =>
      Object.fromEntries(
        Object.entries(STEPS).map(([name, step]): [string, Migration] => [name, { up: (db) => step.up(db, types) }]),
      ),
  }
}
