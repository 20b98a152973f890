import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import {
  type Console,
  type ConsoleOptions,
  NETWORK_PLATFORMS,
  type NetworkPlatform,
  PLATFORM_SETTINGS,
  PLATFORMS,
} from '../adapters/index.ts'
import { type Owned, openStore, type Store } from '../db/index.ts'
import { createInMemoryBudget } from './budget/in-memory.ts'
import { type Chat, createChat } from './chat/chat.ts'
import { createLastButtons, rememberingButtons } from './chat/last-buttons.ts'
import type { Platform } from './chat/platform.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Autocomplete, createAutocomplete } from './commands/autocomplete.ts'
import type { Dispatch } from './commands/command.ts'
import { createDispatch } from './commands/dispatch.ts'
import type { Config } from './config.ts'
import { crawl } from './crawl/engine.ts'
import { portOf } from './crawl/guard.ts'
import { createShopHttp, type ShopHttp, type ShopHttpSettings } from './crawl/http.ts'
import { createParser } from './crawl/parser.ts'
import { createRequestLog } from './crawl/request-log.ts'
import { reviewCoverage } from './crawl/review.ts'
import { createHttpApp, type Mount } from './http/app.ts'
import { mountFiles } from './http/files.ts'
import { mountHealth } from './http/health.ts'
import { createHttpServer, type HttpServer } from './http/server.ts'
import type { JobId } from './ids.ts'
import { createAdmission } from './jobs/admission.ts'
import { createJobs } from './jobs/create-jobs.ts'
import type { Thread } from './jobs/job.ts'
import { createRunner, type Runner } from './jobs/runner.ts'
import type { Jobs } from './jobs/service.ts'
import { isoDay } from './messages/format.ts'
import { createSay } from './messages/say.ts'
import { type CpuPool, createCpuPool } from './pool.ts'
import { createInProcessQueue } from './queue/in-process.ts'
import type { Queue } from './queue/queue.ts'
import { createResults } from './results/files.ts'
import { createLinkKeys, type LinkKeys } from './results/link-keys.ts'
import { signLink } from './results/links.ts'
import type { ResultFiles } from './results/results.ts'
import { loadSites, type SiteRegistry } from './sites/registry.ts'
import { faultId } from './telemetry/fault-id.ts'
import type { Telemetry } from './telemetry/log.ts'
import { about } from './version.ts'

export { backupStore, restoreStore } from '../db/index.ts'
export { type NetworkPlatform, PLATFORM_SETTINGS }

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

/** What differs between the service, the command line and the tests. */
export interface BuildOptions {
  telemetry: Telemetry
  /** Chat platforms that this process speaks. */
  platforms: Platform[]
  clock?: Clock
  /** Limits of HTTP and a resolver, for tests. */
  http?: Partial<ShopHttpSettings>
  /** Another module that reads pages in the CPU pool, for tests. */
  parseWorker?: URL
}

