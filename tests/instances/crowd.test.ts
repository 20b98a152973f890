import { Agent, fetch } from 'undici'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { answersTo, crowdOf, eventually, type Fleet, haveLastWords, openFleet, threadsOf } from '../support/fleet.ts'
import { hasPostgres } from '../support/postgres.ts'
import { hasRedis } from '../support/redis.ts'
import { suiteWhere } from '../support/suites.ts'

const PEOPLE = 200
const COMMANDS = 5
const LINE = 'ssg 노트북 --limit 20 --format csv'
/** What the program says when its database has no time for a command: whoever got only such answers asks again. */
const IS_BUSY = /저장소가 바빠서|데이터베이스에 연결할 수 없습니다/

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'two bots behind a balancer, two workers', () => {
  let fleet: Fleet
  /** As Slack does, some hundred connections for all that it delivers. */
  const dispatcher = new Agent({ connections: 50 })
  beforeEach(async () => {
    fleet = await openFleet({ shop: { latencyMs: 20 } })
  })
  afterEach(() => fleet.close())
  afterAll(() => dispatcher.destroy())

  /** A request that the bots have no time to read is sent again. */
  async function deliver(url: string, signed: { body: string; headers: Record<string, string> }): Promise<void> {
    const answer = fetch(`${url}/slack/events`, { method: 'POST', ...signed, dispatcher })
    const status = await answer.then((it) => it.status).catch(() => 0)
    if ([0, 408, 503].includes(status)) return deliver(url, signed)
    expect(status).toBe(200)
  }

  test('two hundred people who each send five commands at once, one of them delivered to both bots too: one job, one last word and one file each', async () => {
    const bots = await Promise.all([fleet.startBot(), fleet.startBot()])
    const people = crowdOf(fleet, PEOPLE)
    const send = async ({ user, channel }: (typeof people)[number], isTwice: boolean): Promise<void> => {
      const signed = fleet.slack.signed('slash_commands', fleet.slack.commandPayload(user, channel, LINE))
      const urls = [fleet.balancer.origin, ...(isTwice ? bots.map(({ origin }) => origin) : [])]
      await Promise.all(urls.map((url) => deliver(url, signed)))
    }
    const answers = (person: (typeof people)[number]) => answersTo(fleet, person)
    const clear = (person: (typeof people)[number]) => answers(person).filter((said) => !IS_BUSY.test(said))
    await Promise.all(people.flatMap((person) => Array.from({ length: COMMANDS }, (_, at) => send(person, at === 0))))
    await eventually(() => people.every((person) => answers(person).length >= COMMANDS), 'an answer to every command')
    for (;;) {
      const again = people
        .filter((person) => clear(person).length === 0)
        .map((person) => ({ person, had: answers(person) }))
      if (again.length === 0) break
      console.info(`${again.length} people were told that the database has no time for them, and ask again`)
      await Promise.all(again.map(({ person }) => send(person, false)))
      await eventually(() => again.every(({ person, had }) => answers(person).length > had.length), 'their answers')
    }
    expect([...fleet.balancer.answered.values()].every((count) => count > PEOPLE)).toBe(true)
    expect(await fleet.rows('select state, count(*) as jobs from jobs group by state')).toEqual([
      { state: 'queued', jobs: PEOPLE },
    ])

    await Promise.all([fleet.startWorker(), fleet.startWorker()])
    await eventually(() => haveLastWords(fleet, people), 'every last word and file')
    expect(await fleet.rows('select state, products, count(*) as jobs from jobs group by state, products')).toEqual([
      { state: 'succeeded', products: 20, jobs: PEOPLE },
    ])
    for (const person of people) {
      const threads = threadsOf(fleet, person).map(({ words, files }) => [words.length, files.length])
      expect(threads).toEqual([[1, 1]])
      expect(clear(person).length).toBeLessThanOrEqual(COMMANDS) // a delivery that came again was not answered again
    }
  }, 900_000)
})
