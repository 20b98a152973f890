import { rmSync } from 'node:fs'
import { Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import { systemClock } from '../../src/clock.ts'
import { build } from '../../src/main.ts'
import { ADMIN_TOKEN } from './admin-rig.ts'
import { type Crowd, fillDatabase } from './crowded-database.ts'
import { recordEvents, testConfig } from './house.ts'
import { makeFolder, openQuiet } from './store-house.ts'

/** The administrator's view of a service that has been in use for long; nothing crawls. */
export interface CrowdedView {
  dataDir: string
  /** Of the port. */
  address: string
  ask(path: string, request?: { accept?: string; body?: object }): Promise<Response>
  close(): Promise<void>
}

/** Opens it on a SQLite database of its own. @param change what a test makes of the data before the service starts */
export async function openCrowdedView(crowd: Crowd, change?: (dataDir: string) => void): Promise<CrowdedView> {
  const dataDir = makeFolder()
  await (await openQuiet(dataDir, systemClock)).close()
  fillDatabase(dataDir, crowd)
  change?.(dataDir)
  const config = testConfig(dataDir, { origin: 'http://127.0.0.1:9', address: '127.0.0.1:9' }, { ADMIN_TOKEN })
  const house = await build(config, { telemetry: recordEvents().telemetry, platforms: [] })
  let isStopping = false
  const server = house.createServer({ mounts: [], troubles: () => new Map(), isStopping: () => isStopping })
  const address = await server.start()
  return {
    dataDir,
    address,
    ask: (path, { accept = 'application/json', body } = {}) =>
      fetch(address + path, {
        headers: {
          authorization: `Bearer ${ADMIN_TOKEN}`,
          accept,
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      }),
    close: async () => {
      isStopping = true
      await server.stop()
      await house.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Notes the text of every statement that is prepared in this process from now on. @returns what ends it and gives them */
export function noteStatements(): () => string[] {
  const { prepare } = Sqlite.prototype
  const texts = new Set<string>()
  Sqlite.prototype.prepare = function (this: unknown, text: string) {
    texts.add(text)
    return prepare.call(this, text)
  } as typeof prepare
  return () => {
    Sqlite.prototype.prepare = prepare
    return [...texts].filter((text) => /^\s*(?:select|update|delete|insert|with)/i.test(text))
  }
}

/** Takes away what ANALYZE wrote: the program itself never asks for it. */
export function forgetStatistics(dataDir: string): void {
  const file = new Sqlite(databasePath(dataDir))
  const tables = file.prepare("select name from sqlite_master where name like 'sqlite_stat%'").all() as {
    name: string
  }[]
  for (const { name } of tables) file.exec(`delete from ${name}`)
  file.close()
}
