import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import type { MeasuredSizes } from '../../src/upkeep/sizes.ts'
import { type AdminRig, openAdminRig } from '../support/admin-rig.ts'
import { lookAt } from '../support/store-house.ts'
import { until } from '../support/until.ts'

let rig: AdminRig
beforeEach(async () => {
  rig = await openAdminRig({ env: { QUOTA_JOBS_DAY: '7', QUOTA_BYTES: '12345678' } })
})
afterEach(() => rig.close())

/** A person of Slack with one result and its file. */
async function crawled(): Promise<{ user: string; bytes: number }> {
  const account = { platform: 'slack', workspace: 'T1', externalId: 'U1', name: 'minji', locale: 'en' as const }
  const place = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: null, isDirect: false }
  const say = async (text: string) => (await rig.house.dispatch({ eventId: null, account, place, text }))!
  const { user, account: own } = await rig.house.store.users.resolve(account, 'minji')
  const { jobId } = await say('ssg 노트북 --limit 5')
  await rig.ended({ user, account: own }, jobId as never)
  const { files } = await say(`result ${jobId}`)
  return { user: user.id, bytes: files![0]!.bytes }
}

const json = async (path: string) => (await (await rig.ask(path)).json()) as Record<string, unknown>
const html = async (path: string) => (await rig.ask(path, { headers: { accept: 'text/html' } })).text()

describe('the administrator is told', () => {
  test('503, not a conflict, while another program holds the database', async () => {
    const holder = new Sqlite(databasePath(rig.dataDir))
    holder.exec('begin immediate')
    const answer = await rig.ask('/admin/sites/samsung/pause', { method: 'POST' })
    holder.exec('rollback')
    holder.close()
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ error: { code: 'store.busy' } })
  })
})

describe('the administrator sees', () => {
  test('beside a user how much they keep and what they have used of each quota', async () => {
    const { user, bytes } = await crawled()
    expect(await json('/admin/users')).toMatchObject({ users: [{ id: user, bytes }] })
    expect(await json(`/admin/users/${user}`)).toMatchObject({
      user: { bytes },
      quota: {
        jobsHour: { used: 1, limit: 20 },
        jobsDay: { used: 1, limit: 7 },
        hostsDay: { used: 1, limit: 20 },
        bytes: { used: bytes, limit: 12_345_678 },
      },
    })
    expect(await html(`/admin/users/${user}?lang=en`)).toContain('12.3 MB')
  })

  test('how much is kept in all, once it was measured, and for how long', async () => {
    const { bytes } = await crawled()
    expect(await json('/admin/storage')).toEqual({ retentionDays: 90, sizes: null })
    expect(await html('/admin?lang=en')).toContain('<dt>Database</dt><dd>–</dd>')
    const look = lookAt(rig.dataDir)
    await until(
      async () => (await look.rows('select 1 from request_log')).length > 1,
      'the log, after which nothing grows',
    )
    rig.house.startUpkeep()
    await until(async () => (await json('/admin/storage')).sizes !== null, 'sizes')
    const sizes = (await json('/admin/storage')).sizes as MeasuredSizes
    expect(sizes).toMatchObject({ files: 1, fileBytes: bytes, jobsKept: 1, freeBytes: expect.any(Number) })
    const [file] = await look.rows('select page_count * page_size as bytes from pragma_page_count, pragma_page_size')
    look.close()
    expect(sizes.databaseBytes).toBe(Number(file!.bytes))
    const page = await html('/admin?lang=en')
    expect(page).toContain('90 days')
    expect(page).not.toContain('<dt>Database</dt><dd>–</dd>')
  })
})
