import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Catalogue } from '../../src/demo/catalogue.ts'
import { isRefusal } from '../../src/errors.ts'
import type { JobId } from '../../src/ids.ts'
import type { Requester } from '../../src/jobs/service.ts'
import { CONSOLE_PLACE, openTestHouse, type TestHouse, wanted } from '../support/house.ts'

let at: TestHouse
afterEach(async () => {
  await at.close()
})

/** Pairs of words that find at least `least` products, each pair its own set of goods. */
function distinctWords(catalogue: Catalogue, count: number, least: number): string[] {
  const found = new Map<string, string[]>()
  for (const { id, name } of catalogue.items) {
    const words = name.replace('[행사] ', '').split(' ')
    for (const [index, first] of words.entries()) {
      for (const second of words.slice(index + 1)) {
        const pair = `${first} ${second}`
        found.set(pair, [...(found.get(pair) ?? []), id])
      }
    }
  }
  const sets = new Set<string>()
  const chosen: string[] = []
  for (const [pair, ids] of found) {
    if (ids.length < least || sets.has(ids.join())) continue
    sets.add(ids.join())
    chosen.push(pair)
  }
  expect(chosen.length).toBeGreaterThanOrEqual(count)
  return chosen.slice(0, count)
}

interface Searcher {
  who: Requester
  id: JobId
  words: string
}

/** A thousand at once may wait longer for the database than a command may: whoever is told so asks again. */
async function untilTaken<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!isRefusal(error, 'store.busy')) throw error
    }
  }
}

/** Every person submits at the same moment; resolves when all have ended. */
async function crawlAtOnce(people: number, limit: number, words: string[]): Promise<Searcher[]> {
  const all = await Promise.all(
    Array.from({ length: people }, (_, index) => untilTaken(() => at.person(`person-${index}`))),
  )
  const submitted = await Promise.all(
    all.map(async (who, index): Promise<Searcher> => {
      const mine = words[index % words.length]!
      const request = wanted({ words: mine, limit, format: 'jsonl' })
      const job = await untilTaken(() => at.house.jobs.submit(who, request, CONSOLE_PLACE))
      return { who, id: job.id, words: mine }
    }),
  )
  for (const { who, id } of submitted) expect((await at.ended(who, id)).state).toBe('succeeded')
  return submitted
}

/** Ids in a person's file, in its order. */
async function idsInFile({ who, id }: Searcher): Promise<string[]> {
  const path = join(at.dataDir, `${id}.jsonl`)
  await at.house.results.exportTo(who.user.id, id, { format: 'jsonl', path })
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map((line) => (JSON.parse(line) as { id: string }).id)
}

const soldFor = (words: string, limit: number): string[] =>
  at.shop.catalogue
    .matching(words)
    .slice(0, limit)
    .map(({ id }) => id)

describe('many people who crawl at once', () => {
  test.each([20, 200])('%i get the products that their own words find, and nobody else’s', async (people) => {
    at = await openTestHouse({ replica: { products: 4_000, pageBytes: 20_000 } })
    const searchers = await crawlAtOnce(people, 60, distinctWords(at.shop.catalogue, people, 3))
    for (const searcher of searchers) expect(await idsInFile(searcher)).toEqual(soldFor(searcher.words, 60))
  })

  test('1,000 get theirs, though a hundred jobs run at once', { timeout: 240_000 }, async () => {
    at = await openTestHouse({ replica: { products: 3_000, pageBytes: 0 } })
    const searchers = await crawlAtOnce(1_000, 10, distinctWords(at.shop.catalogue, 300, 3))
    for (const searcher of searchers) expect(await idsInFile(searcher)).toEqual(soldFor(searcher.words, 10))
  })

  test('cannot open one another’s results', async () => {
    at = await openTestHouse()
    const [minji, junho] = await crawlAtOnce(2, 10, ['노트북', '모니터'])
    const path = join(at.dataDir, 'stolen.jsonl')
    expect(await at.house.results.exportTo(junho!.who.user.id, minji!.id, { format: 'jsonl', path })).toBeUndefined()
    expect(await at.house.results.open(junho!.who.user.id, minji!.id, 'jsonl')).toBeUndefined()
    expect(existsSync(path)).toBe(false)
    await expect(at.house.jobs.job(junho!.who.user.id, minji!.id)).rejects.toMatchObject({ code: 'job.unknown' })
  })

  test('start by priority, then by the time of asking', async () => {
    at = await openTestHouse({ env: { CRAWL_JOBS: '1' }, replica: { latencyMs: 1_500 } })
    const first = await at.person('first')
    const running = await at.house.jobs.submit(first, wanted({ limit: 10 }), CONSOLE_PLACE)
    const others = await Promise.all(['early', 'late', 'urgent'].map((name) => at.person(name)))
    const ids: JobId[] = []
    for (const [index, who] of others.entries()) {
      const draft = { accountId: who.account.id, request: wanted({ limit: 10 }), place: CONSOLE_PLACE }
      const answer = await at.house.store.ownerJobs.create(who.user.id, { ...draft, priority: index === 2 ? 5 : 0 })
      ids.push(answer.job.id)
    }
    for (const [index, who] of others.entries()) await at.ended(who, ids[index]!)
    const claimed = at.events.flatMap(({ name, facts }) =>
      name === 'job.claimed' ? [(facts as { job: string }).job] : [],
    )
    expect(claimed).toEqual([running.id, ids[2], ids[0], ids[1]])
  })
})
