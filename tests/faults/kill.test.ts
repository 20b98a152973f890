import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { randomFrom } from '../../src/demo/catalogue.ts'
import { createReplicaShop, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { type CliEnd, runCli, settingsFor, startCli } from '../support/cli.ts'
import { testFault } from '../support/faults.ts'
import { checkInvariants } from '../support/invariants.ts'
import { installWatchers, lookAt, makeFolder, openQuiet } from '../support/store-house.ts'

const KILLS = 50
/** Never more than two lives in a row that store nothing: those the poison rule counts. */
const SEED = 13
const PRODUCTS = 2_000
const LATENCY_MS = 150
/** Pages that a job has in flight at most. */
const IN_FLIGHT = 4
const WORDS = '디지털'

let shop: ReplicaShop | undefined
const folders: string[] = []
afterEach(async () => {
  await shop?.stop()
  shop = undefined
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const folder = (): string => {
  const made = makeFolder()
  folders.push(made)
  return made
}

/** When a life of the process ends: so long after its start, or after it has asked for so many pages. */
interface Moment {
  pages: number
  afterMs: number
}

/** Where the pages of a life end: while it starts, at its first page (nothing stored), at its second, at several at once. */
const LIVES = [
  { below: 0.35, pages: 0 },
  { below: 0.5, pages: 1 },
  { below: 0.92, pages: 2 },
  { below: 1, pages: 5 },
]

function moments(seed: number): Moment[] {
  const random = randomFrom(seed)
  return Array.from({ length: KILLS }, () => {
    const drawn = random()
    const { pages } = LIVES.find(({ below }) => drawn < below)!
    return { pages, afterMs: random() * (pages === 0 ? 400 : LATENCY_MS / 2) }
  })
}

const pagesAsked = ({ calls }: ReplicaShop): string[] =>
  calls.map(({ path }) => path).filter((path) => path !== '/robots.txt')

/** Lets the program live until the moment, then kills it. */
async function live(args: string[], env: NodeJS.Dict<string>, at: ReplicaShop, moment: Moment): Promise<CliEnd | null> {
  const before = at.calls.length
  const asked = () => pagesAsked({ ...at, calls: at.calls.slice(before) } as ReplicaShop).length
  const run = startCli(args, { env })
  while (asked() < moment.pages && !run.hasEnded()) await new Promise((resolve) => setTimeout(resolve, 2))
  if (run.hasEnded()) return run.ended
  await new Promise((resolve) => setTimeout(resolve, moment.afterMs))
  await run.kill()
  return null
}

/** What the killed process had stored. */
async function stored(dataDir: string): Promise<{ pages: number; takeovers: number }> {
  const look = lookAt(dataDir)
  try {
    const [row] = await look.rows('select pages, takeovers from jobs')
    return { pages: Number(row?.pages ?? 0), takeovers: Number(row?.takeovers ?? 0) }
  } finally {
    look.close()
  }
}

/** Everything of a result but the time of its reading. */
const rowsOf = (path: string): unknown[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => ({ ...(JSON.parse(line) as object), crawledAt: null }))

describe('a crawl of 2,000 products', () => {
  testFault('P1 killed at 50 random moments: the result of an uninterrupted crawl', async () => {
    shop = createReplicaShop({ products: 4_600, pageBytes: 30_000, latencyMs: LATENCY_MS })
    const replica = await shop.start()
    const files = folder()
    const request = (out: string) => [
      'crawl',
      'ssg',
      WORDS,
      '--limit',
      String(PRODUCTS),
      '--format',
      'jsonl',
      '--out',
      out,
    ]
    const whole = join(files, 'whole.jsonl')
    const untroubled = await runCli(request(whole), { env: settingsFor(folder(), replica) })
    expect(untroubled).toMatchObject({ code: 0 })
    expect(rowsOf(whole)).toHaveLength(PRODUCTS)

    const dataDir = folder()
    await (await openQuiet(dataDir, systemClock)).close()
    installWatchers(dataDir)
    const env = settingsFor(dataDir, replica)
    const killed = join(files, 'killed.jsonl')
    const first = shop.calls.length
    let doubles = 0
    for (const moment of moments(SEED)) {
      const before = { calls: pagesAsked(shop).length, pages: (await stored(dataDir)).pages }
      expect(await live(request(killed), env, shop, moment)).toBeNull()
      const inFlight = pagesAsked(shop).length - before.calls - ((await stored(dataDir)).pages - before.pages)
      expect(inFlight).toBeLessThanOrEqual(IN_FLIGHT)
      doubles += inFlight
    }
    const startedAt = performance.now()
    const end = await runCli(request(killed), { env })
    const recoverMs = performance.now() - startedAt
    expect(end, end.stderr).toMatchObject({ code: 0, stdout: `${killed}\n` })
    expect(rowsOf(killed)).toEqual(rowsOf(whole))

    const asked = pagesAsked({ ...shop, calls: shop.calls.slice(first) } as ReplicaShop)
    expect(asked.length - new Set(asked).size).toBeLessThanOrEqual(doubles)
    expect(new Set(asked).size).toBe(PRODUCTS / 40)
    const look = lookAt(dataDir)
    expect(await look.rows('select state, attempt from jobs')).toEqual([{ state: 'succeeded', attempt: 1 }])
    await checkInvariants(look, { now: Date.now(), addressClasses: ['loopback'] })
    look.close()
    return recoverMs
  })
})
