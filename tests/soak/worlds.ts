import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src/clock.ts'
import { createReplicaShop, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { type CliRun, settingsFor, startCli } from '../support/cli.ts'
import { type DiscordServer, openDiscordServer, TOKEN } from '../support/discord-server.ts'
import { eventually, type Fleet, type FleetProcess, HANGING_MS, openFleet } from '../support/fleet.ts'
import { checkInvariants } from '../support/invariants.ts'
import { BOT_TOKEN, SIGNING_SECRET, SlackServer } from '../support/slack-server.ts'
import { installWatchers, lookAt, makeFolder, openQuiet } from '../support/store-house.ts'
import type { Fault } from './faults.ts'

const MEASURE = new URL('../support/children/measure.mjs', import.meta.url).href
const NODE = ['--expose-gc', '--import', MEASURE]
/** The shop is asked as fast as it answers, and nobody meets a quota. */
const SETTINGS = {
  ...{ LOG_LEVEL: 'warn', CRAWL_RATE: '50', CRAWL_CONCURRENCY: '8', QUOTA_COMMANDS_MINUTE: '100000' },
  ...{ QUOTA_JOBS_HOUR: '100000', QUOTA_JOBS_DAY: '100000', QUOTA_PAGES_DAY: '10000000' },
  QUOTA_PAGES_HOST_DAY: '10000000',
}
/** A job that failed in passing is tried again within less than this. */
const HINT_MS = 120_000
const SHOP = { products: 2_000, latencyMs: 100, pageBytes: 20_000 }

/** What a process holds once its garbage is gone. */
export interface Measured {
  heapUsed: number
  rss: number
  handles: number
  files: number
}

/** One of the two forms of the program, with everything around it. */
export interface World {
  shop: ReplicaShop
  slack: SlackServer
  discord: DiscordServer
  /** Where a Slack request goes: to one, or to all that hear. */
  urlsOf(isTwice: boolean): string[]
  rows(sql: string): Promise<Record<string, unknown>[]>
  count(sql: string): Promise<number>
  holdInvariants(): Promise<void>
  /** Of the processes that live through the gentle faults, by name. */
  measure(): Promise<Map<string, Measured>>
  /** Those that end no process. */
  gentleFaults(random: () => number): Fault[]
  roughFaults(random: () => number): Fault[]
  /** What every process wrote on standard error. */
  logs(): string[]
  badEnds(): number
  /** Hints in the queue that no worker takes out, those of cancelled jobs included: they may have been for later. */
  hintsLeft(): Promise<number>
  close(): Promise<void>
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function measure({ process: { pid }, ...run }: CliRun, folder: string): Promise<Measured> {
  const path = join(folder, `${pid}.json`)
  rmSync(path, { force: true })
  let read: Measured | undefined
  process.kill(pid!, 'SIGUSR2')
  await eventually(() => {
    if (run.hasEnded()) throw new Error(`the process that was to be measured has ended: ${run.stderr().slice(-500)}`)
    read = JSON.parse(readFileSync(path, 'utf8')) as Measured
    return true
  }, `what process ${pid} holds`)
  return read!
}

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)]!

/** Two bots behind a balancer, three workers, PostgreSQL and Redis. */
export async function openFull(): Promise<World> {
  const folder = makeFolder()
  const fleet = await openFleet({
    ...{ hasDiscord: true, hasOwnPostgres: true, node: NODE, shop: SHOP },
    env: { ...SETTINGS, MEASURE_DIR: folder },
  })
  const start = { bot: () => fleet.startBot(), worker: () => fleet.startWorker() }
  const alive = { bot: [] as FleetProcess[], worker: [] as FleetProcess[] }
  for (const role of ['bot', 'bot', 'worker', 'worker', 'worker'] as const) alive[role].push(await start[role]())
  let badEnds = 0

  /** Takes one out, does something to it, and starts another in its place. */
  const replace =
    (role: 'bot' | 'worker', random: () => number, end: (one: FleetProcess) => Promise<void>) => async () => {
      const one = pick(alive[role], random)
      alive[role] = alive[role].filter((it) => it !== one)
      fleet.balancer.targets = fleet.balancer.targets.filter((target) => target !== one.origin)
      await end(one)
      await wait(random() * 3_000)
      alive[role].push(await start[role]())
    }
  const terminate = async (one: FleetProcess) => {
    one.process.kill('SIGTERM')
    if ((await one.ended).code !== 0) badEnds += 1
  }
  const pause = (role: 'bot' | 'worker', random: () => number) => async () => {
    const one = pick(alive[role], random)
    one.pause()
    await wait(20_000)
    one.goOn()
  }
  return {
    ...{ shop: fleet.shop, slack: fleet.slack, discord: fleet.discord, rows: fleet.rows, count: fleet.count },
    urlsOf: (isTwice) => (isTwice ? fleet.balancer.targets : [fleet.balancer.origin]),
    holdInvariants: fleet.holdInvariants,
    async measure() {
      const all = Object.entries(alive).flatMap(([role, list]) =>
        list.map((one, at) => [`${role} ${at + 1}`, one] as const),
      )
      return new Map(await Promise.all(all.map(async ([name, one]) => [name, await measure(one, folder)] as const)))
    },
    gentleFaults: () => [
      { name: 'Redis: FLUSHALL', act: () => fleet.redis.look.flushall() },
      { name: 'Redis: killed, started again empty', act: () => restartRedis(fleet) },
      { name: 'PostgreSQL: restarted', act: () => restartPostgres(fleet, 'fast') },
      { name: 'PostgreSQL: ended as by a power cut', act: () => restartPostgres(fleet, 'immediate') },
    ],
    roughFaults: (random) => [
      { name: 'worker: kill -9', act: replace('worker', random, (one) => one.kill()) },
      { name: 'worker: SIGTERM', act: replace('worker', random, terminate) },
      { name: 'worker: stopped for 20 s', act: pause('worker', random) },
      { name: 'bot: kill -9', act: replace('bot', random, (one) => one.kill()) },
      { name: 'bot: SIGTERM', act: replace('bot', random, terminate) },
      { name: 'bot: stopped for 20 s', act: pause('bot', random) },
    ],
    logs: () => fleet.processes.map((one) => one.stderr()),
    badEnds: () => badEnds,
    async hintsLeft() {
      const left = () => fleet.redis.look.keys('shopcrawl:jobs:job-*')
      const deadline = performance.now() + HINT_MS
      while ((await left()).length > 0 && performance.now() < deadline) await wait(1_000)
      return (await left()).length
    },
    close: () => fleet.close().finally(() => rmSync(folder, { recursive: true, force: true })),
  }
}

