import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterEach, expect } from 'vitest'
import { BEAT_MS, LEASE_MS } from '../../db/redis/line-script.ts'
import type { ReplicaCall } from '../../src/demo/front.ts'
import { ADMIN_TOKEN } from '../support/admin-rig.ts'
import { answered, createCrowd, wordsOf } from '../support/discord-rig.ts'
import { HAS_REAL_WAITS, PATIENCE, testFault } from '../support/faults.ts'
import {
  answersTo,
  crowdOf,
  eventually,
  type Fleet,
  type FleetOptions,
  type FleetProcess,
  haveLastWords,
  openFleet,
  type Person,
  threadsOf,
  timeUntil,
} from '../support/fleet.ts'
import { createHold, type Hold } from '../support/held-shop.ts'
import { hasPostgres } from '../support/postgres.ts'
import { canRunPostgres } from '../support/postgres-server.ts'
import { hasRedis } from '../support/redis.ts'
import { visibleText } from '../support/slack-blocks.ts'
import { suiteWhere } from '../support/suites.ts'

/** Products of a job that faults meet in its middle. */
const LIMIT = 600
const LINE = `ssg --limit ${LIMIT} --format csv`
/** What had its turn before Redis fell silent may still be asked for so long. */
const TURN_OVER_MS = LEASE_MS + BEAT_MS
/** The longest that a job may rest when its worker is gone, and that commands go unheard when the gateway's bot is. */
const TAKEOVER_MS = 30_000
/** The longest that a job may wait without being told that there is no worker. */
const TOLD_MS = 60_000

let fleet: Fleet
afterEach(() => fleet.close())

/** One bot, workers, and people whose jobs are in their middle: the shop holds all but their first page, and the last ones. */
async function inMidCrawl(
  people: number,
  workers: number,
  options: FleetOptions = {},
): Promise<{ bot: FleetProcess; workers: FleetProcess[]; people: Person[]; middle: Hold; end: Hold }> {
  const [middle, end] = [createHold(), createHold()]
  const trouble = async (call: ReplicaCall) => (await middle.from(2)(call)) ?? end.from(8)(call)
  fleet = await openFleet({ ...options, shop: { latencyMs: 300, ...options.shop, trouble } })
  const [bot, ...started] = await Promise.all([
    fleet.startBot(),
    ...Array.from({ length: workers }, () => fleet.startWorker()),
  ])
  const crowd = crowdOf(fleet, people)
  for (const { user, channel } of crowd) await fleet.slack.command(user, channel, LINE)
  const begun = () => fleet.count('select count(*) from jobs where products > 0')
  await eventually(async () => (await begun()) === people, 'products of each job')
  return { bot, workers: started, people: crowd, middle, end }
}

const letGoAll = ({ middle, end }: { middle: Hold; end: Hold }): void => {
  middle.letGo()
  end.letGo()
}

/** The process that holds something: holders are named after their process. */
async function holderOf(processes: FleetProcess[], sql: string): Promise<FleetProcess> {
  const [row] = await fleet.rows(sql)
  const pid = Number(String(row?.holder).split('-')[0])
  return processes.find((one) => one.process.pid === pid)!
}
const jobHolder = (workers: FleetProcess[]) => holderOf(workers, `select holder from jobs where state = 'running'`)
const gatewayHolder = (bots: FleetProcess[]) =>
  holderOf(bots, `select holder from duties where duty = 'discord/gateway'`)
const otherThan = (processes: FleetProcess[], one: FleetProcess) => processes.find((it) => it !== one)!

/** Every person has one whole result: one job, its last word, its file, every product once. */
async function expectWhole(people: Person[]): Promise<void> {
  await eventually(() => haveLastWords(fleet, people), 'every last word and file')
  expect(await fleet.rows('select distinct state, products from jobs')).toEqual([
    { state: 'succeeded', products: LIMIT },
  ])
  for (const person of people) {
    expect(threadsOf(fleet, person).map(({ words, files }) => [words.length, files.length])).toEqual([[1, 1]])
  }
}

