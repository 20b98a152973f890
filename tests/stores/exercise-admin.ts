import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Cursor, JobFilter, Page } from '../../src/admin/store.ts'
import { Refusal } from '../../src/errors.ts'
import { type FileId, type JobId, newId, type UserId } from '../../src/ids.ts'
import type { Actor } from '../../src/jobs/act.ts'
import type { Ending } from '../../src/jobs/store.ts'
import type { StoreHouse } from '../support/store-house.ts'
import { claimJob, meet, type Person, pageOf, readPage, runJob, startJob } from '../support/store-people.ts'

const actor: Actor = { role: 'admin', way: 'page', address: '203.0.113.7' }
const LIMITS = { idleMs: 1_800_000, wholeMs: 43_200_000, isUse: true }
const TRIES = { ofAddress: { count: 2, ms: 900_000 }, ofAll: { count: 3, ms: 3_600_000 } }
const DONE: Ending = { state: 'succeeded', stopReason: 'end' } as Ending
const BLOCKED: Ending = {
  state: 'failed',
  stopReason: null,
  code: 'page.blocked',
  facts: new Refusal('page.blocked', { host: 'www.ssg.com', status: 403, title: '' }).facts,
} as Ending

/** Every row of a list, page by page. */
async function whole<Row>(read: (after?: Cursor) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = []
  let after: Cursor | undefined
  do {
    const page = await read(after)
    rows.push(...page.rows)
    after = page.next ?? undefined
  } while (after)
  return rows
}

