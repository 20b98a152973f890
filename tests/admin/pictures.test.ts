import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import { ADMIN_TOKEN } from '../support/admin-rig.ts'
import { chromiumPath } from '../support/browser.ts'
import { openCrowdedView } from '../support/crowded-view.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const PICTURES = ['admin-overview.en', 'admin-overview.ko', 'admin-phone.en', 'admin-phone.ko']
const NAMES = ['민지', 'Junho', '서연', 'Hana', '도윤', 'Sora', '지우', 'Minho', '하은', 'Yuna']
const HOURS = 48
/** What runs while the picture is taken. */
const RUNNING = [
  { site: 'samsung', words: '갤럭시 북', limit: 400, products: 268, pages: 7 },
  { site: 'shinsegae', words: '운동화', limit: 1_000, products: 120, pages: 3 },
  { site: 'ssg', words: '노트북', limit: 250, products: 40, pages: 1 },
]

/** Two days of work: busy days, quiet nights, a few failures, three jobs that run. */
function fill(dataDir: string, now: number): void {
  const file = new Sqlite(databasePath(dataDir))
  const name = file.prepare('update accounts set name = ? where external_id = ?')
  for (let at = 0; at < 40; at++) name.run(NAMES[at % NAMES.length] + (at < NAMES.length ? '' : ` ${at}`), `U${at}`)
  const thin = file.prepare(
    "delete from jobs where finished_at >= ? and finished_at < ? and (rowid * 7919) % 100 >= ? and state in ('succeeded', 'failed', 'cancelled')",
  )
  for (let hour = 0; hour < HOURS; hour++) {
    const from = now - (hour + 1) * 3_600_000
    const ofDay = (new Date(from).getUTCHours() + 9) % 24 // in Seoul
    thin.run(from, from + 3_600_000, Math.round(8 + 55 * Math.max(0, Math.sin(((ofDay - 7) / 16) * Math.PI))))
  }
  file.exec(`pragma foreign_keys = off;
    update jobs set products = 20 + (rowid * 7919) % 80, started_at = finished_at - 4000 - (rowid * 104729) % 30000
      where finished_at is not null;
    update jobs set state = 'succeeded', code = null, facts = null where state = 'failed' and rowid % 40 <> 1;
    update jobs set state = 'succeeded' where state = 'cancelled' and rowid % 3 <> 0;
    update jobs set code = 'page.timeout', facts = '{"host":"www.samsung.com","seconds":30}'
      where state = 'failed' and site = 'samsung';
    delete from ended_jobs; delete from ended_jobs_by_time;
    insert into ended_jobs (state, site, jobs, products)
      select state, site, count(*), sum(products) from jobs where finished_at is not null group by state, site;
    insert into ended_jobs_by_time (slot, state, site, jobs, products)
      select finished_at - finished_at % 900000, state, site, count(*), sum(products) from jobs
      where finished_at is not null group by 1, 2, 3;`)
  const run =
    file.prepare(`update jobs set request = ?, site = ?, words = ?, product_limit = ?, products = ?, pages = ?,
    state = 'running', holder = 'worker-1', lease_until = 9e15, started_at = created_at + 900, attempt = 1 where id like ?`)
  for (const [at, { site, words, limit, products, pages }] of RUNNING.entries()) {
    const request = JSON.stringify({ site, words, url: null, limit, format: 'xlsx', isPrivate: false })
    run.run(request, site, words, limit, products, pages, `active-%${at + 1}`)
  }
  file.close()
}

describe('the pictures of the administrator’s page', () => {
  if (process.env.UPDATE_DOCS && chromiumPath) {
    test('are taken anew', async () => {
      const now = Date.now()
      const view = await openCrowdedView({ users: 40, jobs: HOURS * 60, active: RUNNING.length, now }, (dataDir) =>
        fill(dataDir, now),
      )
      const script = `${root}docs/images/admin-pictures.mjs`
      // the service answers from this very process: nothing may hold it
      await promisify(execFile)(process.execPath, [script, view.address, ADMIN_TOKEN, `${root}docs/images`])
      await view.close()
    })
  }

  test.each(PICTURES)('%s.png is there, is small, and stands in the README of its language', (name) => {
    const bytes = readFileSync(`${root}docs/images/${name}.png`)
    expect(bytes.subarray(1, 4).toString()).toBe('PNG')
    expect(bytes.length).toBeLessThan(150_000)
    const readme = readFileSync(`${root}${name.endsWith('.ko') ? 'README.ko.md' : 'README.md'}`, 'utf8')
    expect(readme).toContain(`docs/images/${name}.png`)
  })
})
