import type { JobId } from '../../src/ids.ts'
import type { Job, JobRequest } from '../../src/jobs/job.ts'
import type { EventName, Events } from '../../src/telemetry/events.ts'
import { CONSOLE_PLACE, type TestHouse, wanted } from './house.ts'
import { lookAt } from './store-house.ts'

/** Submits a request for somebody and waits for its end. */
export async function crawlToEnd(at: TestHouse, request: Partial<JobRequest> = {}, name = 'minji'): Promise<Job> {
  const who = await at.person(name)
  const { id } = await at.house.jobs.submit(who, wanted(request), CONSOLE_PLACE)
  return at.ended(who, id)
}

/** What was told of one kind, in order. */
export const told = <E extends EventName>(at: TestHouse, name: E): Events[E][] =>
  at.events.filter((event) => event.name === name).map(({ facts }) => facts as Events[E])

/** Ids of a job's products, in order. */
export async function idsOf(at: TestHouse, job: Job): Promise<string[]> {
  const products = await at.house.store.results.products(job.userId, job.id, 0, 10_000)
  return products.map(({ id }) => id)
}

/** Ids that the shop sells for these words, in the shop's order. */
export const soldFor = (at: TestHouse, words: string, limit = 10_000): string[] =>
  at.shop.catalogue
    .matching(words)
    .slice(0, limit)
    .map(({ id }) => id)

/** Requests for pages that the shop received. */
export const pagesAsked = (at: TestHouse) => at.shop.calls.filter(({ path }) => path !== '/robots.txt')

/** Reads the stored data with plain SQL. */
export async function rowsOf(at: TestHouse, sql: string): Promise<Record<string, unknown>[]> {
  const look = lookAt(at.dataDir)
  try {
    return await look.rows(sql)
  } finally {
    look.close()
  }
}

/** Codes of the pages that were kept for people to look at. */
export const evidenceOf = (at: TestHouse, id: JobId) =>
  rowsOf(at, `select code, status, title, length(text) > 0 as has_text from evidence where job_id = '${id}'`)