const someoneElseGoesOn = (holder: FleetProcess, products: number) => async () =>
  (await fleet.count(
    `select count(*) from jobs where products > ${products} and (holder is null or holder not like '${holder.process.pid}-%')`,
  )) > 0

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'workers', () => {
  /** @param lapse lets the lease of the worker that is gone run out */
  async function killWorker(lapse: () => Promise<unknown>): Promise<number> {
    const { workers, people, ...held } = await inMidCrawl(1, 2)
    const holder = await jobHolder(workers)
    await holder.kill()
    await fleet.redis.look.flushall()
    letGoAll(held)
    const products = await fleet.count('select products from jobs')
    const startedAt = performance.now()
    await lapse()
    await eventually(someoneElseGoesOn(holder, products), 'products by the other worker')
    const recoverMs = performance.now() - startedAt
    expect(recoverMs).toBeLessThan(TAKEOVER_MS * PATIENCE)
    await expectWhole(people)
    return recoverMs
  }
  const lapseLease = () => fleet.rows(`update jobs set lease_until = 1 where state = 'running'`)
  testFault(
    'P1 R1 kill -9 of a worker in mid-crawl, and FLUSHALL: its job goes on elsewhere once its lease is over',
    () => killWorker(lapseLease),
  )
  if (HAS_REAL_WAITS) testFault('P1 R1 the same by the clock: within 30 s', () => killWorker(async () => undefined))

  /**
   * @param lapse lets the lease of the worker that is paused run out
   * @param pausedMs it goes on after this, and not before another took over
   */
  async function pauseWorker(lapse: () => Promise<unknown>, pausedMs = 0): Promise<number> {
    const { workers, people, ...held } = await inMidCrawl(1, 2)
    const holder = await jobHolder(workers)
    holder.pause()
    letGoAll(held)
    const products = await fleet.count('select products from jobs')
    const startedAt = performance.now()
    await lapse()
    await eventually(someoneElseGoesOn(holder, products), 'products by the other worker')
    const recoverMs = performance.now() - startedAt
    expect(recoverMs).toBeLessThan(TAKEOVER_MS * PATIENCE)
    await wait(Math.max(0, pausedMs - recoverMs))
    holder.goOn()
    await eventually(() => holder.hasLogged('job.lease_lost'), 'that the paused worker learns it')
    await expectWhole(people)
    await otherThan(workers, holder).kill()
    const [, next] = crowdOf(fleet, 2)
    await fleet.slack.command(next!.user, next!.channel, LINE)
    await expectWhole([next!]) // the worker that was paused is well
    return recoverMs
  }
  testFault('P7 a worker stopped past its lease, then SIGCONT: another took over, it writes nothing more', () =>
    pauseWorker(lapseLease),
  )
  if (HAS_REAL_WAITS)
    testFault('P7 the same for 60 s by the clock: elsewhere within 30 s', () =>
      pauseWorker(async () => undefined, 60_000),
    )
})

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'bots without workers', () => {
  const NOBODY = '실행 중인 작업자가 없어'
  /** Requests to the shop, each as its path and body. */
  const asked = () => fleet.shop.calls.map(({ path, body }) => path + body)
  /** Those whose pages are stored. */
  const stored = async () =>
    (await fleet.rows(`select request from frontier where state = 'done'`)).map((row) => {
      const { url, body = '' } = JSON.parse(String(row.request))
      const { pathname, search } = new URL(url)
      return pathname + search + body
    })
  const saying = () => fleet.slack.messages.filter(({ blocks }) => visibleText(blocks).includes(NOBODY)).length
  const TOLD_TO_ADMINISTRATORS = {
    '/metrics': /^shopcrawl_workers 0$/m,
    '/admin/stats': /"workers":0\b/,
    '/admin': /data-number="workers">0</,
  }
  const readiness = async (bot: FleetProcess) => {
    const answer = await fetch(`${bot.origin}/readyz`)
    return { status: answer.status, ...((await answer.json()) as object) }
  }
  const hasWorkers = async (bot: FleetProcess, workers: number) =>
    isDeepStrictEqual(await readiness(bot), { status: 200, ready: true, problems: [], workers })

  /** A job asked for now is told within a minute that nobody works; it ends once a worker has begun. */
  async function waitInVain(bot: FleetProcess, minji: Person): Promise<number> {
    await fleet.slack.command(minji.user, minji.channel, LINE)
    return restUntilOneStarts(bot, minji)
  }

  /** Whose job nobody works on is told so within a minute; it ends once a worker has begun. */
  async function restUntilOneStarts(bot: FleetProcess, minji: Person): Promise<number> {
    const before = saying()
    const toldMs = await timeUntil(() => saying() > before, 'that nobody works')
    expect(toldMs).toBeLessThan(TOLD_MS * PATIENCE)
    await fleet.slack.command(minji.user, minji.channel, 'status')
    await eventually(() => answersTo(fleet, minji).some((text) => text.includes(NOBODY)), 'status to say so')
    expect(await hasWorkers(bot, 0)).toBe(true)
    for (const [path, told] of Object.entries(TOLD_TO_ADMINISTRATORS)) {
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, accept: path === '/admin' ? 'text/html' : '*/*' }
      expect(await (await fetch(bot.origin + path, { headers })).text()).toMatch(told)
    }
    await eventually(() => bot.hasLogged('workers.away'), 'the log to say so')
    await fleet.startWorker()
    await expectWhole([minji])
    await eventually(() => saying() === before, 'that nothing says so any more')
    await eventually(() => hasWorkers(bot, 1), 'readyz to count the worker')
    return toldMs
  }
  const open = async (): Promise<{ bot: FleetProcess; minji: Person }> => {
    fleet = await openFleet({ shop: { latencyMs: 20 }, env: { ADMIN_TOKEN } })
    return { bot: await fleet.startBot(), minji: crowdOf(fleet, 1)[0]! }
  }
  testFault(
    'O2 a bot alone: its thread, status and readyz say that no worker is there; one starts, and the job ends',
    async () => {
      const { bot, minji } = await open()
      return waitInVain(bot, minji)
    },
  )

  /** @param lapse lets what the worker that is gone held run out: its lease, and its place among the workers */
  async function killInMidCrawl(lapse: () => Promise<unknown>): Promise<number> {
    const { bot, workers, people, ...held } = await inMidCrawl(1, 1, { env: { ADMIN_TOKEN } })
    await eventually(() => hasWorkers(bot, 1), 'readyz to count the worker')
    await workers[0]!.kill()
    letGoAll(held)
    const [read, askedBefore] = [await stored(), asked()]
    expect(askedBefore).toEqual(expect.arrayContaining(read))
    await lapse()
    const toldMs = await restUntilOneStarts(bot, people[0]!)
    const askedAfter = asked().slice(askedBefore.length)
    expect(askedAfter.filter((page) => read.includes(page))).toEqual([])
    expect(await fleet.rows('select attempt, takeovers from jobs')).toEqual([{ attempt: 1, takeovers: 0 }])
    return toldMs
  }
  testFault(
    'O2 kill -9 of the only worker in mid-crawl: its job is told so, and the next goes on from the last page',
    () =>
      killInMidCrawl(async () => {
        await fleet.rows(`update jobs set lease_until = 1 where state = 'running'`)
        await fleet.rows(`update duties set held_until = 1 where duty like 'worker/%'`)
      }),
  )
  if (HAS_REAL_WAITS)
    testFault('O2 the same by the clock: said within 60 s', () => killInMidCrawl(async () => undefined))

  if (HAS_REAL_WAITS)
    testFault('O2 kill -9 of the last worker: said within 60 s, and no longer once another is there', async () => {
      const { bot, minji } = await open()
      const worker = await fleet.startWorker()
      await eventually(() => hasWorkers(bot, 1), 'readyz to count the worker')
      await worker.kill()
      return waitInVain(bot, minji)
    })
})

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'Redis', () => {
  /** Six jobs, of which two run and four wait. @param redis further arguments of redis-server */
  async function withWaiting(
    redis: string[] = [],
  ): Promise<{ started: FleetProcess[]; people: Person[]; letGo: () => void }> {
    const { from, letGo } = createHold()
    fleet = await openFleet({ shop: { latencyMs: 150, trouble: from(2) }, env: { CRAWL_JOBS: '1' }, redis })
    const started = await Promise.all([fleet.startBot(), fleet.startWorker(), fleet.startWorker()])
    const people = crowdOf(fleet, 6)
    for (const { user, channel } of people) await fleet.slack.command(user, channel, LINE)
    const running = () => fleet.count(`select count(*) from jobs where state = 'running' and products > 0`)
    await eventually(async () => (await running()) === 2, 'two jobs in their middle')
    return { started, people, letGo }
  }
  const nextRequest = (asked: number) => timeUntil(() => fleet.shop.calls.length > asked, 'the next request')

  async function restart(redis?: string[]): Promise<number> {
    const { started, people, letGo } = await withWaiting(redis)
    await fleet.redis.kill()
    letGo()
    await eventually(() => started.every((one) => one.hasLogged('redis.away')), 'that all notice')
    if (HAS_REAL_WAITS) await wait(TURN_OVER_MS)
    const asked = fleet.shop.calls.length
    await fleet.redis.restart()
    const recoverMs = await nextRequest(asked)
    await expectWhole(people)
    return recoverMs
  }
  testFault('R1 killed and started again with nothing in it: running and waiting jobs go on', () => restart())
  if (HAS_REAL_WAITS)
    testFault('R1 FLUSHALL: running and waiting jobs go on', async () => {
      const { people, letGo } = await withWaiting()
      await fleet.redis.look.flushall()
      letGo()
      const begun = () => fleet.count('select count(*) from jobs where products > 0')
      const recoverMs = await timeUntil(async () => (await begun()) > 2, 'products of a job that waited')
      await expectWhole(people)
      return recoverMs
    })
  if (HAS_REAL_WAITS)
    testFault('R1 killed and started again with what it had written to disk: no job runs twice', async () => {
      const home = mkdtempSync(join(tmpdir(), 'shopcrawl-redis-'))
      try {
        return await restart(['--appendonly', 'yes', '--dir', home])
      } finally {
        rmSync(home, { recursive: true, force: true })
      }
    })

  testFault('R3 away when jobs are asked for: they are accepted, wait, and run once it is back', async () => {
    fleet = await openFleet({ shop: { latencyMs: 50 } })
    const started = await Promise.all([fleet.startBot(), fleet.startWorker()])
    await fleet.redis.kill()
    const people = crowdOf(fleet, 3)
    for (const { user, channel } of people) await fleet.slack.command(user, channel, LINE)
    await eventually(async () => (await fleet.count('select count(*) from jobs')) === people.length, 'the jobs')
    await eventually(() => started.every((one) => one.hasLogged('redis.away')), 'that all notice')
    await wait(2_500) // sweeps that find nobody to hand the jobs to
    await fleet.redis.restart()
    const recoverMs = await timeUntil(async () => (await fleet.count('select sum(products) from jobs')) > 0, 'products')
    await expectWhole(people)
    return recoverMs
  })

  if (HAS_REAL_WAITS)
    testFault('R2 frozen for 20 s: commands are answered, no request leaves, jobs keep their worker', async () => {
      const { workers, people, ...held } = await inMidCrawl(1, 2, { shop: { latencyMs: 1_000 } })
      const holder = await jobHolder(workers)
      fleet.redis.freeze()
      letGoAll(held)
      await wait(TURN_OVER_MS)
      const asked = fleet.shop.calls.length
      const [, other] = crowdOf(fleet, 2)
      const { ms } = await fleet.slack.command(other!.user, other!.channel, LINE)
      expect(ms).toBeLessThan(3_000 * PATIENCE)
      await eventually(() => answersTo(fleet, other!).length === 1, 'an answer')
      await wait(20_000 - TURN_OVER_MS)
      expect(fleet.shop.calls.length).toBe(asked)
      expect(await jobHolder(workers)).toBe(holder)
      fleet.redis.thaw()
      const recoverMs = await nextRequest(asked)
      await expectWhole([...people, other!])
      return recoverMs
    })
})

