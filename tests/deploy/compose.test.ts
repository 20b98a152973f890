import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { hasRedis, startRedis } from '../support/redis.ts'
import { makeFolder } from '../support/store-house.ts'
import { suiteWhere } from '../support/suites.ts'
import { until } from '../support/until.ts'
import { KNOWN_NAMES, readSettings, readText } from './names.ts'

interface Service {
  image?: string
  build?: string
  command?: string[]
  environment?: Record<string, string>
  env_file?: string
  depends_on?: string[] | Record<string, { condition: string }>
  deploy?: { replicas: number }
  ports?: string[]
  volumes?: string[]
  configs?: { source: string; target: string }[]
  healthcheck?: { test: string[] }
  stop_grace_period?: string
  restart?: string
}

interface Compose {
  services: Record<string, Service>
  volumes: Record<string, unknown>
  configs: Record<string, { content: string }>
}

const compose = parse(readText('compose.yaml'), { merge: true }) as Compose
const { bot, worker, balancer, postgres, redis } = compose.services as Record<string, Required<Service>>
const service = (name: string): Service => compose.services[name]!

/** As compose fills in what stands in .env or in the shell. */
const filled = (text: string, given: Record<string, string> = { POSTGRES_PASSWORD: 'secret' }): string =>
  text.replace(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_, name: string, how: string, more: string) => {
    const value = given[name] ?? (how === '-' ? more : undefined)
    if (value === undefined) throw new Error(`${name}: ${more}`)
    return value
  })
const environmentOf = (name: string, given?: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(service(name).environment ?? {}).map(([key, value]) => [key, filled(String(value), given)]),
  )

describe('compose.yaml', () => {
  test('has two bots, two workers, PostgreSQL, Redis and a balancer', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['balancer', 'bot', 'postgres', 'redis', 'worker'])
    expect([bot!.deploy.replicas, worker!.deploy.replicas]).toEqual([2, 2])
    expect([bot!.build, worker!.build]).toEqual(['.', '.'])
    for (const [name, { restart }] of Object.entries(compose.services)) expect(restart, name).toBe('unless-stopped')
  })

  test('sets only names that the program knows, and values that it takes', () => {
    for (const [name, role] of [
      ['bot', 'bot'],
      ['worker', 'worker'],
    ] as const) {
      const env = environmentOf(name)
      expect(Object.keys(env).filter((key) => !KNOWN_NAMES.has(key))).toEqual([])
      const { config, warnings } = readSettings(env)
      expect(warnings).toEqual([])
      expect(config.role).toBe(role)
    }
    expect(readSettings(environmentOf('bot')).config.trustProxy).toBe(1)
    const behindAnother = environmentOf('bot', { POSTGRES_PASSWORD: 'secret', TRUST_PROXY: '2' })
    expect(readSettings(behindAnother).config.trustProxy).toBe(2)
  })

  test('asks for the password where none is set, and holds none itself', () => {
    expect(() => environmentOf('bot', {})).toThrow('POSTGRES_PASSWORD')
    expect(() => environmentOf('postgres', {})).toThrow('POSTGRES_PASSWORD')
    expect(bot!.env_file).toBe('.env')
  })

  test('names the database, its user and the Redis that it starts', () => {
    const { DATABASE_URL, REDIS_URL } = environmentOf('bot')
    const database = new URL(DATABASE_URL!)
    const { POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD } = environmentOf('postgres')
    expect([database.username, database.password, database.pathname]).toEqual([
      POSTGRES_USER,
      POSTGRES_PASSWORD,
      `/${POSTGRES_DB}`,
    ])
    for (const host of [database.hostname, new URL(REDIS_URL!).hostname])
      expect(Object.keys(compose.services)).toContain(host)
    expect(postgres!.image).toMatch(/^postgres:1[5-9]$/)
    expect(redis!.image).toMatch(/^redis:[78]$/)
  })

  test('waits only for what tells its health, and gives the program longer to end than it takes', () => {
    for (const [name, { depends_on: needed }] of Object.entries(compose.services)) {
      for (const [other, wanted] of Array.isArray(needed) ? [] : Object.entries(needed ?? {})) {
        expect(wanted.condition, name).toBe('service_healthy')
        expect(service(other).healthcheck?.test[0], other).toBe('CMD')
      }
    }
    for (const one of [bot!, worker!]) expect(Number.parseInt(one.stop_grace_period, 10)).toBeGreaterThanOrEqual(30)
  })

  test('uses only volumes and configs that it declares', () => {
    const named = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes.map((it) => it.split(':')[0]!))
    expect(Object.keys(compose.volumes).sort()).toEqual([...new Set(named)].sort())
    const used = Object.values(compose.services).flatMap(({ configs = [] }) => configs.map(({ source }) => source))
    expect(Object.keys(compose.configs)).toEqual(used)
  })
})

