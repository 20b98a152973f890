import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openRedis } from '../../db/redis/index.ts'
import { systemClock } from '../../src/clock.ts'
import { isEnded } from '../../src/jobs/states.ts'
import { CONSOLE_PLACE, recordEvents, wanted } from '../support/house.ts'
import { hasPostgres, runSql } from '../support/postgres.ts'
import { createRecordingPlatform } from '../support/recording-platform.ts'
import { hasRedis } from '../support/redis.ts'
import { openSharedGround, type SharedGround } from '../support/shared-house.ts'
import { suiteWhere } from '../support/suites.ts'

const SOON = { timeout: 60_000, interval: 20 }
const INTERVAL_MS = 20

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'work that processes share', () => {
  let ground: SharedGround

  beforeEach(async () => {
    ground = await openSharedGround({ products: 400, latencyMs: 50, pageBytes: 20_000 })
  })
  afterEach(() => ground.close())

  test('a job whose hint is delivered many times, to two workers, is claimed once and crawled once', async () => {
    const workers = [recordEvents(), recordEvents()]
    const bot = await ground.open({ telemetry: recordEvents().telemetry, platforms: [] }, { ROLE: 'bot' })
    const who = await bot.store.users.resolve({ platform: 'console', workspace: '', externalId: 'minji' }, 'minji')
    const { id } = await bot.jobs.submit(who, wanted({ limit: 60 }), CONSOLE_PLACE)
    const redis = openRedis({ url: ground.redis.url, clock: systemClock, emit: () => undefined })
    const again = (fence: number) => redis.queue.push({ jobId: id, priority: 0, runAt: 0, inMs: 0, fence })
    await vi.waitFor(() => again(100), SOON)
    for (let fence = 101; fence < 110; fence += 1) await again(fence)
    for (const { telemetry } of workers) {
      const house = await ground.open({ telemetry, platforms: [] }, { ROLE: 'worker' })
      await house.startRunner()
    }
    await vi.waitFor(async () => expect(isEnded((await bot.jobs.job(who.user.id, id)).state)).toBe(true), SOON)
    await vi.waitFor(async () => expect(await ground.redis.look.keys('shopcrawl:jobs:job-*')).toEqual([]), SOON)
    const claims = workers.flatMap(({ events }) => events.filter(({ name }) => name === 'job.claimed'))
    expect(claims).toHaveLength(1)
    const job = await bot.jobs.job(who.user.id, id)
    expect(job).toMatchObject({ state: 'succeeded', products: 60, attempt: 1 })
    const pages = await runSql(ground.database.url, `select url, count(*) as n from request_log group by url`)
    expect(pages.filter(({ n }) => Number(n) > 1)).toEqual([])
    await redis.queue.stop()
    await redis.close()
  })

  test('jobs that Redis has lost before anybody took them run all the same', async () => {
    const bot = await ground.open({ telemetry: recordEvents().telemetry, platforms: [] }, { ROLE: 'bot' })
    for (const name of ['minji', 'junho', 'sora']) {
      const who = await bot.store.users.resolve({ platform: 'console', workspace: '', externalId: name }, name)
      await bot.jobs.submit(who, wanted({ limit: 20 }), CONSOLE_PLACE)
    }
    await ground.redis.look.flushall()
    const house = await ground.open({ telemetry: recordEvents().telemetry, platforms: [] }, { ROLE: 'worker' })
    await house.startRunner()
    const states = async () => (await runSql(ground.database.url, 'select state from jobs')).map(({ state }) => state)
    await vi.waitFor(async () => expect(await states()).toEqual(['succeeded', 'succeeded', 'succeeded']), SOON)
  })

  test('what two bots send to one workspace is paced by one budget', async () => {
    const pace = { key: 'T1', intervalMs: INTERVAL_MS }
    const chats = [1, 2].map(() => createRecordingPlatform({ clock: systemClock, pace }))
    const bots = await Promise.all(
      chats.map(async (chat) => {
        const house = await ground.open({ telemetry: recordEvents().telemetry, platforms: [chat] }, { ROLE: 'bot' })
        house.startChat()
        return house
      }),
    )
    const turn = async () => Number(await ground.redis.look.hget('shopcrawl:budget:chat:T1', 'turn'))
    const at = async (index: number) => {
      const [seconds, micros] = (await ground.redis.look.time()) as [number, number]
      return index + Number(seconds) * 1_000 + Number(micros) / 1_000
    }
    const startedAt = await at(0)
    for (let person = 0; person < 12; person += 1) {
      const bot = bots[person % 2]! // each begins with what it was told itself
      const account = { platform: 'slack', workspace: 'T1', externalId: `U${person}` }
      const who = await bot.store.users.resolve(account, account.externalId)
      const place = { platform: 'slack', workspace: 'T1', channel: `C${person}`, thread: null, isDirect: false }
      const job = await bot.jobs.submit(who, wanted({ limit: 20 }), place)
      await bot.jobs.cancel(who.user.id, job.id)
    }
    const pending = () => runSql(ground.database.url, `select id from outbox where state = 'pending'`)
    await vi.waitFor(async () => expect(await pending()).toEqual([]), SOON)
    const calls = chats.map((chat) => chat.calls.length)
    expect(Math.min(...calls)).toBeGreaterThan(0)
    const sent = calls[0]! + calls[1]!
    expect(sent).toBeGreaterThanOrEqual(24)
    expect((await turn()) - startedAt).toBeGreaterThanOrEqual((sent - 1) * INTERVAL_MS) // each took a turn of its own
  })
})
