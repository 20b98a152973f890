import { randomUUID } from 'node:crypto'
import { availableParallelism, hostname } from 'node:os'
import {
  type Console,
  type ConsoleOptions,
  NETWORK_PLATFORMS,
  type NetworkPlatform,
  PLATFORM_SETTINGS,
  PLATFORMS,
} from '../adapters/index.ts'
import { openStore } from '../db/index.ts'
import { openRedis } from '../db/redis/index.ts'
import type { HostLine, HostRule } from './budget/host-line.ts'
import { createInMemoryBudget } from './budget/in-memory.ts'
import { createInMemoryLine } from './budget/in-memory-line.ts'
import type { Chat } from './chat/chat.ts'
import { systemClock } from './clock.ts'
import type { Autocomplete } from './commands/autocomplete.ts'
import type { Dispatch } from './commands/command.ts'
import type { Config } from './config.ts'
import { createShopHttp, type ShopHttp } from './crawl/http.ts'
import { shopHttpSettings } from './crawl/http-settings.ts'
import { createRequestLog } from './crawl/request-log.ts'
import { type CrewParts, createCrew } from './crew.ts'
import { createDuties, type Duties, soleDuties } from './duty.ts'
import { createHttpApp, type Mount } from './http/app.ts'
import { mountFiles } from './http/files.ts'
import { mountHealth } from './http/health.ts'
import { createHttpServer, type HttpServer } from './http/server.ts'
import type { JobId } from './ids.ts'
import type { Runner } from './jobs/runner.ts'
import type { Jobs } from './jobs/service.ts'
import { isoDay } from './messages/format.ts'
import { createSay } from './messages/say.ts'
import { createCpuPool } from './pool.ts'
import { createInProcessQueue } from './queue/in-process.ts'
import { createResults } from './results/files.ts'
import { removeResultFiles } from './results/folder.ts'
import { createLinkKeys } from './results/link-keys.ts'
import { newLinkSecret } from './results/links.ts'
import type { ResultFiles } from './results/results.ts'
import { loadSites, type SiteRegistry } from './sites/registry.ts'
import type { Stats } from './stats/stats.ts'
import type { Owned, Store } from './storage.ts'
import type { Emit } from './telemetry/events.ts'
import { faultId } from './telemetry/fault-id.ts'
import type { Telemetry } from './telemetry/log.ts'
import { ownFeed } from './telemetry/log-feed.ts'
import { createSharedLog } from './telemetry/shared-log.ts'
import { createForgetting, type Forgetting } from './upkeep/forget.ts'
import { createSizeWatch } from './upkeep/sizes.ts'
import { openAdmin } from './wiring/admin.ts'
import { openChat } from './wiring/chatting.ts'
import { openRescue, openRetention, openRunner } from './wiring/crawling.ts'
import { createDesk, type Desk } from './wiring/desk.ts'
import type { BuildOptions, Crews, Ground } from './wiring/ground.ts'

export { backupStore, connectionsOf, lookAtStore, moveStore, restoreStore } from '../db/index.ts'
export { lookAtRedis } from '../db/redis/index.ts'
export { type BuildOptions, type NetworkPlatform, PLATFORM_SETTINGS }

/** The console platform, for the commands that talk to a terminal. */
export const createTerminal = (options: Omit<ConsoleOptions, 'clock'>): Console =>
  PLATFORMS.console({ ...options, clock: systemClock })

/** The chat services that the settings ask for. Nothing is connected before they are started. */
export async function createPlatforms(config: Config, { emit }: Telemetry): Promise<NetworkPlatform[]> {
  const { locale, maxProducts, timeZone } = config
  const sites = await loadSites({ origins: config.siteOrigins })
  const options = { clock: systemClock, emit, say: createSay(timeZone), sites, locale, maxProducts }
  const made = await Promise.all(
    Object.entries(NETWORK_PLATFORMS).map(([name, create]) => create(config.platforms[name], options)),
  )
  return made.filter((platform) => platform !== undefined)
}

/** How a process becomes the one that crawls. */
export interface OwnerRole {
  kind: 'service' | 'one-shot'
  /** How long to wait for others to leave. */
  waitMs: number
  signal?: AbortSignal
}

