import { afterEach, expect, test } from 'vitest'
import type { Trouble } from '../../src/demo/replica-shop.ts'
import type { Job } from '../../src/jobs/job.ts'
import type { Requester } from '../../src/jobs/service.ts'
import type { Totals } from '../../src/stats/stats.ts'
import { type AdminRig, openAdminRig } from '../support/admin-rig.ts'
import { createHold } from '../support/held-shop.ts'
import { CONSOLE_PLACE, wanted } from '../support/house.ts'
import { lookAt } from '../support/store-house.ts'

let at: AdminRig
afterEach(() => at.close())

const PEOPLE = 100
const [FAILING, CANCELLED] = [5, 5]
/** The jobs get the thread in between. */
const PAUSE_MS = 25
/** A word of a query that the shop refuses. */
const BROKEN = 'broken'

type Counts = Omit<Totals, 'bySite' | 'byDay'>

/** The same numbers, counted row by row. */
const COUNT = `select
  (select count(*) from users where deleted_at is null and id in (select user_id from accounts)) as users,
  (select count(distinct user_id) from commands where at > unixepoch() * 1000 - 86400000) as "activeUsers",
  (select count(*) from jobs where state = 'running') as "runningJobs",
  (select count(*) from jobs where state = 'queued') as "queuedJobs",
  (select count(*) from jobs where state = 'succeeded') as "completedJobs",
  (select count(*) from jobs where state = 'failed') as "failedJobs",
  (select count(*) from jobs where state = 'cancelled') as "cancelledJobs"`
const BY_SITE = `select site, sum(state = 'running') as running, sum(state = 'queued') as queued,
  sum(state = 'succeeded') as completed, sum(state = 'failed') as failed, sum(state = 'cancelled') as cancelled,
  sum(case when finished_at is null then 0 else products end) as products from jobs group by site order by site`

/** What `/crawl stats` tells an administrator. */
async function toldInChat(): Promise<Counts> {
  const account = { platform: 'slack', workspace: 'T1', externalId: 'U-admin', name: 'admin', locale: 'en' as const }
  const place = { ...CONSOLE_PLACE, platform: 'slack', workspace: 'T1' }
  const reply = await at.house.dispatch({ eventId: null, account, place, text: 'stats' })
  const text = JSON.stringify(reply!.message.lines)
  const told =
    /(\d+) users?, (\d+) of them .*Jobs: (\d+) running, (\d+) waiting, (\d+) done, (\d+) failed, (\d+) cancelled/
  const numbers = told.exec(text)?.slice(1).map(Number)
  if (!numbers) throw new Error(text)
  const [users, activeUsers, runningJobs, queuedJobs, completedJobs, failedJobs, cancelledJobs] = numbers
  return { users, activeUsers, runningJobs, queuedJobs, completedJobs, failedJobs, cancelledJobs } as Counts
}

test('/admin/stats and /crawl stats tell what the rows say, at every moment while 100 jobs run', async () => {
  const hold = createHold() // none ends before all have begun
  const trouble = async ({ path }: { path: string }): Promise<Trouble | null> => {
    await hold.wait()
    return path.includes(BROKEN) ? { kind: 'status', status: 400 } : null
  }
  at = await openAdminRig({
    env: { CRAWL_JOBS: String(PEOPLE), ADMIN_USERS: 'slack:T1/U-admin', QUOTA_COMMANDS_MINUTE: '100000' },
    replica: { products: 500, pageBytes: 0, latencyMs: 50, trouble },
  })
  const look = lookAt(at.dataDir)
  const count = async () => JSON.stringify([(await look.rows(COUNT))[0], await look.rows(BY_SITE)])
  await toldInChat() // the administrator is a user too from now on
  const people: Requester[] = []
  const jobs: Job[] = []
  for (let index = 0; index < PEOPLE; index++) {
    const who = await at.person(`person-${index}`) // one after another: a hundred at once may find the storage busy
    const request = wanted({ limit: 80, words: index < FAILING ? BROKEN : '노트북' })
    people.push(who)
    jobs.push(await at.house.jobs.submit(who, request, CONSOLE_PLACE))
  }
  const compared: Counts[] = []
  const compare = async () => {
    const before = await count()
    const [page, chat] = [(await (await at.ask('/admin/stats')).json()) as Totals, await toldInChat()]
    if ((await count()) !== before) return // something ended in between: nothing to compare with
    const [counts, sites] = JSON.parse(before) as [Counts, Totals['bySite']]
    const { bySite, byDay, ...told } = page
    expect(told).toEqual(counts)
    expect(chat).toEqual(counts)
    expect(bySite).toEqual(sites)
    expect(byDay.reduce((sum, day) => sum + day.completed + day.failed + day.cancelled, 0)).toBe(
      counts.completedJobs + counts.failedJobs + counts.cancelledJobs,
    )
    compared.push(counts)
  }
  const until = async (isSo: (counts: Counts) => boolean) => {
    while (!compared.some(isSo)) {
      await compare()
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
  await until(({ runningJobs }) => runningJobs >= PEOPLE - FAILING)
  await Promise.all(people.slice(-CANCELLED).map((who) => at.house.jobs.cancel(who.user.id)))
  await until(({ runningJobs, cancelledJobs }) => runningJobs > 0 && cancelledJobs === CANCELLED)
  hold.letGo()
  await until(({ runningJobs, queuedJobs }) => runningJobs + queuedJobs === 0)
  for (const [index, who] of people.entries()) await at.ended(who, jobs[index]!.id)
  await compare()
  look.close()
  expect(compared.at(-1)).toEqual({
    ...{ users: PEOPLE + 1, activeUsers: 1, runningJobs: 0, queuedJobs: 0, failedJobs: FAILING },
    ...{ cancelledJobs: CANCELLED, completedJobs: PEOPLE - FAILING - CANCELLED },
  })
})
