import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { HttpServer } from '../../src/http/server.ts'
import { createTelemetry } from '../../src/telemetry/log.ts'
import { VIEWER_TOKEN } from '../support/admin-rig.ts'
import { CONSOLE_PLACE, wanted } from '../support/house.ts'
import { hasPostgres } from '../support/postgres.ts'
import { hasRedis } from '../support/redis.ts'
import { openSharedGround, type SharedGround } from '../support/shared-house.ts'
import { suiteWhere } from '../support/suites.ts'

const SOON = { timeout: 60_000, interval: 50 }

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'live logs of several processes', () => {
  let ground: SharedGround
  let server: HttpServer | undefined

  beforeEach(async () => {
    ground = await openSharedGround({ products: 200, pageBytes: 20_000 })
  })
  afterEach(async () => {
    await server?.stop()
    await ground.close()
  })

  test('the page of a bot shows what a worker does, by its name; filters hold for its lines too', async () => {
    const telemetry = createTelemetry({ level: 'info', destination: { write: () => undefined } })
    const house = await ground.open({ telemetry, platforms: [] }, { ROLE: 'bot' })
    const ending = new AbortController()
    server = house.createServer({ mounts: [], troubles: () => new Map(), isStopping: () => ending.signal.aborted })
    const address = await server.start()
    const worker = await ground.startWorker({ CRAWL_RATE: '1000' })
    /** The lines of a live view, as they come. */
    const follow = async (query: string) => {
      const lines: Record<string, string>[] = []
      const answer = await fetch(`${address}/admin/logs?${query}`, {
        headers: { authorization: `Bearer ${VIEWER_TOKEN}` },
        signal: ending.signal,
      })
      const read = async () => {
        let text = ''
        for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
          text += chunk
          const events = text.split('\n\n')
          text = events.pop()!
          for (const event of events) {
            const data = /^event: line\ndata: (.*)$/m.exec(event)?.[1]
            if (data) lines.push(JSON.parse(data))
          }
        }
      }
      read().catch(() => undefined) // it is cut off at the end
      return lines
    }
    const all = await follow('')
    const who = await house.store.users.resolve({ platform: 'console', workspace: '', externalId: 'minji' }, 'minji')
    const other = await house.store.users.resolve({ platform: 'console', workspace: '', externalId: 'jun' }, 'jun')
    const job = await house.jobs.submit(who, wanted({ limit: 20 }), CONSOLE_PLACE)
    await house.jobs.submit(other, wanted({ limit: 20 }), CONSOLE_PLACE)
    const [hers, warnings] = [await follow(`job=${job.id}`), await follow('level=error')]
    await vi.waitFor(() => expect(hers.map(({ event }) => event)).toContain('job.ended'), SOON)
    await vi.waitFor(() => expect(all.filter(({ event }) => event === 'job.ended')).toHaveLength(2), SOON)
    const processes = new Map(all.map(({ event, process }) => [event, process]))
    expect(processes.get('job.submitted')).toMatch(new RegExp(`^bot .+:${process.pid}$`))
    expect(processes.get('job.ended')).toMatch(new RegExp(`^worker .+:${worker.process.pid}$`))
    expect(new Set(hers.map((line) => line.job))).toEqual(new Set([job.id]))
    expect(warnings).toEqual([])
    const own = await follow(`process=${encodeURIComponent(processes.get('job.ended')!)}`)
    await vi.waitFor(() => expect(own.map(({ event }) => event)).toContain('job.ended'), SOON)
    expect(new Set(own.map((line) => line.process)).size).toBe(1)
    ending.abort()
  })
})