suiteWhere(hasRedis && canRunPostgres, 'PostgreSQL (its programs) and redis-server', 'PostgreSQL', () => {
  const owed = () => fleet.count(`select count(*) from outbox where state = 'pending' and kind in ('final', 'file')`)

  /** @param away what happens while it is down */
  async function restart(mode: 'fast' | 'immediate', away: () => Promise<unknown>): Promise<number> {
    const { people, ...held } = await inMidCrawl(3, 2, { hasOwnPostgres: true })
    await fleet.postgres.stop(mode)
    held.middle.letGo() // pages that come while nobody can store them
    const other = crowdOf(fleet, 4).at(-1)!
    const { ms, status } = await fleet.slack.command(other.user, other.channel, LINE)
    expect([status, ms < 3_000 * PATIENCE]).toEqual([200, true])
    await eventually(() => answersTo(fleet, other).length === 1, 'an answer')
    expect(answersTo(fleet, other)[0]).toContain('데이터베이스')
    await away()
    await fleet.postgres.start()
    const products = () => fleet.count('select sum(products) from jobs')
    const before = await products()
    held.end.letGo()
    const recoverMs = await timeUntil(async () => (await products()) > before, 'the next products')
    expect(recoverMs).toBeLessThan(TAKEOVER_MS * PATIENCE)
    await expectWhole(people)
    return recoverMs
  }
  testFault('G2 restarted in mid-crawl: commands say so meanwhile, every job goes on', () =>
    restart('fast', async () => undefined),
  )
  testFault(
    'G6 a replica that lacks the last commits takes over: they are made again, and nothing is said twice',
    async () => {
      const { people, ...held } = await inMidCrawl(2, 2, { hasOwnPostgres: true })
      const [minji, jun] = people as [Person, Person]
      await eventually(() => people.every((one) => threadsOf(fleet, one).length === 1), 'the first words')
      await fleet.postgres.keep()
      letGoAll(held)
      await eventually(() => haveLastWords(fleet, [minji]), 'the end of a job, which is about to be lost')
      const lost = await fleet.count('select sum(products) from jobs')
      await fleet.postgres.fallBack()
      expect(await fleet.count('select sum(products) from jobs')).toBeLessThan(lost)
      const recoverMs = await timeUntil(
        async () => (await fleet.count('select sum(products) from jobs')) >= lost,
        'them',
      )
      await eventually(() => haveLastWords(fleet, [jun]), 'the other end')
      const unended = () => fleet.count(`select count(*) from jobs where state in ('queued', 'running')`)
      await eventually(async () => (await unended()) === 0, 'both ends') // chat may have had them before
      await eventually(async () => (await owed()) === 0, 'that all is said')
      expect(await fleet.rows('select distinct state, products from jobs')).toEqual([
        { state: 'succeeded', products: LIMIT },
      ])
      for (const person of people) {
        const [thread, ...more] = threadsOf(fleet, person)
        expect([more.length, thread!.words.length]).toEqual([0, 1])
        expect(new Set(thread!.files).size).toBe(thread!.files.length) // read again, it may have another name
      }
      return recoverMs
    },
  )

  if (HAS_REAL_WAITS)
    testFault('G2 ended as by a power cut, and away for 60 s', () => restart('immediate', () => wait(60_000)))
})

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'Discord’s gateway', () => {
  const person = createCrowd()
  const identifies = () => fleet.discord.gatewayLog.filter(({ op }) => op === 2).length
  async function withTwoBots(): Promise<{ bots: FleetProcess[]; holder: FleetProcess }> {
    fleet = await openFleet({ hasDiscord: true, shop: { latencyMs: 50 } })
    const [, ...bots] = await Promise.all([fleet.startWorker(), fleet.startBot(), fleet.startBot()])
    await eventually(() => identifies() === 1, 'one session')
    await fleet.discord.connected()
    const holder = await gatewayHolder(bots)
    return { bots, holder }
  }
  /** A command is answered, and its job ends with a file in its thread. */
  async function commandWorks(name: string): Promise<void> {
    const files = () => [...fleet.discord.messages.values()].flat().flatMap((message) => message.files)
    const before = files().length
    const interaction = fleet.discord.command(person(name), 'ssg', { words: '노트북', limit: 20 })
    expect(wordsOf(await answered(interaction))).toContain('노트북')
    await eventually(() => files().length > before, 'the file')
  }
  const takenOver = () => timeUntil(() => identifies() >= 2, 'a session of the other bot')

  /** @param lapse lets the lease of the bot that died run out */
  async function killHolder(lapse: () => Promise<unknown>): Promise<number> {
    const { holder } = await withTwoBots()
    await commandWorks('minji')
    await holder.kill()
    const startedAt = performance.now()
    await lapse()
    await takenOver()
    await fleet.discord.connected(2)
    const recoverMs = performance.now() - startedAt
    expect(recoverMs).toBeLessThan(TAKEOVER_MS * PATIENCE)
    await commandWorks('jun')
    return recoverMs
  }
  testFault('C5 kill -9 of the bot that holds it: commands work at the other once the lease is over', () =>
    killHolder(() => fleet.rows(`update duties set held_until = 1 where duty = 'discord/gateway'`)),
  )
  if (HAS_REAL_WAITS) {
    testFault('C5 the same by the clock: within 30 s', () => killHolder(async () => undefined))

    testFault(
      'C5 the bot that holds it stopped for 60 s, SIGCONT: the other answers, and no command twice',
      async () => {
        const { holder } = await withTwoBots()
        holder.pause()
        const recoverMs = await takenOver()
        await commandWorks('minji')
        await wait(Math.max(0, 60_000 - recoverMs))
        holder.goOn()
        await commandWorks('jun') // the session of before is still open, and hears what the new one hears
        await eventually(() => fleet.discord.live() === 1, 'that the session of before ends')
        await commandWorks('hana')
        const told = fleet.discord.interactions.map(({ answer }) => answer!.versions.length)
        expect(told).toEqual([1, 1, 1])
        expect(await fleet.rows('select count(*) as jobs from jobs')).toEqual([{ jobs: 3 }])
        return recoverMs
      },
    )
  }
})

if (HAS_REAL_WAITS)
  suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'bots', () => {
    testFault('P4 kill -9 of a bot that delivers: the other says the rest, nothing twice', async () => {
      fleet = await openFleet({ shop: { latencyMs: 20 } })
      const [bot] = await Promise.all([fleet.startBot(), fleet.startBot(), fleet.startWorker()])
      const people = crowdOf(fleet, 20)
      for (const { user, channel } of people) await fleet.slack.command(user, channel, LINE)
      const words = () => people.flatMap((one) => threadsOf(fleet, one)).flatMap((thread) => thread.words).length
      await eventually(() => words() > 0, 'the first last word')
      await bot!.kill()
      const recoverMs = await timeUntil(() => haveLastWords(fleet, people), 'every last word and file')
      await expectWhole(people)
      return recoverMs
    })
  })
