import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

const run = promisify(execFile)
const VERSIONS = '/usr/lib/postgresql'
const version = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort().at(-1) : undefined

/** Whether this machine can run a server of a test's own. */
export const canRunPostgres = version !== undefined

/** A server that a test may restart: other tests have another one. */
export interface PostgresServer {
  /** Of its database `postgres`. */
  url: string
  /** `fast`: as an administrator does. `immediate`: as a power cut does. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  start(): Promise<void>
  /** Keeps what it holds now; it is stopped for that. */
  keep(): Promise<void>
  /** As a replica takes over that lacks what came after keep(): it is stopped, and started with what was kept. */
  fallBack(): Promise<void>
  /** Ends it, and removes its files. */
  remove(): Promise<void>
}

/** Where one of PostgreSQL's programs lies. */
export const postgresTool = (name: string): string => join(VERSIONS, version!, 'bin', name)

/** The server's programs refuse to run as root. */
function tool(name: string, args: string[], cwd: string): Promise<unknown> {
  const path = postgresTool(name)
  const isRoot = process.getuid?.() === 0
  return isRoot ? run('runuser', ['-u', 'postgres', '--', path, ...args], { cwd }) : run(path, args, { cwd })
}

/** Makes a server and starts it. @param settings further ones, e.g. `['max_connections=10']` */
export async function runPostgres(settings: string[] = []): Promise<PostgresServer> {
  const home = mkdtempSync(join(tmpdir(), 'shopcrawl-postgres-'))
  if (process.getuid?.() === 0) await run('chown', ['postgres', home])
  const data = join(home, 'data')
  const port = await freePort()
  await tool('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], home)
  const chosen = ['listen_addresses=127.0.0.1', 'max_connections=300', ...settings].map((it) => `-c ${it}`).join(' ')
  const options = `-p ${port} -k ${home} ${chosen}`
  const kept = join(home, 'kept')
  const start = async (): Promise<void> => {
    await tool('pg_ctl', ['-D', data, '-o', options, '-l', join(home, 'log'), '-w', 'start'], home)
  }
  const stop = async (mode: string): Promise<void> => {
    await tool('pg_ctl', ['-D', data, '-m', mode, '-w', 'stop'], home)
  }
  await start()
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    start,
    stop,
    async keep() {
      await stop('fast')
      cpSync(data, kept, { recursive: true, preserveTimestamps: true })
      await start()
    },
    async fallBack() {
      await stop('immediate')
      rmSync(data, { recursive: true })
      cpSync(kept, data, { recursive: true, preserveTimestamps: true })
      if (process.getuid?.() === 0) await run('chown', ['-R', 'postgres', data])
      await run('chmod', ['700', data])
      await start()
    },
    remove: async () => {
      await stop('immediate').catch(() => undefined)
      rmSync(home, { recursive: true, force: true })
    },
  }
}
