import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Platform } from '../../src/chat/platform.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { type Config, loadConfig } from '../../src/config.ts'
import { createReplicaShop, type ReplicaOptions, type ReplicaShop, type Trouble } from '../../src/demo/replica-shop.ts'
import type { JobId } from '../../src/ids.ts'
import type { Job, JobRequest, Place } from '../../src/jobs/job.ts'
import type { Requester } from '../../src/jobs/service.ts'
import { isEnded } from '../../src/jobs/states.ts'
import { build, type House } from '../../src/main.ts'
import type { Emit, EventName, Events } from '../../src/telemetry/events.ts'
import { emitToAll, type Telemetry } from '../../src/telemetry/log.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { pageOf } from './held-shop.ts'
import { checkInvariants } from './invariants.ts'
import { installWatchers, lookAt, openQuiet } from './store-house.ts'

/** Everything that was emitted, in order. */
export interface Record<E extends EventName = EventName> {
  name: E
  facts: Events[E]
}

/** A telemetry that keeps events instead of writing them. */
export function recordEvents(): { telemetry: Telemetry; events: Record[] } {
  const events: Record[] = []
  const emit: Emit = (name, facts) => void events.push({ name, facts })
  const telemetry: Telemetry = {
    emit,
    metrics: createMetrics(),
    log: () => {},
    recent: () => [],
    subscribe: () => () => {},
    flush: () => {},
  }
  return { telemetry, events }
}

export const SITES = ['ssg', 'shinsegae', 'samsung', 'web']

/** The settings of a test: a folder of its own, the replica as every shop, no politeness unless asked for. */
export function testConfig(
  dataDir: string,
  replica: { origin: string; address: string },
  env: NodeJS.Dict<string> = {},
): Config {
  const settings = {
    DATA_DIR: dataDir,
    SITE_SSG_URL: replica.origin,
    CRAWL_ALLOW_ADDRESSES: replica.address,
    CRAWL_RATE: '10000',
    CRAWL_CONCURRENCY: '8',
    PORT: '0',
    ...env,
  }
  return loadConfig(settings, SITES).config
}

/** A house with a replica shop, for one test. */
export interface TestHouse {
  house: House
  shop: ReplicaShop
  origin: string
  address: string
  dataDir: string
  events: Record[]
  /** A person of the console, by name. */
  person(name: string): Promise<Requester>
  /** Resolves with the job when it has ended. */
  ended(who: Requester, id: JobId): Promise<Job>
  /** Ends the house and opens another on the same folder. */
  reopen(): Promise<TestHouse>
  close(): Promise<void>
}

export const CONSOLE_PLACE: Place = {
  platform: 'console',
  workspace: '',
  channel: 'console',
  thread: null,
  isDirect: true,
}

/** A request with everything but the shop and the words at its default. */
export const wanted = (more: Partial<JobRequest> = {}): JobRequest => ({
  site: 'ssg',
  words: '노트북',
  url: null,
  limit: 100,
  format: 'xlsx',
  isPrivate: false,
  ...more,
})

export interface TestHouseOptions {
  replica?: ReplicaOptions
  env?: NodeJS.Dict<string>
  platforms?: Platform[]
  /** A module of the test's own that reads pages in the CPU pool. */
  parseWorker?: URL
  /** False: nothing crawls until the test says so. */
  isCrawling?: boolean
  clock?: Clock
  /** Hears what happens too, beside the list of events. */
  telemetry?: Telemetry
}

/** A replica's trouble that begins at this page of its lists: what comes before is read. */
export const fromPage =
  (first: number, trouble: Trouble): NonNullable<ReplicaOptions['trouble']> =>
  (call) =>
    pageOf(call) >= first ? trouble : null

/** Opens a house on a new folder with a new replica shop. */
export async function openTestHouse(options: TestHouseOptions = {}): Promise<TestHouse> {
  const dataDir = mkdtempSync(join(tmpdir(), 'shopcrawl-test-'))
  const shop = createReplicaShop(options.replica)
  const replica = await shop.start()
  return openOn(dataDir, shop, replica, options)
}

async function openOn(
  dataDir: string,
  shop: ReplicaShop,
  replica: { origin: string; address: string },
  options: TestHouseOptions,
): Promise<TestHouse> {
  const { telemetry: recorded, events } = recordEvents()
  const { clock = systemClock } = options
  const told = options.telemetry
  const telemetry = told ? { ...told, emit: emitToAll(told.emit, recorded.emit) } : recorded
  await (await openQuiet(dataDir, clock)).close() // the watchers want the tables
  installWatchers(dataDir)
  const config = testConfig(dataDir, replica, options.env)
  const house = await build(config, {
    telemetry,
    clock,
    platforms: options.platforms ?? [],
    ...(options.parseWorker && { parseWorker: options.parseWorker }),
  })
  if (options.isCrawling !== false) {
    await house.takeOwnership({ kind: 'service', waitMs: 0 })
    await house.startRunner()
    house.startChat()
  }
  return {
    ...{ house, shop, dataDir, events, origin: replica.origin, address: replica.address },
    person: async (name) => {
      const key = { platform: 'console', workspace: '', externalId: name }
      return house.store.users.resolve(key, name)
    },
    ended: (who, id) => untilEnded(house, who, id),
    reopen: async () => {
      await house.stop()
      return openOn(dataDir, shop, replica, options)
    },
    close: async () => {
      await house.stop()
      await shop.stop()
      await holdInvariants(dataDir, clock.now())
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** What must be true of the data after anything that a test did. */
async function holdInvariants(dataDir: string, now: number): Promise<void> {
  const look = lookAt(dataDir)
  try {
    await checkInvariants(look, { now, addressClasses: ['loopback'] })
  } finally {
    look.close()
  }
}

/** A job that has not ended within this hangs. Real milliseconds. */
const HANGING_MS = 150_000

/** Polls the job's row: the only truth there is about it. */
async function untilEnded(house: House, who: Requester, id: JobId): Promise<Job> {
  const deadline = performance.now() + HANGING_MS
  for (;;) {
    const job = await house.jobs.job(who.user.id, id)
    if (isEnded(job.state)) return job
    if (performance.now() > deadline) throw new Error(`job ${id} is still ${job.state} after ${HANGING_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
