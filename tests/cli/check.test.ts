import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SCOPES } from '../../adapters/slack/manifest.ts'
import { type CliEnd, type CliRun, runCli, startCli, waitFor } from '../support/cli.ts'
import { type DiscordServer, GUILD, openDiscordServer, TOKEN } from '../support/discord-server.ts'
import { freePort } from '../support/free-port.ts'
import { hasPostgres, makeDatabase } from '../support/postgres.ts'
import { hasRedis, startRedis } from '../support/redis.ts'
import { openShopServer, type ShopServer, textFile } from '../support/shop-server.ts'
import { APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer } from '../support/slack-server.ts'
import { suiteWhere } from '../support/suites.ts'
import { openTunnelProxy } from '../support/tunnel-proxy.ts'

const INWARD = new URL('../support/children/inward-name.mjs', import.meta.url).href
const NAT64 = new URL('../support/children/nat64.mjs', import.meta.url).href

let folder: string
let dataDir: string
let shop: ShopServer
let slack: SlackServer
let discord: DiscordServer
let service: CliRun | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shopcrawl-check-'))
  dataDir = join(folder, 'data')
  mkdirSync(dataDir, { mode: 0o700 })
  shop = await openShopServer()
  slack = await new SlackServer().start()
  discord = await openDiscordServer()
})
afterEach(async () => {
  await service?.kill()
  service = undefined
  await Promise.all([shop.close(), slack.stop(), discord.stop()])
  rmSync(folder, { recursive: true, force: true })
})

const inSocketMode = () => ({ SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_APP_TOKEN: APP_TOKEN, SLACK_API_URL: slack.apiUrl })
const overHttp = () => ({
  SLACK_BOT_TOKEN: BOT_TOKEN,
  SLACK_SIGNING_SECRET: SIGNING_SECRET,
  SLACK_API_URL: slack.apiUrl,
})
const onDiscord = () => ({ DISCORD_TOKEN: TOKEN, DISCORD_API_URL: discord.url })

const settings = (more: NodeJS.Dict<string>): NodeJS.Dict<string> => ({
  ...{ DATA_DIR: dataDir, PORT: '0', LANG: 'en_US.UTF-8', CRAWL_ALLOW_ADDRESSES: shop.address, CRAWL_RATE: '1000' },
  ...{ SITE_SSG_URL: shop.origin, SITE_SHINSEGAE_URL: shop.origin, SITE_SAMSUNG_URL: shop.origin },
  ...more,
})

/** Runs the check to its end; nothing secret may stand in what it says. */
async function check(
  more: NodeJS.Dict<string> = {},
  options: { node?: string[]; uid?: number } = {},
): Promise<CliEnd & { lines: string[] }> {
  const end = await runCli(['check'], { env: settings(more), cwd: folder, ...options })
  for (const secret of [BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, TOKEN]) {
    expect(end.stdout + end.stderr).not.toContain(secret)
  }
  return { ...end, lines: end.stdout.trimEnd().split('\n') }
}

const told = (lines: string[], mark: string) => lines.filter((line) => line.startsWith(`${mark} `)).join('\n')

describe('a configuration in which all is well', () => {
  test('ends with 0, one line each, and starts, registers and stores nothing', async () => {
    const { code, lines, stderr } = await check({ ...inSocketMode(), ...onDiscord() })
    expect(told(lines, '✗')).toBe('')
    expect(code, stderr).toBe(0)
    const passes = told(lines, '✓')
    for (const part of ['DATA_DIR', 'workspace test', 'all scopes', 'socket mode', 'application shopcrawl'])
      expect(passes).toContain(part)
    for (const part of ['Guilds, GuildMessages, DirectMessages', 'gateway', 'SSG.COM: robots.txt', 'The clock agrees'])
      expect(passes).toContain(part)
    expect(told(lines, '·')).toMatch(/Limits: 1,000 requests a second[\s\S]*Limits of one person: 1 job/)
    expect(told(lines, '·')).toContain(`SSG.COM is asked at ${shop.origin} (SITE_SSG_URL)`)
    expect(told(lines, '!')).toContain('/crawl is not registered yet')
    expect(lines.at(-1)).toBe('0 failures, 1 warning.')
    expect(discord.calls.map(({ method }) => method)).not.toContain('PUT')
    expect(discord.sessions.size + slack.opened).toBe(0)
    expect(readdirSync(dataDir)).toEqual([])
  })

  test('speaks Korean in a Korean terminal', async () => {
    const { code, stdout } = await check({ ...inSocketMode(), LANG: 'ko_KR.UTF-8' })
    expect(code).toBe(0)
    expect(stdout).toContain('Slack: 필요한 권한(scope)이 모두 있습니다.')
    expect(stdout).toContain('robots.txt가 수집을 허용합니다')
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('모두 정상입니다.')
  })

  test('without a chat platform warns, and ends with 0', async () => {
    const { code, lines } = await check()
    expect(told(lines, '!')).toContain('SLACK_BOT_TOKEN or DISCORD_TOKEN')
    expect(code).toBe(0)
  })
})

