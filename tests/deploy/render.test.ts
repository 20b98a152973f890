import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { KNOWN_NAMES, readSettings, readText } from './names.ts'

/** What Render takes of a blueprint, as far as ours goes (render.com/docs/blueprint-spec, read in November 2026). */
const name = z.string().min(1)
const ipAllowList = z.array(z.strictObject({ source: z.string(), description: z.string().optional() }))
const variable = z.union([
  z.strictObject({ fromGroup: name }),
  z.strictObject({ key: name, value: z.union([z.string(), z.number()]) }),
  z.strictObject({ key: name, sync: z.literal(false) }),
  z.strictObject({ key: name, generateValue: z.literal(true) }),
  z.strictObject({
    key: name,
    fromDatabase: z.strictObject({
      name,
      property: z.enum(['host', 'port', 'user', 'password', 'database', 'connectionString', 'connectionPoolString']),
    }),
  }),
  z.strictObject({
    key: name,
    fromService: z.strictObject({
      name,
      type: z.enum(['web', 'pserv', 'worker', 'keyvalue']),
      property: z.enum(['host', 'port', 'hostport', 'connectionString']),
    }),
  }),
])
const plan = z.enum(['free', 'starter', 'standard', 'pro', 'pro plus', 'pro max', 'pro ultra'])
const program = {
  ...{ name, plan: plan.exclude(['free']), buildCommand: name, startCommand: name, runtime: z.literal('node') },
  ...{ numInstances: z.int().min(1).optional(), maxShutdownDelaySeconds: z.int().min(1).max(300) },
  envVars: z.array(variable),
}
const blueprint = z.strictObject({
  services: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('web'), healthCheckPath: z.string().startsWith('/'), ...program }),
      z.strictObject({ type: z.literal('worker'), ...program }),
      z.strictObject({
        ...{ type: z.literal('keyvalue'), name, plan, ipAllowList },
        maxmemoryPolicy: z.literal('noeviction'),
      }),
    ]),
  ),
  databases: z.array(
    z.strictObject({
      ...{ name, databaseName: name, ipAllowList },
      plan: z.string().regex(/^(?:basic-(?:256mb|1gb|4gb)|pro-\d+gb|accelerated-\d+gb)$/),
      postgresMajorVersion: z.string().regex(/^1[5-9]$/),
    }),
  ),
  envVarGroups: z.array(
    z.strictObject({ name, envVars: z.array(z.strictObject({ key: name, value: z.union([z.string(), z.number()]) })) }),
  ),
})

const file = blueprint.parse(parse(readText('render.yaml')))
const programs = file.services.filter((service) => service.type !== 'keyvalue')
const groups = new Map(file.envVarGroups.map((group) => [group.name, group.envVars]))

/** A service's environment, with something in the place of what Render fills in. */
function environmentOf({ envVars }: (typeof programs)[number]): Record<string, string> {
  const env: Record<string, string> = {}
  for (const it of envVars) {
    if ('fromGroup' in it) for (const { key, value } of groups.get(it.fromGroup)!) env[key] = String(value)
    else if ('value' in it) env[it.key] = String(it.value)
    else if ('fromDatabase' in it) env[it.key] = 'postgresql://user:password@host:5432/shopcrawl'
    else if ('fromService' in it) env[it.key] = 'redis://red-0123456789abcdefghij:6379'
    else if ('generateValue' in it) env[it.key] = Buffer.alloc(32, 'render').toString('base64')
    else env[it.key] = ''
  }
  return env
}

describe('render.yaml', () => {
  test('is a blueprint of a web service, a worker, PostgreSQL and Key Value', () => {
    expect(file.services.map(({ type }) => type)).toEqual(['web', 'worker', 'keyvalue'])
    expect(file.databases).toHaveLength(1)
  })

  test('refers only to what it declares', () => {
    const services = file.services.map(({ name: one, type }) => `${type} ${one}`)
    for (const it of programs.flatMap(({ envVars }) => envVars)) {
      if ('fromGroup' in it) expect([...groups.keys()]).toContain(it.fromGroup)
      if ('fromDatabase' in it) expect(file.databases.map((one) => one.name)).toContain(it.fromDatabase.name)
      if ('fromService' in it) expect(services).toContain(`${it.fromService.type} ${it.fromService.name}`)
    }
  })

  test('sets only names that the program knows, and values that it takes', () => {
    for (const service of programs) {
      const env = environmentOf(service)
      const names = Object.keys(env).filter((key) => key !== 'NODE_VERSION') // Render's own
      expect(names.filter((key) => !KNOWN_NAMES.has(key))).toEqual([])
      const { config, warnings } = readSettings(env)
      expect(warnings).toEqual([])
      expect(config.role).toBe(service.type === 'web' ? 'bot' : 'worker')
    }
  })

  test('is restarted only where the process does not answer, and has longer to end than it takes', () => {
    const [web] = programs
    expect(web).toMatchObject({ healthCheckPath: '/healthz' })
    for (const { maxShutdownDelaySeconds } of programs) expect(maxShutdownDelaySeconds).toBeGreaterThanOrEqual(30)
  })

  test('installs the compiler whatever NODE_ENV says, and runs scripts that are there', () => {
    const { scripts, engines } = JSON.parse(readText('package.json')) as {
      scripts: Record<string, string>
      engines: { node: string }
    }
    for (const { buildCommand, startCommand } of programs) {
      expect(buildCommand).toBe('npm ci --include=dev')
      expect([startCommand, scripts.start]).toEqual(['npm start', 'node dist/src/cli.js start'])
    }
    const version = groups.get('shopcrawl')!.find(({ key }) => key === 'NODE_VERSION')!.value
    expect(engines.node).toContain(`^${version}.`)
  })
})
