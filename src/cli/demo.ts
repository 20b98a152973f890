import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { createReplicaShop } from '../demo/replica-shop.ts'
import type { JobId } from '../ids.ts'
import { isEnded } from '../jobs/states.ts'
import { build, createTerminal, type House } from '../main.ts'
import { resultFileName } from '../results/file-name.ts'
import type { Product } from '../sites/product.ts'
import { LOCAL } from './crawl-once.ts'
import { DONE, FAILED } from './exit-codes.ts'
import type { Program } from './program.ts'

const COMMAND = 'ssg 노트북'
/** The replica answers like a shop far away, so that the progress line has something to show. */
const LATENCY_MS = 120
/** Requests a second: the replica is ours, and nobody wants to watch for minutes. */
const RATE = 4
const FIRST_ROWS = 5
const LOOK_MS = 50

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
  const terminal = createTerminal({ output: process.stdout, locale, say })
  const house = await build(config, { telemetry, platforms: [terminal] })
  try {
    await house.takeOwnership({ kind: 'one-shot', waitMs: 0 })
    await house.startRunner()
    house.startChat()
    process.stdout.write(`\n> /crawl ${COMMAND}\n`)
    const reply = await house.dispatch({
      eventId: null,
      account: { ...LOCAL, name: LOCAL.externalId, locale },
      place: { platform: 'console', workspace: '', channel: LOCAL.externalId, thread: null, isDirect: true },
      text: COMMAND,
    })
    if (!reply?.jobId) return FAILED
    terminal.answer(LOCAL.externalId, reply)
    return await finish(program, house, reply.jobId as JobId)
  } finally {
    await house.stop()
  }
}

/** Waits for the last word and the file, and shows what is in it. */
async function finish(program: Program, house: House, id: JobId): Promise<number> {
  const { locale, say, config } = program
  const { user } = await house.store.users.resolve(LOCAL, LOCAL.externalId)
  let job = await house.jobs.job(user.id, id)
  while (!isEnded(job.state) || (await house.store.outbox.nextDueInMs(['console'])) !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    job = await house.jobs.job(user.id, id)
  }
  const facts = await house.store.results.facts(user.id, id)
  if (!facts || job.products === 0) return FAILED
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
