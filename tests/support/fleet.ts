import { rmSync } from 'node:fs'
import { createReplicaShop, type ReplicaOptions, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { type Balancer, openBalancer } from './balancer.ts'
import { type CliRun, startCli } from './cli.ts'
import { type DiscordServer, openDiscordServer, TOKEN } from './discord-server.ts'
import { checkInvariants } from './invariants.ts'
import { lookAtPostgres, makeDatabase, prepareDatabase, runSql } from './postgres.ts'
import { type PostgresServer, runPostgres } from './postgres-server.ts'
import { startRedis, type TestRedis } from './redis.ts'
import { visibleText } from './slack-blocks.ts'
import { BOT_TOKEN, SIGNING_SECRET, type SlackMessage, SlackServer, userOf } from './slack-server.ts'
import { makeFolder } from './store-house.ts'

/** What is read of a whole set-up's end may take so long on a busy machine. Real milliseconds. */
export const HANGING_MS = 240_000

export interface FleetOptions {
  shop?: ReplicaOptions
  /** Further arguments of redis-server, e.g. to keep what it holds. */
  redis?: string[]
  /** PostgreSQL as a server of the test's own, which it may stop. */
  hasOwnPostgres?: boolean
  /** Settings of every process. */
  env?: NodeJS.Dict<string>
  /** Discord too, beside Slack. */
  hasDiscord?: boolean
  /** Options of Node for every process. */
  node?: string[]
}

/** A bot or a worker in a process of its own. */
export interface FleetProcess extends CliRun {
  role: 'bot' | 'worker'
  /** Where a bot listens; '' for a worker. */
  origin: string
  /** Where its result files lie. */
  dataDir: string
  /** SIGSTOP: it is there, and does nothing. */
  pause(): void
  goOn(): void
  /** Whether it has logged such an event. */
  hasLogged(event: string): boolean
}

/** The whole set-up on servers of this machine: bots behind a balancer, workers, PostgreSQL, Redis, chat and a shop. */
export interface Fleet {
  shop: ReplicaShop
  slack: SlackServer
  /** @throws where it was not asked for */
  discord: DiscordServer
  redis: TestRedis
  balancer: Balancer
  databaseUrl: string
  /** @throws where PostgreSQL is not the test's own */
  postgres: PostgresServer
  env: NodeJS.Dict<string>
  /** @param program another copy of the compiled program */
  startBot(more?: NodeJS.Dict<string>, program?: string): Promise<FleetProcess>
  startWorker(more?: NodeJS.Dict<string>, program?: string): Promise<FleetProcess>
  rows(sql: string): Promise<Record<string, unknown>[]>
  /** The first column of the first row, as a number. */
  count(sql: string): Promise<number>
  /** Every process that was ever started. */
  processes: readonly FleetProcess[]
  holdInvariants(): Promise<void>
  /** Ends everything, holds the invariants, removes all that was made. */
  close(): Promise<void>
}

/** Resolves once the condition holds; a database that is away meanwhile counts as not yet. */
export async function eventually(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + HANGING_MS
  const holds = async () => condition()
  while (!(await holds().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`${what} did not come within ${HANGING_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** How long it takes until the condition holds, in milliseconds. */
export async function timeUntil(condition: () => boolean | Promise<boolean>, what: string): Promise<number> {
  const startedAt = performance.now()
  await eventually(condition, what)
  return performance.now() - startedAt
}

/** Starts the servers; bots and workers are the test's to start. */
export async function openFleet(options: FleetOptions = {}): Promise<Fleet> {
  const postgres = options.hasOwnPostgres ? await runPostgres() : undefined
  const [database, redis, slack, balancer] = await Promise.all([
    postgres ? makeDatabase(postgres.url) : makeDatabase(),
    startRedis(options.redis),
    new SlackServer().start(),
    openBalancer(),
  ])
  const discord = options.hasDiscord ? await openDiscordServer() : undefined
  const shop = createReplicaShop({ products: 2_000, latencyMs: 150, pageBytes: 20_000, ...options.shop })
  const replica = await shop.start()
  slack.mode = { kind: 'http', url: `${balancer.origin}/slack/events` }
  const folders: string[] = []
  const newFolder = (): string => {
    folders.push(makeFolder())
    return folders.at(-1)!
  }
  await prepareDatabase(database.url)
  const processes: FleetProcess[] = []
  const rows = (sql: string) => runSql(database.url, sql)
  const env: NodeJS.Dict<string> = {
    ...{ DATABASE_URL: database.url, REDIS_URL: redis.url, PORT: '0', LOG_LEVEL: 'warn' },
    ...{ SITE_SSG_URL: replica.origin, CRAWL_ALLOW_ADDRESSES: replica.address },
    ...{ CRAWL_RATE: '1000', CRAWL_CONCURRENCY: '8' },
    ...{ SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_SIGNING_SECRET: SIGNING_SECRET, SLACK_API_URL: slack.apiUrl },
    ...(discord && { DISCORD_TOKEN: TOKEN, DISCORD_API_URL: discord.url }),
    ...options.env,
  }
  const start = async (role: FleetProcess['role'], more?: NodeJS.Dict<string>, program?: string) => {
    const settings = { ...env, ROLE: role, DATA_DIR: newFolder(), ...more }
    const { node = [] } = options
    const run = startCli(['start'], {
      env: settings,
      cwd: newFolder(),
      node,
      ...(program !== undefined && { program }),
    })
    const made = asProcess(run, role, settings.DATA_DIR)
    processes.push(made)
    await run.tells(role === 'bot' ? '시작되었습니다' : '작업자가', HANGING_MS)
    made.origin = role === 'bot' ? /http:\/\/[\d.]+:\d+/.exec(run.stderr())![0] : ''
    return made
  }
  return {
    ...{ shop, slack, redis, balancer, rows, env, processes, databaseUrl: database.url },
    holdInvariants: () => holdInvariants(database.url),
    get discord() {
      return must(discord, 'Discord')
    },
    get postgres() {
      return must(postgres, 'a PostgreSQL of its own')
    },
    startBot: async (...how) => {
      const bot = await start('bot', ...how)
      balancer.targets = [...balancer.targets, bot.origin]
      return bot
    },
    startWorker: (...how) => start('worker', ...how),
    count: async (sql) => Number(Object.values((await rows(sql))[0] ?? {})[0]),
    async close() {
      await Promise.all(processes.map((one) => one.kill()))
      try {
        holdNoFault(processes)
        await holdInvariants(database.url)
      } finally {
        await Promise.all([shop.stop(), redis.stop(), slack.stop(), balancer.close(), discord?.stop()])
        await (postgres ? postgres.remove() : database.drop())
        for (const folder of folders) rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}

function must<T>(part: T | undefined, what: string): T {
  if (part === undefined) throw new Error(`this fleet has no ${what}`)
  return part
}

/** No fault of the world may look like a bug. */
function holdNoFault(processes: FleetProcess[]): void {
  const faults = processes.flatMap((one) =>
    one
      .stderr()
      .split('\n')
      .filter((line) => line.includes('"event":"fault"'))
      .map((line) => `${one.role} ${one.process.pid}: ${line.slice(0, 800)}`),
  )
  if (faults.length > 0) throw new Error(`${faults.length} bugs were met:\n${faults.slice(0, 5).join('\n')}`)
}

async function holdInvariants(databaseUrl: string): Promise<void> {
  const look = lookAtPostgres(databaseUrl)
  await checkInvariants(look, { now: Date.now(), addressClasses: ['loopback'] }).finally(() => look.close())
}

const asProcess = (run: CliRun, role: 'bot' | 'worker', dataDir: string): FleetProcess => ({
  ...{ ...run, role, dataDir, origin: '' },
  pause: () => void run.process.kill('SIGSTOP'),
  goOn: () => void run.process.kill('SIGCONT'),
  hasLogged: (event) => run.stderr().includes(`"event":"${event}"`),
})

/** A person of the Slack workspace, with a channel of their own: posts are paced by channel. */
export interface Person {
  name: string
  user: string
  channel: string
}

/** So many people of Slack. */
export const crowdOf = ({ slack }: Fleet, count: number): Person[] =>
  Array.from({ length: count }, (_, at) => {
    const name = `person${at}`
    const channel = `C${1_000 + at}`
    slack.addChannel(channel)
    return { name, user: userOf(name), channel }
  })

/** What a person's threads show. */
export interface ShownThread {
  root: string
  progress: number
  words: string[]
  files: string[]
}

/** Every thread of a person, as Slack has it. */
export function threadsOf({ slack }: Fleet, { name, user }: Person): ShownThread[] {
  const isRoot = ({ thread_ts, versions }: SlackMessage) =>
    !thread_ts && visibleText(versions[0]!.blocks).startsWith(`${name} · `)
  return slack.messages.filter(isRoot).map((root) => {
    const replies = slack.inThread(root.ts)
    return {
      root: visibleText(root.blocks),
      progress: replies.filter(({ versions }) => /[▰▱]/.test(visibleText(versions[0]!.blocks))).length,
      words: replies.filter(({ text }) => text.startsWith(`<@${user}>`)).map(({ blocks }) => visibleText(blocks)),
      files: replies.flatMap(({ files = [] }) => files.map((file) => file.name)),
    }
  })
}

/** What Slack privately answered a person, newest last. */
export const answersTo = ({ slack }: Fleet, { user }: Person): string[] =>
  slack.ephemerals.filter((one) => one.user === user).map(({ blocks }) => visibleText(blocks))

/** Whether every thread of these people has its last word and its file. */
export const haveLastWords = (fleet: Fleet, people: Person[], jobs = 1): boolean =>
  people.every((person) => {
    const threads = threadsOf(fleet, person)
    return threads.length >= jobs && threads.every(({ words, files }) => words.length > 0 && files.length > 0)
  })