/** The program, put together. Nothing runs before it is told to. */
export interface House {
  config: Config
  store: Store
  sites: SiteRegistry
  jobs: Jobs
  results: ResultFiles
  dispatch: Dispatch
  autocomplete: Autocomplete
  stats: Stats
  forgetting: Forgetting
  http: ShopHttp
  /** Several processes work together: nobody owns the crawling, and each takes jobs as they come. */
  isShared: boolean
  duties: Duties
  /** Why no job is handed out now, in an operator's words; null when all is well. */
  queueTrouble(): string | null
  /**
   * Becomes the owner of the DATA_DIR or the database; with Redis, one of those who share it.
   * @returns false when a process that this one cannot work beside stays
   */
  takeOwnership(role: OwnerRole): Promise<boolean>
  /** Aborts when a process that this one cannot work beside has begun. */
  lost: AbortSignal
  /** Runs jobs, as the owner: all that are due, or one alone. */
  startRunner(only?: JobId): Promise<void>
  /** Takes jobs back from workers that are gone: for a process that runs none itself. */
  startRescue(): void
  /** Delivers what jobs owe to the platforms. */
  startChat(): void
  /** Removes what is older than RETENTION_DAYS, now and once a day, and measures what is kept. */
  startUpkeep(): void
  /** The one port: health, signed downloads, and what is mounted beside them. */
  createServer(options: ServerOptions): HttpServer
  /** Finishes the pages in hand, puts running jobs back into the queue, lets calls in flight end, closes all. */
  stop(): Promise<void>
}

export interface ServerOptions {
  mounts: Mount[]
  /** What does not work now, by name, beside what the house knows itself. */
  troubles(): ReadonlyMap<string, string>
  isStopping(): boolean
}

/**
 * Puts the program together.
 * @throws Refusal of `store.…` codes
 */
export async function build(config: Config, options: BuildOptions): Promise<House> {
  const clock = options.clock ?? systemClock
  const { dataDir, databaseUrl, timeZone } = config
  const { emit } = options.telemetry
  const [sites, store] = await Promise.all([
    loadSites({ origins: config.siteOrigins }),
    openStore({ ...options.store, dataDir, databaseUrl, clock, emit, locale: config.locale }),
  ])
  const pool = createCpuPool({ threads: availableParallelism() })
  const results = createResults({ store: store.results, pool, dir: dataDir, timeZone, clock, emit })
  const linkKeys = createLinkKeys({ secret: config.filesKey ?? (await sharedSecret(store)), dir: dataDir })
  const requestLog = createRequestLog({ store: store.requestLog, clock })
  const redis = config.redisUrl === null ? undefined : openRedis({ url: config.redisUrl, clock, emit })
  const openLine = (rule: HostRule): HostLine =>
    redis?.openLine(rule) ?? createInMemoryLine({ budget: createInMemoryBudget({ clock }), clock, emit, ...rule })
  const parts = { sites, openLine, clock, emit, robotsStore: store.robots, log: requestLog.append }
  const http = createShopHttp({ ...shopHttpSettings(config), ...options.http }, parts)
  const queue = redis?.queue ?? createInProcessQueue({ clock, emit })
  const name = `${config.role} ${hostname()}:${process.pid}`
  const sharedLog = redis && createSharedLog({ log: options.telemetry, stream: redis.logs, process: name })
  const today = () => isoDay(clock.now(), timeZone)
  let chat: Chat | undefined
  const changed = (jobId?: string) => chat?.nudge(jobId as JobId)
  const forgetting = createForgetting({
    ...{ store: store.forget, queue, emit, faultId },
    removeFolder: results.removeAll,
    removeFiles: (files) => removeResultFiles(dataDir, files),
    noticed: changed,
  })
  const holder = `${process.pid}-${randomUUID()}`
  const onError = (error: unknown) => emit('store.retry', { cause: causeOf(error), attempts: 1 })
  const duties = redis ? createDuties({ store: store.duties, clock, holder, onError }) : soleDuties
  const ground: Ground = {
    ...{ config, options, clock, sites, store, pool, queue, http, results, linkKeys, forgetting, today, holder },
    sizes: createSizeWatch({ store: store.upkeep, folder: dataDir, clock }),
    shared: redis?.budget,
    logs: sharedLog ?? ownFeed(options.telemetry),
    queueBoard: redis?.board,
    crews: redis && openCrews({ store: store.duties, duties, clock, holder }, emit),
    duties,
    changed,
  }
  return createHouse(ground, {
    openChat: (desk, isAlone) => (chat = openChat(ground, desk.platforms, isAlone)),
    close: async () => {
      await http.close()
      await requestLog.close()
      await queue.stop()
      await sharedLog?.close()
      await redis?.close()
      await pool.close()
      await store.close()
    },
  })
}

