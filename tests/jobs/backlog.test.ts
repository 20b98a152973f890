import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import { createOwnerJobs } from '../../db/stores/owner-jobs.ts'
import { systemClock } from '../../src/clock.ts'
import { BACKLOG_MAX } from '../../src/jobs/limits.ts'
import { type House, junho, minji, openHouse, person, place, textOf } from '../commands/house.ts'
import { plansOf } from '../support/query-plans.ts'

/** What chat owes for this job so many times more, each in a thread of its own. */
const OWE = `with recursive series(n) as (select 1 union all select n + 1 from series where n < :more)
  insert into outbox (id, job_id, user_id, account_id, kind, platform, workspace, place, format, thread_key, seq, state,
    attempts, is_uncertain, run_at, created_at)
  select 'more-' || n, id, user_id, account_id, 'copy', platform, 'T1', place, 'csv', 'more-' || n, 0, 'pending', 0, 0,
    0, 0 from jobs, series where id = ':job'`

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

/** Junho's job, and so much that chat owes to its workspace. */
async function fallBehind(entries: number): Promise<void> {
  const { jobId } = await house.send('ssg 모니터', junho)
  const file = new Sqlite(databasePath(house.dataDir))
  file.exec(OWE.replace(':more', String(entries - 1)).replace(':job', jobId!))
  file.close()
}

describe('a chat that is behind', () => {
  test('takes no new crawl, and says so', async () => {
    await fallBehind(BACKLOG_MAX)
    const refused = await house.send('ssg 노트북')
    expect(refused.outcome).toBe('chat.backlog')
    expect(textOf(refused.message)).toMatch(/Slack에 보낼 메시지가 많이 밀려 .*몇 분 뒤에 다시/)
    const english = await house.send('ssg laptop', person('U9', { locale: 'en' }))
    expect(textOf(english.message)).toMatch(/^Slack takes messages more slowly .*try again in a few minutes/)
  })

  test('takes one as long as a single message is missing', async () => {
    await fallBehind(BACKLOG_MAX - 1)
    expect((await house.send('ssg 노트북')).outcome).toBe('ok')
    expect((await house.send('ssg 노트북', person('U3'))).outcome).toBe('chat.backlog')
  })

  test('lets no job run again, be retried or take the place of another', async () => {
    const failed = await house.send('ssg 노트북')
    await house.work(failed.jobId!, 0, { state: 'failed', code: 'page.timeout', facts: {}, stopReason: null })
    const running = await house.send('ssg 키보드', person('U3'))
    await fallBehind(BACKLOG_MAX)
    expect((await house.send(`retry ${failed.jobId}`)).outcome).toBe('chat.backlog')
    expect((await house.send(`again ${failed.jobId}`)).outcome).toBe('chat.backlog')
    const switched = await house.send(`switch ${running.jobId} shinsegae`, person('U3'))
    expect(switched.outcome).toBe('chat.backlog')
    expect((await house.store.ownerJobs.active(await house.user(person('U3'))))?.id).toBe(running.jobId)
  })

  test('holds up neither another workspace nor the console', async () => {
    await fallBehind(BACKLOG_MAX)
    const elsewhere = { place: { ...place, workspace: 'T2' } }
    expect((await house.send('ssg 노트북', person('U1', { workspace: 'T2' }), elsewhere)).outcome).toBe('ok')
    const here = { place: { ...place, platform: 'console', workspace: '' } }
    expect(
      (await house.send('ssg 노트북', person('local', { platform: 'console', workspace: '' }), here)).outcome,
    ).toBe('ok')
  })

  test('is seen in an index, without reading what else waits', async () => {
    await house.user(minji)
    const plans = await plansOf(house.dataDir, (database) => createOwnerJobs(database, systemClock).isBehind(place, 3))
    expect(plans.flatMap(({ steps }) => steps)).toEqual([
      'SEARCH outbox USING COVERING INDEX outbox_owed (platform=? AND workspace=?)',
    ])
  })
})
