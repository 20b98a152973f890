import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compiled } from '../dist.mjs'

const PLACE = { platform: 'console', workspace: '', channel: 'bench', thread: null, isDirect: true }

/**
 * The whole program as `npm start` runs it: store, checkpoints, leases, progress messages, robots.txt, address guard and
 * log are on; only the politeness budget is lifted.
 * @param connect begins to hear the chat services of the settings; without it there are none
 */
export async function open({ origin, env, connect }) {
  const dataDir = mkdtempSync(join(tmpdir(), 'shopcrawl-bench-'))
  const { loadConfig } = await compiled('config.js')
  const { build, createPlatforms, PLATFORM_SETTINGS } = await compiled('main.js')
  const settings = {
    DATA_DIR: dataDir,
    SITE_SSG_URL: origin,
    CRAWL_ALLOW_ADDRESSES: new URL(origin).host,
    CRAWL_RATE: '10000',
    CRAWL_CONCURRENCY: '8',
    QUOTA_PAGES_JOB: '20000',
    ...env,
  }
  const { config } = loadConfig(settings, ['ssg', 'shinsegae', 'samsung', 'web'], PLATFORM_SETTINGS)
  const endings = createEndings()
  const platform = quietPlatform()
  const told = await telemetry(endings)
  const platforms = connect ? await createPlatforms(config, told) : []
  const house = await build(config, { telemetry: told, platforms: [platform, ...platforms] })
  await house.takeOwnership({ kind: 'service', waitMs: 0 })
  await house.startRunner()
  house.startChat()
  const connected = await connect?.({ house, platforms })
  let people = 0

  const submit = async (ask) => {
    people += 1
    const key = { platform: 'console', workspace: '', externalId: `user-${people}` }
    const who = await untilTaken(() => house.store.users.resolve(key, key.externalId))
    const url = ask.path === null ? null : origin + ask.path
    const request = { site: ask.site, words: ask.words, url, limit: ask.limit, format: 'xlsx', isPrivate: false }
    const job = await untilTaken(() => house.jobs.submit(who, request, { ...PLACE, channel: key.externalId }))
    return { who, job }
  }
  return {
    connected,
    async crawl({ asks, beside = [] }) {
      const others = await Promise.all(beside.map(submit))
      const mine = await Promise.all(asks.map(submit))
      await Promise.all(mine.map(({ job }) => endings.of(job.id)))
      await Promise.all(others.map(({ who, job }) => house.jobs.cancel(who.user.id, job.id)))
      return () => readAll(house, mine)
    },
    /** Result files are written behind the crawls: those of the warm-up must not weigh on what is measured. */
    settle: () => platform.hasSent(people),
    async close() {
      await connected?.stop()
      await house.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** A thousand commands in one moment are more than some may wait for: those people are told so, and ask again. */
async function untilTaken(act) {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (error.code !== 'store.busy') throw error
    }
  }
}

/** Who waits for a job's end hears of it by its event: asking the store would be work that the program does not have. */
function createEndings() {
  const ended = new Set()
  const waiting = new Map()
  return {
    emit(event, { job }) {
      if (event !== 'job.ended') return
      ended.add(job)
      waiting.get(job)?.()
    },
    of: (job) => (ended.has(job) ? undefined : new Promise((resolve) => waiting.set(job, resolve))),
  }
}

/** The log of the service at its default level, written to nowhere. */
async function telemetry(endings) {
  const { createTelemetry } = await compiled('telemetry/log.js')
  const { createMetrics } = await compiled('telemetry/metrics.js')
  const { emitToAll } = await compiled('telemetry/log.js')
  const log = createTelemetry({ level: 'info', destination: { write() {} } })
  return { ...log, emit: emitToAll(log.emit, createMetrics().observe, endings.emit) }
}

/** A chat service that takes 50 calls a second and shows nobody anything; Slack takes 50 edits a minute. */
function quietPlatform() {
  let ids = 0
  let files = 0
  let told = () => {}
  const nextId = async () => {
    ids += 1
    return String(ids)
  }
  return {
    name: 'console',
    open: async (place) => ({ ...PLACE, channel: place.channel, thread: null, root: await nextId() }),
    post: nextId,
    edit: async () => {},
    upload: async () => {
      files += 1
      told()
      return nextId()
    },
    /** Resolves when so many result files were sent. */
    hasSent: (count) =>
      new Promise((resolve) => {
        told = () => files >= count && resolve()
        told()
      }),
    direct: async (externalId) => ({ ...PLACE, channel: externalId }),
    link: async () => null,
    pace: () => ({ key: 'console', intervalMs: 20, editMs: 1_200, progressAfterMs: 0 }),
    locale: async () => 'ko',
  }
}

/** Each person's own rows, checked to be as many as they asked for. */
async function readAll(house, mine) {
  const rows = []
  for (const { who, job } of mine) {
    const { state } = await house.jobs.job(who.user.id, job.id)
    if (state !== 'succeeded') throw new Error(`a job ended as ${state}`)
    const own = await house.store.results.products(who.user.id, job.id, 0, 20_000)
    if (own.length !== job.request.limit) throw new Error(`${own.length} products of ${job.request.limit}`)
    rows.push(...own)
  }
  return rows
}
