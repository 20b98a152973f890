import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Config } from '../config.ts'
import { createReplicaShop } from '../demo/replica-shop.ts'
import { Refusal } from '../errors.ts'
import { build, createTerminal, type House } from '../main.ts'
import { resultFileName } from '../results/file-name.ts'
import type { Product } from '../sites/product.ts'
import { LOCAL } from './crawl-once.ts'
import { checkFolder } from './crawl-request.ts'
import { DONE, FAILED } from './exit-codes.ts'
import type { Program } from './program.ts'
import { type EndAsked, listenForEnd } from './signals.ts'

const COMMAND = 'ssg 노트북'
/** The replica answers like a shop far away, so that the progress line has something to show. */
const LATENCY_MS = 700
/** Requests a second: the replica is ours, and nobody wants to watch for minutes. */
const RATE = 2
const FIRST_ROWS = 5

/**
 * `shopcrawl demo`: the main job from start to end, on a bundled shop. Needs no token, no server, no internet, and leaves
 * nothing but the result file in the working folder.
 * @throws Refusal `folder.unwritable`, `temp.unwritable`
 */
export async function demo(program: Program): Promise<number> {
  await checkFolder('folder.unwritable')
  const dataDir = await makeTemporary()
  const end = listenForEnd()
  const shop = createReplicaShop({ latencyMs: LATENCY_MS })
  try {
    const { origin, address } = await shop.start()
    tell(program.say(program.locale, 'demo.intro'))
    tell(program.say(program.locale, 'demo.shop', { address: origin }))
    return await show(program, { ...program.config, ...demoSettings(dataDir, origin, address) }, end)
  } finally {
    await shop.stop()
    await rm(dataDir, { recursive: true, force: true })
    end.release()
  }
}

async function makeTemporary(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'shopcrawl-demo-'))
  } catch (error) {
    const cause = (error as NodeJS.ErrnoException).code ?? ''
    throw new Refusal('temp.unwritable', { path: tmpdir(), cause }, { cause: error })
  }
}

/** The demo's output is all for reading, so that it stands on standard output, in order. */
const tell = (line: string): void => void process.stdout.write(`${line}\n`)

const demoSettings = (dataDir: string, origin: string, address: string): Partial<Config> => ({
  dataDir,
  databaseUrl: null,
  redisUrl: null,
  role: 'all',
  siteOrigins: { ssg: origin },
  allowAddresses: [address],
  crawlRate: RATE,
})

async function show(program: Program, config: Config, end: EndAsked): Promise<number> {
  const { telemetry, locale, say } = program
  const input = Readable.from([`/crawl ${COMMAND}\n`])
  const terminal = createTerminal({ input, output: process.stdout, locale, say, isShow: true })
  const house = await build(config, { telemetry, platforms: [{ ...terminal, upload: async () => 'kept' }] })
  try {
    await house.takeOwnership({ kind: 'one-shot', waitMs: 0 })
    await house.startRunner()
    house.startChat()
    tell('')
    await terminal.run(house.dispatch, end.signal)
    if (end.signal.aborted) return end.exitCode()
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
  const facts = await house.store.results.facts(user.id, id, locale)
  if (!facts || job.state !== 'succeeded') return FAILED
  const { format } = job.request
  const named = join(process.cwd(), resultFileName(facts, format, config.timeZone))
  const path = (await house.results.exportNew(user.id, id, { path: named, format, locale }))?.path ?? named
  const first = await house.store.results.products(user.id, id, 0, FIRST_ROWS)
  tell(`\n${say(locale, 'demo.result', { path, rows: job.products })}`)
  for (const product of first) tell(`  ${rowOf(product)}`)
  tell(`\n${say(locale, 'demo.next')}`)
  return DONE
}

const rowOf = ({ position, id, name, price, currency }: Product): string =>
  [position, id, name, price === null ? '' : `${price.toLocaleString('en')} ${currency ?? ''}`].join('  ')
