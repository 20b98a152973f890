import type { DutyStore } from '../src/chat/duty.ts'
import type { SessionStore } from '../src/chat/sessions.ts'
import type { OutboxStore } from '../src/chat/store.ts'
import type { Clock } from '../src/clock.ts'
import type { CommandStore } from '../src/commands/store.ts'
import type { CoverageStore, EvidenceStore, FrontierStore, RequestLogStore, RobotsStore } from '../src/crawl/store.ts'
import type { OwnerJobs, WorkerJobs } from '../src/jobs/store.ts'
import type { Locale } from '../src/messages/locale.ts'
import type { ResultStore } from '../src/results/store.ts'
import type { StatsStore } from '../src/stats/store.ts'
import type { Emit } from '../src/telemetry/events.ts'
import type { UserStore } from '../src/users/store.ts'
import type { Database } from './database.ts'
import { backupSqlite } from './sqlite/backup.ts'
import { databasePath } from './sqlite/files.ts'
import { openSqlite } from './sqlite/open.ts'
import { takeOwnerLock } from './sqlite/owner.ts'
import { type Restored, restoreSqlite } from './sqlite/restore.ts'
import { createCommandStore } from './stores/commands.ts'
import { createCoverageStore } from './stores/coverage.ts'
import { createDutyStore } from './stores/duties.ts'
import { createEvidenceStore } from './stores/evidence.ts'
import { createFrontierStore } from './stores/frontier.ts'
import { createOutboxStore } from './stores/outbox.ts'
import { createOwnerNotes, type OwnerInfo } from './stores/owner.ts'
import { createOwnerJobs } from './stores/owner-jobs.ts'
import { createRequestLogStore } from './stores/request-log.ts'
import { createResultStore } from './stores/results.ts'
import { createRobotsStore } from './stores/robots.ts'
import { createSessionStore } from './stores/sessions.ts'
import { createStatsStore } from './stores/stats.ts'
import { createUserStore } from './stores/users.ts'
import { createWorkerJobs } from './stores/worker-jobs.ts'

export type { OwnerInfo, Restored }

/** All of storage, one property a sliver. The composition root hands each room its own. */
export interface Store {
  users: UserStore
  ownerJobs: OwnerJobs
  workerJobs: WorkerJobs
  frontier: FrontierStore
  robots: RobotsStore
  evidence: EvidenceStore
  coverage: CoverageStore
  requestLog: RequestLogStore
  results: ResultStore
  outbox: OutboxStore
  commands: CommandStore
  sessions: SessionStore
  duties: DutyStore
  stats: StatsStore
  owner: Ownership
  /** Closes the database after the transaction that runs now. */
  close(): Promise<void>
}

/** Who crawls: one process a DATA_DIR. */
export interface Ownership {
  /**
   * Becomes the owner, and says so in table `owner`.
   * @returns undefined when another process stayed the owner through `waitMs`
   */
  take(me: OwnerAsk): Promise<Owned | undefined>
  /** Who said to be the owner last; it may have died since (then `take` succeeds). */
  read(): Promise<OwnerInfo | undefined>
}

export interface OwnerAsk {
  kind: OwnerInfo['kind']
  /** The name in leases: unique to this process's life. */
  holder: string
  waitMs: number
  signal?: AbortSignal
}

/** Held until released, or until the process dies. */
export interface Owned {
  release(): Promise<void>
}

export interface StoreOptions {
  dataDir: string
  clock: Clock
  emit: Emit
  /** Of results whose owner has chosen no language. */
  locale: Locale
}

/**
 * Opens the storage of a DATA_DIR, made and brought up to date where needed.
 * @throws Refusal `store.unwritable`, `store.corrupt`, `store.newer`, `store.disk_full`, `store.locked`
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dataDir, clock } = options
  const sqlite = await openSqlite(options)
  return {
    ...createStores(sqlite.commands, sqlite.workers, options),
    owner: createOwnership(dataDir, sqlite.workers, clock),
    close: sqlite.close,
  }
}

/**
 * Copies a DATA_DIR's database, in use or not, as it is at one moment into a new file, without secrets.
 * @throws Refusal `backup.nothing`, `backup.exists`, `backup.unwritable`, `store.newer`, `store.disk_full`,
 *   `store.corrupt`, `store.unwritable`
 */
export const backupStore = ({ dataDir, target }: { dataDir: string; target: string }): Promise<void> =>
  backupSqlite(databasePath(dataDir), target)

/**
 * Puts a backup in the place of a DATA_DIR's database, which nobody may have open.
 * @throws Refusal `restore.invalid`, `file.unreadable`, `store.newer`, `owner.taken`, `store.unwritable`, `store.disk_full`
 */
export const restoreStore = (options: { dataDir: string; backup: string; clock: Clock }): Promise<Restored> =>
  restoreSqlite(options)

/** Every sliver: those that a person waits for on `commands`, the rest on `workers`. */
function createStores(commands: Database, workers: Database, { clock, locale }: StoreOptions) {
  return {
    users: createUserStore(commands, clock),
    ownerJobs: createOwnerJobs(commands, clock),
    commands: createCommandStore(commands),
    sessions: createSessionStore(commands),
    duties: createDutyStore(workers),
    stats: createStatsStore(commands),
    results: createResultStore(workers, locale),
    workerJobs: createWorkerJobs(workers, clock),
    frontier: createFrontierStore(workers),
    robots: createRobotsStore(workers),
    evidence: createEvidenceStore(workers, clock),
    coverage: createCoverageStore(workers),
    requestLog: createRequestLogStore(workers, clock),
    outbox: createOutboxStore(workers),
  }
}

function createOwnership(dataDir: string, database: Database, clock: Clock): Ownership {
  const notes = createOwnerNotes(database)
  return {
    read: notes.read,
    async take({ kind, holder, waitMs, signal }) {
      const lock = await takeOwnerLock(dataDir, { waitMs, clock, signal })
      if (!lock) return undefined
      try {
        await notes.write({ kind, pid: process.pid, holder })
      } catch (error) {
        lock.release()
        throw error
      }
      return { release: () => notes.erase(holder).finally(() => lock.release()) }
    },
  }
}