/** Bots and workers; that no worker is left, and that one is back, goes to the log. */
const openCrews = (parts: Omit<CrewParts, 'kind' | 'onTurn'>, emit: Emit): Crews => {
  const workers = createCrew({
    ...parts,
    kind: 'worker',
    onTurn: (isAway) => (isAway ? emit('workers.away', {}) : emit('workers.back', { workers: workers.count() ?? 0 })),
  })
  return { bots: createCrew({ ...parts, kind: 'bot' }), workers }
}

/** The key of links, where processes share none of the disk. */
async function sharedSecret(store: Store): Promise<string | null> {
  try {
    return (await store.secret?.('files.key', newLinkSecret)) ?? null
  } catch (error) {
    await store.close()
    throw error
  }
}

function createServer(
  ground: Ground,
  desk: Desk,
  options: ServerOptions,
  down: () => ReadonlyMap<string, string>,
): HttpServer {
  const { config, store, results, clock, linkKeys: keys } = ground
  const health = {
    checkStore: () => store.owner.read(),
    troubles: () => new Map([...options.troubles(), ...down(), ...troubleOf(ground)]),
    isStopping: options.isStopping,
    workers: () => ground.crews?.workers.count(),
  }
  const files = mountFiles({
    ...{ results, users: store.users, keys, clock, locale: config.locale },
    emit: ground.options.telemetry.emit,
  })
  const admin = openAdmin(ground, desk, options.isStopping)
  const mounts = [mountHealth(health), files, ...admin, ...options.mounts]
  return createHttpServer({
    http: createHttpApp({ mounts, emit: ground.options.telemetry.emit }),
    host: config.host,
    port: config.port,
  })
}

/** Of the queue, where it is not in this process. */
const troubleOf = ({ queue }: Ground): [string, string][] => {
  const trouble = queue.trouble()
  return trouble === null ? [] : [['queue', trouble]]
}

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

interface Rooms {
  openChat(desk: Desk, isAlone: boolean): Chat
  close(): Promise<void>
}

function createHouse(ground: Ground, rooms: Rooms): House {
  const desk = createDesk(ground)
  ground.options.telemetry.metrics.readState(desk.stats.state)
  let owned: Owned | undefined
  const lost = new AbortController()
  let runner: Runner | undefined
  let endRescue: (() => Promise<void>) | undefined
  let chat: Chat | undefined
  const retention = openRetention(ground)
  const isShared = ground.shared !== undefined
  const isAlone = () => owned !== undefined && !isShared
  return {
    ...{ config: ground.config, store: ground.store, sites: ground.sites, results: ground.results, http: ground.http },
    lost: lost.signal,
    jobs: desk.jobs,
    dispatch: desk.dispatch,
    autocomplete: desk.autocomplete,
    stats: desk.stats,
    forgetting: ground.forgetting,
    isShared,
    duties: ground.duties,
    queueTrouble: ground.queue.trouble,
    takeOwnership: async (role) => {
      owned = await ground.store.owner.take({ ...role, form: isShared ? 'shared' : 'alone', holder: ground.holder })
      owned?.lost?.addEventListener('abort', () => lost.abort(owned?.lost?.reason))
      if (isAlone()) {
        await ground.results.sweepTemporary(role) // nobody else writes here now
        retention.startSweep()
      }
      return owned !== undefined
    },
    startRunner: async (only) => {
      runner = openRunner(ground, only)
      await runner.start({ takeAll: isAlone() }) // beside other owners only leases that ran out are taken
    },
    startRescue: () => {
      endRescue = openRescue(ground)
    },
    startChat: () => {
      chat = rooms.openChat(desk, isAlone())
    },
    startUpkeep: () => {
      retention.start()
      ground.sizes.start()
    },
    createServer: (options) => createServer(ground, desk, options, () => chat?.down() ?? new Map()),
    stop: async () => {
      ground.store.hurry()
      const upkeep = Promise.all([retention.stop(), ground.sizes.stop(), endRescue?.()])
      await runner?.stop() // the system may end the process within seconds
      await chat?.stop()
      await upkeep
      await owned?.release()
      await rooms.close()
    },
  }
}
