import type { QueueBoard } from '../admin/queue-board.ts'
import type { Budget } from '../budget/budget.ts'
import type { Platform } from '../chat/platform.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { ShopHttp, ShopHttpSettings } from '../crawl/http.ts'
import type { Crew } from '../crew.ts'
import type { Duties } from '../duty.ts'
import type { CpuPool } from '../pool.ts'
import type { Queue } from '../queue/queue.ts'
import type { LinkKeys } from '../results/link-keys.ts'
import type { ResultFiles } from '../results/results.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import type { Store } from '../storage.ts'
import type { Telemetry } from '../telemetry/log.ts'
import type { LogFeed } from '../telemetry/log-feed.ts'
import type { Forgetting } from '../upkeep/forget.ts'
import type { SizeWatch } from '../upkeep/sizes.ts'

/** What differs between the service, the command line and the tests. */
export interface BuildOptions {
  telemetry: Telemetry
  /** Chat platforms that this process speaks. */
  platforms: Platform[]
  clock?: Clock
  /** Limits of HTTP and a resolver, for tests. */
  http?: Partial<ShopHttpSettings>
  /** How storage is opened: for commands that need data, and for tests. */
  store?: { mustExist?: boolean; databaseTime?: () => number }
  /** Another module that reads pages in the CPU pool, for tests. */
  parseWorker?: URL
}

/** Who else is there. */
export interface Crews {
  bots: Crew
  workers: Crew
}

/** What everything else stands on. */
export interface Ground {
  config: Config
  options: BuildOptions
  clock: Clock
  sites: SiteRegistry
  store: Store
  pool: CpuPool
  queue: Queue
  http: ShopHttp
  results: ResultFiles
  linkKeys: LinkKeys
  forgetting: Forgetting
  sizes: SizeWatch
  /** The budget that several processes share; undefined: this one works alone. */
  shared: Budget | undefined
  /** The processes that work together; undefined: this one works alone. */
  crews: Crews | undefined
  /** The log lines of this process, or of all that work together. */
  logs: LogFeed
  /** Pages of the queue, where it lies in Redis. */
  queueBoard: QueueBoard | undefined
  duties: Duties
  /** Names this process in leases and claims. */
  holder: string
  /** Tells chat that something people see has changed, once chat runs. */
  changed(jobId?: string): void
  today(): string
}
