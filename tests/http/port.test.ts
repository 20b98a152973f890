import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createHttpApp, type Mount } from '../../src/http/app.ts'
import { mountHealth } from '../../src/http/health.ts'
import { createHttpServer, type HttpServer } from '../../src/http/server.ts'
import { recordEvents } from '../support/house.ts'

let server: HttpServer | undefined
afterEach(() => server?.stop())

async function open(mounts: Mount[], port = 0, host = '127.0.0.1') {
  const { telemetry, events } = recordEvents()
  server = createHttpServer({ http: createHttpApp({ mounts, emit: telemetry.emit }), host, port })
  return { address: await server.start(), events }
}

const well = {
  ...{ checkStore: async () => undefined, troubles: () => new Map<string, string>(), isStopping: () => false },
  workers: (): number | undefined => undefined,
}

describe('the one port', () => {
  test('knows nothing of paths that nobody mounted, and tells no version', async () => {
    const { address } = await open([mountHealth(well)])
    for (const path of ['/', '/admin', '/files/', '/slack/events', '/discord/interactions', '/.env', '//healthz']) {
      const answer = await fetch(address + path)
      expect([path, answer.status, await answer.text()]).toEqual([path, 404, 'not found'])
      expect([...answer.headers.keys()].filter((name) => /server|powered/.test(name))).toEqual([])
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
    expect((await fetch(`${address}/healthz`, { method: 'POST', body: 'x' })).status).toBe(404)
  })

  test('an error tells its id alone; the log has the rest', async () => {
    const fail: Mount = (http) =>
      void http.get('/fail', () => {
        throw new Error('secret')
      })
    const { address, events } = await open([fail])
    const answer = await fetch(`${address}/fail`)
    const text = await answer.text()
    expect(answer.status).toBe(500)
    expect(text).not.toContain('secret')
    expect(events).toMatchObject([{ name: 'fault', facts: { where: 'http' } }])
    expect(text).toContain((events[0]!.facts as { id: string }).id)
  })

  test('a port that is taken is refused with its name', async () => {
    const { address } = await open([])
    const first = server!
    await expect(open([], Number(new URL(address).port))).rejects.toMatchObject({ code: 'port.taken' })
    await first.stop()
  })

  test.each([
    ['an address of another machine', '192.0.2.1', 'EADDRNOTAVAIL'],
    ['a name that nobody knows', 'nowhere.invalid', expect.stringMatching(/^ENOTFOUND|EAI_AGAIN$/)],
    ['no address at all', '::1::', expect.stringMatching(/^ENOTFOUND|EAI_AGAIN$/)],
  ])('a host that is %s is refused with its name and the cause, and is no bug', async (_what, host, cause) => {
    const facts = { host, port: 0, cause }
    await expect(open([], 0, host)).rejects.toMatchObject({ code: 'port.unusable', facts })
  })

  test('headers above 16 KiB are refused', async () => {
    const { address } = await open([mountHealth(well)])
    expect((await fetch(`${address}/healthz`, { headers: { x: 'a'.repeat(20_000) } })).status).toBe(431)
  })

  test('five hundred clients that never finish their headers keep nobody else waiting', async () => {
    const { address } = await open([mountHealth(well)])
    const port = Number(new URL(address).port)
    const slow = Array.from({ length: 500 }, () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ')
      return socket
    })
    await Promise.all(slow.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
    const startedAt = performance.now()
    expect((await fetch(`${address}/healthz`)).status).toBe(200)
    expect(performance.now() - startedAt).toBeLessThan(5_000) // half of what a client has for its headers
    for (const socket of slow) socket.destroy()
  })

  test('a stop ends within its grace though a client never lets go', async () => {
    const { address } = await open([mountHealth(well)])
    const socket = connect(Number(new URL(address).port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n')
    await new Promise((resolve) => socket.once('connect', resolve))
    const startedAt = performance.now()
    await server!.stop()
    expect(performance.now() - startedAt).toBeLessThan(15_000)
    socket.destroy()
  })
})

describe('health', () => {
  test('healthz answers while anything does; readyz while all is well', async () => {
    const { address } = await open([mountHealth(well)])
    expect(await (await fetch(`${address}/healthz`)).text()).toBe('ok')
    const ready = await fetch(`${address}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, problems: [] }])
  })

  test('readyz tells the number of workers where they are counted; without any a bot still answers people', async () => {
    let workers = 2
    const { address } = await open([mountHealth({ ...well, workers: () => workers })])
    const ask = async () => {
      const answer = await fetch(`${address}/readyz`)
      return [answer.status, await answer.json()]
    }
    expect(await ask()).toEqual([200, { ready: true, problems: [], workers: 2 }])
    workers = 0
    expect(await ask()).toEqual([200, { ready: true, problems: [], workers: 0 }])
  })

  test.each([
    [{ troubles: () => new Map([['slack', 'token_revoked']]) }, 'slack: token_revoked'],
    [{ isStopping: () => true }, 'stopping'],
    [{ checkStore: () => Promise.reject(new Error('away')) }, 'storage'],
    [{ checkStore: () => new Promise(() => {}) }, 'storage'],
  ])('readyz is red: %#', async (ill, problem) => {
    const { address } = await open([mountHealth({ ...well, ...ill })])
    const ready = await fetch(`${address}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([503, { ready: false, problems: [problem] }])
    expect((await fetch(`${address}/healthz`)).status).toBe(200)
  })
})
