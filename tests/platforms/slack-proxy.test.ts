import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openSlackHouse, recordingDispatch } from '../support/slack-rig.ts'
import { TEAM, userOf } from '../support/slack-server.ts'
import { until } from '../support/until.ts'

const NAMES = ['HTTPS_PROXY', 'HTTP_PROXY']
const before = NAMES.map((name) => process.env[name])
afterEach(() => {
  for (const [at, name] of NAMES.entries()) {
    if (before[at] === undefined) delete process.env[name]
    else process.env[name] = before[at]
  }
})

/** A proxy that only opens tunnels, and notes them. */
async function openProxy() {
  const tunnels: string[] = []
  const proxy = createServer((_, response) => response.writeHead(405).end())
  proxy.on('connect', (request: IncomingMessage, client) => {
    tunnels.push(request.url!)
    const target = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      target.pipe(client).pipe(target)
    })
    target.on('error', () => client.destroy())
    client.on('error', () => target.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return { proxy, tunnels, url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` }
}

test('calls, uploads, answers and sockets go through HTTPS_PROXY where it is set', async () => {
  const { proxy, tunnels, url } = await openProxy()
  for (const name of NAMES) process.env[name] = url
  const folder = mkdtempSync(join(tmpdir(), 'shopcrawl-proxy-'))
  const house = await openSlackHouse('socket')
  const { dispatch, asked } = recordingDispatch()
  await house.start(dispatch)
  await house.server.command(userOf('minji'), 'C1', 'status')
  await until(() => house.server.ephemerals.length === 1, 'the answer')
  expect(asked).toHaveLength(1)
  const place = { platform: 'slack', workspace: TEAM, channel: 'C1', thread: null, root: '' }
  const path = join(folder, 'a.csv')
  writeFileSync(path, '가,나')
  const file = { path, name: 'a.csv', bytes: 7, contentType: 'text/csv', title: 'a.csv' }
  await house.slack.upload(place, file, { key: 'k', isUncertain: false, signal: AbortSignal.timeout(60_000) })
  expect([...house.server.files.values()].map(({ bytes }) => bytes.toString())).toEqual(['가,나'])
  const host = new URL(house.server.origin).host
  expect(new Set(tunnels)).toEqual(new Set([host]))
  await house.stop()
  proxy.closeAllConnections()
  proxy.close()
  rmSync(folder, { recursive: true, force: true })
})