suiteWhere(hasRedis, 'redis-server', 'compose.yaml’s Redis', () => {
  test('starts with its arguments, and refuses to drop keys when its memory is full', async () => {
    const [program, ...args] = redis!.command
    expect(program).toBe('redis-server')
    const server = await startRedis(args.map(String))
    try {
      expect(await server.look.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction'])
      expect(
        execFileSync('redis-cli', ['-u', server.url, ...redis!.healthcheck.test.slice(2)], { encoding: 'utf8' }),
      ).toBe('PONG\n')
    } finally {
      await server.stop()
    }
  })
})

const haproxy = compose.configs.balancer!.content
const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0

describe('compose.yaml’s balancer', () => {
  test('listens on the port that is published, and hands on to the bots’ port', () => {
    const [bind] = /bind :(\d+)/.exec(haproxy)!.slice(1)
    expect(balancer!.ports).toEqual([`${bind}:${bind}`])
    const [, place, host, port] = /server-template (\w+) \d+ (\w+):(\d+)/.exec(haproxy)!
    expect([place, host, port]).toEqual(['bot', 'bot', /PORT=(\d+)/.exec(readText('Dockerfile'))![1]])
    expect(haproxy).toContain('httpchk GET /readyz')
  })
})

suiteWhere(
  hasHaproxy,
  'haproxy',
  'compose.yaml’s balancer, run',
  () => {
    const folder = makeFolder()
    const path = join(folder, 'haproxy.cfg')
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    test('is what haproxy takes, without a warning', () => {
      writeFileSync(path, haproxy)
      const { status, stderr, stdout } = spawnSync('haproxy', ['-c', '-f', path], { encoding: 'utf8' })
      expect({ status, said: stderr + stdout }).toEqual({ status: 0, said: 'Configuration file is valid\n' })
    })

    test('gives each bot its turn, also one whose Redis is away; passes one that ends; lets no visitor pretend', async () => {
      const problems: Record<string, string[]> = { one: ['queue: away'], two: [] }
      let refused = 0
      const seen: { name: string; forwarded: string; scheme: string }[] = []
      const open = (name: 'one' | 'two'): Server =>
        createServer((request, response) => {
          const said = problems[name]!
          if (request.url === '/readyz') {
            response.writeHead(said.length === 0 ? 200 : 503, { 'content-type': 'application/json' })
            return void response.end(JSON.stringify({ ready: said.length === 0, problems: said }))
          }
          if (said.includes('stopping')) {
            refused++
            return void response.writeHead(503).end() // as Slack's path then answers
          }
          const { 'x-forwarded-for': forwarded, 'x-forwarded-proto': scheme } = request.headers
          seen.push({ name, forwarded: String(forwarded), scheme: String(scheme) })
          response.end(name)
        }).listen(0, '127.0.0.1')
      const bots = [open('one'), open('two')]
      await Promise.all(bots.map((it) => it.listening || once(it, 'listening')))
      const spare = createServer().listen(0, '127.0.0.1')
      await once(spare, 'listening')
      const { port } = spare.address() as AddressInfo
      await new Promise((resolve) => spare.close(resolve))
      const servers = bots.map(
        (it, at) => `server bot${at} 127.0.0.1:${(it.address() as AddressInfo).port} check inter 200`,
      )
      const here = haproxy
        .replace(/ *server-template .*/, servers.map((line) => `  ${line}`).join('\n'))
        .replace('bind :8080', `bind 127.0.0.1:${port}`)
      writeFileSync(path, here)
      const program = spawn('haproxy', ['-db', '-f', path], { stdio: 'ignore' })
      const ask = (headers: Record<string, string> = {}) =>
        fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close', ...headers } }).then(
          (answer) => (answer.ok ? answer.text() : String(answer.status)),
          () => 'nobody',
        )
      try {
        await until(async () => (await ask()) === 'one' && (await ask()) === 'two', 'both in turn')
        expect([await ask(), await ask(), await ask(), await ask()].sort()).toEqual(['one', 'one', 'two', 'two'])
        await ask({ 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' })
        expect(seen.at(-1)).toMatchObject({ scheme: 'http' })
        expect(seen.at(-1)!.forwarded).toMatch(/127\.0\.0\.1$/)
        problems.one = ['stopping']
        for (let times = 0; times < 20; times++) expect(await ask()).toBe('two') // before its next check, too
        const isPassedOver = async () => {
          const before = refused
          return [await ask(), await ask(), refused].every((it, at) => it === ['two', 'two', before][at])
        }
        await until(isPassedOver, 'that the one which ends is no longer asked')
      } finally {
        program.kill('SIGKILL')
        for (const it of bots) it.close()
      }
    })
  },
  true,
)