test('wrong settings end with 2 before anything is asked', async () => {
  const { code } = await check({ ...inSocketMode(), CRAWL_RATE: 'fast' })
  expect(code).toBe(2)
  expect(slack.calls).toEqual([])
})

describe('Slack', () => {
  test('a refused bot token and a refused app token each say where to get another', async () => {
    slack.failNext('auth.test', { error: 'invalid_auth' })
    slack.failNext('apps.connections.open', { error: 'not_allowed_token_type' })
    const { code, lines } = await check(inSocketMode())
    expect(code).toBe(1)
    expect(told(lines, '✗')).toMatch(/SLACK_BOT_TOKEN is refused \(invalid_auth\)[\s\S]*SLACK_APP_TOKEN is refused/)
    expect(lines.at(-1)).toBe('2 failures, 0 warnings.')
  })

  test('a missing scope fails and is named; one that nobody uses is a warning', async () => {
    slack.scopes = [...Object.keys(SCOPES).filter((scope) => scope !== 'files:write'), 'channels:manage']
    const { code, lines } = await check(inSocketMode())
    expect(code).toBe(1)
    expect(told(lines, '✗')).toContain('missing: files:write.')
    expect(told(lines, '!')).toContain('not used: channels:manage.')
  })

  test('over HTTP a signed request must reach the running service by PUBLIC_URL', { timeout: 400_000 }, async () => {
    const port = await freePort()
    const http = { ...overHttp(), PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` }
    const before = await check(http)
    expect(told(before.lines, '!')).toMatch(/signed request to .* is not accepted \(ECONNREFUSED\)/)
    expect(told(before.lines, '!')).toContain('Start it, then check again')

    service = startCli(['start'], { env: settings(http), cwd: folder })
    await waitFor(
      async () =>
        await fetch(`${http.PUBLIC_URL}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      'readiness',
    )
    const running = await check(http)
    expect(told(running.lines, '✓')).toContain(`a signed request reaches ${http.PUBLIC_URL}/slack/events`)
    expect(told(running.lines, '!')).toContain('without https')
    expect(running.code).toBe(0)

    const forged = await check({ ...http, SLACK_SIGNING_SECRET: 'another-secret' })
    expect(told(forged.lines, '✗')).toContain('refuses the signature')
    expect(forged.code).toBe(1)
  })
})

describe('Discord', () => {
  test('a refused token says where to get another', async () => {
    discord.state.token = 'another'
    const { code, lines } = await check(onDiscord())
    expect(code).toBe(1)
    expect(told(lines, '✗')).toContain('DISCORD_TOKEN is refused')
  })

  test('a bot that anybody may invite is a warning, unless the servers are listed', async () => {
    discord.state.application.bot_public = true
    const open = await check(onDiscord())
    expect(told(open.lines, '!')).toContain('anybody can put this bot into a server of theirs')
    const listed = await check({ ...onDiscord(), DISCORD_GUILDS: GUILD })
    expect(told(listed.lines, '!')).not.toContain('anybody')
    expect(told(listed.lines, '·')).toContain('only those of DISCORD_GUILDS')
  })

  test('privileged intents that nobody needs, a missing permission and a missing server are told', async () => {
    discord.state.application.flags = 1 << 19
    discord.state.servers[0]!.permissions = String((2n ** 50n - 1n) & ~(1n << 3n) & ~(1n << 35n)) // neither an administrator nor public threads
    const { code, lines } = await check({ ...onDiscord(), DISCORD_GUILDS: `${GUILD},1999999999999999999` })
    expect(code).toBe(1)
    expect(told(lines, '·')).toContain('not used: MessageContent')
    expect(told(lines, '✗')).toContain('in the server test the bot lacks CreatePublicThreads')
    expect(told(lines, '✗')).toContain('not in the server 1999999999999999999')
    expect(told(lines, '✗')).toContain('https://discord.com/oauth2/authorize?client_id=')
  })

  test('commands that the service has registered pass', async () => {
    service = startCli(['start'], { env: settings(onDiscord()), cwd: folder })
    await waitFor(() => discord.commands.size > 0, 'the commands')
    const { code, lines } = await check(onDiscord())
    expect(code).toBe(0)
    expect(told(lines, '✓')).toContain('/crawl is registered as this version knows it')
  })
})

