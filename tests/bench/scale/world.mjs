import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answer } from '../processes.mjs'
import { createMeter, isPostgresHere } from './meter.mjs'
import { makeDatabase, startRedis } from './servers.mjs'

const CLI = fileURLToPath(new URL('../../../dist/src/cli.js', import.meta.url))
const BOT = fileURLToPath(new URL('./bot.mjs', import.meta.url))
const ADMIN_TOKEN = 'a-token-of-the-benchmark-0123456789'
/** The servers' own processes that write what all databases changed; our share is nearly all on a quiet machine. */
const WRITERS = ['walwriter', 'checkpointer', 'background writer']
/** How long a worker may take to start, and to end. */
const START_MS = 60_000
const END_MS = 40_000
const POLL_MS = 200
/** Transactions of which the least duration of one is taken. */
const COMMITS = 100
/** Nothing of the benchmark takes so long. */
const HANG_MS = 30 * 60_000

/** Manners of a chat service that takes whatever comes. */
const EASY = { latencyMs: 0, intervalMs: 1 }

/**
 * One bot, so many workers, PostgreSQL and Redis, each in processes of its own, on a database that is new.
 * @param env settings of bot and workers, beside what leads them to one another
 */
export async function openWorld({ shop, workers: count, env = {}, manners = EASY }) {
  const folder = mkdtempSync(join(tmpdir(), 'shopcrawl-scale-'))
  const ends = [() => rmSync(folder, { recursive: true, force: true })]
  const close = async () => {
    for (const end of ends.reverse()) await end()
  }
  try {
    const database = await makeDatabase()
    ends.push(database.drop)
    const redis = await startRedis()
    ends.push(redis.stop)
    const settings = {
      ...{ DATABASE_URL: database.url, REDIS_URL: redis.url, ADMIN_TOKEN, SITE_SSG_URL: shop.origin },
      ...{ CRAWL_ALLOW_ADDRESSES: new URL(shop.origin).host, ...env },
    }
    const bot = await startBot(folder, settings, manners)
    ends.push(bot.stop)
    const workers = []
    ends.push(() => Promise.all(workers.map((worker) => worker.stop())))
    const names = Array.from({ length: count }, (_, at) => `worker-${at + 1}`)
    workers.push(...(await Promise.all(names.map((name) => startWorker(folder, name, settings)))))
    const meter = createMeter(() => list({ database, redis, bot, workers, shop }))
    ends.push(meter.stop)
    const holdNoFault = () => {
      const faults = workers.flatMap((worker) => worker.faults())
      if (faults.length > 0) throw new Error(`${faults.length} bugs were met, the first: ${faults[0]}`)
    }
    return { ...createView({ database, redis, bot, meter, folder }), workers, holdNoFault, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What a benchmark does with a world. */
function createView({ database, redis, bot, meter, folder }) {
  const { rows } = database
  const one = async (text) => Object.values((await rows(text))[0])[0]
  const none = async (text, what) => {
    const deadline = performance.now() + HANG_MS
    while ((await one(text)) > 0) {
      if (performance.now() > deadline) throw new Error(`${what} did not end`)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }
  return {
    ...{ rows, one, meter, folder, redis, databaseUrl: database.url },
    calls: async () => (await bot.ask('calls')).calls,
    /** Every line of `[{ person, text }]` once, by so many at the same time. @returns how each was answered */
    type: async (lines, atOnce) => (await bot.ask('type', { lines, atOnce })).typed,
    untilEnded: () => none(`select count(*) from jobs where state in ('queued', 'running')`, 'the jobs'),
    untilTold: () => none(`select count(*) from outbox where state = 'pending'`, 'the last words'),
    /** The administrator's first screen as a browser gets it. @returns milliseconds */
    async screenMs() {
      const started = performance.now()
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, accept: 'text/html' }
      const screen = await fetch(`${bot.address}/admin`, { headers })
      await screen.text()
      if (screen.status !== 200) throw new Error(`/admin answered ${screen.status}`)
      return performance.now() - started
    },
    /** How long the least transaction that writes takes while nobody else asks: what the disk and the way there cost. */
    async commitsMs() {
      const taken = []
      for (let time = 0; time < COMMITS; time += 1) {
        const started = performance.now()
        await rows(`select pg_logical_emit_message(true, 'bench', '')`)
        taken.push(performance.now() - started)
      }
      return taken
    },
    /** Sums so far; the difference of two marks is what happened between them. */
    async mark() {
      const cpu = await meter.cpu()
      const [server] = await rows(`select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as writes,
        pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint as wal, pg_database_size(current_database()) as bytes,
        (select xact_commit from pg_stat_database where datname = current_database()) as commits`)
      return { at: performance.now(), cpu, ...server, asked: await redis.info('total_commands_processed') }
    },
  }
}

/** The processes of a world, by kind. PostgreSQL's are left out where the server is on another machine. */
async function list({ database, redis, bot, workers, shop }) {
  const backends = await database.rows(
    `select pid from pg_stat_activity where (datname = current_database() and pid <> pg_backend_pid())
      or backend_type = any($1)`,
    [WRITERS],
  )
  return [
    ...workers.map(({ pid }) => ({ pid, kind: 'worker' })),
    ...[
      { pid: bot.pid, kind: 'bot' },
      { pid: redis.pid, kind: 'redis' },
      { pid: shop.pid, kind: 'shop' },
    ],
    ...backends.filter(({ pid }) => isPostgresHere(pid)).map(({ pid }) => ({ pid, kind: 'postgres' })),
  ]
}

async function startBot(folder, settings, manners) {
  const child = fork(BOT)
  const ask = async (act, facts = {}) => {
    child.send({ act, ...facts })
    const { error, ...answered } = await answer(child, HANG_MS)
    if (error) throw new Error(`bot: ${error}`)
    return answered
  }
  const stop = async () => {
    if (child.connected) await ask('close').catch(() => undefined)
    child.kill()
  }
  try {
    const own = { ...settings, ROLE: 'bot', PORT: '0', DATA_DIR: join(folder, 'bot') }
    const { address } = await ask('open', { settings: own, manners })
    return { pid: child.pid, address, ask, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** `npm start` with ROLE=worker. @throws where it ends before it works */
async function startWorker(folder, name, settings) {
  const cwd = join(folder, name)
  mkdirSync(cwd)
  const env = { PATH: process.env.PATH, ...settings, ROLE: 'worker', DATA_DIR: cwd }
  const child = spawn(process.execPath, [CLI, 'start'], { env, cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  const ended = once(child, 'exit')
  const started = new Promise((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      log += text
      if (log.includes('"event":"service.started"')) resolve()
    })
  })
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${name} did not start:\n${log}`)), START_MS).unref()
  })
  const early = ended.then(() => {
    throw new Error(`${name} ended:\n${log.slice(-2_000)}`)
  })
  for (const fault of [late, early]) fault.catch(() => undefined)
  await Promise.race([started, late, early]).catch((error) => {
    child.kill('SIGKILL')
    throw error
  })
  return {
    pid: child.pid,
    /** How often an event stands in its log. */
    count: (event) => log.split(`"event":"${event}"`).length - 1,
    faults: () => log.split('\n').filter((line) => line.includes('"event":"fault"')),
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
      await ended
      clearTimeout(timer)
    },
  }
}
