import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createUpkeepStore } from '../../db/stores/upkeep.ts'
import { systemClock } from '../../src/clock.ts'
import { createDuties, soleDuties } from '../../src/duty.ts'
import { type JobId, newId } from '../../src/ids.ts'
import { removeResultFiles } from '../../src/results/folder.ts'
import { createRetention, type RetentionParts } from '../../src/upkeep/retention.ts'
import type { UpkeepStore } from '../../src/upkeep/store.ts'
import { CONSOLE_PLACE, fromPage, openTestHouse, type TestHouse, wanted } from '../support/house.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'
import { plansOf, wholeScans } from '../support/query-plans.ts'
import { lookAt, openQuiet } from '../support/store-house.ts'
import { until } from '../support/until.ts'

const DAY_MS = 86_400_000
const SOON = { timeout: 60_000, interval: 50 }
let at: TestHouse
afterEach(() => at.close())

/** A house in which one person has one result with its file, and the retention of a day later than `RETENTION_DAYS`. */
async function openAged(): Promise<{
  id: JobId
  path: string
  retention: (parts?: Partial<RetentionParts>) => number | Promise<number>
  later: UpkeepStore
}> {
  at = await openTestHouse()
  const minji = await at.person('minji')
  const { id } = await at.house.jobs.submit(minji, wanted({ limit: 5 }), CONSOLE_PLACE)
  await at.ended(minji, id)
  const file = await at.house.results.open(minji.user.id, id, 'csv')
  const { store } = at.house
  const later: UpkeepStore = { ...store.upkeep, due: (ms, limit) => store.upkeep.due(ms - 91 * DAY_MS, limit) }
  const parts: RetentionParts = {
    store: later,
    removeFiles: (files) => removeResultFiles(at.dataDir, files),
    clock: createJumpingClock(),
    duties: soleDuties,
    sweepFiles: async () => {},
    forgetting: { resume: async () => 0 },
    ...{ emit: () => {}, days: 90, faultId: () => 'fault' },
  }
  const run = async (changed: Partial<RetentionParts> = {}) => {
    const clock = { ...createJumpingClock(), sleep: async () => {} }
    return createRetention({ ...parts, clock, ...changed }).run()
  }
  return { id, path: file!.path, retention: run, later }
}

const rows = async (sql: string) => {
  const look = lookAt(at.dataDir)
  return look.rows(sql).finally(() => look.close())
}

