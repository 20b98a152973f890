import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lookAtStore, openStore } from '../../db/index.ts'
import { lookAtRedis } from '../../db/redis/index.ts'
import { Sqlite } from '../../db/sqlite/driver.ts'
import { systemClock } from '../../src/clock.ts'
import { createSay } from '../../src/messages/say.ts'
import { type Connection, checkDatabase, checkRedis } from '../../src/upkeep/check-storage.ts'
import type { Check, Verdict } from '../../src/upkeep/finding.ts'
import { hasPostgres, makeDatabase, runSql, SERVER, type TestDatabase } from '../support/postgres.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { openQuiet } from '../support/store-house.ts'
import { suiteWhere } from '../support/suites.ts'

const say = createSay('Asia/Seoul')

let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'shopcrawl-look-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

/** What a check tells, by verdict. */
async function told(check: Check, signal = new AbortController().signal): Promise<Partial<Record<Verdict, string>>> {
  const context = { locale: 'en', publicUrl: null, isServing: false, signal, hearDate: () => undefined } as const
  const findings = await check(context)
  const of = (verdict: Verdict) => findings.filter((it) => it.verdict === verdict).map(({ sentence }) => sentence)
  const verdicts = [...new Set(findings.map(({ verdict }) => verdict))]
  return Object.fromEntries(verdicts.map((verdict) => [verdict, of(verdict).join('\n')]))
}

const onFile = () => told(checkDatabase((signal) => lookAtStore({ dataDir }, signal), say))
const onPostgres = (databaseUrl: string) =>
  told(checkDatabase((signal) => lookAtStore({ dataDir, databaseUrl }, signal), say))
const onRedis = (url: string) => told(checkRedis((signal) => lookAtRedis(url, signal), say))

describe('the file of a DATA_DIR', () => {
  test('that is not there yet is not told of, and not made', async () => {
    expect(await onFile()).toEqual({})
    expect(readdirSync(dataDir)).toEqual([])
  })

  test('has the form of this version, of an older one, or of a newer one', async () => {
    await (await openQuiet(dataDir, systemClock)).close()
    expect((await onFile()).pass).toContain('shopcrawl.sqlite has the form of this version')
    const change = (sql: string) => {
      const file = new Sqlite(join(dataDir, 'shopcrawl.sqlite'))
      file.exec(sql)
      file.close()
    }
    change(`delete from kysely_migration where name = (select max(name) from kysely_migration)`)
    expect((await onFile()).note).toContain('1 step of migration will be made at the next start')
    change(`insert into kysely_migration (name, timestamp) values ('9999-later', '')`)
    expect(await onFile()).toEqual({ failure: expect.stringContaining('was made by a newer shopcrawl (9999-later)') })
  })
})

describe('a server on another machine', () => {
  const safe: Connection = {
    ...{ server: 'db.example:5432/shopcrawl', host: 'db.example', isEncrypted: true, isVerified: true },
    hasPassword: true,
  }
  const of = (changes: Partial<Connection>) => {
    const server = {
      connection: { ...safe, ...changes },
      version: 'PostgreSQL 15',
      isTooOld: false,
      isUnicode: true,
      ms: 1,
    }
    const schema = { place: safe.server, missing: 0, isNew: false, mayMake: true }
    return told(checkDatabase(async () => ({ schema, server }), say))
  }

  test('passes where it is encrypted, known by its certificate, and asks for a password', async () => {
    expect(Object.keys(await of({}))).toEqual(['pass'])
  })

  test.each<[Partial<Connection>, string]>([
    [{ isEncrypted: false }, 'is not encrypted'],
    [{ isVerified: false }, 'certificate of db.example:5432/shopcrawl is not checked'],
    [{ hasPassword: false }, 'takes this program without a password'],
  ])('warns of %o', async (changes, part) => {
    expect((await of(changes)).warning).toContain(part)
  })

  test.each(['', 'localhost', '127.0.0.1', '[::1]', '/var/run/postgresql'])('%s is this machine', async (host) => {
    expect((await of({ host, isEncrypted: false, hasPassword: false })).warning).toBeUndefined()
  })
})

/** A server that takes connections and never says a word. */
async function openSilent(): Promise<{ port: number; close(): void }> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return { port: (server.address() as { port: number }).port, close: () => void server.close() }
}

