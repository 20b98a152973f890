import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { createReplicaShop, type ReplicaOptions, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import type { JobId } from '../../src/ids.ts'
import type { Requester } from '../../src/jobs/service.ts'
import { build, type House } from '../../src/main.ts'
import { type CliRun, runCli, settingsFor, startCli, waitFor } from '../support/cli.ts'
import { HAS_REAL_WAITS, PATIENCE, testFault } from '../support/faults.ts'
import { createHold } from '../support/held-shop.ts'
import { CONSOLE_PLACE, recordEvents, testConfig, wanted } from '../support/house.ts'
import { checkInvariants } from '../support/invariants.ts'
import { installWatchers, lookAt, makeFolder, openQuiet } from '../support/store-house.ts'

const BUG = new URL('../support/children/throws-later.mjs', import.meta.url).href
const POISON = new URL('../support/children/dies-at-page.mjs', import.meta.url).href

let dataDir: string
let shop: ReplicaShop | undefined
let replica: { origin: string; address: string }
/** The people's side, in the test's own process: it submits and looks, and never crawls. */
let house: House | undefined
const running: CliRun[] = []

beforeEach(async () => {
  dataDir = makeFolder()
  await (await openQuiet(dataDir, systemClock)).close()
  installWatchers(dataDir)
})
afterEach(async () => {
  for (const run of running.splice(0)) await run.kill()
  await house?.stop()
  await shop?.stop()
  house = undefined
  shop = undefined
  const look = lookAt(dataDir)
  try {
    await checkInvariants(look, { now: Date.now(), addressClasses: ['loopback'] })
  } finally {
    look.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})

async function open(options: ReplicaOptions): Promise<House> {
  shop = createReplicaShop({ products: 4_000, pageBytes: 5_000, ...options })
  replica = await shop.start()
  house = await build(testConfig(dataDir, replica), { telemetry: recordEvents().telemetry, platforms: [] })
  return house
}

async function serve(node: string[] = []): Promise<CliRun> {
  const run = startCli(['start'], { env: settingsFor(dataDir, replica), node })
  running.push(run)
  await run.tells('연결된 채팅이 없습니다')
  return run
}

const query = async (sql: string): Promise<Record<string, unknown>[]> => {
  const look = lookAt(dataDir)
  try {
    return await look.rows(sql)
  } finally {
    look.close()
  }
}
const count = async (where: string): Promise<number> =>
  Number((await query(`select count(*) as n from jobs where ${where}`))[0]!.n)

async function submit(at: House, people: number, limit: number): Promise<{ who: Requester; id: JobId }[]> {
  const submitted: { who: Requester; id: JobId }[] = []
  for (let index = 0; index < people; index += 1) {
    const who = await at.store.users.resolve(
      { platform: 'console', workspace: '', externalId: `person-${index}` },
      `person-${index}`,
    )
    const { id } = await at.jobs.submit(who, wanted({ limit }), CONSOLE_PLACE)
    submitted.push({ who, id })
  }
  return submitted
}

const haveAllEnded = async () => (await count(`state in ('queued', 'running')`)) === 0

describe('a service with many jobs', () => {
  testFault(
    'P6 SIGTERM: exit 0 within 10 s, every job queued with its pages, no attempt charged; all go on',
    async () => {
      const at = await open({ latencyMs: 400 })
      const service = await serve()
      const jobs = await submit(at, 40, 160)
      await waitFor(async () => (await count('pages >= 1')) >= 20, 'pages of many jobs')
      const asked = performance.now()
      service.process.kill('SIGTERM')
      const { code, stderr } = await service.ended
      expect(code, stderr).toBe(0)
      expect(performance.now() - asked).toBeLessThan(10_000 * PATIENCE)
      expect(await query(`select distinct state from jobs where finished_at is null`)).toEqual([{ state: 'queued' }])
      expect(await count('takeovers > 0 or attempt > 1')).toBe(0)
      const before = await query('select id, pages, products from jobs where products > 0')
      expect(before.length).toBeGreaterThanOrEqual(20)

      shop!.options.latencyMs = 0
      const restarted = performance.now()
      await serve()
      await waitFor(haveAllEnded, 'the end of all')
      const recoverMs = performance.now() - restarted
      for (const { who, id } of jobs) {
        expect(await at.jobs.job(who.user.id, id)).toMatchObject({ state: 'succeeded', products: 160, pages: 4 })
      }
      expect(await count('attempt > 1 or takeovers > 0')).toBe(0)
      return recoverMs
    },
  )

  testFault('P6 a second SIGTERM ends at once, and nothing is lost', async () => {
    const at = await open({ latencyMs: 3_000 })
    const service = await serve()
    const jobs = await submit(at, 10, 80)
    await waitFor(() => shop!.calls.filter(({ path }) => path.startsWith('/search')).length >= 1, 'the first page')
    service.process.kill('SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 300))
    const asked = performance.now()
    service.process.kill('SIGTERM')
    await service.ended
    expect(performance.now() - asked).toBeLessThan(1_000 * PATIENCE)
    shop!.options.latencyMs = 0
    const restarted = performance.now()
    await serve()
    await waitFor(haveAllEnded, 'the end of all')
    for (const { who, id } of jobs) {
      expect(await at.jobs.job(who.user.id, id)).toMatchObject({ state: 'succeeded', products: 80 })
    }
    return performance.now() - restarted
  })

  testFault('P1 killed: the next start takes its jobs at once', async () => {
    const at = await open({ latencyMs: 200 })
    const service = await serve()
    const jobs = await submit(at, 10, 120)
    await waitFor(async () => (await count('pages >= 1')) >= 5, 'pages of many jobs')
    await service.kill()
    const restarted = performance.now()
    await serve()
    await waitFor(async () => (await count(`state = 'queued' and takeovers > 0`)) === 0, 'all jobs run again')
    const recoverMs = performance.now() - restarted
    expect(recoverMs).toBeLessThan(10_000 * PATIENCE)
    await waitFor(haveAllEnded, 'the end of all')
    for (const { who, id } of jobs) {
      expect(await at.jobs.job(who.user.id, id)).toMatchObject({ state: 'succeeded', products: 120, attempt: 1 })
    }
    return recoverMs
  })
})

describe('a bug outside any job', () => {
  testFault('P9 ends the service with exit code 1 and an id that the log has; the next start goes on', async () => {
    const at = await open({ latencyMs: 300 })
    const service = await serve(['--import', BUG])
    const [job] = await submit(at, 1, 400)
    await waitFor(async () => (await count('pages >= 1')) === 1, 'a page')
    service.process.kill('SIGUSR2')
    const { code, stderr, stdout } = await service.ended
    expect(code, stderr).toBe(1)
    const id = /\b[\w-]{6,}(?=[을를])/.exec(stderr.slice(stderr.indexOf('프로그램 오류')))![0]
    expect(stdout + stderr).toMatch(new RegExp(`${id}.*planted|planted.*${id}`))
    shop!.options.latencyMs = 0
    const restarted = performance.now()
    await serve()
    await waitFor(haveAllEnded, 'the end of the job')
    expect(await at.jobs.job(job!.who.user.id, job!.id)).toMatchObject({
      state: 'succeeded',
      products: 400,
      attempt: 1,
    })
    return performance.now() - restarted
  })
})

/** Stops a service that crawls, for so long, and lets it go on. */
async function pauseFor(ms: number): Promise<number> {
  const { from, letGo } = createHold() // each job is in its middle when the service is stopped
  const at = await open({ latencyMs: 300, trouble: from(2) })
  const service = await serve()
  const jobs = await submit(at, 3, 400)
  await waitFor(async () => (await count('pages >= 1')) === 3, 'a page of each job')
  service.process.kill('SIGSTOP')
  await new Promise((resolve) => setTimeout(resolve, ms))
  const stoppedAt = shop!.calls.length
  service.process.kill('SIGCONT')
  letGo()
  const goesOn = performance.now()
  await waitFor(() => shop!.calls.length > stoppedAt, 'the next request')
  const recoverMs = performance.now() - goesOn
  await waitFor(haveAllEnded, 'the end of all')
  for (const { who, id } of jobs) {
    expect(await at.jobs.job(who.user.id, id)).toMatchObject({ state: 'succeeded', products: 400, attempt: 1 })
  }
  return recoverMs
}

describe('a paused service', () => {
  testFault('P7 SIGSTOP for 3 s, SIGCONT: alone it goes on', () => pauseFor(3_000))
  if (HAS_REAL_WAITS)
    testFault('P7 SIGSTOP for 60 s, SIGCONT: alone it goes on, its leases long over', () => pauseFor(60_000))
})

describe('a page that ends the process each time', () => {
  testFault('P8 fails its job after three takeovers, with what was read; the next one runs', async () => {
    await open({})
    const args = ['crawl', 'ssg', '노트북', '--limit', '100', '--format', 'csv', '--out', join(dataDir, 'out.csv')]
    const env = settingsFor(dataDir, replica)
    for (let life = 1; life <= 4; life += 1) {
      const { signal, stderr } = await runCli(args, { env, node: ['--import', POISON] })
      expect(signal, stderr).toBe('SIGKILL')
    }
    const last = await runCli(args, { env, node: ['--import', POISON] })
    expect(last.code, last.stderr).toBe(1)
    expect(last.stderr).toContain('이 작업을 하던 프로그램이 4번 멈춰서')
    expect(await query('select state, code, products from jobs')).toEqual([
      { state: 'failed', code: 'crawl.worker_crashed', products: 40 },
    ])
    const next = await runCli(['crawl', 'ssg', '모니터', '--limit', '5', '--out', join(dataDir, 'b.csv')], { env })
    expect(next.code, next.stderr).toBe(0)
    return null
  })
})
