import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { visibleText } from '../support/slack-blocks.ts'
import { APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer, userOf } from '../support/slack-server.ts'
import { until } from '../support/until.ts'

const PROGRAM = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url))
const MINJI = userOf('minji')

let server: SlackServer
let child: ChildProcess
let folder: string

afterEach(async () => {
  child.kill('SIGKILL')
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function startService(env: Record<string, string>): Promise<{ said(): string; ended: Promise<number | null> }> {
  folder = mkdtempSync(join(tmpdir(), 'shopcrawl-start-'))
  const settings = { DATA_DIR: folder, PORT: '0', SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_API_URL: server.apiUrl, ...env }
  child = spawn(process.execPath, [PROGRAM, 'start'], {
    cwd: folder,
    env: { PATH: process.env.PATH, LANG: 'ko_KR.UTF-8', ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  child.stderr!.on('data', (piece) => (text += piece))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await until(() => /http:\/\/127\.0\.0\.1:\d+/.test(text) || child.exitCode !== null, 'the address')
  return { said: () => text, ended }
}

const addressIn = (text: string): string => /http:\/\/127\.0\.0\.1:\d+/.exec(text)![0]

test('npm start with Slack’s signing secret answers /slack/events, is ready, and ends cleanly', async () => {
  server = await new SlackServer().start()
  const { said, ended } = await startService({ SLACK_SIGNING_SECRET: SIGNING_SECRET })
  const address = addressIn(said())
  expect(said()).toContain('slack')
  await until(async () => (await fetch(`${address}/readyz`)).status === 200, 'readiness')
  server.mode = { kind: 'http', url: `${address}/slack/events` }
  const { status } = await server.command(MINJI, 'C1', 'sites')
  expect(status).toBe(200)
  await until(() => server.ephemerals.length === 1, 'the answer')
  expect(visibleText(server.ephemerals[0]!.blocks)).toContain('SSG')
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  for (const secret of [BOT_TOKEN, SIGNING_SECRET]) expect(said()).not.toContain(secret)
})

test('a token that Slack refuses keeps the program running, and readyz says so', async () => {
  server = await new SlackServer().start()
  server.failAll((method) => (method === 'auth.test' ? { error: 'token_revoked' } : undefined))
  const { said, ended } = await startService({ SLACK_APP_TOKEN: APP_TOKEN })
  const readyz = async () => (await fetch(`${addressIn(said())}/readyz`)).text()
  await until(async () => (await readyz()).includes('token_revoked'), 'the red light')
  expect((await fetch(`${addressIn(said())}/healthz`)).status).toBe(200)
  expect(said()).toContain('token_revoked')
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})
