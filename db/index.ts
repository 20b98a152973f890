import { existsSync } from 'node:fs'
import type { Clock } from '../src/clock.ts'
import { Refusal } from '../src/errors.ts'
import type { Locale } from '../src/messages/locale.ts'
import type { OwnerAsk, OwnerForm, Ownership, Store } from '../src/storage.ts'
import type { Emit } from '../src/telemetry/events.ts'
import type { DatabaseLook } from '../src/upkeep/check-storage.ts'
import type { Database } from './database.ts'
import { connectionToPostgres, lookAtPostgres } from './postgres/look.ts'
import { openPostgres } from './postgres/open.ts'
import { formOf, takeDatabaseLock } from './postgres/owner.ts'
import { serverOf } from './postgres/pool.ts'
import { keptSecret } from './postgres/secrets.ts'
import { connectionToRedis } from './redis/look.ts'
import { backupSqlite } from './sqlite/backup.ts'
import { databasePath, prepareFolder } from './sqlite/files.ts'
import { lookAtSqlite } from './sqlite/look.ts'
import { openSqlite } from './sqlite/open.ts'
import { takeOwnerLock } from './sqlite/owner.ts'
import { type Restored, restoreSqlite } from './sqlite/restore.ts'
import { createAccessStore } from './stores/access.ts'
import { createAdminStore } from './stores/admin.ts'
import { createCommandStore } from './stores/commands.ts'
import { createCoverageStore } from './stores/coverage.ts'
import { createDutyStore } from './stores/duties.ts'
import { createEvidenceStore } from './stores/evidence.ts'
import { createExportStore } from './stores/export.ts'
import { createForgetStore } from './stores/forget.ts'
import { createFrontierStore } from './stores/frontier.ts'
import { createButtonStore } from './stores/last-buttons.ts'
import { createLinkStore } from './stores/linking.ts'
import { createNoticeStore } from './stores/notices.ts'
import { createOutboxStore } from './stores/outbox.ts'
import { createOverrideJobs } from './stores/override.ts'
import { createOwnerNotes, type OwnerNotes } from './stores/owner.ts'
import { createOwnerJobs } from './stores/owner-jobs.ts'
import { createRequestLogStore } from './stores/request-log.ts'
import { createResultStore } from './stores/results.ts'
import { createRobotsStore } from './stores/robots.ts'
import { createSessionStore } from './stores/sessions.ts'
import { createStatsStore } from './stores/stats.ts'
import { createUpkeepStore } from './stores/upkeep.ts'
import { createUserStore } from './stores/users.ts'
import { createWorkerJobs } from './stores/worker-jobs.ts'

export { moveStore } from './move.ts'
export type { Restored }

export interface StoreOptions {
  dataDir: string
  /** `postgres://…` keeps the data there; null: a SQLite file in `dataDir`. */
  databaseUrl?: string | null
  clock: Clock
  emit: Emit
  /** Of results whose owner has chosen no language. */
  locale: Locale
  /** PostgreSQL takes this for its time, epoch milliseconds, instead of its own: tests only. */
  databaseTime?: () => number
  /** No database is made in DATA_DIR where there is none. */
  mustExist?: boolean
  /** Connections to PostgreSQL for commands: tests only. */
  commandConnections?: number
}

/**
 * Opens the storage, made and brought up to date where needed.
 * @throws Refusal `store.unwritable`, `store.corrupt`, `store.newer`, `store.disk_full`, `store.locked`,
 *   `store.unreachable`, `store.denied`, and `store.absent` where it must exist
 */
export const openStore = (options: StoreOptions): Promise<Store> =>
  options.databaseUrl ? openOnPostgres(options, options.databaseUrl) : openOnSqlite(options)

async function openOnPostgres(options: StoreOptions, url: string): Promise<Store> {
  const { dataDir, clock, emit, databaseTime, commandConnections } = options
  prepareFolder(dataDir) // result files lie there
  const more = { ...(databaseTime && { time: databaseTime }), ...(commandConnections && { commandConnections }) }
  const { server, commands, workers, hurry, close } = await openPostgres({ url, emit, ...more })
  const notes = createOwnerNotes(commands)
  const readForm = () => formOf(commands.db)
  const lock: TakeLock = ({ holder, form = 'alone', waitMs, signal }) =>
    takeDatabaseLock({ url, holder, form, notes, readForm, waitMs, clock, ...(signal && { signal }) })
  return {
    ...createStores(commands, workers, options),
    ...{ kind: 'postgres', place: server, owner: createOwnership(notes, lock, readForm), hurry, close },
    secret: (name, make) => keptSecret(commands, name, make),
  }
}

async function openOnSqlite(options: StoreOptions): Promise<Store> {
  const { dataDir, clock } = options
  const path = databasePath(dataDir)
  if (options.mustExist && !existsSync(path)) throw new Refusal('store.absent', { path })
  const sqlite = await openSqlite(options)
  return {
    ...createStores(sqlite.commands, sqlite.workers, options),
    ...{ kind: 'sqlite', place: dataDir },
    owner: createOwnership(
      createOwnerNotes(sqlite.workers),
      ({ waitMs, signal }) => takeOwnerLock(dataDir, { waitMs, clock, ...(signal && { signal }) }),
      async () => undefined, // nobody shares a DATA_DIR
    ),
    hurry: () => {}, // the file is never away
    close: sqlite.close,
  }
}