suiteWhere(hasPostgres, 'PostgreSQL', 'DATABASE_URL', () => {
  let database: TestDatabase

  beforeEach(async () => {
    database = await makeDatabase()
  })
  afterEach(() => database.drop())

  const changed = (change: Partial<Pick<URL, 'hostname' | 'port' | 'username' | 'password' | 'pathname' | 'search'>>) =>
    Object.assign(new URL(database.url), change).href

  test('of an empty database passes with version and latency, and nothing is made there', async () => {
    const { pass, note, failure, warning } = await onPostgres(database.url)
    expect(pass).toMatch(/DATABASE_URL: PostgreSQL \d+\S* .*at \S+:\d+\/shopcrawl_test_\w+ answers in \d+ ms\./)
    expect(note).toContain('is empty; its tables are made at the first start')
    expect([failure, warning]).toEqual([undefined, undefined])
    expect(await runSql(database.url, `select tablename from pg_tables where schemaname = 'public'`)).toEqual([])
  })

  test('tells how far the tables are: of this version, older, newer', async () => {
    const parts = { dataDir, clock: systemClock, emit: () => undefined, locale: 'ko' } as const
    await (await openStore({ ...parts, databaseUrl: database.url })).close()
    expect((await onPostgres(database.url)).pass).toContain('has the form of this version')
    await runSql(database.url, `delete from kysely_migration where name = (select max(name) from kysely_migration)`)
    expect((await onPostgres(database.url)).note).toContain('1 step of migration will be made at the next start')
    await runSql(database.url, `insert into kysely_migration (name, timestamp) values ('9999-later', '')`)
    expect(await onPostgres(database.url)).toEqual({
      failure: expect.stringContaining('was made by a newer shopcrawl (9999-later)'),
    })
  })

  test('that nobody answers, that is refused, that does not exist and that has no TLS fail, each saying so', async () => {
    const of = async (change: Parameters<typeof changed>[0]) => {
      const all = await onPostgres(changed({ password: 'hunter2', ...change }))
      expect(Object.keys(all)).toEqual(['failure'])
      expect(all.failure).not.toContain('hunter2')
      return all.failure
    }
    expect(await of({ port: '1' })).toMatch(/DATABASE_URL: \S+:1\/\S+ cannot be used \(nothing answers at its port\)/)
    expect(await of({ username: 'nobody' })).toMatch(/refuses this program \(.*nobody.*\)\. Please check DATABASE_URL/)
    expect(await of({ pathname: '/not_there' })).toContain('(database "not_there" does not exist)')
    const plain = await runSql(SERVER, 'show ssl')
    if (plain[0]!.ssl === 'off') expect(await of({ search: '?sslmode=verify-full' })).toContain('SSL')
  })

  test('that never answers fails once the question has waited long enough', async () => {
    const silent = await openSilent()
    const url = changed({ hostname: '127.0.0.1', port: String(silent.port) })
    const soon = AbortSignal.timeout(200)
    const check = checkDatabase(() => lookAtStore({ dataDir, databaseUrl: url }, soon), say)
    expect((await told(check)).failure).toContain('(no answer within 10 seconds)')
    silent.close()
  })

  test('of a user who may not make tables says what to grant', async () => {
    const username = `guest_${database.url.split('_').at(-1)}`
    await runSql(SERVER, `create role ${username} login`)
    await runSql(database.url, 'revoke create on schema public from public')
    try {
      expect((await onPostgres(changed({ username }))).failure).toContain('GRANT CREATE ON SCHEMA public')
    } finally {
      await database.drop()
      await runSql(SERVER, `drop role ${username}`)
    }
  })

  test('of a database in another encoding than UTF8 fails', async () => {
    const latin = changed({ pathname: `${new URL(database.url).pathname}_latin` })
    const name = new URL(latin).pathname.slice(1)
    await runSql(SERVER, `create database ${name} encoding 'LATIN1' locale 'C' template template0`)
    try {
      expect((await onPostgres(latin)).failure).toContain('cannot hold Korean')
    } finally {
      await runSql(SERVER, `drop database ${name} with (force)`)
    }
  })
})

suiteWhere(hasRedis, 'redis-server', 'REDIS_URL', () => {
  let redis: TestRedis
  afterEach(() => redis.stop())

  test('passes with version and latency, and nothing is written; away it fails', async () => {
    redis = await startRedis()
    const all = await onRedis(redis.url)
    expect(Object.keys(all)).toEqual(['pass'])
    expect(all.pass).toMatch(/REDIS_URL: Redis \d+\.\S+ at 127\.0\.0\.1:\d+ answers in \d+ ms\./)
    expect(await redis.look.keys('*')).toEqual([])
    await redis.kill()
    expect((await onRedis(redis.url)).failure).toMatch(
      /REDIS_URL: 127\.0\.0\.1:\d+ cannot be used \(nothing answers at its port\)/,
    )
  })

  test('with a wrong password, and without one, says what Redis said and not the password', async () => {
    redis = await startRedis(['--requirepass', 'right'])
    const at = (password: string) => redis.url.replace('//', `//:${password}@`)
    const { failure } = await onRedis(at('hunter2'))
    expect(failure).toMatch(/REDIS_URL: .* cannot be used \(WRONGPASS/)
    expect(failure).not.toContain('hunter2')
    expect((await onRedis(redis.url)).failure).toMatch(/cannot be used \(NOAUTH/)
    expect((await onRedis(at('right'))).pass).toContain('REDIS_URL: Redis')
  })

  test('that drops keys when it is full is a warning', async () => {
    redis = await startRedis(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru'])
    expect((await onRedis(redis.url)).warning).toContain('maxmemory-policy allkeys-lru')
  })
})
