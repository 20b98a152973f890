import type { AccessStore } from './access/store.ts'
import type { AdminStore } from './admin/store.ts'
import type { ButtonStore } from './chat/last-buttons.ts'
import type { SessionStore } from './chat/sessions.ts'
import type { NoticeStore, OutboxStore } from './chat/store.ts'
import type { CommandStore } from './commands/store.ts'
import type { CoverageStore, EvidenceStore, FrontierStore, RequestLogStore, RobotsStore } from './crawl/store.ts'
import type { DutyStore } from './duty.ts'
import type { OverrideJobs, OwnerJobs, WorkerJobs } from './jobs/store.ts'
import type { ResultStore } from './results/store.ts'
import type { StatsStore } from './stats/store.ts'
import type { ExportStore, ForgetStore, UpkeepStore } from './upkeep/store.ts'
import type { LinkStore, UserStore } from './users/store.ts'

/** All of storage, one property a sliver. The composition root hands each room its own. */
export interface Store {
  users: UserStore
  linking: LinkStore
  ownerJobs: OwnerJobs
  workerJobs: WorkerJobs
  override: OverrideJobs
  access: AccessStore
  admin: AdminStore
  frontier: FrontierStore
  robots: RobotsStore
  evidence: EvidenceStore
  coverage: CoverageStore
  requestLog: RequestLogStore
  results: ResultStore
  outbox: OutboxStore
  notices: NoticeStore
  commands: CommandStore
  sessions: SessionStore
  buttons: ButtonStore
  duties: DutyStore
  stats: StatsStore
  upkeep: UpkeepStore
  forget: ForgetStore
  export: ExportStore
  owner: Ownership
  kind: 'sqlite' | 'postgres'
  /** Where the data is, for sentences: the DATA_DIR, or the server without who connects. */
  place: string
  /** A secret that all processes of a deployment share, made at first use; undefined: DATA_DIR keeps them. */
  secret?(name: string, make: () => string): Promise<string>
  /** The process closes down: from here on nothing waits for a database that is away. */
  hurry(): void
  /** Closes the database after the transaction that runs now. */
  close(): Promise<void>
}

/** Who said to be the owner. */
export interface OwnerInfo {
  kind: 'service' | 'one-shot'
  pid: number
  /** As leases name it. */
  holder: string
  since: number
}

/** How processes work on one database: one alone, or several that share a queue and budgets. Never both at once. */
export type OwnerForm = 'alone' | 'shared'

/** Who crawls: one process a DATA_DIR, or a PostgreSQL database; or several that share Redis. */
export interface Ownership {
  /**
   * Becomes the owner, and says so in table `owner`; or in the form `shared` one of several, whom no row names.
   * @returns undefined when a process that this one cannot work beside stayed through `waitMs`
   */
  take(me: OwnerAsk): Promise<Owned | undefined>
  /** Who said to be the owner last; it may have died since (then `take` succeeds). */
  read(): Promise<OwnerInfo | undefined>
  /** The form of those that work now; undefined where nobody does, and of a DATA_DIR. */
  form(): Promise<OwnerForm | undefined>
}

export interface OwnerAsk {
  kind: OwnerInfo['kind']
  /** Alone unless it is said. */
  form?: OwnerForm
  /** The name in leases: unique to this process's life. */
  holder: string
  waitMs: number
  signal?: AbortSignal
}

/** Held until released, or until the process dies. */
export interface Owned {
  /** Aborts when a process that this one cannot work beside has begun: on PostgreSQL, whose restart ends every lock. */
  lost?: AbortSignal
  release(): Promise<void>
}