/** How a process becomes the one that crawls. */
export interface OwnerRole {
  kind: 'service' | 'one-shot'
  /** How long to wait for another owner of the DATA_DIR to leave. */
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
  http: ShopHttp
  /** Becomes the owner of the DATA_DIR. @returns false when another process stays it */
  takeOwnership(role: OwnerRole): Promise<boolean>
  /** Runs jobs, as the owner: all that are due, or one alone. */
  startRunner(only?: JobId): Promise<void>
  /** Delivers what jobs owe to the platforms. */
  startChat(): void
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

/** What everything else stands on. */
interface Ground {
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
  /** Names this process in leases and claims. */
  holder: string
  /** Tells chat that something people see has changed, once chat runs. */
  changed(jobId: string): void
  today(): string
}

/**
 * Puts the program together.
 * @throws Refusal of `store.…` codes
 */
export async function build(config: Config, options: BuildOptions): Promise<House> {
  const clock = options.clock ?? systemClock
  const { emit } = options.telemetry
  const [sites, store] = await Promise.all([
    loadSites({ origins: config.siteOrigins }),
    openStore({ dataDir: config.dataDir, clock, emit, locale: config.locale }),
  ])
  const pool = createCpuPool({ threads: Math.max(1, availableParallelism() - 1) })
  const { dataDir: dir, timeZone } = config
  const results = createResults({ store: store.results, pool, dir, timeZone, clock, emit })
  const linkKeys = createLinkKeys({ secret: config.filesKey, dir })
  const requestLog = createRequestLog({ store: store.requestLog, clock })
  const budget = createInMemoryBudget({ clock })
  const parts = { sites, budget, clock, emit, robotsStore: store.robots, log: requestLog.append }
  const http = createShopHttp(httpSettings(config, options), parts)
  const queue = createInProcessQueue({ clock, emit })
  const today = () => isoDay(clock.now(), timeZone)
  let chat: Chat | undefined
  const ground: Ground = {
    ...{ config, options, clock, sites, store, pool, queue, http, results, linkKeys, today },
    holder: `${process.pid}-${randomUUID()}`,
    changed: (jobId) => chat?.nudge(jobId as JobId),
  }
  return createHouse(ground, {
    openChat: (desk, isAlone) => (chat = openChat(ground, desk, isAlone)),
    close: async () => {
      await http.close()
      await requestLog.close()
      await pool.close()
      await store.close()
    },
  })
}

/** The honest name sent with every request. */
function userAgentOf(config: Config): string {
  const { version, homepage } = about()
  const contact = config.publicUrl ?? homepage
  return config.userAgent ?? `shopcrawl/${version}${contact ? ` (+${contact})` : ''}`
}

const httpSettings = (config: Config, options: BuildOptions): ShopHttpSettings => ({
  userAgent: userAgentOf(config),
  rate: config.crawlRate,
  concurrency: config.crawlConcurrency,
  permissions: config.robotsPermission,
  allowAddresses: config.allowAddresses,
  ports: config.crawlPorts,
  blockHosts: config.blockHosts,
  isBehindProxy: Boolean(process.env.HTTPS_PROXY ?? process.env.https_proxy),
  ...options.http,
})

/** What people's commands are answered with. */
interface Desk {
  jobs: Jobs
  dispatch: Dispatch
  autocomplete: Autocomplete
  platforms: Platform[]
}

function createDesk(ground: Ground): Desk {
  const { config, options, clock, sites, store, queue, http, results } = ground
  const { emit } = options.telemetry
  const lastButtons = createLastButtons()
  const linkOf = async (thread: Thread) =>
    (await options.platforms.find(({ name }) => name === thread.platform)?.link(thread)) ?? null
  const admit = createAdmission({
    sites,
    guard: http.guard,
    robots: http.robots,
    folder: config.dataDir,
    today: ground.today,
  })
  const service = { store: store.ownerJobs, queue, emit, quota: config, contact: null, admit, linkOf }
  const jobs = createJobs({ ...service, changed: ground.changed })
  const dispatch = createDispatch({
    ...{ users: store.users, commands: store.commands, jobs, results, sites, clock, emit, linkOf, lastButtons },
    linkToFile: (claim) =>
      config.publicUrl && config.publicUrl + signLink(ground.linkKeys.all()[0], claim, clock.now()),
    robotsKnown: (site) => isListAllowed(ground, site),
    options: {
      locale: config.locale,
      timeZone: config.timeZone,
      maxProducts: config.maxProducts,
      isPrivate: config.threads === 'private',
      commandsPerMinute: config.commandsPerMinute,
      contact: null,
    },
  })
  const autocomplete = createAutocomplete({ ...store, jobs, sites, options: config })
  return { jobs, dispatch, autocomplete, platforms: options.platforms.map((it) => rememberingButtons(it, lastButtons)) }
}

/** What the kept robots.txt says of a shop's own lists: allowed, forbidden, or not known yet. */
async function isListAllowed({ sites, http, today }: Ground, name: string): Promise<boolean | undefined> {
  const site = sites.get(name)
  const start = site?.start({ words: '', url: null, limit: 1, today: today() })[0]
  if (!start) return undefined
  return http.robots.known(new URL(start.url), name).then(
    (answer) => (answer ? true : undefined),
    () => false,
  )
}

function openChat(ground: Ground, { platforms }: Desk, isAlone: boolean): Chat {
  const { config, options, clock, sites, store, results, holder } = ground
  const { emit } = options.telemetry
  const budget = createInMemoryBudget({ clock }) // a chat's own: shops are paced in another
  const say = createSay(config.timeZone)
  const chat = createChat({
    ...{ store: store.outbox, platforms, results, sites, budget, clock, emit, holder, isAlone, say },
    locale: config.locale,
  })
  chat.start()
  return chat
}

function openRunner(ground: Ground, only: JobId | undefined): Runner {
  const { config, options, clock, sites, store, pool, queue, http, holder, changed, today } = ground
  const { emit } = options.telemetry
  const { frontier, evidence, coverage } = store
  const crawling = {
    ...{
      frontier,
      evidence,
      coverage,
      sites,
      clock,
      emit,
      changed,
      fetchPage: http.fetchPage,
      parsePage: createParser({ pool, worker: options.parseWorker }),
    },
    complain: (url: string, site: string, cause: string) => {
      const actual = sites.actual(site, new URL(url))
      http.politeness.complain(`${actual.hostname}:${portOf(actual)}`, cause)
    },
    pagesPerJob: config.pagesPerJob,
  }
  return createRunner({
    ...{ store: store.workerJobs, queue, clock, emit, holder, today, faultId, changed },
    crawl: (task) => crawl(crawling, task),
    review: async ({ request: { site, url } }, lease) => {
      const known = sites.get(site)
      if (known) await reviewCoverage(crawling, lease, known, url)
    },
    concurrency: config.crawlJobs,
    ...(only && { only }),
  })
}

function createServer(ground: Ground, options: ServerOptions, down: () => ReadonlyMap<string, string>): HttpServer {
  const { config, store, results, clock, linkKeys: keys } = ground
  const health = {
    checkStore: () => store.owner.read(),
    troubles: () => new Map([...options.troubles(), ...down()]),
    isStopping: options.isStopping,
  }
  const files = mountFiles({ results, users: store.users, keys, clock })
  const mounts = [mountHealth(health), files, ...options.mounts]
  return createHttpServer({
    http: createHttpApp({ mounts, emit: ground.options.telemetry.emit }),
    host: config.host,
    port: config.port,
  })
}

interface Rooms {
  openChat(desk: Desk, isAlone: boolean): Chat
  close(): Promise<void>
}

function createHouse(ground: Ground, rooms: Rooms): House {
  const desk = createDesk(ground)
  let owned: Owned | undefined
  let runner: Runner | undefined
  let chat: Chat | undefined
  return {
    ...{ config: ground.config, store: ground.store, sites: ground.sites, results: ground.results, http: ground.http },
    jobs: desk.jobs,
    dispatch: desk.dispatch,
    autocomplete: desk.autocomplete,
    takeOwnership: async (role) => {
      owned = await ground.store.owner.take({ ...role, holder: ground.holder })
      if (owned) await ground.results.sweep() // nobody else writes here now
      return owned !== undefined
    },
    startRunner: async (only) => {
      runner = openRunner(ground, only)
      await runner.start({ takeAll: true })
    },
    startChat: () => {
      chat = rooms.openChat(desk, owned !== undefined)
    },
    createServer: (options) => createServer(ground, options, () => chat?.down() ?? new Map()),
    stop: async () => {
      await runner?.stop()
      await chat?.stop()
      await owned?.release()
      await rooms.close()
    },
  }
}
