import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Redis } from 'ioredis'
import pg from 'pg'

/** As in tests/support/postgres.ts. */
const SERVER = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'

/** int8 as numbers, as the program reads them. */
const types = { getTypeParser: (oid) => (oid === 20 ? Number : pg.types.getTypeParser(oid)) }

/** An empty database of the benchmark's own, and one connection to it. */
export async function makeDatabase() {
  const name = `shopcrawl_bench_${randomBytes(6).toString('hex')}`
  const url = new URL(SERVER)
  url.pathname = `/${name}`
  await onServer(`create database ${name}`)
  const client = new pg.Client({ connectionString: url.href, types })
  client.on('error', () => undefined)
  await client.connect()
  let last = Promise.resolve()
  return {
    url: url.href,
    /** Rows of one statement. Statements of several callers take turns. */
    async rows(text, values) {
      last = last.catch(() => undefined).then(() => client.query(text, values))
      return (await last).rows
    },
    async drop() {
      await client.end()
      await onServer(`drop database if exists ${name} with (force)`)
    },
  }
}

async function onServer(text) {
  const client = new pg.Client({ connectionString: SERVER })
  await client.connect()
  await client.query(text).finally(() => client.end())
}

/** A Redis of the benchmark's own, which keeps nothing on disk. */
export async function startRedis() {
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(server, 'exit').then(() => {
    throw new Error('redis-server ended')
  })
  exit.catch(() => undefined)
  let said = ''
  const ready = new Promise((resolve) => {
    server.stdout.on('data', (chunk) => {
      said += chunk
      if (said.includes('Ready to accept connections')) resolve()
    })
  })
  await Promise.race([ready, exit])
  const url = `redis://127.0.0.1:${port}`
  const look = new Redis(url)
  look.on('error', () => undefined)
  return {
    url,
    pid: server.pid,
    /** A number of `INFO`. */
    async info(field) {
      return Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(await look.info())?.[1])
    },
    async stop() {
      look.disconnect()
      server.kill('SIGKILL')
      await exit.catch(() => undefined)
    },
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
