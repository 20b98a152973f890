import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { slackSettings, slackSettingsOf } from '../../adapters/slack/config.ts'
import { manifestText, SCOPES, slackManifest } from '../../adapters/slack/manifest.ts'
import { COMMANDS } from '../../src/commands/table.ts'
import { loadConfig } from '../../src/config.ts'
import type { Refusal } from '../../src/errors.ts'

const load = (env: Record<string, string>) => loadConfig(env, ['ssg'], { slack: slackSettings })
const mistakesOf = (env: Record<string, string>) => {
  try {
    load(env)
    return []
  } catch (error) {
    return (error as Refusal<'config.invalid'>).facts.mistakes
  }
}

const BOT = { SLACK_BOT_TOKEN: 'xoxb-1-2-abcdef' }

describe('Slack’s settings', () => {
  test('without a token there is no Slack', () => {
    expect(slackSettingsOf(load({}).config.platforms.slack)).toBeUndefined()
  })

  test('an app token means socket mode, a signing secret HTTP', () => {
    const socket = slackSettingsOf(load({ ...BOT, SLACK_APP_TOKEN: 'xapp-1-A-2-b' }).config.platforms.slack)
    expect(socket).toMatchObject({ appToken: 'xapp-1-A-2-b', signingSecret: null, apiUrl: 'https://slack.com/api/' })
    const http = slackSettingsOf(load({ ...BOT, SLACK_SIGNING_SECRET: '0123456789abcdef' }).config.platforms.slack)
    expect(http).toMatchObject({ appToken: null, channels: [] })
  })

  test('another API root gets its final slash, channels are ids', () => {
    const more = {
      SLACK_SIGNING_SECRET: '0123456789',
      SLACK_API_URL: 'http://127.0.0.1:1/api',
      SLACK_CHANNELS: 'C1AB, G2CD',
    }
    expect(slackSettingsOf(load({ ...BOT, ...more }).config.platforms.slack)).toMatchObject({
      apiUrl: 'http://127.0.0.1:1/api/',
      channels: ['C1AB', 'G2CD'],
    })
  })

  test.each([
    [BOT, 'SLACK_BOT_TOKEN', 'needs'],
    [{ SLACK_APP_TOKEN: 'xapp-1-A-2-b' }, 'SLACK_APP_TOKEN', 'needs'],
    [{ SLACK_BOT_TOKEN: 'xapp-1-2-abcdef', SLACK_SIGNING_SECRET: '0123456789' }, 'SLACK_BOT_TOKEN', 'token'],
    [{ ...BOT, SLACK_APP_TOKEN: 'xoxb-1-A-2-b' }, 'SLACK_APP_TOKEN', 'token'],
    [{ ...BOT, SLACK_SIGNING_SECRET: '0123456789', SLACK_API_URL: 'ftp://x' }, 'SLACK_API_URL', 'url'],
    [{ ...BOT, SLACK_SIGNING_SECRET: '0123456789', SLACK_CHANNELS: '#general' }, 'SLACK_CHANNELS', 'list'],
    [{ SLACK_BOT_TOKNE: 'xoxb-1-2-abcdef' }, 'SLACK_BOT_TOKNE', 'unknown'],
  ])('%o is a mistake of %s', (env, name, problem) => {
    const mistakes = mistakesOf(env as Record<string, string>)
    expect(mistakes).toContainEqual(expect.objectContaining({ name, problem }))
    expect(JSON.stringify(mistakes)).not.toContain('abcdef')
  })
})

describe('the manifests in the repository', () => {
  test.each([
    ['socket', 'manifest.json'],
    ['http', 'manifest.http.json'],
  ] as const)('%s: %s is what the command table gives (npm run manifests writes it)', (mode, file) => {
    const path = fileURLToPath(new URL(`../../adapters/slack/${file}`, import.meta.url))
    expect(readFileSync(path, 'utf8')).toBe(manifestText(COMMANDS, mode))
  })

  test('ask for no scope without a reason, and keep Slack’s lengths', () => {
    const manifest = slackManifest(COMMANDS, 'http') as unknown as {
      display_information: { name: string; description: string; long_description: string }
      features: { slash_commands: { usage_hint: string }[] }
      oauth_config: { scopes: { bot: string[] } }
    }
    expect(manifest.oauth_config.scopes.bot).toEqual(Object.keys(SCOPES))
    expect(Object.values(SCOPES).every((reason) => reason.length > 0)).toBe(true)
    const { name, description, long_description } = manifest.display_information
    expect(name.length).toBeLessThanOrEqual(35)
    expect(description.length).toBeLessThanOrEqual(140)
    expect(long_description.length).toBeGreaterThanOrEqual(174)
    const hint = manifest.features.slash_commands[0]!.usage_hint
    for (const { name: command, isInternal } of COMMANDS.slice(1)) if (!isInternal) expect(hint).toContain(command)
  })
})
