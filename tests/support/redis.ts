import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'

/** Whether this machine has a Redis server to start. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

/** A Redis server of a test's own, which it may kill, freeze and empty. It keeps nothing on disk. */
export interface TestRedis {
  url: string
  /** A connection for the test to look with. */
  look: Redis
  /** kill -9: everything in it is lost. */
  kill(): Promise<void>
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

/** @param options further arguments of redis-server, e.g. `['--maxmemory', '5mb']` */
export async function startRedis(options: string[] = []): Promise<TestRedis> {
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let server = await run(port, options)
  const look = new Redis(url)
  look.on('error', () => undefined) // it is killed on purpose
  const kill = async () => {
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
  }
  return {
    url,
    look,
    kill,
    restart: async () => {
      server = await run(port, options)
    },
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    async stop() {
      look.disconnect()
      if (server.exitCode === null && server.signalCode === null) await kill()
    },
  }
}

async function run(port: number, options: string[]): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...options]
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    server.stdout!.on('data', (chunk: Buffer) => {
      said += chunk
      if (said.includes('Ready to accept connections')) resolve()
    })
    server.once('exit', () => reject(new Error(`redis-server did not start:\n${said}`)))
  })
  return server
}