/** What the administrator's view reads, and who may look, on every database. */
export function exerciseAdmin(database: string, openHouse: () => Promise<StoreHouse>): void {
  describe(`the administrator’s view, on ${database}`, () => {
    let house: StoreHouse
    let minji: Person
    let jun: Person

    beforeEach(async () => {
      house = await openHouse()
      minji = await meet(house.store, 'minji')
      jun = await meet(house.store, 'jun')
    })
    afterEach(() => house.close())

    const end = async (person: Person, ending = DONE, site = 'ssg') => {
      const { job, lease } = await runJob(house.store, person, [pageOf('p1')], { site })
      await house.store.frontier.checkpoint(lease, readPage('p1', ['a']))
      await house.store.workerJobs.finish(lease, ending)
      return job.id
    }
    const jobs = (filter: JobFilter, limit = 100, after?: Cursor) => house.store.admin.jobs(filter, limit, after)
    const ids = async (filter: JobFilter) => (await jobs(filter)).rows.map(({ id }) => id)

    test('all jobs come newest first, page by page, none twice and none left out, also those of one moment', async () => {
      const made: JobId[] = []
      for (let at = 0; at < 7; at++) {
        made.push(await end(at % 2 ? minji : jun))
        if (at === 3) await house.clock.jump(1_000)
      }
      const rows = await whole((after) => jobs({}, 2, after))
      expect(rows.map(({ id }) => id).sort()).toEqual([...made].sort())
      expect(new Set(rows.slice(0, 3).map(({ id }) => id))).toEqual(new Set(made.slice(4)))
      const first = rows.find(({ id }) => id === made[0])
      expect(first?.owner).toEqual({ id: jun.user.id, name: 'jun', platform: 'slack' })
    })

    test('jobs are filtered by user, shop, state and time, and by all of them at once', async () => {
      const first = await end(minji, BLOCKED)
      const second = await end(minji, DONE, 'samsung')
      await house.clock.jump(5_000)
      const at = house.clock.now()
      const third = await end(jun, BLOCKED)
      const running = await startJob(house.store, minji)
      await claimJob(house.store, running)
      expect((await ids({ user: minji.user.id })).sort()).toEqual([first, second, running.id].sort())
      expect(await ids({ site: 'samsung' })).toEqual([second])
      expect((await ids({ state: 'failed' })).sort()).toEqual([first, third].sort())
      expect(await ids({ state: 'running' })).toEqual([running.id])
      expect((await ids({ from: at })).sort()).toEqual([third, running.id].sort())
      expect((await ids({ to: at })).sort()).toEqual([first, second].sort())
      expect(await ids({ user: minji.user.id, site: 'ssg', state: 'failed', from: at - 5_000, to: at })).toEqual([
        first,
      ])
      expect(await ids({ user: jun.user.id, site: 'samsung' })).toEqual([])
    })

    test('active jobs are those that wait or run, the newest first', async () => {
      await end(minji)
      const waits = await startJob(house.store, minji)
      await house.clock.jump(1_000)
      const runs = await startJob(house.store, jun)
      await claimJob(house.store, runs)
      const active = await house.store.admin.activeJobs(10)
      expect(active.map(({ id, state }) => [id, state])).toEqual([
        [runs.id, 'running'],
        [waits.id, 'queued'],
      ])
      expect(await house.store.admin.activeJobs(1)).toHaveLength(1)
    })

    test('a job is told with its pages, files, saved page, messages, requests and retries', async () => {
      const { job, lease } = await runJob(house.store, minji, [pageOf('p1'), pageOf('p2')])
      await house.store.frontier.checkpoint(lease, readPage('p1', ['a', 'b']))
      const url = 'https://www.ssg.com/list?page=2'
      const saved = await house.store.evidence.save(lease, {
        ...{ url, status: 200, title: '<img src=x>', code: 'page.unreadable', text: '<p>\0?</p>' },
      })
      await house.store.requestLog.append([
        {
          ...{ at: house.clock.now(), jobId: job.id, host: 'www.ssg.com', url, addressClass: 'unicast' },
          ...{ robots: 'allowed', tryNumber: 1, status: 200, bytes: 10, ms: 5, error: null },
        },
      ])
      await house.store.workerJobs.finish(lease, BLOCKED)
      await house.store.results.keep({
        ...{ id: newId<FileId>(house.clock.now()), userId: minji.user.id, jobId: job.id, format: 'csv' },
        ...{ name: 'a.csv', bytes: 9, rows: 2, createdAt: house.clock.now() },
      })
      const again = await house.store.override.retry(job.id, actor)
      const detail = await house.store.admin.job(job.id)
      expect(detail).toMatchObject({
        job: { id: job.id, state: 'failed', code: 'page.blocked', products: 2, owner: { name: 'minji' } },
        evidence: [{ id: saved, url, title: '<img src=x>', code: 'page.unreadable' }],
        files: [{ format: 'csv', name: 'a.csv', rows: 2 }],
        requests: [{ url, status: 200, robots: 'allowed' }],
        retries: [again?.job.id],
      })
      expect(detail!.pages.map(({ state }) => state)).toEqual(['done', 'open'])
      expect(detail!.deliveries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['open', 'final', 'file']))
      expect(await house.store.admin.evidenceText(job.id, saved!)).toBe('<p>?</p>')
      expect(await house.store.admin.evidenceText(again!.job.id, saved!)).toBeUndefined()
      expect(await house.store.admin.job(newId<JobId>(0))).toBeUndefined()
    })

    const names = async (name?: string) =>
      (await house.store.admin.users(name, 100)).rows.map(({ accounts }) => accounts[0]!.name)
    const meetAs = (name: string) =>
      house.store.users.resolve({ platform: 'discord', workspace: '', externalId: `id-${name}` }, name)

    test('users come by when they were last seen, page by page, each once however many accounts they have', async () => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        await house.clock.jump(120_000)
        await meetAs(name)
      }
      const rows = await whole((after) => house.store.admin.users(undefined, 2, after))
      expect(rows.map(({ accounts }) => accounts[0]!.name).slice(0, 5)).toEqual(['e', 'd', 'c', 'b', 'a'])
      expect(rows).toHaveLength(7)
      expect(new Set(rows.map(({ id }) => id)).size).toBe(7)
    })

    test('users are found by the beginning of a name as it is written, by an account’s id and by their own', async () => {
      for (const name of ['김하나', '김하늘', '하나', 'Kim', 'kim', '100% off', '100_off', '100off', "'; --"])
        await meetAs(name)
      expect((await names('김')).sort()).toEqual(['김하나', '김하늘'])
      expect(await names('하')).toEqual(['하나'])
      expect(await names('Ki')).toEqual(['Kim'])
      expect(await names('100%')).toEqual(['100% off'])
      expect(await names('100_')).toEqual(['100_off'])
      expect(await names("'; --")).toEqual(["'; --"])
      expect(await names('nobody')).toEqual([])
      expect(await names('id-김하나')).toEqual(['김하나'])
      expect(await names(jun.user.id)).toEqual(['jun'])
      expect(await names('U'.repeat(22))).toEqual([])
    })

    test('a user is told with accounts, jobs, requests and the active job', async () => {
      await end(minji)
      const job = await startJob(house.store, minji)
      for (const requestId of ['r1', 'r2', 'r3']) {
        await house.clock.jump(1_000)
        await house.store.commands.log({
          ...{ requestId, userId: minji.user.id, accountId: minji.account.id, command: 'status', outcome: 'ok' },
          jobId: requestId === 'r1' ? job.id : null,
        })
      }
      expect(await house.store.admin.user(minji.user.id)).toMatchObject({
        ...{ id: minji.user.id, jobs: 2, requests: 3, activeJob: job.id, blockedAt: null },
        accounts: [{ platform: 'slack', workspace: 'T1', externalId: 'minji', name: 'minji' }],
      })
      const asked = await whole((after) => house.store.admin.requestsOf(minji.user.id, 2, after))
      expect(asked.map(({ requestId, job: of }) => [requestId, of])).toEqual([
        ['r3', null],
        ['r2', null],
        ['r1', job.id],
      ])
      expect(await house.store.admin.requestsOf(jun.user.id, 10)).toEqual({ rows: [], next: null })
      expect(await house.store.admin.user(newId<UserId>(0))).toBeUndefined()
    })

    test('the audit list has every act with who did it, newest first, page by page', async () => {
      const job = await startJob(house.store, minji)
      await house.store.override.prioritise(job.id, 4, actor)
      await house.clock.jump(1_000)
      await house.store.override.pauseSite('ssg', actor)
      await house.clock.jump(1_000)
      await house.store.override.blockUser(minji.user.id, actor)
      const rows = await whole((after) => house.store.admin.audit(2, after))
      expect(rows).toMatchObject([
        { act: 'user.block', actor, user: minji.user.id, job: job.id },
        { act: 'site.pause', actor, site: 'ssg', facts: { held: 1 } },
        { act: 'job.priority', actor, job: job.id, user: minji.user.id, facts: { priority: 4 } },
      ])
    })

    test('shops whose products fell below the usual are told, the newest first, until they are filled again', async () => {
      const remember = async (name: string, falls: number) => {
        const { lease } = await runJob(house.store, falls % 2 ? minji : jun, [pageOf('p1')])
        await house.store.coverage.remember(lease, name, { cards: { jobs: 5, shares: { price: 1 }, falls } })
        await house.store.workerJobs.finish(lease, DONE)
        await house.clock.jump(1_000)
      }
      await remember('ssg', 0)
      await remember('samsung', 2)
      await remember('web shop.example', 1)
      const told = async () =>
        (await house.store.admin.drifts(10)).map(({ name, route, falls }) => [name, route, falls])
      expect(await told()).toEqual([
        ['web shop.example', 'cards', 1],
        ['samsung', 'cards', 2],
      ])
      expect(await house.store.admin.drifts(1)).toHaveLength(1)
      await remember('samsung', 0)
      expect(await told()).toHaveLength(1)
    })

    test('a session is known while it is used, and over when idle, old, or signed out', async () => {
      const { access } = house.store
      const open = (idHash: string) => access.openSession({ idHash, role: 'viewer', tokenMark: 'm' }, actor)
      await open('h1')
      const known = () => access.session('h1', LIMITS)
      expect(await known()).toMatchObject({ role: 'viewer', tokenMark: 'm' })
      for (let used = 0; used < 3; used++) {
        await house.clock.jump(1_200_000)
        expect(await known()).toBeDefined()
      }
      await house.clock.jump(1_700_000)
      expect(await access.session('h1', { ...LIMITS, isUse: false })).toBeDefined()
      await house.clock.jump(200_000)
      expect(await known()).toBeUndefined()
      await open('h2')
      await access.closeSession('h2', actor)
      expect(await access.session('h2', LIMITS)).toBeUndefined()
      expect((await house.store.admin.audit(10)).rows.map(({ act }) => act).sort()).toEqual(
        ['session.close', 'session.open', 'session.open'].sort(),
      )
    })

    test('wrong tokens are counted by address and in all, for every process together', async () => {
      const [one, other] = [house.store.access, (await house.another()).access]
      await one.noteWrong('203.0.113.1', 3_600_000)
      expect(await other.untilFree('203.0.113.1', TRIES)).toBe(0)
      await other.noteWrong('203.0.113.1', 3_600_000)
      expect(await one.untilFree('203.0.113.1', TRIES)).toBe(900_000)
      expect(await one.untilFree('203.0.113.2', TRIES)).toBe(0)
      await one.noteWrong('203.0.113.2', 3_600_000)
      expect(await other.untilFree('203.0.113.3', TRIES)).toBe(3_600_000)
      await house.clock.jump(3_600_001)
      expect(await other.untilFree('203.0.113.1', TRIES)).toBe(0)
    })
  })
}
