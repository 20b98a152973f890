import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { runCli } from '../support/cli.ts'
import {
  crowdOf,
  eventually,
  type Fleet,
  type FleetProcess,
  haveLastWords,
  openFleet,
  type Person,
  threadsOf,
} from '../support/fleet.ts'
import { createHold } from '../support/held-shop.ts'
import { buildNextVersion, NEXT_MIGRATION, type NextVersion } from '../support/next-version.ts'
import { hasPostgres } from '../support/postgres.ts'
import { hasRedis } from '../support/redis.ts'
import { suiteWhere } from '../support/suites.ts'

const LIMIT = 600
const LINE = `ssg --limit ${LIMIT} --format csv`

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'an upgrade, one process after another', () => {
  let next: NextVersion
  let fleet: Fleet
  beforeAll(() => {
    next = buildNextVersion()
  })
  afterEach(() => fleet.close())
  afterAll(() => next.remove())

  const ask = ({ user, channel }: Person) => fleet.slack.command(user, channel, LINE)
  const endWell = async (one: FleetProcess): Promise<void> => {
    fleet.balancer.targets = fleet.balancer.targets.filter((target) => target !== one.origin)
    one.process.kill('SIGTERM')
    const { code, stderr } = await one.ended
    expect(code, stderr).toBe(0)
  }
  const isBegun = () => fleet.count(`select count(*) from jobs where state = 'running' and products > 0`)
  const migrations = async () =>
    (await fleet.rows('select name from kysely_migration order by name')).map((it) => it.name)
  const checkpoints = () => fleet.count(`select count(*) from pg_proc where proname like 'shopcrawl_checkpoint_%'`)

  test('old and new work side by side on the newer schema, and lose nothing; an old one that starts is refused', async () => {
    const { from, letGo } = createHold() // no job ends before both workers have one
    fleet = await openFleet({ shop: { latencyMs: 100, trouble: from(2) }, env: { CRAWL_JOBS: '2' } })
    const [first, second, third, fourth] = crowdOf(fleet, 4) as [Person, Person, Person, Person]
    const [oldBot, oldWorker] = await Promise.all([fleet.startBot(), fleet.startWorker()])
    await ask(first)
    await eventually(async () => (await isBegun()) === 1, 'a job in its middle')

    const newWorker = await fleet.startWorker({}, next.program) // brings the database up to date beside the old ones
    expect([(await migrations()).at(-1), await checkpoints()]).toEqual([NEXT_MIGRATION, 2])
    for (const person of [second, third]) await ask(person)
    await eventually(async () => (await isBegun()) === 3, 'jobs on both workers')
    const holders = await fleet.rows(
      `select distinct split_part(holder, '-', 1) as pid from jobs where state = 'running'`,
    )
    expect(holders.map(({ pid }) => Number(pid)).sort()).toEqual(
      [oldWorker, newWorker].map((it) => it.process.pid).sort(),
    )
    const ending = endWell(oldWorker!) // its jobs go on at the new one
    letGo()
    await ending

    const newBot = await fleet.startBot({}, next.program)
    await endWell(oldBot!)
    await ask(fourth)
    const people = [first, second, third, fourth]
    await eventually(() => haveLastWords(fleet, people), 'every last word and file')
    expect(await fleet.rows('select distinct state, products, attempt, takeovers from jobs')).toEqual([
      { state: 'succeeded', products: LIMIT, attempt: 1, takeovers: 0 },
    ])
    for (const person of people)
      expect(threadsOf(fleet, person).map(({ words, files }) => [words.length, files.length])).toEqual([[1, 1]])

    const late = await runCli(['start'], { env: { ...fleet.env, ROLE: 'worker', DATA_DIR: newBot.dataDir } })
    expect({ code: late.code, isTold: late.stderr.includes(NEXT_MIGRATION) }, late.stderr).toEqual({
      code: 2,
      isTold: true,
    })
    expect([(await migrations()).at(-1), await checkpoints()]).toEqual([NEXT_MIGRATION, 2])
  }, 600_000)
})
