import { OpenAPIHono } from '@hono/zod-openapi'
import { expect, test, vi } from 'vitest'
import type { AdminEnv } from '../../src/admin/env.ts'
import { BUFFER_MAX_BYTES, LIVE_READERS } from '../../src/admin/limits.ts'
import { addLiveLogs } from '../../src/admin/live-logs.ts'
import { aborted } from '../../src/clock.ts'
import { Refusal } from '../../src/errors.ts'
import { createTelemetry } from '../../src/telemetry/log.ts'
import { createSharedLog, type LogStream } from '../../src/telemetry/shared-log.ts'

/** Hang detector: far above what it takes on a busy machine. */
const SOON = { timeout: 60_000 }

/** Live logs over a stream of all processes whose lines are not there before `arrive()`. */
function openLiveLogs(changes: Partial<LogStream> = {}) {
  const log = createTelemetry({ level: 'debug', destination: { write: () => undefined } })
  let followers = 0
  const arriving = new AbortController()
  const stream = {
    append: async () => undefined,
    follow: () => {
      followers += 1
      return { caughtUp: aborted(arriving.signal), stop: () => void followers-- }
    },
    ...changes,
  }
  const app = new OpenAPIHono<AdminEnv>()
  addLiveLogs(app, {
    log: createSharedLog({ log, stream, process: 'one' }),
    gate: { look: async () => ({ kind: 'in', actor: { role: 'viewer', way: 'program', address: '::1' } }) },
    isStopping: () => false,
    emit: log.emit,
  })
  return { app, log, arrive: () => arriving.abort(), followers: () => followers }
}

test('readers who leave before the first lines are there hold no place and follow nothing', async () => {
  const { app, arrive, followers } = openLiveLogs()
  for (let reader = 0; reader < LIVE_READERS; reader++) {
    const answer = await app.request('/logs')
    expect(answer.status).toBe(200)
    await answer.body?.cancel()
  }
  arrive()
  await expect.poll(followers, SOON).toBe(0)
  const next = await app.request('/logs')
  expect(next.status).toBe(200)
  await next.body?.cancel()
})

test('a reader who stops reading is cut off once too much waits for them', async () => {
  const { app, log, arrive, followers } = openLiveLogs()
  arrive()
  const { body } = await app.request('/logs')
  await expect.poll(followers, SOON).toBe(1)
  const facts = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`fact${at}`, 'x'.repeat(100)]))
  for (let bytes = 0; bytes < 2 * BUFFER_MAX_BYTES; bytes += log.recent().at(-1)!.length) {
    log.log('info', 'x', facts)
    await new Promise((resolve) => setImmediate(resolve)) // it is taken, and written as far as that goes
  }
  await expect.poll(followers, SOON).toBe(0)
  await body?.cancel()
})

test('an error goes into the log alone, cleaned as all that goes there; trouble that passes is no bug', async () => {
  const written = vi.spyOn(console, 'error')
  const errors: Error[] = [new TypeError('a bug'), new Refusal('store.unreachable', { server: 'db' })]
  const { app, log } = openLiveLogs({
    follow: () => {
      throw errors.shift()
    },
  })
  for (let reader = 0; reader < 2; reader++) expect(await (await app.request('/logs')).text()).toBe('')
  const events = log.recent().map((line) => JSON.parse(line) as { event: string })
  expect(events).toMatchObject([{ event: 'fault', where: 'admin/live', error: { message: 'a bug' } }])
  expect(written).not.toHaveBeenCalled()
  written.mockRestore()
})
