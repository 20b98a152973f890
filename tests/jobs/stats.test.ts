import { afterEach, expect, test } from 'vitest'
import type { Totals } from '../../src/stats/stats.ts'
import { CONSOLE_PLACE, openTestHouse, type TestHouse, wanted } from '../support/house.ts'
import { lookAt } from '../support/store-house.ts'

let at: TestHouse
afterEach(() => at.close())

const PEOPLE = 60
type Counts = Pick<Totals, 'users' | 'runningJobs' | 'queuedJobs' | 'completedJobs' | 'failedJobs' | 'cancelledJobs'>

/** The same numbers, counted row by row. */
const COUNT = `select
  (select count(*) from users where deleted_at is null and id in (select user_id from accounts)) as users,
  (select count(*) from jobs where state = 'running') as "runningJobs",
  (select count(*) from jobs where state = 'queued') as "queuedJobs",
  (select count(*) from jobs where state = 'succeeded') as "completedJobs",
  (select count(*) from jobs where state = 'failed') as "failedJobs",
  (select count(*) from jobs where state = 'cancelled') as "cancelledJobs"`

test('the totals equal what the rows say at every moment while many jobs run', async () => {
  at = await openTestHouse({ env: { CRAWL_JOBS: '20' }, replica: { products: 500, pageBytes: 0 } })
  const look = lookAt(at.dataDir)
  const count = async () => (await look.rows(COUNT))[0] as unknown as Counts
  const people = await Promise.all(Array.from({ length: PEOPLE }, (_, index) => at.person(`person-${index}`)))
  const jobs = await Promise.all(
    people.map((who) => at.house.jobs.submit(who, wanted({ limit: 40, words: '' }), CONSOLE_PLACE)),
  )
  await Promise.all(people.slice(-5).map((who) => at.house.jobs.cancel(who.user.id)))
  const compared: Counts[] = []
  const compare = async () => {
    const before = await count()
    const totals = await at.house.stats.totals()
    const after = await count()
    if (JSON.stringify(before) !== JSON.stringify(after)) return // something ended in between: nothing to compare with
    expect(totals).toMatchObject(before)
    compared.push(before)
  }
  do {
    await compare()
    await new Promise((resolve) => setImmediate(resolve)) // SQLite answers at once: the jobs would never get a turn
  } while ((await count()).completedJobs < PEOPLE - 5)
  for (const [index, who] of people.entries()) await at.ended(who, jobs[index]!.id)
  await compare()
  look.close()
  expect(compared.some(({ runningJobs, queuedJobs }) => runningJobs > 0 && queuedJobs > 0)).toBe(true)
  expect(compared.at(-1)).toEqual({
    ...{ users: PEOPLE, runningJobs: 0, queuedJobs: 0, completedJobs: PEOPLE - 5, failedJobs: 0, cancelledJobs: 5 },
  })
})
