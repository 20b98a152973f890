import { afterEach, describe, expect, test } from 'vitest'
import { CONSOLE_PLACE, openTestHouse, type TestHouse, wanted } from '../support/house.ts'

let at: TestHouse
afterEach(async () => {
  await at.close()
})

describe('a crawl of a shop', () => {
  test('ends with exactly as many products as were asked for', async () => {
    at = await openTestHouse()
    const minji = await at.person('minji')
    const submitted = await at.house.jobs.submit(minji, wanted({ limit: 30 }), CONSOLE_PLACE)
    const job = await at.ended(minji, submitted.id)
    expect(job).toMatchObject({ state: 'succeeded', products: 30, stopReason: 'limit', failedPages: 0 })
  })
})
