import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Config } from '../config.ts'
import { createReplicaShop } from '../demo/replica-shop.ts'
import { build, createTerminal, type House } from '../main.ts'
import { resultFileName } from '../results/file-name.ts'
import type { Product } from '../sites/product.ts'
import { LOCAL } from './crawl-once.ts'
import { DONE, FAILED } from './exit-codes.ts'
import type { Program } from './program.ts'

const COMMAND = 'ssg 노트북'
/** The replica answers like a shop far away, so that the progress line has something to show. */
const LATENCY_MS = 700
/** Requests a second: the replica is ours, and nobody wants to watch for minutes. */
const RATE = 2
const FIRST_ROWS = 5

/** `shopcrawl demo`: the main job from start to end, on a bundled shop. Needs no token, no server, no internet. */
export async function demo(program: Program): Promise<number> {
  const { locale, say, tell } = program
  tell(say(locale, 'demo.intro'))
  const shop = createReplicaShop({ latencyMs: LATENCY_MS })
  const { origin, address } = await shop.start()
  tell(say(locale, 'demo.shop', { address: origin }))
  const dataDir = await mkdtemp(join(tmpdir(), 'shopcrawl-demo-'))
  try {
    return await show(program, { ...program.config, ...demoSettings(dataDir, origin, address) })
  } finally {
    await shop.stop()
  }
}

const demoSettings = (dataDir: string, origin: string, address: string): Partial<Config> => ({
  dataDir,
  siteOrigins: { ssg: origin },
  allowAddresses: [address],
  crawlRate: RATE,
})

async function show(program: Program, config: Config): Promise<number> {
  const { telemetry, locale, say } = program
  const line = `/crawl ${COMMAND}`
  const terminal = createTerminal({ input: Readable.from([`${line}\n`]), output: process.stdout, locale, say })
  const house = await build(config, { telemetry, platforms: [terminal] })
  try {
    await house.takeOwnership({ kind: 'one-shot', waitMs: 0 })
    await house.startRunner()
    house.startChat()
    process.stdout.write(process.stdout.isTTY ? '\n' : `\n> ${line}\n`)
    await terminal.run(house.dispatch)
    return await finish(program, house)
  } finally {
    await house.stop()
  }
}

/** Puts the file where the person can find it, and shows what is in it. */
async function finish(program: Program, house: House): Promise<number> {
  const { locale, say, config } = program
  const { user } = await house.store.users.resolve(LOCAL, LOCAL.externalId)
  const job = await house.jobs.ended(user.id)
  const { id } = job
  const facts = await house.store.results.facts(user.id, id)
  if (!facts || job.state !== 'succeeded') return FAILED
  const path = join(process.cwd(), resultFileName(facts, job.request.format, config.timeZone))
  await house.results.exportTo(user.id, id, job.request.format, path)
  const first = await house.store.results.products(user.id, id, 0, FIRST_ROWS)
  process.stdout.write(`\n${say(locale, 'demo.result', { path, rows: job.products })}\n`)
  for (const product of first) process.stdout.write(`  ${rowOf(product)}\n`)
  process.stdout.write(`\n${say(locale, 'demo.next')}\n`)
  return DONE
}

const rowOf = ({ position, id, name, price, currency }: Product): string =>
  [position, id, name, price === null ? '' : `${price.toLocaleString('en')} ${currency ?? ''}`].join('  ')