/** How the servers that the settings name would be reached; nothing is connected. */
export const connectionsOf = ({ databaseUrl, redisUrl }: Record<'databaseUrl' | 'redisUrl', string | null>) => [
  ...(databaseUrl ? [{ name: 'DATABASE_URL', connection: connectionToPostgres(databaseUrl) }] : []),
  ...(redisUrl ? [{ name: 'REDIS_URL', connection: connectionToRedis(redisUrl) }] : []),
]

/**
 * Looks at the storage as the next start will find it, and changes nothing.
 * @returns undefined where there is none yet
 * @throws Refusal `store.corrupt`, `store.newer`, `store.unwritable`, `store.denied`; LookFailed
 */
export const lookAtStore = async (
  { dataDir, databaseUrl }: Pick<StoreOptions, 'dataDir' | 'databaseUrl'>,
  signal: AbortSignal,
): Promise<DatabaseLook | undefined> => (databaseUrl ? lookAtPostgres(databaseUrl, signal) : lookAtSqlite(dataDir))

/**
 * Copies a DATA_DIR's database, in use or not, as it is at one moment into a new file, without secrets.
 * @throws Refusal `backup.elsewhere` on PostgreSQL, `backup.nothing`, `backup.exists`, `backup.unwritable`, `store.newer`, `store.disk_full`,
 *   `store.corrupt`, `store.unwritable`
 */
export async function backupStore(options: {
  dataDir: string
  databaseUrl?: string | null
  target: string
}): Promise<void> {
  refuseOnPostgres(options.databaseUrl, 'pg_dump')
  return backupSqlite(databasePath(options.dataDir), options.target)
}

/** @throws Refusal `backup.elsewhere` */
function refuseOnPostgres(url: string | null | undefined, tool: 'pg_dump' | 'pg_restore'): void {
  if (url) throw new Refusal('backup.elsewhere', { server: serverOf(url), tool })
}

/**
 * Puts a backup in the place of a DATA_DIR's database, which nobody may have open.
 * @throws Refusal `backup.elsewhere` on PostgreSQL, `restore.invalid`, `file.unreadable`, `store.newer`, `owner.taken`,
 *   `store.unwritable`, `store.disk_full`
 */
export async function restoreStore(options: {
  dataDir: string
  databaseUrl?: string | null
  backup: string
  clock: Clock
}): Promise<Restored> {
  refuseOnPostgres(options.databaseUrl, 'pg_restore')
  return restoreSqlite(options)
}

/** Every sliver: those that a person waits for on `commands`, the rest on `workers`. */
function createStores(commands: Database, workers: Database, { clock, locale }: StoreOptions) {
  return {
    users: createUserStore(commands, clock),
    linking: createLinkStore(commands, clock),
    ownerJobs: createOwnerJobs(commands, clock),
    override: createOverrideJobs(commands, clock),
    access: createAccessStore(commands, clock),
    admin: createAdminStore(commands),
    commands: createCommandStore(commands),
    sessions: createSessionStore(commands),
    buttons: createButtonStore(commands),
    duties: createDutyStore(workers),
    stats: createStatsStore(commands),
    results: createResultStore(workers, locale),
    workerJobs: createWorkerJobs(workers, clock),
    frontier: createFrontierStore(workers),
    robots: createRobotsStore(workers),
    evidence: createEvidenceStore(workers, clock),
    coverage: createCoverageStore(workers),
    requestLog: createRequestLogStore(workers, clock),
    upkeep: createUpkeepStore(workers),
    forget: createForgetStore(commands, workers, clock),
    export: createExportStore(workers),
    outbox: createOutboxStore(workers),
    notices: createNoticeStore(workers),
  }
}

/** Takes the lock that says who owns. @returns undefined when another process kept it */
type TakeLock = (ask: OwnerAsk) => Promise<{ lost?: AbortSignal; release(): void | Promise<void> } | undefined>

function createOwnership(notes: OwnerNotes, takeLock: TakeLock, form: () => Promise<OwnerForm | undefined>): Ownership {
  return {
    ...{ read: notes.read, form },
    async take(ask) {
      const lock = await takeLock(ask)
      if (!lock) return undefined
      const isAlone = ask.form !== 'shared'
      try {
        if (isAlone) await notes.write({ kind: ask.kind, pid: process.pid, holder: ask.holder })
        else await notes.erase() // whoever stands there was killed: it would hold the lock
      } catch (error) {
        await lock.release()
        throw error
      }
      const release = async () => {
        await (isAlone ? notes.erase(ask.holder).finally(() => lock.release()) : lock.release())
      }
      return { ...(lock.lost && { lost: lock.lost }), release }
    },
  }
}
