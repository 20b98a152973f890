import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { connectionsOf } from '../../db/index.ts'
import { createSay } from '../../src/messages/say.ts'
import { connectionFindings } from '../../src/upkeep/check-storage.ts'
import { startCli } from '../support/cli.ts'
import { hasPostgres, makeDatabase } from '../support/postgres.ts'
import { hasRedis, startRedis } from '../support/redis.ts'
import { makeFolder } from '../support/store-house.ts'
import { suiteWhere } from '../support/suites.ts'

const INWARD = fileURLToPath(new URL('../support/children/inward-name.mjs', import.meta.url))
const say = createSay('Asia/Seoul')

/** What is said of an address, in short. */
function said(databaseUrl: string | null, redisUrl: string | null): string {
  const findings = connectionsOf({ databaseUrl, redisUrl }).flatMap(({ name, connection }) =>
    connectionFindings(name, connection, say, 'en').map(({ sentence }) => `${name} ${sentence}`),
  )
  const short = { 'is not encrypted': 'plain', 'is not checked': 'unverified', 'without a password': 'open' }
  return findings
    .map((it) => `${it.split(' ')[0]} ${Object.entries(short).find(([text]) => it.includes(text))?.[1]}`)
    .join(', ')
}

test.each([
  ['postgres://u@127.0.0.1/db', null, ''],
  ['postgres://u@localhost:5432/db', 'redis://127.0.0.1:6379', ''],
  ['postgres:///db?host=/var/run/postgresql', 'redis://[::1]:6379', ''],
  ['postgres://u:p@db.example/db?sslmode=verify-full', 'rediss://:p@redis.example', ''],
  ['postgres://u:p@db.example/db?sslmode=no-verify', null, 'DATABASE_URL unverified'],
  ['postgres://u:p@db.example/db', 'rediss://redis.example', 'DATABASE_URL plain, REDIS_URL open'],
  ['postgres://u@10.0.0.5/db?sslmode=disable', null, 'DATABASE_URL plain, DATABASE_URL open'],
  [null, 'redis://redis:6379', 'REDIS_URL plain, REDIS_URL open'],
  [null, 'redis://user:p@192.168.0.9', 'REDIS_URL plain'],
])('of %s and %s is warned: %s', (databaseUrl, redisUrl, expected) => {
  expect(said(databaseUrl, redisUrl)).toBe(expected)
})

suiteWhere(hasPostgres && hasRedis, 'PostgreSQL and redis-server', 'the start', () => {
  test('warns of servers on another machine without encryption or password, on the terminal and in the log', async () => {
    const [database, redis] = [await makeDatabase(), await startRedis()]
    const folder = makeFolder()
    // in the program's process the name shop.test is at 127.0.0.1: another machine, as far as it can see
    const [DATABASE_URL, REDIS_URL] = [database.url, redis.url].map(
      (url) => Object.assign(new URL(url), { hostname: 'shop.test' }).href,
    )
    const env = { DATABASE_URL, REDIS_URL, DATA_DIR: folder, ROLE: 'worker', LANG: 'en_US.UTF-8' }
    const run = startCli(['start'], { env, cwd: folder, node: ['--import', INWARD] })
    try {
      await run.tells('service started')
      const lines = run.stderr().split('\n')
      expect(
        lines.filter((it) => /^(DATABASE|REDIS)_URL: .*(is not encrypted|without a password)/.test(it)),
      ).toHaveLength(4)
      expect(lines.filter((it) => it.includes('"event":"config.warning"') && it.includes('_URL'))).toHaveLength(4)
    } finally {
      await run.kill()
      await redis.stop()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
