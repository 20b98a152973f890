import { describe, expect, test } from 'vitest'
import { CLOSING_AFTER_MS } from '../../src/chat/limits.ts'
import { isRefusal } from '../../src/errors.ts'
import { type FileId, type JobId, newId, type UserId } from '../../src/ids.ts'
import type { Store } from '../../src/storage.ts'
import type { ExportedRow } from '../../src/upkeep/store.ts'
import type { StoreHouse } from '../support/store-house.ts'
import {
  draftOf,
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
import { rowsThatName, TIES, tablesOf } from '../support/traces.ts'

const ALLOWED = { account: { tries: 5, ms: 600_000 }, workspace: { tries: 50, ms: 86_400_000 } }
const DAY_MS = 86_400_000
const ROUNDS = 12
/** A person with two linked accounts, of whom every table knows something. */
export async function liveFully(
  house: { store: Store; clock: { now(): number; jump(ms: number): Promise<unknown> } },
  name: string,
): Promise<{ person: Person; words: string[]; jobs: JobId[] }> {
  const { store, clock } = house
  const slack = await meet(store, `${name}-slack`)
  await clock.jump(1_000)
  const discord = await meet(store, `${name}-discord`, 'discord')
  const topic = `${name}-words`
  const jobs = [await workOf(store, slack, topic, clock.now()), await workOf(store, discord, topic, clock.now())]
  await store.linking.offer(slack.account.id, `${name}-used`, 600_000)
  expect((await store.linking.merge(discord.account.id, `${name}-used`, ALLOWED)).kind).toBe('merged')
  await store.linking.look(discord.account.id, `${name}-wrong`, ALLOWED)
  await store.linking.offer(discord.account.id, `${name}-open`, 600_000)
  for (const platform of ['slack', 'discord'])
    await store.buttons.keep({ platform, externalId: `${name}-${platform}` }, [`ssg ${topic}`])
  await store.users.setLocale(slack.user.id, 'en')
  await store.override.blockUser(slack.user.id, { role: 'admin', way: 'page', address: '192.0.2.1' })
  await store.override.unblockUser(slack.user.id, { role: 'admin', way: 'page', address: '192.0.2.1' })
  await store.ownerJobs.oweCopy(slack.user.id, jobs[0]!, 'csv', placeOf(slack, 'D1'))
  const { job, lease } = await runJob(
    store,
    slack,
    [pageOf('p1', { url: `https://shop.example/${topic}` }), pageOf('p2')],
    { words: topic },
  )
  await store.frontier.checkpoint(lease, readPage('p1', ['a'], { total: 9 }))
  const words = [name, slack.user.id, discord.user.id, slack.account.id, discord.account.id, ...jobs, job.id]
  return { person: slack, words, jobs: [...jobs, job.id] }
}

/** An ended job with a product, a page that could not be read, a request, a file and a command. */
async function workOf(store: Store, person: Person, words: string, now: number): Promise<JobId> {
  const { job, lease } = await runJob(store, person, [pageOf('p1', { url: `https://shop.example/?q=${words}` })], {
    words,
  })
  const page = { ...readPage('p1', []), products: [productOf('a', { name: words })], ids: ['a'] }
  await store.frontier.checkpoint(lease, page)
  await store.evidence.save(lease, {
    url: `https://shop.example/${words}`,
    status: 200,
    title: words,
    code: 'page.unreadable',
    text: words,
  })
  await store.workerJobs.finish(lease, {
    state: 'failed',
    code: 'page.unreadable',
    facts: { url: words },
    stopReason: null,
  })
  await store.requestLog.append([requestOf(job.id, words, now)])
  const file = {
    id: newId<FileId>(now),
    jobId: job.id,
    userId: person.user.id,
    format: 'csv' as const,
    name: `${words}.csv`,
  }
  expect(await store.results.keep({ ...file, bytes: 10, rows: 1, createdAt: now })).toBe(true)
  const said = { requestId: newId(now), userId: person.user.id, accountId: person.account.id, command: 'crawl' }
  await store.commands.log({ ...said, outcome: 'ok', jobId: job.id })
  return job.id
}

const requestOf = (jobId: JobId, words: string, at: number) => ({
  ...{ at, jobId, host: 'shop.example', url: `https://shop.example/?q=${words}`, addressClass: 'unicast' },
  ...{ robots: 'allowed' as const, tryNumber: 1, status: 200, bytes: 1, ms: 1, error: null },
})

/** All steps, as src/upkeep/forget.ts does them. */
export async function removeAllOf(store: Store, user: UserId): Promise<void> {
  for (let removed = 1; removed > 0; ) removed = await store.forget.removeJobs(user, 2)
  for (let removed = 1; removed > 0; ) removed = await store.forget.removeCommands(user, 2)
  await store.forget.finish(user)
}

/** Forgetting a person. Part of the one suite of all storage. */
export function exerciseForgetting(opened: () => StoreHouse): void {
  describe('forgetting', () => {
    const forgetting = () => opened().store.forget
    const begin = (person: Person, tellOthers = false) => forgetting().begin(person.account.id, { tellOthers })

    test('leaves no row that names the person, and not one row of anybody else less', async () => {
      const house = opened()
      const { person, words } = await liveFully(house, 'somi')
      const other = await liveFully(house, 'jun')
      const before = await rowsThatName(house.look, words)
      const tied = [...(await tablesOf(house.look))].filter(([, columns]) => columns.some((it) => TIES.includes(it)))
      // farewells come with the forgetting itself
      expect(tied.map(([table]) => table).filter((table) => !before[table])).toEqual(['farewells'])
      const theirs = await rowsThatName(house.look, other.words)
      const begun = await begin(person)
      expect(begun).toMatchObject({ user: person.user.id, cancelled: { state: 'cancelled' } })
      expect(begun!.accounts.map(({ externalId }) => externalId)).toEqual(['somi-slack', 'somi-discord'])
      await removeAllOf(house.store, person.user.id)
      const { audit, ...left } = await rowsThatName(house.look, words)
      expect(left).toEqual({})
      expect(audit).toHaveLength(2) // what administrators did stays, under an id that leads to nobody
      expect(audit!.join()).not.toContain('somi')
      expect(await rowsThatName(house.look, other.words)).toEqual(theirs)
    })

    test('is what an export tells of before: every row that names the person, and none of anybody else', async () => {
      const house = opened()
      const { person, words } = await liveFully(house, 'somi')
      const other = await liveFully(house, 'jun')
      const { export: exported } = house.store
      const told: Record<string, number> = {}
      const count = (parts: Record<string, ExportedRow[]>) => {
        for (const [table, rows] of Object.entries(parts)) told[table] = (told[table] ?? 0) + rows.length
      }
      const about = await exported.about(person.user.id)
      const jobs = await Promise.all(
        (await exported.jobs(person.user.id)).map((id) => exported.job(person.user.id, id)),
      )
      for (const parts of [about, ...jobs]) count(parts!)
      const stored = Object.entries(await rowsThatName(house.look, words)).map(([table, rows]) => [table, rows.length])
      expect(told).toEqual(Object.fromEntries(stored))
      const text = JSON.stringify([about, jobs])
      for (const foreign of other.words) expect(text).not.toContain(foreign)
      expect(await exported.job(person.user.id, other.jobs[0]!)).toBeUndefined()
      expect(about.last_buttons).toContainEqual(expect.objectContaining({ commands: ['ssg somi-words'] }))
      const [job] = jobs[0]!.jobs!
      expect(job).toMatchObject({ request: { words: 'somi-words' }, created_at: expect.stringMatching(/^2026-.*Z$/) })
    })

    test('keeps the totals', async () => {
      const { store } = opened()
      const { person } = await liveFully(opened(), 'somi')
      await store.ownerJobs.cancel(person.user.id, (await store.ownerJobs.active(person.user.id))!.id)
      const ended = async () => {
        const { jobs, products } = await opened()
          .look.rows('select sum(jobs) as jobs, sum(products) as products from ended_jobs')
          .then(([row]) => row!)
        return [Number(jobs), Number(products)]
      }
      const before = await ended()
      expect(before).toEqual([3, 3])
      await begin(person)
      await removeAllOf(store, person.user.id)
      expect(await ended()).toEqual(before)
    })

    test('cuts the person off at once: nobody is named, nothing is said, and whoever writes next begins anew', async () => {
      const house = opened()
      const { person, jobs } = await liveFully(house, 'somi')
      await begin(person)
      const named = await rowsThatName(house.look, ['somi-slack', 'somi-discord'])
      expect(Object.keys(named)).toEqual([])
      expect(await house.store.outbox.claim(['slack', 'discord'], 'chat', 100, 60_000)).toEqual([])
      expect(await house.store.users.user(person.user.id)).toBeUndefined()
      const anew = await meet(house.store, 'somi-slack')
      expect(anew.user.id).not.toBe(person.user.id)
      expect((await house.store.ownerJobs.history(anew.user.id, 10)).jobs).toEqual([])
      expect(await house.store.ownerJobs.job(anew.user.id, jobs[0]!)).toBeUndefined()
      expect((await house.store.ownerJobs.create(anew.user.id, draftOf(anew))).kind).toBe('created')
      await removeAllOf(house.store, person.user.id)
      expect((await meet(house.store, 'somi-slack')).user.id).toBe(anew.user.id)
    })

    test('that was interrupted is found again, and only then', async () => {
      const house = opened()
      const { person, words } = await liveFully(house, 'somi')
      const { person: jun } = await liveFully(house, 'jun')
      expect(await forgetting().waiting(10)).toEqual([])
      await begin(person)
      expect(await forgetting().removeJobs(person.user.id, 1)).toBe(1)
      expect(await forgetting().waiting(10)).toEqual([person.user.id])
      await removeAllOf(house.store, person.user.id)
      expect(await forgetting().waiting(10)).toEqual([])
      const { audit: _, ...left } = await rowsThatName(house.look, words)
      expect(left).toEqual({})
      await removeAllOf(house.store, jun.user.id) // a living person is not touched, whoever asks
      expect((await house.store.ownerJobs.history(jun.user.id, 10)).jobs).toHaveLength(3)
    })

    test('is done once, however many ask at the same time', async () => {
      const { person } = await liveFully(opened(), 'somi')
      const other = await opened().another()
      const answers = await Promise.all([
        begin(person),
        other.forget.begin(person.account.id, { tellOthers: false }),
        begin(person),
      ])
      expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1)
      await Promise.all([removeAllOf(opened().store, person.user.id), removeAllOf(other, person.user.id)])
      expect(await begin(person)).toBeUndefined()
    })

    test('and a new job at the same moment: the job goes too, or is refused', async () => {
      const other = await opened().another()
      for (let round = 0; round < ROUNDS; round++) {
        const person = await meet(opened().store, `somi-${round}`)
        const submit = () => other.ownerJobs.create(person.user.id, draftOf(person)).then(({ kind }) => kind)
        const asked = (round % 2 ? [submit(), begin(person)] : [begin(person), submit()]) as Promise<unknown>[]
        const [job] = await Promise.all(
          asked.map((it) => it.catch((error) => (isRefusal(error, 'user.gone') ? 'gone' : error))),
        ).then((answers) => answers.filter((it) => typeof it === 'string'))
        expect(job).toBeOneOf(['created', 'gone']) // which of the two is the databases' choice
        const rows = await opened().look.rows(`select state from jobs where user_id = '${person.user.id}'`)
        expect(rows).toEqual(job === 'created' ? [{ state: 'cancelled' }] : [])
        await removeAllOf(opened().store, person.user.id)
        expect(await rowsThatName(opened().look, [person.user.id, person.account.id])).toEqual({})
      }
    })

    test('refuses what comes of the same command after it: a job, a code, a linking, a row of the log', async () => {
      const { store, look } = opened()
      const person = await meet(store, 'somi')
      const jun = await meet(store, 'jun', 'discord')
      await store.linking.offer(jun.account.id, 'code', 600_000)
      await begin(person)
      for (const isRemoved of [false, true]) {
        if (isRemoved) await removeAllOf(store, person.user.id)
        const { id } = person.account
        await expect(store.ownerJobs.create(person.user.id, draftOf(person))).rejects.toMatchObject({
          code: 'user.gone',
        })
        await expect(store.linking.offer(id, 'other', 600_000)).rejects.toMatchObject({ code: 'user.gone' })
        await expect(store.linking.look(id, 'code', ALLOWED)).rejects.toMatchObject({ code: 'user.gone' })
        await expect(store.linking.merge(id, 'code', ALLOWED)).rejects.toMatchObject({ code: 'user.gone' })
        const said = { requestId: newId(0), userId: person.user.id, accountId: id, command: 'forget', outcome: 'ok' }
        await store.commands.log({ ...said, jobId: null })
        expect(await look.rows('select * from commands')).toEqual([])
      }
    })

    test('leaves nothing of a worker that comes too late: no request, no saved page, no file', async () => {
      const { store, look, clock } = opened()
      const { job, lease } = await runJob(store, await meet(store, 'somi'), [pageOf('p1')])
      const person = await meet(store, 'somi')
      await begin(person)
      for (const isRemoved of [false, true]) {
        if (isRemoved) await removeAllOf(store, person.user.id)
        await expect(store.frontier.checkpoint(lease, readPage('p1', ['a']))).rejects.toThrow('no longer held')
        const page = { url: 'https://shop.example/', status: 200, title: '', code: 'page.unreadable', text: '' }
        await expect(store.evidence.save(lease, page)).rejects.toThrow('no longer held')
      }
      await store.requestLog.append([requestOf(job.id, 'late', clock.now())])
      const file = {
        id: newId<FileId>(0),
        jobId: job.id,
        userId: person.user.id,
        format: 'csv' as const,
        name: 'x.csv',
      }
      expect(await store.results.keep({ ...file, bytes: 1, rows: 1, createdAt: 0 })).toBe(false)
      expect(await rowsThatName(look, [job.id, person.user.id])).toEqual({})
    })

    test('tells the other accounts, and keeps of them only that, for a day at most', async () => {
      const house = opened()
      const { person } = await liveFully(house, 'somi')
      expect(await begin(person, true)).toMatchObject({ told: 1 })
      await removeAllOf(house.store, person.user.id)
      expect(Object.keys(await rowsThatName(house.look, ['somi']))).toEqual(['farewells'])
      const { notices } = house.store
      expect(await notices.claim(['slack'], 9, 60_000)).toEqual([])
      const other = await house.another()
      const claims = await Promise.all([
        notices.claim(['discord'], 9, 60_000),
        other.notices.claim(['discord'], 9, 60_000),
      ])
      const [notice] = claims.flat()
      expect(claims.flat()).toHaveLength(1)
      expect(notice).toMatchObject({
        kind: 'forgotten',
        askedOn: 'slack',
        owner: { locale: 'en', account: { platform: 'discord', externalId: 'somi-discord' } },
      })
      await notices.retry(notice!, 5_000, 'away')
      await house.clock.jump(5_000)
      expect(await notices.claim(['discord'], 9, 60_000)).toMatchObject([{ attempts: 2 }])
      await notices.settle(notice!, 'sent', null)
      expect(await rowsThatName(house.look, ['somi'])).toEqual({})

      const { person: dahee } = await liveFully(house, 'dahee')
      await begin(dahee, true)
      await removeAllOf(house.store, dahee.user.id)
      await house.clock.jump(DAY_MS + 1)
      await house.store.upkeep.expire(90 * DAY_MS, 100)
      expect(await rowsThatName(house.look, ['dahee'])).toEqual({})
    })

    test('owes a last change to threads that show a job as it was, and keeps of them where that is, for a day at most', async () => {
      const house = opened()
      const { store, clock } = house
      const shown = async (name: string) => {
        const person = await meet(store, name)
        const { job } = await runJob(store, person, [pageOf('p1')])
        const [root] = (await store.outbox.claim(['slack'], 'chat', 9, 60_000)).filter((it) => it.jobId === job.id)
        return { person, job, root: root! }
      }
      const somi = await shown('somi')
      await store.outbox.opened(somi.root, threadOf(somi.job))
      await store.outbox.shown(somi.job.id, 2, 'progress')
      const dahee = await shown('dahee') // her root is on its way
      await startJob(store, await meet(store, 'bora'))
      for (const name of ['somi', 'dahee', 'bora']) {
        const person = await meet(store, name)
        await begin(person)
        await removeAllOf(store, person.user.id)
      }
      await store.outbox.opened(dahee.root, threadOf(dahee.job))
      await store.outbox.shown(dahee.job.id, 2, 'late')
      expect(await store.notices.claim(['slack'], 9, 60_000)).toEqual([]) // an edit may still be on its way
      await clock.jump(CLOSING_AFTER_MS)
      expect(await store.notices.claim(['discord'], 9, 60_000)).toEqual([])
      const notices = await store.notices.claim(['slack'], 9, 60_000)
      const expected = [somi, dahee].map(({ job }) => ({ kind: 'thread', platform: 'slack', thread: threadOf(job) }))
      expect(notices).toHaveLength(2)
      expect(notices).toEqual(expect.arrayContaining(expected.map((it) => expect.objectContaining(it))))
      expect(notices.map((it) => it.kind === 'thread' && it.progressId).sort()).toEqual(['late', 'progress'])
      const [first, second] = notices
      await store.notices.retry(first!, 5_000, 'away')
      await store.notices.settle(second!, 'sent', null)
      await clock.jump(5_000)
      expect(await store.notices.claim(['slack'], 9, 60_000)).toMatchObject([{ id: first!.id, attempts: 2 }])
      await clock.jump(DAY_MS)
      await store.upkeep.expire(90 * DAY_MS, 100)
      expect(await house.look.rows('select * from closings')).toEqual([])
    })

    test('by an administrator stands in the audit list, without a name', async () => {
      const { store, look } = opened()
      const person = await meet(store, 'somi')
      const actor = { role: 'admin', way: 'shell', address: '' } as const
      await store.forget.begin(person.account.id, { tellOthers: false, actor })
      await removeAllOf(store, person.user.id)
      expect((await store.admin.audit(9)).rows).toMatchObject([{ act: 'user.delete', user: person.user.id, actor }])
      expect(await rowsThatName(look, ['somi'])).toEqual({})
    })

    test('crossed by a command gives that one the person of before, or somebody new', async () => {
      const house = opened()
      const other = await house.another()
      for (let round = 0; round < ROUNDS; round += 1) {
        const person = await meet(house.store, `somi-${round}`)
        const answers = await Promise.all([
          ...[1, 2, 3].map((name) => other.users.resolve(person.account, `Somi ${round}.${name}`)),
          begin(person),
          ...[4, 5, 6].map((name) => other.users.resolve(person.account, `Somi ${round}.${name}`)),
        ])
        expect(answers.every((answer) => answer !== undefined)).toBe(true)
        const after = await other.users.resolve(person.account, 'Somi')
        expect(after.user.id).not.toBe(person.user.id)
        await removeAllOf(house.store, person.user.id)
        expect(await rowsThatName(house.look, [person.user.id, person.account.id])).toEqual({})
      }
    })

    test('of one job takes its result alone, of an ended job of the asker', async () => {
      const house = opened()
      const { person, jobs } = await liveFully(house, 'somi')
      const { person: jun } = await liveFully(house, 'jun')
      const [first, second, running] = jobs as [JobId, JobId, JobId]
      expect(await forgetting().discard(jun.user.id, first)).toBeUndefined()
      expect(await forgetting().discard(person.user.id, running)).toBeUndefined()
      expect(await forgetting().discard(person.user.id, first)).toMatchObject([
        { userId: person.user.id, format: 'csv' },
      ])
      expect(await forgetting().discard(person.user.id, first)).toBeUndefined()
      const left = await rowsThatName(house.look, [first])
      expect(Object.keys(left).sort()).toEqual(['commands', 'jobs', 'outbox'])
      expect(left.outbox!.every((row) => row.includes('pending'))).toBe(true)
      expect(JSON.stringify(left)).not.toContain('somi-words')
      expect(await house.store.results.products(person.user.id, second, 0, 9)).toHaveLength(1)
      expect((await house.store.ownerJobs.job(person.user.id, first))?.clearedAt).toBe(house.clock.now())
      const file = { id: newId<FileId>(0), jobId: first, userId: person.user.id, format: 'csv' as const, name: 'x.csv' }
      expect(await house.store.results.keep({ ...file, bytes: 1, rows: 1, createdAt: 0 })).toBe(false) // written meanwhile
    })

    test(`of one job gives no quota back: its host counts for the day, and then only a shop's own name stays`, async () => {
      const { store, clock, look } = opened()
      const minji = await meet(store, 'minji')
      const wishes = [{ words: 'somi-words' }, { site: 'web', words: '', url: 'https://somi.example/list' }]
      for (const wish of wishes) {
        const { job, lease } = await runJob(store, minji, [pageOf('p1')], wish)
        await store.frontier.checkpoint(lease, readPage('p1', ['a']))
        await store.workerJobs.finish(lease, { state: 'succeeded', stopReason: 'end' })
        expect(await forgetting().discard(minji.user.id, job.id)).toBeDefined()
        await clock.jump(1_000)
      }
      const used = async () => (await store.ownerJobs.usage(minji.user.id, 90 * DAY_MS)).jobs
      const pages = { createdAt: expect.any(Number), pages: 1 }
      const whole = [
        { ...pages, host: 'ssg' },
        { ...pages, host: 'somi.example' },
      ]
      await clock.jump(DAY_MS - 3_000)
      while ((await store.upkeep.expire(90 * DAY_MS, 100)) > 0);
      expect(await used()).toEqual(whole)
      await clock.jump(3_000)
      while ((await store.upkeep.expire(90 * DAY_MS, 100)) > 0);
      expect(await used()).toEqual([whole[0], { ...pages, host: '' }])
      expect(await rowsThatName(look, ['somi'])).toEqual({})
    })

    test('of an old job takes its host at once', async () => {
      const { store, clock, look } = opened()
      const minji = await meet(store, 'minji')
      const { job, lease } = await runJob(store, minji, [], { site: 'web', words: '', url: 'https://somi.example/' })
      await store.workerJobs.finish(lease, { state: 'succeeded', stopReason: 'end' })
      await clock.jump(DAY_MS)
      await store.upkeep.clear([job.id])
      expect(await rowsThatName(look, ['somi'])).toEqual({})
    })
  })
}