async function restartRedis({ redis }: Fleet): Promise<void> {
  await redis.kill()
  await wait(4_000)
  await redis.restart()
}

async function restartPostgres({ postgres }: Fleet, mode: 'fast' | 'immediate'): Promise<void> {
  await postgres.stop(mode)
  await wait(3_000)
  await postgres.start()
}

/** One process on a SQLite file. */
export async function openEmbedded(): Promise<World> {
  const [folder, dataDir] = [makeFolder(), makeFolder()]
  const [slack, discord] = [await new SlackServer().start(), await openDiscordServer()]
  const shop = createReplicaShop(SHOP)
  const replica = await shop.start()
  await (await openQuiet(dataDir, systemClock)).close()
  installWatchers(dataDir)
  const env = settingsFor(dataDir, replica, {
    ...{ ...SETTINGS, MEASURE_DIR: folder },
    ...{ SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_SIGNING_SECRET: SIGNING_SECRET, SLACK_API_URL: slack.apiUrl },
    ...{ DISCORD_TOKEN: TOKEN, DISCORD_API_URL: discord.url },
  })
  const runs: CliRun[] = []
  let origin = ''
  let badEnds = 0
  const start = async (): Promise<void> => {
    const run = startCli(['start'], { env, cwd: folder, node: NODE })
    runs.push(run)
    await run.tells('시작되었습니다', HANGING_MS)
    origin = /http:\/\/[\d.]+:\d+/.exec(run.stderr())![0]
  }
  await start()
  const one = () => runs.at(-1)!
  const rows = async (sql: string) => {
    const look = lookAt(dataDir)
    return look.rows(sql).finally(() => look.close())
  }
  const replace = (random: () => number, end: () => Promise<void>) => async () => {
    await end()
    await wait(random() * 3_000)
    await start()
  }
  const terminate = async () => {
    one().process.kill('SIGTERM')
    if ((await one().ended).code !== 0) badEnds += 1
  }
  const holdInvariants = async () => {
    const look = lookAt(dataDir)
    await checkInvariants(look, { now: Date.now(), addressClasses: ['loopback'] }).finally(() => look.close())
  }
  return {
    ...{ shop, slack, discord, rows, holdInvariants },
    urlsOf: (isTwice) => (isTwice ? [origin, origin] : [origin]),
    count: async (sql) => Number(Object.values((await rows(sql))[0] ?? {})[0]),
    measure: async () => new Map([['service', await measure(one(), folder)]]),
    gentleFaults: () => [],
    roughFaults: (random) => [
      { name: 'service: kill -9', act: replace(random, () => one().kill()) },
      { name: 'service: SIGTERM', act: replace(random, terminate) },
      {
        name: 'service: stopped for 20 s',
        async act() {
          one().process.kill('SIGSTOP')
          await wait(20_000)
          one().process.kill('SIGCONT')
        },
      },
    ],
    logs: () => runs.map((run) => run.stderr()),
    badEnds: () => badEnds,
    hintsLeft: async () => 0,
    async close() {
      for (const run of runs) await run.kill()
      await holdInvariants().finally(async () => {
        await Promise.all([shop.stop(), slack.stop(), discord.stop()])
        for (const path of [folder, dataDir]) rmSync(path, { recursive: true, force: true })
      })
    },
  }
}
