import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compiled } from '../dist.mjs'

const TOKEN = 'a-token-of-the-benchmark-0123456789'
const CROWD = { users: 5_000, jobs: 100_000, active: 200, now: Date.now() }
const SQL = new URL('../../support/crowd.sql', import.meta.url)

/** The administrator's first screen as a browser gets it, from a service that has been in use for long. */
export async function open({ env }) {
  const dataDir = mkdtempSync(join(tmpdir(), 'shopcrawl-bench-'))
  const { loadConfig } = await compiled('config.js')
  const { build } = await compiled('main.js')
  const { createTelemetry } = await compiled('telemetry/log.js')
  const { config } = loadConfig({ DATA_DIR: dataDir, PORT: '0', ADMIN_TOKEN: TOKEN, ...env }, ['ssg'])
  const telemetry = createTelemetry({ level: 'info', destination: { write() {} } })
  const start = () => build(config, { telemetry, platforms: [] })
  await (await start()).stop() // makes the tables
  await fill(dataDir)
  const house = await start()
  const server = house.createServer({ mounts: [], troubles: () => new Map(), isStopping: () => true })
  const address = await server.start()
  return {
    async crawl({ pages }) {
      for (let page = 0; page < pages; page += 1) {
        const answer = await fetch(`${address}/admin`, {
          headers: { authorization: `Bearer ${TOKEN}`, accept: 'text/html' },
        })
        const html = await answer.text()
        const blocks = html.split('class="run"').length - 1
        if (answer.status !== 200 || blocks !== 50) throw new Error(`${answer.status} with ${blocks} jobs`)
      }
    },
    async close() {
      await server.stop()
      await house.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** What ANALYZE finds goes again: the program itself never asks for it. */
async function fill(dataDir) {
  const { Sqlite } = await compiled('../db/sqlite/driver.js')
  const { databasePath } = await compiled('../db/sqlite/files.js')
  const file = new Sqlite(databasePath(dataDir))
  file.exec(readFileSync(SQL, 'utf8').replace(/:(users|jobs|active|now)\b/g, (_, name) => String(CROWD[name])))
  const tables = file.prepare("select name from sqlite_master where name like 'sqlite_stat%'").all()
  for (const { name } of tables) file.exec(`delete from ${name}`)
  file.close()
}
