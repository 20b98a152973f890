import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Entry } from '../../src/chat/store.ts'
import { StaleLease } from '../../src/crawl/store.ts'
import { type FileId, type JobId, newId } from '../../src/ids.ts'
import type { StoreHouse } from '../support/store-house.ts'
import {
  claimJob,
  draftOf,
  LEASE_MS,
  meet,
  type Person,
  pageOf,
  placeOf,
  productOf,
  readPage,
  runJob,
  startJob,
  threadOf,
} from '../support/store-people.ts'
import { exerciseForgetting } from './forget-exercise.ts'
import { exerciseLinking } from './linking-exercise.ts'

const HOLD_MS = 60_000
const LISTS = { list: (list: number, page: number) => pageOf(`l${list}p${page}`, { list, page }) }

/** The one suite of all storage: every database passes it as it stands. */
export function exerciseStores(database: string, openHouse: () => Promise<StoreHouse>): void {
  describe(`stores on ${database}`, () => {
    let house: StoreHouse
    let minji: Person
    let jun: Person

    beforeEach(async () => {
      house = await openHouse()
      minji = await meet(house.store, 'minji')
      jun = await meet(house.store, 'jun')
    })
    afterEach(() => house.close())

    describe('users', () => {
      test('two first commands at once give one user', async () => {
        const key = { platform: 'discord', workspace: '', externalId: '42' }
        const other = await house.another()
        const met = await Promise.all(
          [house.store, other, house.store, other].map((store) => store.users.resolve(key, '새 사람')),
        )
        expect(new Set(met.map((one) => one.user.id)).size).toBe(1)
        expect(new Set(met.map((one) => one.account.id)).size).toBe(1)
      })

      test('the newest name is kept', async () => {
        const { account } = await house.store.users.resolve(minji.account, 'Minji Kim')
        expect(account).toEqual({ ...minji.account, name: 'Minji Kim' })
        expect(await house.store.users.accountsOf(minji.user.id)).toEqual([account])
      })

      test('looking for an account makes none', async () => {
        const key = { platform: 'discord', workspace: '', externalId: 'nobody' }
        expect(await house.store.users.find(key)).toBeUndefined()
        expect(await house.store.users.find(key)).toBeUndefined()
        expect((await house.store.users.find(minji.account))?.user.id).toBe(minji.user.id)
      })

      test('a chosen language is kept, and can be given up', async () => {
        await house.store.users.setLocale(minji.user.id, 'en')
        expect((await house.store.users.user(minji.user.id))?.locale).toBe('en')
        await house.store.users.setLocale(minji.user.id, null)
        expect((await house.store.users.user(minji.user.id))?.locale).toBeNull()
      })
    })

    exerciseLinking(() => house)
    exerciseForgetting(() => house)

    describe('the rule: one active job a user', () => {
      test('of many requests at once one becomes a job, the others name it', async () => {
        const other = await house.another()
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, at) =>
            (at % 2 ? other : house.store).ownerJobs.create(minji.user.id, draftOf(minji)),
          ),
        )
        expect(answers.filter((answer) => answer.kind === 'created')).toHaveLength(1)
        expect(new Set(answers.map((answer) => answer.job.id)).size).toBe(1)
      })

      test("one person's job does not hold up another's", async () => {
        const [mine, theirs] = await Promise.all([startJob(house.store, minji), startJob(house.store, jun)])
        expect(mine.id).not.toBe(theirs.id)
      })

      test('a running job counts as active, an ended one does not', async () => {
        const { lease } = await runJob(house.store, minji, [])
        expect((await house.store.ownerJobs.create(minji.user.id, draftOf(minji))).kind).toBe('active')
        await house.store.workerJobs.finish(lease, { state: 'succeeded', stopReason: 'end' })
        expect((await house.store.ownerJobs.create(minji.user.id, draftOf(minji))).kind).toBe('created')
      })

      test('replacing cancels one job and starts the other', async () => {
        const first = await startJob(house.store, minji)
        const answer = await house.store.ownerJobs.replace(minji.user.id, first.id, draftOf(minji, { site: 'samsung' }))
        expect(answer?.cancelled).toMatchObject({ id: first.id, state: 'cancelled' })
        expect((await house.store.ownerJobs.active(minji.user.id))?.id).toBe(answer?.job.id)
        expect(answer?.job.request.site).toBe('samsung')
      })

      test('replacing a job that is not active changes nothing', async () => {
        const first = await startJob(house.store, minji)
        await house.store.ownerJobs.cancel(minji.user.id, first.id)
        expect(await house.store.ownerJobs.replace(minji.user.id, first.id, draftOf(minji))).toBeUndefined()
        expect(await house.store.ownerJobs.active(minji.user.id)).toBeUndefined()
      })
    })

    describe("the owner's door", () => {
      test("another's job looks like no job at all", async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1')])
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a']))
        const { ownerJobs, results } = house.store
        expect(await ownerJobs.job(jun.user.id, job.id)).toBeUndefined()
        expect(await ownerJobs.cancel(jun.user.id, job.id)).toBeUndefined()
        expect(await ownerJobs.replace(jun.user.id, job.id, draftOf(jun))).toBeUndefined()
        await house.store.workerJobs.finish(lease, { state: 'succeeded', stopReason: 'end' })
        expect(await ownerJobs.oweCopy(jun.user.id, job.id, 'csv', placeOf(jun))).toBe(false)
        expect(await ownerJobs.lastEnded(jun.user.id)).toBeUndefined()
        expect((await ownerJobs.history(jun.user.id, 10)).jobs).toEqual([])
        expect(await results.facts(jun.user.id, job.id)).toBeUndefined()
        expect(await results.products(jun.user.id, job.id, 0, 10)).toEqual([])
        expect(await house.store.commands.recentWords(jun.user.id, 10)).toEqual([])
      })

      test('history shows every job once, newest first, whatever the page size', async () => {
        const made: string[] = []
        for (let count = 0; count < 7; count++) {
          const job = await startJob(house.store, minji) // the clock stands still: several have one time
          await house.store.ownerJobs.cancel(minji.user.id, job.id)
          made.push(job.id)
          if (count % 3 === 2) await house.clock.jump(1_000)
        }
        const seen: { id: string; createdAt: number }[] = []
        let next: Awaited<ReturnType<typeof house.store.ownerJobs.history>>['next'] | undefined
        while (next !== null) {
          const page = await house.store.ownerJobs.history(minji.user.id, 2, next)
          seen.push(...page.jobs)
          next = page.next
        }
        expect(seen.map((job) => job.id).sort()).toEqual(made.sort())
        expect(seen.map((job) => job.createdAt)).toEqual(seen.map((job) => job.createdAt).sort((a, b) => b - a))
      })

      test('a cancelled job owes its last word, and its file when there are products', async () => {
        const empty = await startJob(house.store, minji)
        expect(await house.store.ownerJobs.cancel(minji.user.id, empty.id)).toMatchObject({ state: 'cancelled' })
        expect(await kindsOwed(empty.id)).toEqual(['open', 'final', 'edit'])
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1')])
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a']))
        await house.store.ownerJobs.cancel(minji.user.id, job.id)
        expect(await kindsOwed(job.id)).toEqual(['open', 'final', 'file', 'edit'])
      })

      test('cancelling twice ends it once', async () => {
        const job = await startJob(house.store, minji)
        const answers = await Promise.all([1, 2, 3].map(() => house.store.ownerJobs.cancel(minji.user.id, job.id)))
        expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1)
      })

      test('a cancelled job is lost to its worker', async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1')])
        await house.store.ownerJobs.cancel(minji.user.id, job.id)
        expect(await house.store.workerJobs.renew(lease, LEASE_MS)).toBe(false)
        await expect(house.store.frontier.checkpoint(lease, readPage('p1', ['a']))).rejects.toThrow(StaleLease)
      })

      test('jobs of the last hour count, those of the console do not', async () => {
        const console = await meet(house.store, 'local', 'console')
        for (const person of [minji, console]) {
          const job = await startJob(house.store, person)
          await house.store.ownerJobs.cancel(person.user.id, job.id)
        }
        const used = async ({ user }: Person) => (await house.store.ownerJobs.usage(user.id, 3_600_000)).jobs
        expect(await used(minji)).toEqual([{ createdAt: house.clock.now(), host: 'ssg', pages: 0 }])
        expect(await used(console)).toEqual([])
        await house.clock.jump(3_600_001)
        expect(await used(minji)).toEqual([])
      })

      test('a copy is owed once to the place where it was asked for', async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1')])
        const place = placeOf(minji, 'D9')
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a']))
        expect(await house.store.ownerJobs.oweCopy(minji.user.id, job.id, 'csv', place)).toBe(false) // still runs
        await house.store.workerJobs.finish(lease, { state: 'succeeded', stopReason: 'end' })
        for (let presses = 0; presses < 3; presses++) {
          expect(await house.store.ownerJobs.oweCopy(minji.user.id, job.id, 'csv', place)).toBe(true)
        }
        const copies = (await claimEntries()).filter((entry) => entry.kind === 'copy')
        expect(copies).toEqual([expect.objectContaining({ place, format: 'csv', jobId: job.id })])
      })
    })

    const kindsOwed = async (jobId: string): Promise<unknown[]> =>
      (await house.look.rows(`select kind from outbox where job_id = '${jobId}' order by seq`)).map((row) => row.kind)

    const claimEntries = (holder = 'chat-1'): Promise<Entry[]> =>
      house.store.outbox.claim(['slack', 'console'], holder, 100, HOLD_MS)

    describe("the worker's door", () => {
      test('a job is claimed once, however many try', async () => {
        const job = await startJob(house.store, minji)
        const other = await house.another()
        const claims = await Promise.all(
          Array.from({ length: 10 }, (_, at) =>
            (at % 2 ? other : house.store).workerJobs.claim(job.id, `w${at}`, LEASE_MS),
          ),
        )
        const won = claims.filter((claim) => claim !== undefined)
        expect(won).toHaveLength(1)
        expect(won[0]?.job).toMatchObject({ state: 'running', attempt: 1, fence: 1 })
      })

      test('a requeued job comes back at its time, and counts the attempt only when charged', async () => {
        const { job, lease } = await runJob(house.store, minji, [])
        const next = { inMs: 5_000, charge: false, code: 'page.rate_limited', facts: { host: 'x' } } as const
        const back = await house.store.workerJobs.requeue(lease, next)
        expect(back).toMatchObject({ state: 'queued', code: 'page.rate_limited', facts: { host: 'x' } })
        expect(back.runAt - back.readAt).toBe(5_000)
        expect(back.attempt + back.nextCharge).toBe(1)
        expect(await house.store.workerJobs.claim(job.id, 'w', LEASE_MS)).toBeUndefined()
        expect(await house.store.workerJobs.due(4_999, 10)).toEqual([])
        expect(await house.store.workerJobs.due(5_000, 10)).toEqual([
          { jobId: job.id, priority: 0, runAt: back.runAt, inMs: 5_000, fence: 1 },
        ])
        await house.clock.jump(5_000)
        const second = await house.store.workerJobs.claim(job.id, 'w', LEASE_MS)
        expect(second?.job).toMatchObject({ attempt: 1, fence: 2 })
        await house.store.workerJobs.requeue(second!.lease, { ...next, inMs: 0, charge: true })
        expect((await house.store.workerJobs.claim(job.id, 'w', LEASE_MS))?.job).toMatchObject({ attempt: 2, fence: 3 })
      })

      test('due jobs come by priority, then by time', async () => {
        const people = await Promise.all(['a', 'b', 'c'].map((name) => meet(house.store, name)))
        const ids: string[] = []
        for (const [at, person] of people.entries()) {
          const draft = draftOf(person, {}, { priority: at === 2 ? 5 : 0 })
          ids.push((await house.store.ownerJobs.create(person.user.id, draft)).job.id)
          await house.clock.jump(10)
        }
        const due = await house.store.workerJobs.due(0, 10)
        expect(due.map((hint) => hint.jobId)).toEqual([ids[2], ids[0], ids[1]])
        expect(await house.store.workerJobs.due(0, 1)).toHaveLength(1)
      })

      test('nothing of a worker that lost its lease is written', async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1')])
        await house.clock.jump(LEASE_MS)
        await house.store.workerJobs.rescue(3)
        await claimJob(house.store, job, 'worker-2')
        const before = await everything()
        const { frontier, workerJobs, evidence } = house.store
        expect(await workerJobs.renew(lease, LEASE_MS)).toBe(false)
        const page = { url: 'u', status: 200, title: '', code: 'page.blocked', text: '' }
        const writes = [
          () => frontier.seed(lease, [pageOf('p2')]),
          () => frontier.heads(lease, 1),
          () => frontier.checkpoint(lease, readPage('p1', ['a'])),
          () => frontier.postpone(lease, 'p1', 1_000),
          () => frontier.waiting(lease, { for: 'disk', host: 'x', ms: null }),
          () => frontier.progress(lease),
          () => evidence.save(lease, page),
          () => workerJobs.requeue(lease, { inMs: 0, charge: true, code: null, facts: null }),
          () => workerJobs.finish(lease, { state: 'succeeded', stopReason: 'end' }),
        ]
        for (const write of writes) await expect(write()).rejects.toThrow(StaleLease)
        expect(await everything()).toEqual(before)
      })

      const everything = async (): Promise<unknown> =>
        Promise.all(
          ['jobs', 'frontier', 'products', 'outbox', 'lists', 'evidence'].map((table) =>
            house.look.rows(`select * from ${table}`),
          ),
        )

      test('a lease runs out by the clock of the database, and renewing keeps it', async () => {
        const { job, lease } = await runJob(house.store, minji, [])
        await house.clock.jump(LEASE_MS - 1)
        expect(await house.store.workerJobs.renew(lease, LEASE_MS)).toBe(true)
        await house.clock.jump(LEASE_MS - 1)
        expect(await house.store.workerJobs.rescue(3)).toEqual([])
        await house.clock.jump(1)
        expect(await house.store.workerJobs.rescue(3)).toMatchObject([{ id: job.id, takeovers: 1, state: 'queued' }])
        const again = await house.store.workerJobs.claim(job.id, 'w2', LEASE_MS)
        expect(again?.job).toMatchObject({ attempt: 1, fence: 2 }) // a dead worker is no failed attempt
      })

      test('a job that its worker never survives fails, and owes its last word', async () => {
        const { job } = await runJob(house.store, minji, [])
        for (let times = 1; times <= 3; times++) {
          await house.clock.jump(LEASE_MS)
          expect(await house.store.workerJobs.rescue(3)).toMatchObject([
            { id: job.id, takeovers: times, state: 'queued' },
          ])
          await claimJob(house.store, job)
        }
        await house.clock.jump(LEASE_MS)
        expect(await house.store.workerJobs.rescue(3)).toMatchObject([{ id: job.id, takeovers: 4, state: 'failed' }])
        expect(await house.store.ownerJobs.job(minji.user.id, job.id)).toMatchObject({
          state: 'failed',
          code: 'crawl.worker_crashed',
          facts: { times: 4 },
        })
        expect(await kindsOwed(job.id)).toEqual(['open', 'final', 'edit'])
      })

      test('a page stored between them makes takeovers count from the start', async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1'), pageOf('p2', { page: 2 })])
        await house.clock.jump(LEASE_MS)
        await house.store.workerJobs.rescue(3)
        expect(await house.store.workerJobs.renew(lease, LEASE_MS)).toBe(false)
        const second = await claimJob(house.store, job)
        await house.store.frontier.checkpoint(second, readPage('p1', ['a']))
        await house.clock.jump(LEASE_MS)
        expect(await house.store.workerJobs.rescue(3)).toMatchObject([{ id: job.id, takeovers: 1, state: 'queued' }])
      })

      test('a new owner takes running jobs of all others at once, and leaves its own', async () => {
        const mine = await runJob(house.store, minji, [])
        const lost = await startJob(house.store, jun)
        await claimJob(house.store, lost, 'dead-process')
        const rescued = await house.store.workerJobs.rescue(3, { exceptHolder: mine.lease.holder })
        expect(rescued.map((one) => one.id)).toEqual([lost.id])
      })

      test('a failed job says why, a succeeded one forgets what held it up', async () => {
        const first = await runJob(house.store, minji, [])
        const code = 'page.not_found' as const
        const facts = { url: 'https://x', status: 404 }
        const failed = await house.store.workerJobs.finish(first.lease, {
          state: 'failed',
          code,
          facts,
          stopReason: null,
        })
        expect(failed).toMatchObject({ state: 'failed', code, facts })
        const second = await runJob(house.store, minji, [])
        await house.store.workerJobs.requeue(second.lease, { inMs: 0, charge: true, code, facts })
        const lease = await claimJob(house.store, second.job)
        const done = await house.store.workerJobs.finish(lease, { state: 'succeeded', stopReason: 'end' })
        expect(done).toMatchObject({ state: 'succeeded', code: null, facts: null, stopReason: 'end' })
      })

      test('every change that people see raises the version', async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1'), pageOf('p2', { page: 2 })])
        const versions = [(await house.store.ownerJobs.job(minji.user.id, job.id))!.version]
        const note = async (): Promise<void> => {
          versions.push((await house.store.ownerJobs.job(minji.user.id, job.id))!.version)
        }
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a'])).then(note)
        await house.store.frontier.waiting(lease, { for: 'turn', host: 'x', ms: 2_000 }).then(note)
        await house.store.frontier.waiting(lease, null).then(note)
        await house.store.workerJobs.requeue(lease, { inMs: 0, charge: false, code: null, facts: null }).then(note)
        const again = await claimJob(house.store, job).then(async (held) => note().then(() => held))
        await house.store.workerJobs.finish(again, { state: 'succeeded', stopReason: 'end' }).then(note)
        expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b))
      })
    })

    describe('the frontier', () => {
      const keys = async (lease: Parameters<typeof house.store.frontier.heads>[0], limit = 100): Promise<string[]> =>
        (await house.store.frontier.heads(lease, limit)).map((page) => page.key)

      test('pages come by group, page, list and discovery', async () => {
        const { lease } = await runJob(house.store, minji, [
          pageOf('g1', { group: 1, page: 1 }),
          pageOf('l1p1', { list: 1, page: 1 }),
          pageOf('l0p2', { list: 0, page: 2 }),
          pageOf('l0p1b', { list: 0, page: 1 }),
          pageOf('l0p1', { list: 0, page: 1 }),
        ])
        expect(await keys(lease)).toEqual(['l0p1b', 'l0p1', 'l1p1', 'l0p2', 'g1'])
        expect(await keys(lease, 2)).toEqual(['l0p1b', 'l0p1'])
      })

      test('a frontier is seeded once, and holds each page once', async () => {
        const { lease } = await runJob(house.store, minji, [pageOf('p1'), pageOf('p1'), pageOf('p2', { page: 2 })])
        await house.store.frontier.seed(lease, [pageOf('p3')])
        expect(await keys(lease)).toEqual(['p1', 'p2'])
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a'], { next: [pageOf('p1'), pageOf('p2')] }))
        expect(await keys(lease)).toEqual(['p2'])
      })

      test('a request comes back as it was given', async () => {
        const request = {
          method: 'POST',
          body: '{"q":"노트북"}',
          headers: { referer: 'https://x/' },
          depth: 2,
        } as const
        const { lease } = await runJob(house.store, minji, [pageOf('p1', request)])
        expect(await house.store.frontier.heads(lease, 1)).toEqual([{ ...pageOf('p1', request), tries: 0, dueInMs: 0 }])
      })

      test('a page that was put off is due when its time has come', async () => {
        const { lease } = await runJob(house.store, minji, [pageOf('p1')])
        await house.store.frontier.postpone(lease, 'p1', 4_000)
        await house.clock.jump(1_000)
        expect(await house.store.frontier.heads(lease, 1)).toMatchObject([{ tries: 1, dueInMs: 3_000 }])
        await house.clock.jump(5_000)
        expect(await house.store.frontier.heads(lease, 1)).toMatchObject([{ tries: 1, dueInMs: 0 }])
      })

      test('the first page that showed a product keeps it, and positions have no gaps', async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1'), pageOf('p2', { page: 2 })])
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a', 'b', 'a']))
        const products = ['b', 'c', 'd'].map((id) => productOf(id, { name: 'later', page: 2 }))
        const second = await house.store.frontier.checkpoint(lease, readPage('p2', ['b', 'c', 'd'], { products }))
        expect(second).toEqual({ fresh: 2, stored: 2, products: 4, pages: 2, isFull: false })
        const stored = await house.store.results.products(minji.user.id, job.id, 0, 10)
        expect(stored.map(({ id, position, page }) => [id, position, page])).toEqual([
          ['a', 1, 1],
          ['b', 2, 1],
          ['c', 3, 2],
          ['d', 4, 2],
        ])
      })

      test('one id at two shops is two products', async () => {
        const { lease } = await runJob(house.store, minji, [pageOf('p1')])
        const products = [productOf('a'), productOf('a', { site: 'samsung' })]
        expect(await house.store.frontier.checkpoint(lease, readPage('p1', ['a'], { products }))).toMatchObject({
          stored: 2,
        })
      })

      test('the limit is exact, and nothing is fetched beyond it', async () => {
        const pages = [pageOf('p1'), pageOf('p2', { page: 2 }), pageOf('p3', { page: 3 })]
        const { job, lease } = await runJob(house.store, minji, pages, { limit: 3 })
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a', 'b']))
        const full = await house.store.frontier.checkpoint(
          lease,
          readPage('p2', ['c', 'd', 'e'], { next: [pageOf('p4', { page: 4 })] }),
        )
        expect(full).toEqual({ fresh: 3, stored: 1, products: 3, pages: 2, isFull: true })
        expect(await keys(lease)).toEqual([])
        expect((await house.store.results.products(minji.user.id, job.id, 0, 10)).map((one) => one.id)).toEqual([
          'a',
          'b',
          'c',
        ])
      })

      test('the origins of all pages are told, of those that are done as well', async () => {
        const first = pageOf('p1')
        first.request.url = 'https://www.shop.example.com/a?to=https://b.example.com/'
        const { lease } = await runJob(house.store, minji, [first])
        const urls = ['http://m.shop.example.com/', 'https://m.shop.example.com:8443/1/2', 'https://x.kr/?a=/']
        const next = urls.map((url, index) => pageOf(`n${index}`, { url }))
        await house.store.frontier.checkpoint(
          lease,
          readPage('p1', ['a'], { next: [...next, pageOf('n9', { url: 'https://x.kr/b' })] }),
        )
        const { origins } = await house.store.frontier.progress(lease)
        expect(origins.sort()).toEqual([
          ...['http://m.shop.example.com', 'https://m.shop.example.com:8443', 'https://www.shop.example.com'],
          'https://x.kr',
        ])
      })

      test('a page that is stored twice counts once', async () => {
        const { lease } = await runJob(house.store, minji, [pageOf('p1'), pageOf('p2', { page: 2 })])
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a', 'b']))
        expect(await house.store.frontier.checkpoint(lease, readPage('p1', ['a', 'b', 'c']))).toEqual({
          fresh: 0,
          stored: 0,
          products: 2,
          pages: 1,
          isFull: false,
        })
        expect(await house.store.frontier.progress(lease)).toMatchObject({ products: 2, pages: 1 })
      })

      test('a list ends after two pages in a row without a new id, its details and other lists go on', async () => {
        const { list } = LISTS
        const detail = pageOf('detail', { kind: 'detail', list: 0, page: 9 })
        const pages = [list(0, 1), list(0, 2), list(0, 3), list(0, 4), list(1, 1), detail]
        const { lease } = await runJob(house.store, minji, pages)
        await house.store.frontier.checkpoint(lease, readPage('l0p1', ['a', 'b']))
        await house.store.frontier.checkpoint(lease, readPage('l0p2', ['b', 'a']))
        expect(await keys(lease)).toContain('l0p4')
        const third = readPage('l0p3', ['a'], { next: [pageOf('l0p5', { page: 5 }), list(1, 2)] })
        expect(await house.store.frontier.checkpoint(lease, third)).toMatchObject({ fresh: 0 })
        expect(await keys(lease)).toEqual(['l1p1', 'l1p2', 'detail'])
      })

      test('ids are counted before the words filter, and a failed page says nothing of its list', async () => {
        const { list } = LISTS
        const { lease } = await runJob(
          house.store,
          minji,
          [1, 2, 3, 4, 5].map((page) => list(0, page)),
        )
        await house.store.frontier.checkpoint(lease, readPage('l0p1', ['a'], { products: [] }))
        await house.store.frontier.checkpoint(lease, readPage('l0p2', ['a'], { products: [] }))
        const failure = { code: 'page.unreadable', facts: { url: 'u' } } as const
        await house.store.frontier.checkpoint(lease, readPage('l0p3', [], { outcome: 'failed', failure, route: null }))
        expect(await keys(lease)).toEqual(['l0p4', 'l0p5'])
        await house.store.frontier.checkpoint(lease, readPage('l0p4', ['b'], { products: [] }))
        expect(await keys(lease)).toEqual(['l0p5'])
        expect(await house.store.frontier.progress(lease)).toMatchObject({
          ...{ pages: 3, failedPages: 1, failure, brokenList: failure },
        })
      })

      test('counters, totals, routes, warnings and coverage add up', async () => {
        const { list } = LISTS
        const { job, lease } = await runJob(house.store, minji, [list(0, 1), list(0, 2), list(1, 1)])
        const warnings = { 'price.conditional': 2 }
        await house.store.frontier.checkpoint(lease, readPage('l0p1', ['a'], { total: 90, warnings }))
        const products = [productOf('b', { price: null, brand: '삼성' })]
        await house.store.frontier.checkpoint(lease, readPage('l0p2', ['b'], { total: 80, products, route: 'cards' }))
        await house.store.frontier.checkpoint(lease, readPage('l1p1', ['c'], { total: 7, warnings }))
        expect(await house.store.ownerJobs.job(minji.user.id, job.id)).toMatchObject({
          products: 3,
          pages: 3,
          failedPages: 0,
          bytes: 3_000,
          total: 97,
          routes: { state: 2, cards: 1 },
          warnings: { 'price.conditional': 4 },
          coverage: { products: 3, id: 3, name: 3, price: 2, brand: 1, url: 3, currency: 3 },
        })
      })

      test('no total is told while lists that were not opened could make it larger, unless it reaches the limit', async () => {
        const pages = [LISTS.list(0, 1), LISTS.list(1, 1), LISTS.list(2, 1), pageOf('detail', { kind: 'detail' })]
        const { job, lease } = await runJob(house.store, minji, pages, { limit: 100 })
        const totalAfter = async (key: string, total: number) => {
          await house.store.frontier.checkpoint(lease, readPage(key, [key], { total }))
          return (await house.store.ownerJobs.job(minji.user.id, job.id))?.total
        }
        expect(await totalAfter('l0p1', 42)).toBeNull()
        expect(await totalAfter('l1p1', 8)).toBeNull()
        expect(await totalAfter('l2p1', 5)).toBe(55)
        const other = await runJob(house.store, jun, pages, { limit: 40 })
        await house.store.frontier.checkpoint(other.lease, readPage('l0p1', ['x'], { total: 42 }))
        expect((await house.store.ownerJobs.job(jun.user.id, other.job.id))?.total).toBe(42)
      })

      test('a warning counts products that are stored: none beyond the limit, none twice', async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1'), pageOf('p2')], { limit: 3 })
        const warned = { 'price.conditional': ['a', 'b'], 'text.garbled': [] }
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a', 'b'], { warned }))
        const later = { 'price.conditional': ['b', 'c', 'd', 'e'] }
        await house.store.frontier.checkpoint(lease, readPage('p2', ['b', 'c', 'd', 'e'], { warned: later }))
        const { warnings, products } = await house.store.ownerJobs.job(minji.user.id, job.id).then((it) => it!)
        expect({ warnings, products }).toEqual({ warnings: { 'price.conditional': 3 }, products: 3 })
      })

      test('products come back as they were read, odd texts and numbers too', async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1')])
        const odd = productOf('odd', {
          name: `'"; drop table jobs; -- 😀 \u0000\ud800 ${'가'.repeat(3_000)}`,
          brand: '',
          price: 0.1,
          originalPrice: 1_299_000,
          discountRate: 7,
          rating: 4.55,
          reviewCount: 0,
          inStock: false,
          crawledAt: '2026-11-24T06:30:00.123Z',
        })
        await house.store.frontier.checkpoint(lease, readPage('p1', ['odd'], { products: [odd] }))
        const [stored] = await house.store.results.products(minji.user.id, job.id, 0, 1)
        const name = odd.name.replace('\u0000', '').replace('\ud800', '\ufffd')
        expect(stored).toEqual({ ...odd, name, position: 1 })
      })

      test('what a job waits for stands in its row until it goes on', async () => {
        const { job, lease } = await runJob(house.store, minji, [])
        const waiting = { for: 'retry-after', host: 'www.ssg.com', ms: 30_000 } as const
        await house.store.frontier.waiting(lease, waiting)
        expect((await house.store.ownerJobs.job(minji.user.id, job.id))?.waiting).toEqual(waiting)
        await house.store.frontier.waiting(lease, null)
        expect((await house.store.ownerJobs.job(minji.user.id, job.id))?.waiting).toBeNull()
      })
    })

    describe('the outbox', () => {
      const finished = async (person = minji): Promise<JobId> => {
        const { job, lease } = await runJob(house.store, person, [pageOf('p1')])
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a']))
        await house.store.workerJobs.finish(lease, { state: 'succeeded', stopReason: 'end' })
        return job.id
      }
      const open = async (entry: Entry): Promise<void> => {
        const { job } = (await house.store.outbox.view(entry.jobId))!
        await house.store.outbox.opened(entry, threadOf(job))
      }

      test('a thread hears root, last word, file and final edits, one after the other', async () => {
        const jobId = await finished()
        const kinds: string[] = []
        for (let [entry] = await claimEntries(); entry; [entry] = await claimEntries()) {
          expect(await claimEntries('chat-2')).toEqual([])
          kinds.push(entry.kind)
          if (entry.kind === 'open') await open(entry)
          else await house.store.outbox.sent(entry, `m-${entry.kind}`)
          await house.clock.jump(10)
        }
        expect(kinds).toEqual(['open', 'final', 'file', 'edit'])
        expect((await house.store.outbox.view(jobId))?.job.thread).toMatchObject({ thread: `t-${jobId}` })
        expect(await house.store.outbox.nextDueInMs(['slack'])).toBeUndefined()
      })

      test('several threads are served at once, last words before roots', async () => {
        await finished(minji)
        await open((await claimEntries())[0]!)
        await startJob(house.store, jun)
        expect((await claimEntries()).map((entry) => entry.kind)).toEqual(['final', 'open'])
      })

      test('entries of a platform that nobody serves here wait', async () => {
        await startJob(house.store, minji)
        expect(await house.store.outbox.claim(['discord'], 'chat', 10, HOLD_MS)).toEqual([])
        expect(await house.store.outbox.nextDueInMs(['discord'])).toBeUndefined()
        expect(await house.store.outbox.nextDueInMs(['slack'])).toBe(0)
      })

      test('a claim that ran out is claimed again, as uncertain', async () => {
        await startJob(house.store, minji)
        expect(await claimEntries()).toMatchObject([{ attempts: 1, isUncertain: false }])
        expect(await house.store.outbox.nextDueInMs(['slack'])).toBe(HOLD_MS)
        await house.clock.jump(HOLD_MS)
        expect(await claimEntries('chat-2')).toMatchObject([{ attempts: 2, isUncertain: true }])
      })

      test('a new process takes over the claims of a dead one at once, its own stay', async () => {
        await startJob(house.store, minji)
        await claimEntries('dead')
        await house.store.outbox.takeOver(['slack'], 'alive')
        expect(await claimEntries('alive')).toMatchObject([{ isUncertain: true }])
        await house.store.outbox.takeOver(['slack'], 'alive')
        expect(await claimEntries('alive')).toEqual([])
      })

      test('a try that failed comes again at its time; what may have arrived is uncertain', async () => {
        await startJob(house.store, minji)
        const [entry] = await claimEntries()
        await house.store.outbox.retry(entry!, 2_000, 'reset', true)
        expect(await claimEntries()).toEqual([])
        expect(await house.store.outbox.nextDueInMs(['slack'])).toBe(2_000)
        await house.clock.jump(2_000)
        expect(await claimEntries()).toMatchObject([{ attempts: 2, isUncertain: true }])
      })

      test('who held an entry too long cannot give it back from the one who has it now', async () => {
        await startJob(house.store, minji)
        const [late] = await claimEntries('paused')
        await house.clock.jump(HOLD_MS)
        const [now] = await claimEntries('alive')
        await house.store.outbox.retry(late!, 0, 'reset', false)
        await house.store.outbox.drop(late!, 'gone')
        expect(await claimEntries('third')).toEqual([])
        await house.store.outbox.sent(now!, 'm')
      })

      test('an entry that was given up lets the next one go', async () => {
        await finished()
        const [entry] = await claimEntries()
        await house.store.outbox.drop(entry!, 'channel gone')
        expect(await claimEntries()).toMatchObject([{ kind: 'final' }])
      })

      test("a retry's words come after the last ones of the job that it repeats", async () => {
        const first = await runJob(house.store, minji, [])
        await open((await claimEntries())[0]!)
        const ending = { state: 'failed', code: 'page.timeout', facts: {}, stopReason: null } as const
        const former = await house.store.workerJobs.finish(first.lease, ending)
        const retry = { of: former.id, thread: former.thread }
        const answer = await house.store.ownerJobs.create(minji.user.id, draftOf(minji, {}, { retry }))
        expect(answer.job).toMatchObject({ retryOf: former.id, thread: former.thread, progressId: null })
        const order: [string, string][] = []
        for (let [entry] = await claimEntries(); entry; [entry] = await claimEntries()) {
          order.push([entry.jobId, entry.kind])
          await house.store.outbox.sent(entry, 'm')
        }
        expect(order).toEqual([
          [former.id, 'final'],
          [former.id, 'edit'],
          [answer.job.id, 'open'],
        ])
      })

      test('a workspace is behind by what waits for it, not by what was sent, nor by what waits elsewhere', async () => {
        const { ownerJobs, outbox } = house.store
        const discord = await meet(house.store, 'ada', 'discord')
        const elsewhere = { ...placeOf(minji), workspace: 'T2' }
        await startJob(house.store, minji)
        await startJob(house.store, discord)
        await ownerJobs.create(jun.user.id, draftOf(jun, {}, { place: elsewhere }))
        for (const place of [placeOf(minji), placeOf(discord), elsewhere])
          expect([await ownerJobs.isBehind(place, 1), await ownerJobs.isBehind(place, 2)]).toEqual([true, false])
        const dora = await meet(house.store, 'dora')
        const jobId = await finished(dora)
        expect(await ownerJobs.isBehind(placeOf(minji), 5)).toBe(true)
        await ownerJobs.oweCopy(dora.user.id, jobId, 'csv', elsewhere)
        expect([await ownerJobs.isBehind(placeOf(minji), 6), await ownerJobs.isBehind(elsewhere, 2)]).toEqual([
          false,
          true,
        ])
        await outbox.settle('slack', jobId)
        expect([await ownerJobs.isBehind(placeOf(minji), 1), await ownerJobs.isBehind(placeOf(minji), 2)]).toEqual([
          true,
          false,
        ])
      })

      test('entries that nobody can deliver are settled', async () => {
        const job = await startJob(house.store, minji)
        await house.store.outbox.settle('slack', job.id)
        expect(await claimEntries()).toEqual([])
      })

      test('only entries of jobs that ended long ago are settled as left behind', async () => {
        const job = await startJob(house.store, minji)
        await house.store.ownerJobs.cancel(minji.user.id, job.id)
        await house.clock.jump(30_000)
        expect(await house.store.outbox.settleEnded('slack', 60_000)).toBe(0)
        await startJob(house.store, jun)
        await house.clock.jump(60_000)
        expect(await house.store.outbox.settleEnded('slack', 60_000)).toBeGreaterThan(0)
        expect((await claimEntries()).map(({ userId }) => userId)).toEqual([jun.user.id])
      })

      test('the thread that was not shown for longest is behind first; a shown one is not', async () => {
        const jobs = [await startJob(house.store, minji), await startJob(house.store, jun)]
        expect(await house.store.outbox.behind(['slack'], 10)).toEqual([]) // no thread yet
        for (const entry of await claimEntries()) await open(entry)
        for (const job of jobs) {
          const { version } = (await house.store.outbox.view(job.id))!.job
          await house.store.outbox.shown(job.id, version, `p-${job.id}`)
          await house.clock.jump(100)
        }
        expect(await house.store.outbox.behind(['slack'], 10)).toEqual([])
        for (const job of [...jobs].reverse()) await claimJob(house.store, job)
        const behind = await house.store.outbox.behind(['slack'], 10)
        expect(behind.map((one) => one.job.id)).toEqual(jobs.map((job) => job.id))
        expect(behind[0]).toMatchObject({ thread: threadOf(jobs[0]!), owner: { account: minji.account, locale: null } })
        expect(await house.store.outbox.behind(['discord'], 10)).toEqual([])
      })

      test('a queued thread is behind when it is told otherwise than now whether there are workers', async () => {
        const [waits, runs] = [await startJob(house.store, minji), await startJob(house.store, jun)]
        for (const entry of await claimEntries()) await open(entry)
        await claimJob(house.store, runs)
        const show = async (job: typeof waits, isWorkerless: boolean) => {
          const { version } = (await house.store.outbox.view(job.id))!.job
          await house.store.outbox.shown(job.id, version, `p-${job.id}`, isWorkerless)
        }
        const behind = async (isWorkerless: boolean) =>
          (await house.store.outbox.behind(['slack'], 10, isWorkerless)).map((one) => one.job.id)
        await show(waits, false)
        await show(runs, false)
        expect([await behind(false), await behind(true)]).toEqual([[], [waits.id]])
        await show(waits, true)
        expect([await behind(false), await behind(true)]).toEqual([[waits.id], []])
        await claimJob(house.store, waits)
        await show(waits, false)
        expect([await behind(false), await behind(true)]).toEqual([[], []])
      })

      test('an older showing does not hide a newer one, a lost message is behind again', async () => {
        const job = await startJob(house.store, minji)
        await open((await claimEntries())[0]!)
        const { version } = (await house.store.outbox.view(job.id))!.job
        await house.store.outbox.shown(job.id, version, 'p1')
        await house.store.outbox.shown(job.id, version - 1, 'p1')
        expect(await house.store.outbox.behind(['slack'], 10)).toEqual([])
        await house.store.outbox.progressLost(job.id)
        const lost = { job: { progressId: null }, mayHaveProgress: false }
        expect(await house.store.outbox.behind(['slack'], 10)).toMatchObject([lost])
        await house.store.outbox.showing(job.id)
        expect(await house.store.outbox.view(job.id)).toMatchObject({ mayHaveProgress: true })
        await house.store.outbox.shown(job.id, version, 'p2')
        expect(await house.store.outbox.view(job.id)).toMatchObject({ mayHaveProgress: false })
      })

      test('the digest shows the first products and the range of their prices', async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1')])
        const prices = [300, null, 100, 200, 500, 400]
        const products = prices.map((price, at) => productOf(`id${at}`, { price }))
        await house.store.frontier.checkpoint(lease, readPage('p1', [], { products }))
        const digest = await house.store.outbox.digest(job.id)
        expect(digest).toMatchObject({ lowest: 100, highest: 500, currency: 'KRW' })
        expect(digest.first.map((one) => one.id)).toEqual(['id0', 'id1', 'id2', 'id3', 'id4'])
      })
    })

    describe('results', () => {
      test('facts are there once a job has ended, in the language that its owner chose, else the one asked for', async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1')])
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a']))
        expect(await house.store.results.facts(minji.user.id, job.id)).toBeUndefined()
        await house.store.workerJobs.finish(lease, { state: 'succeeded', stopReason: 'end' })
        const facts = { jobId: job.id, site: 'ssg', words: '노트북', state: 'succeeded', products: 1, pages: 1 }
        expect(await house.store.results.facts(minji.user.id, job.id)).toMatchObject({ ...facts, locale: 'ko' })
        expect(await house.store.results.facts(minji.user.id, job.id, 'en')).toMatchObject({ ...facts, locale: 'en' })
        await house.store.users.setLocale(minji.user.id, 'ko')
        expect(await house.store.results.facts(minji.user.id, job.id, 'en')).toMatchObject({ ...facts, locale: 'ko' })
        await house.store.users.setLocale(minji.user.id, 'en')
        expect(await house.store.results.facts(minji.user.id, job.id)).toMatchObject({ ...facts, locale: 'en' })
      })

      test('products are read in pages by position', async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1')])
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a', 'b', 'c', 'd', 'e']))
        const read = async (after: number): Promise<string[]> =>
          (await house.store.results.products(minji.user.id, job.id, after, 2)).map((one) => one.id)
        expect([await read(0), await read(2), await read(4), await read(5)]).toEqual([
          ['a', 'b'],
          ['c', 'd'],
          ['e'],
          [],
        ])
      })

      test('a file written anew takes the place of the former one', async () => {
        const { job } = await runJob(house.store, minji, [])
        const file = (name: string) => ({
          id: newId<FileId>(house.clock.now()),
          userId: minji.user.id,
          jobId: job.id,
          format: 'csv' as const,
          name,
          bytes: 10,
          rows: 1,
          createdAt: house.clock.now(),
        })
        const [first, second] = [file('first.csv'), file('second.csv')]
        await house.store.results.keep(first)
        await house.store.results.keep(second)
        expect(await house.store.results.file(minji.user.id, job.id, 'csv')).toEqual(second)
        expect(await house.store.results.file(minji.user.id, job.id, 'xlsx')).toBeUndefined()
        expect(await house.store.results.file(jun.user.id, job.id, 'csv')).toBeUndefined()
      })
    })

    describe('commands, robots.txt and logs', () => {
      test('an event that comes several times at once is new once, and again after a day', async () => {
        const other = await house.another()
        const stores = [house.store, other, house.store, other]
        const answers = await Promise.all(stores.map((store) => store.commands.isNewEvent('slack', 'Ev1')))
        expect(answers.filter((isNew) => isNew)).toHaveLength(1)
        expect(await house.store.commands.isNewEvent('discord', 'Ev1')).toBe(true)
        await house.clock.jump(24 * 3_600_000)
        expect(await house.store.commands.isNewEvent('slack', 'Ev1')).toBe(true)
      })

      test('recent words are those of the person, each once, newest first', async () => {
        for (const words of ['노트북', '', '키보드', '노트북', '마우스']) {
          const job = await startJob(house.store, minji, { words })
          await house.store.ownerJobs.cancel(minji.user.id, job.id)
          await house.clock.jump(1_000)
        }
        expect(await house.store.commands.recentWords(minji.user.id, 2)).toEqual(['마우스', '노트북'])
        expect(await house.store.commands.recentWords(minji.user.id, 9)).toEqual(['마우스', '노트북', '키보드'])
      })

      test('a command is logged with its outcome', async () => {
        const row = { requestId: 'r1', userId: minji.user.id, accountId: minji.account.id, command: 'crawl ssg' }
        await house.store.commands.log({ ...row, outcome: 'job.active', jobId: null })
        expect(await house.look.rows('select * from commands')).toMatchObject([
          { request_id: 'r1', outcome: 'job.active', user_id: minji.user.id, at: house.clock.now() },
        ])
      })

      test('robots.txt is kept until it is stale, and then replaced', async () => {
        const origin = 'https://www.ssg.com'
        expect(await house.store.robots.get(origin)).toBeUndefined()
        await house.store.robots.put({ origin, status: 200, body: 'User-agent: *', ttlMs: 1_000 })
        const row = { origin, status: 200, body: 'User-agent: *', fetchedAt: house.clock.now() }
        expect(await house.store.robots.get(origin)).toEqual({ ...row, isStale: false })
        await house.clock.jump(1_000)
        expect(await house.store.robots.get(origin)).toEqual({ ...row, isStale: true })
        await house.store.robots.put({ origin, status: 0, body: '', ttlMs: 1_000 })
        expect(await house.store.robots.get(origin)).toMatchObject({ status: 0, isStale: false })
      })

      test('a robots.txt that has been stale for a day is removed, a fresh one stays', async () => {
        const { robots, upkeep } = house.store
        const [old, young] = ['https://old.example.com', 'https://young.example.com']
        await robots.put({ origin: old, status: 200, body: 'x'.repeat(500_000), ttlMs: 1_000 })
        await house.clock.jump(24 * 3_600_000)
        await robots.put({ origin: young, status: 200, body: '', ttlMs: 1_000 })
        await upkeep.expire(90 * 24 * 3_600_000, 100)
        expect(await robots.get(old)).toBeDefined()
        await house.clock.jump(1_000)
        expect(await upkeep.expire(90 * 24 * 3_600_000, 100)).toBe(1)
        expect(await robots.get(old)).toBeUndefined()
        expect(await robots.get(young)).toMatchObject({ isStale: true })
      })

      test('a job keeps twenty unreadable pages for a week', async () => {
        const { lease } = await runJob(house.store, minji, [])
        const page = { url: 'u', status: 200, title: 't', code: 'page.blocked', text: 'x'.repeat(1_100_000) }
        const ids = []
        for (let count = 0; count < 21; count++) ids.push(await house.store.evidence.save(lease, page))
        expect(ids.filter((id) => id !== undefined)).toHaveLength(20)
        expect(await house.look.rows('select max(length(text)) as longest from evidence')).toEqual([
          { longest: 1_048_576 },
        ])
        await house.clock.jump(7 * 86_400_000)
        await house.store.workerJobs.rescue(3)
        const { job } = (await house.store.workerJobs.claim(lease.jobId, 'w', LEASE_MS))!
        expect(await house.store.evidence.save({ ...lease, holder: 'w', fence: job.fence }, page)).toBeDefined()
        expect(await house.look.rows('select count(*) as kept from evidence')).toEqual([{ kept: 1 }])
      })

      test('coverage is counted by the route that read the products', async () => {
        const { lease } = await runJob(house.store, minji, [pageOf('p1'), pageOf('p2', { page: 2 })])
        const branded = ['a', 'b'].map((id) => productOf(id, { brand: '한빛', rating: 4.5, inStock: false }))
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a', 'b'], { products: branded }))
        await house.store.frontier.checkpoint(lease, readPage('p2', ['b', 'c'], { route: 'cards' }))
        const coverage = await house.store.coverage.ofJob(lease.jobId)
        expect(coverage).toMatchObject({
          state: { products: 2, brand: 2, rating: 2, inStock: 2, seller: 0 },
          cards: { products: 1, brand: 0, price: 1, name: 1 },
        })
      })

      test('what is usual of a shop is replaced by route, and forgotten after 90 days without a job', async () => {
        const { job, lease } = await runJob(house.store, minji, [])
        const { coverage } = house.store
        expect(await coverage.usual('ssg')).toEqual({})
        const usual = (jobs: number) => ({ jobs, shares: { price: 0.5, name: 1 }, falls: jobs - 1 })
        await coverage.remember(lease, 'ssg', { state: usual(1), cards: usual(2) })
        await coverage.remember(lease, 'web shop.example', { 'json-ld': usual(1) })
        await house.clock.jump(1_000)
        await coverage.remember(lease, 'ssg', { state: usual(3) })
        expect(await coverage.usual('ssg')).toEqual({ state: usual(3), cards: usual(2) })
        await house.clock.jump(90 * 86_400_000 - 1_000)
        await house.store.workerJobs.rescue(3)
        expect(await coverage.usual('web shop.example')).toEqual({ 'json-ld': usual(1) })
        await expect(coverage.remember(lease, 'ssg', {})).rejects.toThrow(StaleLease)
        await coverage.remember(await claimJob(house.store, job), 'ssg', {})
        expect(await coverage.usual('ssg')).toEqual({ state: usual(3) })
        expect(await coverage.usual('web shop.example')).toEqual({})
      })

      test("a job's warning is set beside the others, by its holder alone", async () => {
        const { job, lease } = await runJob(house.store, minji, [pageOf('p1')])
        await house.store.frontier.checkpoint(lease, readPage('p1', ['a'], { warnings: { 'text.garbled': 1 } }))
        await house.store.coverage.warn(lease, { 'coverage.price': 7 })
        await house.store.coverage.warn(lease, { 'coverage.price': 7 })
        const warnings = { 'text.garbled': 1, 'coverage.price': 7 }
        expect(await house.store.ownerJobs.job(minji.user.id, job.id)).toMatchObject({ warnings })
        await expect(house.store.coverage.warn({ ...lease, fence: 9 }, {})).rejects.toThrow(StaleLease)
      })

      test('a kept page is found by its code, the first of them', async () => {
        const { job, lease } = await runJob(house.store, minji, [])
        const page = { url: 'u', status: 200, title: 't', text: 'x' }
        const ids = []
        for (const code of ['page.blocked', 'coverage.fell', 'coverage.fell']) {
          ids.push(await house.store.evidence.save(lease, { ...page, code }))
          await house.clock.jump(10)
        }
        expect(await house.store.evidence.find(job.id, 'coverage.fell')).toBe(ids[1])
        expect(await house.store.evidence.find(job.id, 'route.differs')).toBeUndefined()
      })

      test('requests to shops are kept for a week', async () => {
        const record = {
          jobId: null,
          host: 'www.ssg.com',
          url: 'https://www.ssg.com/',
          addressClass: 'unicast',
          robots: 'allowed',
          tryNumber: 1,
          status: 200,
          bytes: 5,
          ms: 12.5,
          error: null,
        } as const
        await house.store.requestLog.append([])
        await house.store.requestLog.append([
          { ...record, at: house.clock.now() },
          { ...record, at: house.clock.now() + 1 },
        ])
        expect(await house.look.rows('select count(*) as kept from request_log')).toEqual([{ kept: 2 }])
        await house.clock.jump(7 * 86_400_000)
        await house.store.requestLog.append([{ ...record, at: house.clock.now() }])
        expect(await house.look.rows('select count(*) as kept from request_log')).toEqual([{ kept: 2 }])
      })
    })
  })
}