describe('the shops', () => {
  test('a robots.txt that forbids is told with ROBOTS_PERMISSION, and a permission that was given too', async () => {
    shop.route({ '/robots.txt': textFile('User-agent: *\nDisallow: /') })
    const { code, lines } = await check({ ...inSocketMode(), ROBOTS_PERMISSION: 'samsung' })
    expect(code).toBe(0)
    expect(told(lines, '!')).toMatch(/SSG\.COM: robots\.txt of .* forbids its lists.*set ROBOTS_PERMISSION=ssg\./)
    expect(told(lines, '!')).toContain('ROBOTS_PERMISSION=shinsegae')
    expect(told(lines, '✓')).toContain('with its owner’s permission')
  })

  test('a robots.txt that forbids the search alone says so, and a Crawl-delay is told', async () => {
    shop.route({ '/robots.txt': textFile('User-agent: *\nCrawl-delay: 3\nDisallow: /search.ssg') })
    const { lines } = await check(inSocketMode())
    expect(told(lines, '!')).toContain('forbids its search')
    expect(told(lines, '✓')).toContain('with 3 seconds between requests')
  })

  test('a shop that cannot be reached fails', async () => {
    const port = await freePort()
    const away = {
      SITE_SSG_URL: `http://127.0.0.1:${port}`,
      CRAWL_ALLOW_ADDRESSES: `${shop.address},127.0.0.1:${port}`,
    }
    const { code, lines } = await check({ ...inSocketMode(), ...away })
    expect(code).toBe(1)
    expect(told(lines, '✗')).toMatch(/^✗ SSG\.COM: /m)
  })
})

describe('the machine', () => {
  test('a clock that is more than five minutes off fails, and says in which direction', async () => {
    slack.skewMs = -400_000
    shop.route({
      '/robots.txt': (_, response) =>
        response.writeHead(404, { date: new Date(Date.now() - 400_000).toUTCString() }).end(),
    })
    const { code, lines } = await check(inSocketMode())
    expect(code).toBe(1)
    expect(told(lines, '✗')).toMatch(/clock is (399|400|401|402) seconds ahead of/)
  })

  test.each([
    ['2a00:db8:64::', '!', 'prefix of its own (2a00:db8:64::/96)'],
    ['64:ff9b::', '!', 'Crawls refuse such addresses'],
  ])('a NAT64 with the prefix %s is told', async (prefix, mark, part) => {
    const { code, lines } = await check({ ...inSocketMode(), NAT64_PREFIX: prefix }, { node: ['--import', NAT64] })
    expect(told(lines, mark)).toContain(part)
    expect(code).toBe(0)
  })

  test('a proxy is told, with what does not go through it and without its password', async () => {
    const proxy = await openTunnelProxy()
    const withPassword = proxy.url.replace('//', '//kim:hunter2@')
    const { lines, stdout } = await check({ ...onDiscord(), HTTPS_PROXY: withPassword, HTTP_PROXY: withPassword })
    proxy.close()
    expect(told(lines, '!')).toContain('Discord’s gateway and crawls go direct')
    expect(stdout).not.toContain('hunter2')
    expect(proxy.tunnels.length).toBeGreaterThan(0)
  })

  test('a DATA_DIR that others may read is a warning, and the folder is left as it was', async () => {
    writeFileSync(join(dataDir, 'note'), '')
    chmodSync(join(dataDir, 'note'), 0o644)
    chmodSync(dataDir, 0o755)
    const { lines } = await check(inSocketMode())
    expect(told(lines, '!')).toContain(`chmod -R go-rwx ${dataDir}`)
  })

  test('a PUBLIC_URL at which something else answers while the service runs fails', async () => {
    const port = await freePort()
    const env = { ...onDiscord(), PORT: String(port), PUBLIC_URL: shop.origin }
    service = startCli(['start'], { env: settings(env), cwd: folder })
    await waitFor(
      async () =>
        await fetch(`http://127.0.0.1:${port}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      'the port',
    )
    const { code, lines } = await check(env)
    expect(code).toBe(1)
    expect(told(lines, '✗')).toContain('it is not this service')
  })
})

suiteWhere(hasPostgres && hasRedis, 'PostgreSQL and redis-server', 'DATABASE_URL and REDIS_URL', () => {
  test('are tried too; those of another machine want encryption and a password', async () => {
    const [database, redis] = [await makeDatabase(), await startRedis()]
    try {
      // in the check's process the name shop.test is at 127.0.0.1: another machine, as far as it can see
      const [DATABASE_URL, REDIS_URL] = [database.url, redis.url].map(
        (url) => Object.assign(new URL(url), { hostname: 'shop.test' }).href,
      )
      const { code, lines } = await check(
        { ...inSocketMode(), DATABASE_URL, REDIS_URL },
        { node: ['--import', INWARD] },
      )
      expect(code).toBe(0)
      expect(told(lines, '✓')).toMatch(/DATABASE_URL: PostgreSQL[\s\S]*REDIS_URL: Redis/)
      expect(told(lines, '!').match(/_URL: .*(?:is not encrypted|without a password)/g)).toHaveLength(4)
    } finally {
      await redis.stop()
      await database.drop()
    }
  })
})

suiteWhere(process.getuid?.() === 0, 'root', 'a DATA_DIR of another user', () => {
  test('fails the check', async () => {
    chmodSync(folder, 0o755)
    chownSync(dataDir, 0, 0)
    const { code, lines } = await check(inSocketMode(), { uid: 65_534 })
    expect(code).toBe(1)
    expect(told(lines, '✗')).toContain('cannot be written to (no permission)')
  })
})
