import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openRedis, type SharedByRedis } from '../../db/redis/index.ts'
import { systemClock } from '../../src/clock.ts'
import { createTelemetry, type Telemetry } from '../../src/telemetry/log.ts'
import { createSharedLog, SHARED_LINES, type SharedLog } from '../../src/telemetry/shared-log.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { suiteWhere } from '../support/suites.ts'

const SOON = { timeout: 20_000, interval: 10 }

interface Process {
  telemetry: Telemetry
  log: SharedLog
}

suiteWhere(hasRedis, 'redis-server', 'the log of all processes', () => {
  let redis: TestRedis
  let opened: { shared: SharedByRedis; log: SharedLog }[]

  beforeEach(async () => {
    redis = await startRedis()
    opened = []
  })
  afterEach(async () => {
    redis.thaw()
    for (const { shared, log } of opened) {
      await log.close()
      await shared.close()
    }
    await redis.stop()
  })

  const start = async (process: string): Promise<Process> => {
    const telemetry = createTelemetry({
      level: 'debug',
      destination: { write: () => undefined },
      secrets: ['known-secret-token'],
    })
    const shared = openRedis({ url: redis.url, clock: systemClock, emit: telemetry.emit })
    const log = createSharedLog({ log: telemetry, stream: shared.logs, process })
    opened.push({ shared, log })
    await vi.waitFor(() => shared.budget.pause('probe', 1), SOON)
    return { telemetry, log }
  }
  /** What a reader sees: what was there, then what comes. */
  const read = async ({ log }: Process) => {
    const coming: string[] = []
    const { lines, leave } = await log.open((line) => coming.push(line))
    const all = () => [...lines, ...coming].map((line) => JSON.parse(line) as { process: string; msg: string })
    const told = () => all().map(({ process, msg }) => `${process}: ${msg}`)
    return { told, all, leave }
  }

  test('a reader sees the lines of every process, those that were there and those that come, each once', async () => {
    const [bot, worker] = [await start('bot a:1'), await start('worker b:2')]
    worker.telemetry.log('info', 'before')
    bot.telemetry.log('info', 'own before')
    await vi.waitFor(async () => expect(await redis.look.xlen('shopcrawl:log')).toBe(2), SOON)
    const reader = await read(bot)
    const second = await read(bot)
    worker.telemetry.log('warn', 'after')
    bot.telemetry.log('info', 'own after')
    const expected = ['bot a:1: own after', 'bot a:1: own before', 'worker b:2: after', 'worker b:2: before']
    await vi.waitFor(() => expect([...reader.told()].sort()).toEqual(expected), SOON)
    await vi.waitFor(() => expect([...second.told()].sort()).toEqual(expected), SOON)
    reader.leave()
    worker.telemetry.log('info', 'last')
    await vi.waitFor(() => expect(second.told()).toContain('worker b:2: last'), SOON)
    expect(reader.told()).not.toContain('worker b:2: last')
    second.leave()
  })
  test('what is secret or a person’s is in no line that leaves the process', async () => {
    const worker = await start('worker')
    worker.telemetry.log('info', 'known-secret-token in a text', {
      words: '비밀스러운 말',
      token: 'abc',
      url: 'https://user:pass@shop.test/?q=secret',
    })
    await vi.waitFor(async () => expect(await redis.look.xlen('shopcrawl:log')).toBe(1), SOON)
    const kept = JSON.stringify(await redis.look.xrange('shopcrawl:log', '-', '+'))
    for (const secret of ['known-secret-token', '비밀', 'abc', 'pass@', 'q=secret']) expect(kept).not.toContain(secret)
  })
  test('Redis keeps about the newest thousand lines, and forgets them when nobody adds any', async () => {
    const worker = await start('worker')
    for (let line = 0; line < 3_000; line += 1) {
      worker.telemetry.log('info', `line ${line}`)
      if (line % 500 === 499) await vi.waitFor(async () => expect(await newest(redis)).toContain(`line ${line}`), SOON)
    }
    expect(await redis.look.xlen('shopcrawl:log')).toBeLessThan(SHARED_LINES + 200) // ~: whole nodes of a stream go
    expect(await redis.look.pttl('shopcrawl:log')).toBeGreaterThan(23 * 3_600_000)
  })
  test('while Redis is away or frozen nothing waits for it, a reader sees the own lines, and later those of the others', async () => {
    const [bot, worker] = [await start('bot'), await start('worker')]
    await redis.kill()
    const startedAt = performance.now()
    for (let line = 0; line < 5_000; line += 1) worker.telemetry.log('info', `while away ${line}`)
    expect(performance.now() - startedAt).toBeLessThan(5_000) // hang detector: writing a line waits for nobody
    const reader = await read(bot)
    bot.telemetry.log('info', 'own')
    expect(reader.told()).toContain('bot: own')
    await redis.restart()
    await vi.waitFor(() => expect(reader.told()).toContain('worker: while away 4999'), SOON)
    redis.freeze()
    bot.telemetry.log('info', 'own while frozen')
    worker.telemetry.log('info', 'while frozen')
    expect(reader.told()).toContain('bot: own while frozen')
    redis.thaw()
    await vi.waitFor(() => expect(reader.told()).toContain('worker: while frozen'), SOON)
    reader.leave()
  })
  test('what somebody else writes into the stream shows as no more than a line of its process', async () => {
    const bot = await start('bot')
    const reader = await read(bot)
    for (const line of [
      '',
      '{',
      'null',
      '[]',
      '"x"',
      '{"msg":"no time"}',
      `{"time":"2026","msg":"${'x'.repeat(20_000)}"}`,
    ]) {
      await redis.look.xadd('shopcrawl:log', '*', 'process', 'foreign', 'line', line)
    }
    await redis.look.xadd('shopcrawl:log', '*', 'other', 'fields')
    await redis.look.xadd(
      'shopcrawl:log',
      '*',
      'process',
      'foreign',
      'line',
      '{"time":"2026","msg":"a","process":"bot"}',
    )
    await vi.waitFor(() => expect(reader.told()).toContain('foreign: a'), SOON)
    expect(reader.all()).toHaveLength(1)
    reader.leave()
  })
  test('a process that ends sends its last lines', async () => {
    const worker = await start('worker')
    worker.telemetry.log('info', 'the last')
    await worker.log.close()
    expect(await newest(redis)).toContain('the last')
  })
})

const newest = async ({ look }: TestRedis): Promise<string> =>
  JSON.stringify(await look.xrevrange('shopcrawl:log', '+', '-', 'COUNT', 1))
