import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answered, createCrowd, wordsOf } from '../support/discord-rig.ts'
import { type DiscordServer, openDiscordServer, TOKEN } from '../support/discord-server.ts'
import { openTunnelProxy } from '../support/tunnel-proxy.ts'
import { until } from '../support/until.ts'

const PROGRAM = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url))
const minji = createCrowd()('minji')

let server: DiscordServer
let child: ChildProcess
let folder: string

beforeEach(async () => {
  server = await openDiscordServer()
})
afterEach(async () => {
  child.kill('SIGKILL')
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** @returns what it says, and how it ends */
async function startService(env: Record<string, string> = {}) {
  folder = mkdtempSync(join(tmpdir(), 'shopcrawl-start-'))
  const settings = { DATA_DIR: folder, PORT: '0', DISCORD_TOKEN: TOKEN, DISCORD_API_URL: server.url, ...env }
  child = spawn(process.execPath, [PROGRAM, 'start'], {
    cwd: folder,
    env: { PATH: process.env.PATH, LANG: 'ko_KR.UTF-8', ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  child.stderr!.on('data', (piece) => (text += piece))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await until(() => /http:\/\/127\.0\.0\.1:\d+/.test(text) || child.exitCode !== null, 'the address')
  return { said: () => text, ended, address: /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '' }
}

const isReady = async (address: string) => (await fetch(`${address}/readyz`)).status === 200

test('npm start with a token answers commands, tells the invite link, is ready, and ends cleanly', async () => {
  const { said, ended, address } = await startService()
  await until(() => isReady(address), 'readiness')
  expect(said()).toContain('discord')
  expect(said()).toContain('https://discord.com/oauth2/authorize?client_id=')
  expect(wordsOf(await answered(server.command(minji, 'sites')))).toContain('SSG')
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(said()).not.toContain(TOKEN)
})

test('a Discord that is away at the start keeps nothing else from running, and readyz tells it', async () => {
  server.fail({ path: /gateway/, status: 503, times: 3 })
  const { address } = await startService()
  const told = async () => (await fetch(`${address}/readyz`)).text()
  await until(async () => (await told()).includes('discord: '), 'the red light')
  expect((await fetch(`${address}/healthz`)).status).toBe(200)
  await until(() => isReady(address), 'readiness')
})

test('a token that Discord refuses keeps the program running, and readyz says so', async () => {
  server.state.token = 'another'
  const { ended, address } = await startService()
  await until(async () => (await (await fetch(`${address}/readyz`)).text()).includes('token'), 'the red light')
  expect((await fetch(`${address}/healthz`)).status).toBe(200)
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})

test('REST calls go through HTTPS_PROXY where it is set', async () => {
  const proxy = await openTunnelProxy()
  const { address } = await startService({ HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url })
  await until(() => isReady(address), 'readiness')
  expect(wordsOf(await answered(server.command(minji, 'sites')))).toContain('SSG')
  expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(server.url).host]))
  proxy.close()
})