describe('retention', () => {
  test('takes words, products, pages and files of old jobs; their rows stay for the totals', async () => {
    const { id, path, retention } = await openAged()
    const before = await at.house.stats.totals()
    expect(await at.house.store.upkeep.sizes()).toMatchObject({ jobsKept: 1, files: expect.any(Number) })
    expect(existsSync(path)).toBe(true)
    expect(await retention()).toBe(1)
    expect(existsSync(path)).toBe(false)
    for (const table of ['products', 'frontier', 'lists', 'evidence', 'files']) {
      expect(await rows(`select * from ${table}`)).toEqual([])
    }
    const [job] = await rows(`select words, request, products from jobs where id = '${id}'`)
    expect(job).toMatchObject({ words: '', products: 5 })
    expect(job!.request).not.toContain('노트북')
    expect(await at.house.stats.totals()).toEqual(before)
    expect(await at.house.store.upkeep.sizes()).toMatchObject({ jobsKept: 0, files: 0, fileBytes: 0 })
    expect(await retention()).toBe(0)
  })

  test('takes what shops were asked, what chat was told, and commands, though a week is not over yet', async () => {
    const { id, retention, later } = await openAged()
    const { account } = await at.person('minji')
    const log = at.house.store.commands
    await log.log({
      requestId: 'r'.repeat(22),
      userId: account.userId,
      accountId: account.id,
      command: 'crawl',
      outcome: 'ok',
      jobId: id,
    })
    await until(
      async () => (await rows(`select * from request_log where job_id = '${id}'`)).length > 0,
      'the log of requests',
    )
    await at.house.store.outbox.settle('console', id)
    // a day after the job's end, where RETENTION_DAYS is 1
    const store = { ...later, expire: (ms: number, limit: number) => later.expire(ms - DAY_MS - 1, limit) }
    expect(await retention({ store, days: 1 })).toBe(1)
    for (const table of ['request_log', 'outbox'])
      expect(await rows(`select * from ${table} where job_id = '${id}'`)).toEqual([])
    expect(await rows('select * from commands')).toEqual([])
  })

  test('by two processes at once takes each job once', async () => {
    const { path, retention, later } = await openAged()
    const other = await openQuiet(at.dataDir, systemClock)
    const counts = await Promise.all([retention(), retention({ store: { ...later, clear: other.upkeep.clear } })])
    expect(counts.every((count) => count <= 1)).toBe(true)
    expect(existsSync(path)).toBe(false)
    expect(await rows('select cleared_at is not null as is_cleared from jobs')).toEqual([{ is_cleared: 1 }])
    await other.close()
  })

  test('a file that was written while its job was cleared does not stay', async () => {
    const { id, path, retention } = await openAged()
    const minji = await at.person('minji')
    const { results } = at.house.store
    const file = { ...(await results.file(minji.user.id, id, 'csv'))!, format: 'json' as const }
    await retention()
    expect(await results.keep(file)).toBe(false)
    expect(await rows('select * from files')).toEqual([])
    expect(existsSync(path)).toBe(false)
  })

  test('of each process looks for files of nobody on its own disk, and for the folders of those who are gone', async () => {
    const { path } = await openAged()
    const stranger = join(at.dataDir, 'files', newId(Date.now()))
    mkdirSync(stranger)
    writeFileSync(join(stranger, `${newId(Date.now())}.csv`), 'old')
    const stray = join(dirname(path), `${newId(Date.now())}.csv`)
    const [young, old] = ['a', 'b'].map((name) => join(stranger, `${name}.csv.999999999-${'0'.repeat(16)}.part`)) as [
      string,
      string,
    ]
    writeFileSync(stray, 'old')
    for (const file of [young, old]) writeFileSync(file, 'half')
    utimesSync(old, 0, 0)
    await at.house.results.sweep({ isShared: true })
    expect([stray, old, stranger, path, young].map(existsSync)).toEqual([false, false, true, true, true])
    await at.house.results.sweep({ isShared: false })
    expect([stranger, path].map(existsSync)).toEqual([false, true])
    mkdirSync(stranger)
    writeFileSync(stray, 'old')
    at = await at.reopen() // does it too
    await until(() => !existsSync(stranger) && !existsSync(stray), 'the sweep of the service')
    expect(existsSync(path)).toBe(true)
  })

  test('holds up neither a start nor the end of running jobs, however many folders it has to look through', async () => {
    const trouble = fromPage(2, { kind: 'hang' }) // the job runs until the house is stopped
    at = await openTestHouse({ isCrawling: false, replica: { products: 5_000, trouble } })
    const { house } = at
    const folders = Array.from({ length: 20 }, () => join(at.dataDir, 'files', newId(Date.now())))
    for (const folder of folders) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, `${newId(Date.now())}.csv`), 'old')
    }
    const half = join(folders[0]!, `x.csv.999999999-${'0'.repeat(16)}.part`)
    writeFileSync(half, 'half')
    const asked = vi.spyOn(house.store.results, 'fileIds')
    let answer = (): void => undefined
    asked.mockImplementation(() => new Promise((resolve) => (answer = () => resolve([]))))

    expect(await house.takeOwnership({ kind: 'service', waitMs: 0 })).toBe(true)
    expect(existsSync(half)).toBe(false)
    await house.startRunner()
    house.startUpkeep()
    await until(() => asked.mock.calls.length > 0, 'the sweep')
    const minji = await at.person('minji')
    const { id } = await house.jobs.submit(minji, wanted({ limit: 5_000 }), CONSOLE_PLACE)
    await until(async () => (await house.jobs.job(minji.user.id, id)).products > 0)

    const reopening = at.reopen()
    await until(() => at.events.some(({ name }) => name === 'job.requeued'), 'the end of the running job')
    answer()
    at = await reopening
    expect(asked).toHaveBeenCalledTimes(1)
    expect(folders.map(existsSync)).toContain(true)
  })

  test('a cleared job says so to whoever asks for its file or wants it again', async () => {
    const { id, retention } = await openAged()
    await retention()
    const minji = await at.person('minji')
    await expect(at.house.jobs.ended(minji.user.id, id)).rejects.toMatchObject({ code: 'job.cleared' })
    await expect(at.house.jobs.again(minji, id, CONSOLE_PLACE)).rejects.toMatchObject({ code: 'job.cleared' })
    expect(await at.house.results.open(minji.user.id, id, 'csv')).toBeUndefined()
  })

  test('a round that dies between the files and their rows is finished by the next', async () => {
    const { path, retention, later } = await openAged()
    const dying = { ...later, clear: () => Promise.reject(new Error('killed')) }
    await expect(retention({ store: dying })).rejects.toThrow('killed')
    expect(existsSync(path)).toBe(false)
    expect(await retention()).toBe(1)
    expect(await rows('select * from files')).toEqual([])
  })

  test('is done by one process of several, and by another once that one stops', async () => {
    at = await openTestHouse()
    const clock = createJumpingClock()
    const begin = (holder: string) => {
      const rounds: string[] = []
      const duties = createDuties({ store: at.house.store.duties, clock, holder, onError: () => {} })
      const due = async () => {
        rounds.push(holder)
        return []
      }
      const store = { ...at.house.store.upkeep, due }
      const parts = { store, clock, duties, emit: () => {}, days: 90, faultId: () => 'fault' }
      const forgetting = { resume: async () => 0 }
      const files = { removeFiles: async () => {}, sweepFiles: async () => {} }
      const retention = createRetention({ ...parts, ...files, forgetting })
      retention.start()
      return { rounds, stop: retention.stop }
    }
    const one = begin('one')
    await vi.waitFor(() => expect(one.rounds).toEqual(['one']), SOON)
    const two = begin('two')
    await clock.jump(10_000)
    expect(two.rounds).toEqual([])
    await one.stop()
    await vi.waitFor(async () => {
      await clock.jump(5_000)
      expect(two.rounds).toEqual(['two'])
    }, SOON)
    await two.stop()
  })
  test('what is young stays', async () => {
    const { path, retention } = await openAged()
    expect(await retention({ store: at.house.store.upkeep })).toBe(0)
    expect(existsSync(path)).toBe(true)
  })

  test('looks for old jobs without reading the whole table', async () => {
    await openAged()
    const plans = await plansOf(at.dataDir, async (database) => {
      const store = createUpkeepStore(database)
      await store.due(90 * DAY_MS, 5)
      await store.expire(90 * DAY_MS, 100)
    })
    expect(wholeScans(plans, ['jobs', 'files', 'evidence', 'request_log', 'robots'])).toEqual([])
  })
})
