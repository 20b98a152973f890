import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type CliRun, startCli, waitFor } from '../support/cli.ts'
import { visibleText } from '../support/slack-blocks.ts'
import { APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer, userOf } from '../support/slack-server.ts'

const MINJI = userOf('minji')

let server: SlackServer
let run: CliRun
let folder: string

afterEach(async () => {
  await run.kill()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** @returns where the service listens */
async function startService(env: Record<string, string>): Promise<string> {
  folder = mkdtempSync(join(tmpdir(), 'shopcrawl-start-'))
  const settings = { DATA_DIR: folder, PORT: '0', SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_API_URL: server.apiUrl, ...env }
  run = startCli(['start'], { env: settings, cwd: folder })
  await run.tells('http://127.0.0.1:')
  return /http:\/\/127\.0\.0\.1:\d+/.exec(run.stderr())![0]
}

async function endsWell(): Promise<void> {
  run.process.kill('SIGTERM')
  expect((await run.ended).code).toBe(0)
  for (const secret of [BOT_TOKEN, APP_TOKEN, SIGNING_SECRET]) expect(run.stderr()).not.toContain(secret)
}

test('npm start with Slack’s signing secret answers /slack/events, is ready, and ends cleanly', async () => {
  server = await new SlackServer().start()
  const address = await startService({ SLACK_SIGNING_SECRET: SIGNING_SECRET })
  await waitFor(async () => (await fetch(`${address}/readyz`)).status === 200, 'readiness')
  server.mode = { kind: 'http', url: `${address}/slack/events` }
  expect((await server.command(MINJI, 'C1', 'sites')).status).toBe(200)
  await waitFor(() => server.ephemerals.length === 1, 'the answer')
  expect(visibleText(server.ephemerals[0]!.blocks)).toContain('SSG')
  await endsWell()
})

test('a token that Slack refuses keeps the program running, and readyz says so', async () => {
  server = await new SlackServer().start()
  server.failAll((method) => (method === 'auth.test' ? { error: 'token_revoked' } : undefined))
  const address = await startService({ SLACK_APP_TOKEN: APP_TOKEN })
  const readyz = async () => (await fetch(`${address}/readyz`)).text()
  await waitFor(async () => (await readyz()).includes('token_revoked'), 'the red light')
  expect((await fetch(`${address}/healthz`)).status).toBe(200)
  expect(run.stderr()).toContain('token_revoked')
  await endsWell()
})
