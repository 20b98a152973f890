import { afterEach, beforeEach, expect, test } from 'vitest'
import { crowdOf, eventually, type Fleet, haveLastWords, openFleet, type Person, threadsOf } from '../support/fleet.ts'
import { hasPostgres } from '../support/postgres.ts'
import { hasRedis } from '../support/redis.ts'
import { suiteWhere } from '../support/suites.ts'

const TEST_MS = 600_000

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'a bot and a worker', () => {
  let fleet: Fleet
  let minji: Person
  beforeEach(async () => {
    fleet = await openFleet()
    await Promise.all([fleet.startBot(), fleet.startWorker()])
    minji = crowdOf(fleet, 1)[0]!
  })
  afterEach(() => fleet.close())

  const say = (line: string) => fleet.slack.command(minji.user, minji.channel, line)
  const jobs = () => fleet.rows('select state, products from jobs order by created_at')

  test(
    'a cancel reaches the worker that has the job within seconds, and the next one runs',
    async () => {
      let answered = 0 // the others are held back: the job cannot end before the cancel
      fleet.shop.options.trouble = () => (++answered > 3 ? { kind: 'hang' } : null)
      await say('ssg --limit 600 --format csv')
      await eventually(async () => (await fleet.count('select max(products) from jobs')) > 0, 'products')
      await say('cancel')
      await eventually(async () => (await jobs())[0]?.state === 'cancelled', 'the end of the job')
      fleet.shop.options.trouble = () => null
      const calls = fleet.shop.calls.length
      await say('ssg 노트북 --limit 20 --format csv')
      await eventually(() => haveLastWords(fleet, [minji], 2), 'both last words')
      expect((await jobs()).map(({ state }) => state)).toEqual(['cancelled', 'succeeded'])
      expect((await jobs())[1]).toMatchObject({ products: 20 })
      expect(fleet.shop.calls.length - calls).toBeLessThan(10)
      const shown = threadsOf(fleet, minji).map(({ words, files }) => [words.length, files.length])
      expect(shown).toEqual([
        [1, 1],
        [1, 1],
      ])
    },
    TEST_MS,
  )
})
