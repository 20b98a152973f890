import { rmSync } from 'node:fs'
import { createReplicaShop, type ReplicaOptions, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { type BuildOptions, build, type House } from '../../src/main.ts'
import { ADMIN_TOKEN, VIEWER_TOKEN } from './admin-rig.ts'
import { type CliRun, startCli } from './cli.ts'
import { testConfig } from './house.ts'
import { makeDatabase, type TestDatabase } from './postgres.ts'
import { startRedis, type TestRedis } from './redis.ts'
import { makeFolder } from './store-house.ts'

/** A database, a Redis and a shop, for houses and processes that work together. */
export interface SharedGround {
  database: TestDatabase
  redis: TestRedis
  shop: ReplicaShop
  /** Settings of every process. */
  env: NodeJS.Dict<string>
  /** A house in this process. */
  open(options: BuildOptions, env?: NodeJS.Dict<string>): Promise<House>
  /** The program in a process of its own, once it says that it works. */
  startWorker(env?: NodeJS.Dict<string>): Promise<CliRun>
  close(): Promise<void>
}

export async function openSharedGround(replica: ReplicaOptions = {}): Promise<SharedGround> {
  const [database, redis] = await Promise.all([makeDatabase(), startRedis()])
  const shop = createReplicaShop(replica)
  const at = await shop.start()
  const folders: string[] = []
  const workers: CliRun[] = []
  const houses: House[] = []
  const newFolder = (): string => {
    const folder = makeFolder()
    folders.push(folder)
    return folder
  }
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    SITE_SSG_URL: at.origin,
    CRAWL_ALLOW_ADDRESSES: at.address,
    ADMIN_TOKEN,
    ADMIN_VIEWER_TOKEN: VIEWER_TOKEN,
  }
  return {
    ...{ database, redis, shop, env },
    async open(options, more = {}) {
      const house = await build(testConfig(newFolder(), at, { ...env, ...more }), options)
      houses.push(house)
      return house
    },
    async startWorker(more = {}) {
      const settings = { ...env, ROLE: 'worker', DATA_DIR: newFolder(), ...more }
      const worker = startCli(['start'], { env: settings, cwd: newFolder() })
      workers.push(worker)
      await worker.tells('작업자')
      return worker
    },
    async close() {
      redis.thaw()
      for (const worker of workers) await worker.kill()
      for (const house of houses) await house.stop()
      await shop.stop()
      await redis.stop()
      await database.drop()
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    },
  }
}
