import { describe, expect, test } from 'vitest'
import { type FileId, newId } from '../../src/ids.ts'
import type { Store } from '../../src/storage.ts'
import type { Merged, TriesAllowed } from '../../src/users/store.ts'
import type { StoreHouse } from '../support/store-house.ts'
import { draftOf, meet, type Person, pageOf, placeOf, readPage, runJob, startJob } from '../support/store-people.ts'

const LIFE_MS = 600_000
const ALLOWED: TriesAllowed = {
  account: { tries: 3, ms: 600_000 },
  workspace: { tries: 5, ms: 86_400_000 },
}
const SQLITE_BELONGINGS = `select m.name as t from sqlite_schema m, pragma_table_info(m.name) c where c.name = 'user_id'`
const POSTGRES_BELONGINGS = `select table_name as t from information_schema.columns
  where column_name = 'user_id' and table_schema = current_schema()`
const ROUNDS = 12

/** Linking of accounts to one user, and their parting. Part of the one suite of all storage. */
export function exerciseLinking(opened: () => StoreHouse): void {
  describe('linking', () => {
    const linking = () => opened().store.linking
    /** Makes a code of the first person and lets the second use it. */
    const link = async (starter: Person, other: Person, hash = 'code'): Promise<Merged> => {
      await linking().offer(starter.account.id, hash, LIFE_MS)
      return linking().merge(other.account.id, hash, ALLOWED)
    }
    const again = (person: Person, store: Store = opened().store): Promise<Person> =>
      store.users.resolve(person.account, person.account.name)
    /** Every table with a user's id, as the schema says: one that linking forgets is found here. */
    const belongings = async (): Promise<string[]> => {
      const rows = await opened()
        .look.rows(SQLITE_BELONGINGS)
        .catch(() => opened().look.rows(POSTGRES_BELONGINGS))
      return rows.map(({ t }) => String(t))
    }
    /** One person on Slack, and on Discord a second later. */
    const people = async (): Promise<{ slack: Person; discord: Person }> => {
      const slack = await meet(opened().store, 'somi')
      await opened().clock.jump(1_000)
      return { slack, discord: await meet(opened().store, 'somi#1', 'discord') }
    }
    /** An ended job with a product, a file and a command of its own. */
    const work = async (person: Person): Promise<string> => {
      const { store, clock } = opened()
      const { job, lease } = await runJob(store, person, [pageOf('p1')])
      await store.frontier.checkpoint(lease, readPage('p1', ['a']))
      await store.workerJobs.finish(lease, { state: 'succeeded', stopReason: 'end' })
      const file = { id: newId<FileId>(clock.now()), jobId: job.id, userId: job.userId, format: 'csv' as const }
      expect(await store.results.keep({ ...file, name: 'x.csv', bytes: 1, rows: 1, createdAt: clock.now() })).toBe(true)
      const requestId = newId(clock.now())
      const said = { requestId, userId: job.userId, accountId: person.account.id, command: 'crawl', outcome: 'ok' }
      await store.commands.log({ ...said, jobId: job.id })
      return job.id
    }

    test('gives everything of the younger user to the older one, and each job keeps its account', async () => {
      const { slack, discord } = await people()
      const jobs = [await work(slack), await work(discord)]
      expect(await link(slack, discord)).toMatchObject({ kind: 'merged', survivor: slack.user.id })
      expect(await belongings()).toEqual(expect.arrayContaining(['accounts', 'jobs', 'outbox', 'files', 'commands']))
      for (const table of await belongings()) {
        const rows = await opened().look.rows(`select count(*) as n from ${table} where user_id = '${discord.user.id}'`)
        expect([table, Number(rows[0]!.n)]).toEqual([table, 0])
      }
      const { store } = opened()
      expect((await again(discord)).user.id).toBe(slack.user.id)
      expect((await store.users.accountsOf(slack.user.id)).map(({ id }) => id)).toEqual([
        slack.account.id,
        discord.account.id,
      ])
      const history = (await store.ownerJobs.history(slack.user.id, 10)).jobs
      expect(history.map(({ id }) => id).sort()).toEqual([...jobs].sort())
      expect(history.find(({ id }) => id === jobs[1])?.accountId).toBe(discord.account.id)
      expect((await store.results.fileIds(slack.user.id)).length).toBe(2)
      expect((await store.ownerJobs.history(discord.user.id, 10)).jobs).toEqual([])
    })

    test('keeps the older user, whoever asked for the code', async () => {
      const { slack, discord } = await people()
      expect(await link(discord, slack)).toMatchObject({ survivor: slack.user.id, merged: discord.user.id })
    })

    test('keeps a chosen language, the older user’s first', async () => {
      const { slack, discord } = await people()
      await opened().store.users.setLocale(discord.user.id, 'en')
      await link(slack, discord)
      expect((await opened().store.users.user(slack.user.id))?.locale).toBe('en')
    })

    test('lets what names the younger user find the one that it became, through several linkings', async () => {
      const { slack, discord } = await people()
      const older = await meet(opened().store, 'first', 'console')
      await opened().clock.jump(-5_000) // no user is younger than this one
      const oldest = await meet(opened().store, 'oldest', 'telegram')
      await opened().clock.jump(5_000)
      await link(slack, discord)
      await link(discord, older, 'second')
      await link(older, oldest, 'third')
      for (const { user } of [slack, discord, older, oldest])
        expect((await opened().store.users.user(user.id))?.id).toBe(oldest.user.id)
    })

    describe('a code', () => {
      test('shows whose it is, and is used once', async () => {
        const { slack, discord } = await people()
        await linking().offer(slack.account.id, 'code', LIFE_MS)
        expect(await linking().look(discord.account.id, 'code', ALLOWED)).toMatchObject({
          kind: 'good',
          starter: { id: slack.account.id },
        })
        expect((await linking().merge(discord.account.id, 'code', ALLOWED)).kind).toBe('merged')
        const third = await meet(opened().store, 'third', 'console')
        expect((await linking().merge(third.account.id, 'code', ALLOWED)).kind).toBe('unknown')
      })

      test('of two that send it at once links one', async () => {
        const { slack, discord } = await people()
        const third = await meet(opened().store, 'third', 'console')
        const other = await opened().another()
        await linking().offer(slack.account.id, 'code', LIFE_MS)
        const answers = await Promise.all([
          linking().merge(discord.account.id, 'code', ALLOWED),
          other.linking.merge(third.account.id, 'code', ALLOWED),
        ])
        expect(answers.map(({ kind }) => kind).sort()).toEqual(['merged', 'unknown'])
      })

      test('that is ten minutes old, replaced, burnt or never was is unknown', async () => {
        const { slack, discord } = await people()
        const generous = { ...ALLOWED, account: { tries: 99, ms: 1 } }
        const answer = async (hash: string) => (await linking().merge(discord.account.id, hash, generous)).kind
        await linking().offer(slack.account.id, 'former', LIFE_MS)
        await linking().offer(slack.account.id, 'old', LIFE_MS)
        expect(await answer('former')).toBe('unknown')
        await opened().clock.jump(LIFE_MS)
        expect(await answer('old')).toBe('unknown')
        await linking().offer(slack.account.id, 'seen', LIFE_MS)
        await linking().burn('seen')
        expect(await answer('seen')).toBe('unknown')
        expect(await answer('never')).toBe('unknown')
      })

      test('is refused after three wrong ones of an account, right or wrong, until their time is over', async () => {
        const { slack, discord } = await people()
        await linking().offer(slack.account.id, 'code', 2 * LIFE_MS)
        const look = async (hash: string) => (await linking().look(discord.account.id, hash, ALLOWED)).kind
        expect([await look('a'), await look('b'), await look('c')]).toEqual(['unknown', 'unknown', 'unknown'])
        expect(await look('code')).toBe('too_many')
        expect((await linking().merge(discord.account.id, 'code', ALLOWED)).kind).toBe('too_many')
        await opened().clock.jump(ALLOWED.account.ms)
        expect(await look('code')).toBe('good')
      })

      test('is refused to a whole workspace after five wrong ones of several accounts, and to no other', async () => {
        const { store } = opened()
        const { slack } = await people()
        const crowd = await Promise.all(['a', 'b', 'c'].map((name) => meet(store, name, 'discord')))
        await linking().offer(slack.account.id, 'code', LIFE_MS)
        for (const [at, { account }] of [...crowd, ...crowd].slice(0, 5).entries())
          await linking().look(account.id, `wrong ${at}`, ALLOWED)
        expect((await linking().look(crowd[2]!.account.id, 'code', ALLOWED)).kind).toBe('too_many')
        const elsewhere = await meet(store, 'elsewhere', 'console')
        expect((await linking().look(elsewhere.account.id, 'code', ALLOWED)).kind).toBe('good')
      })

      test('guessed at by many at once is counted all the same', async () => {
        const { discord } = await people()
        const other = await opened().another()
        const answers = await Promise.all(
          Array.from({ length: 12 }, (_, at) =>
            (at % 2 ? other.linking : linking()).look(discord.account.id, `g${at}`, ALLOWED),
          ),
        )
        expect(answers.filter(({ kind }) => kind === 'unknown')).toHaveLength(3)
      })

      test('of the same workspace, of one’s own user, or of a blocked person links nobody', async () => {
        const { slack, discord } = await people()
        const colleague = await meet(opened().store, 'colleague')
        expect((await link(slack, colleague)).kind).toBe('same_chat')
        expect((await link(slack, slack)).kind).toBe('same_chat')
        await link(slack, discord)
        expect((await link(slack, discord, 'again')).kind).toBe('already')
      })
    })

    describe('with a crawl on each side', () => {
      test('is refused with the job to wait for, and the same code links once it has ended', async () => {
        const { store } = opened()
        const { slack, discord } = await people()
        await startJob(store, slack, { words: '모니터' })
        const own = await startJob(store, discord, { words: '노트북' })
        expect(await link(slack, discord)).toMatchObject({
          kind: 'both_active',
          own: { id: own.id, site: 'ssg', words: '노트북', url: null },
        })
        expect((await again(discord)).user.id).toBe(discord.user.id)
        await store.ownerJobs.cancel(discord.user.id, own.id)
        expect((await linking().merge(discord.account.id, 'code', ALLOWED)).kind).toBe('merged')
      })

      test('the rule then holds over both accounts, whichever side runs', async () => {
        const { store } = opened()
        const { slack, discord } = await people()
        const running = await startJob(store, discord)
        await link(slack, discord)
        const answer = await store.ownerJobs.create(slack.user.id, draftOf(slack))
        expect(answer).toMatchObject({ kind: 'active', job: { id: running.id } })
      })

      test('a merge amid many submits gives one active job and loses none, whoever is first', async () => {
        const { store } = opened()
        const other = await opened().another()
        for (let round = 0; round < ROUNDS; round++) {
          const slack = await meet(store, `s${round}`)
          const discord = await meet(store, `d${round}`, 'discord')
          await linking().offer(slack.account.id, `c${round}`, LIFE_MS)
          const submit = (at: number) => {
            const person = at % 2 ? slack : discord
            return (at % 4 < 2 ? store : other).ownerJobs.create(person.user.id, draftOf(person))
          }
          const submits = (from: number) => Array.from({ length: 10 }, (_, at) => submit(from + at))
          const before = round % 3 === 0 ? [] : round % 3 === 1 ? [submit(0)] : submits(0)
          const merging = other.linking.merge(discord.account.id, `c${round}`, ALLOWED)
          const answers = await Promise.all([...before, ...submits(20)])
          const { kind } = await merging
          const created = answers.filter((answer) => answer.kind === 'created').map(({ job }) => job.id)
          const users = [...new Set([(await again(slack)).user.id, (await again(discord)).user.id])]
          expect(users).toHaveLength(kind === 'merged' ? 1 : 2)
          const active = await Promise.all(users.map((user) => store.ownerJobs.active(user)))
          expect(active.map((job) => job?.id).sort()).toEqual(created.sort())
          expect(created).toHaveLength(users.length)
        }
      })

      test('a command that was on its way when the accounts became one lands with the one user', async () => {
        const { store, clock } = opened()
        const { slack, discord } = await people()
        await link(slack, discord)
        const { job } = await store.ownerJobs.create(discord.user.id, draftOf(discord)) // the user of a moment ago
        expect(job.userId).toBe(slack.user.id)
        const said = { userId: discord.user.id, accountId: discord.account.id, command: 'link', outcome: 'ok' }
        await store.commands.log({ requestId: newId(clock.now()), ...said, jobId: null })
        const rows = await opened().look.rows(`select user_id from commands where command = 'link'`)
        expect(rows).toEqual([{ user_id: slack.user.id }])
        const file = { id: newId<FileId>(clock.now()), jobId: job.id, userId: discord.user.id, format: 'csv' as const }
        const kept = await store.results.keep({ ...file, name: 'x', bytes: 1, rows: 1, createdAt: clock.now() })
        expect(kept).toBe(false)
        expect(await store.results.file(slack.user.id, job.id, 'csv')).toBeUndefined() // it is written anew for its user
      })

      test('replacing a job while the accounts become one replaces it', async () => {
        const { store } = opened()
        const { slack, discord } = await people()
        const running = await startJob(store, discord)
        await link(slack, discord)
        const answer = await store.ownerJobs.replace(discord.user.id, running.id, draftOf(discord, { words: '새' }))
        expect(answer).toMatchObject({ cancelled: { id: running.id }, job: { userId: slack.user.id } })
      })

      test('two linkings that cross end, and one of them links', async () => {
        const other = await opened().another()
        for (let round = 0; round < ROUNDS; round++) {
          const slack = await meet(opened().store, `s${round}`)
          const discord = await meet(opened().store, `d${round}`, 'discord')
          await linking().offer(slack.account.id, `a${round}`, LIFE_MS)
          await linking().offer(discord.account.id, `b${round}`, LIFE_MS)
          const answers = await Promise.all([
            linking().merge(discord.account.id, `a${round}`, ALLOWED),
            other.linking.merge(slack.account.id, `b${round}`, ALLOWED),
          ])
          expect(answers.map(({ kind }) => kind).sort()).toEqual(['already', 'merged'])
        }
      })
    })

    describe('splitting', () => {
      test('gives an account its own jobs and files, and leaves the others theirs', async () => {
        const { store } = opened()
        const { slack, discord } = await people()
        const [first] = [await work(slack), await work(discord)]
        await link(slack, discord)
        const running = await startJob(store, slack)
        const parted = await linking().leave(slack.account.id)
        expect(parted?.former).toBe(slack.user.id)
        expect(parted?.user).not.toBe(slack.user.id)
        const mine = (await store.ownerJobs.history(parted!.user, 10)).jobs.map(({ id }) => id)
        expect(mine.sort()).toEqual([first, running.id].sort())
        expect(await store.results.fileIds(parted!.user)).toHaveLength(1)
        expect(await store.results.fileIds(slack.user.id)).toHaveLength(1)
        expect((await store.ownerJobs.active(parted!.user))?.id).toBe(running.id)
        expect(await store.ownerJobs.active(slack.user.id)).toBeUndefined()
        expect((await again(discord)).user.id).toBe(slack.user.id)
        await startJob(store, await again(discord)) // the rule holds for each alone
        await store.ownerJobs.cancel(parted!.user, running.id)
      })

      test('of a person with one account changes nothing', async () => {
        const { slack } = await people()
        expect(await linking().leave(slack.account.id)).toBeUndefined()
        expect((await again(slack)).user.id).toBe(slack.user.id)
      })

      test('amid many submits gives each side one active job at most, and loses none', async () => {
        const { store } = opened()
        const other = await opened().another()
        for (let round = 0; round < ROUNDS; round++) {
          const slack = await meet(store, `s${round}`)
          const discord = await meet(store, `d${round}`, 'discord')
          await link(slack, discord, `c${round}`)
          const joint = (await again(slack)).user.id // of users of one millisecond either may be the older
          const submits = Array.from({ length: 12 }, (_, at) => {
            const person = at % 2 ? slack : discord
            return (at % 4 < 2 ? store : other).ownerJobs.create(joint, draftOf(person))
          })
          const [parted, ...answers] = await Promise.all([other.linking.leave(discord.account.id), ...submits])
          const users = [joint, parted!.user]
          const active = await Promise.all(users.map((user) => store.ownerJobs.active(user)))
          const created = answers
            .filter((it) => 'job' in it && it.kind === 'created')
            .map((it) => 'job' in it && it.job.id)
          expect(active.flatMap((job) => (job ? [job.id] : [])).sort()).toEqual(created.sort())
        }
      })

      test('drops the copies that one account asked for of the other’s job', async () => {
        const { store } = opened()
        const { slack, discord } = await people()
        const job = await work(slack)
        await link(slack, discord)
        await store.ownerJobs.oweCopy(slack.user.id, job as never, 'csv', placeOf(discord))
        await linking().leave(discord.account.id)
        expect(await opened().look.rows(`select state, cause from outbox where kind = 'copy'`)).toEqual([
          { state: 'dropped', cause: 'the accounts were split' },
        ])
      })
    })

    describe('the starter', () => {
      const claim = () => opened().store.notices.claim(['slack', 'discord'], 10, 60_000)

      test('is owed a notice in the same transaction, which one process at a time takes', async () => {
        const { slack, discord } = await people()
        await link(slack, discord)
        const other = await opened().another()
        const taken = (await Promise.all([claim(), other.notices.claim(['slack'], 10, 60_000)])).flat()
        expect(taken).toMatchObject([
          {
            kind: 'linked',
            owner: { account: { id: slack.account.id } },
            other: { platform: 'discord', name: 'somi#1' },
            attempts: 1,
          },
        ])
        expect(await opened().store.notices.claim(['console'], 10, 60_000)).toEqual([])
        await opened().clock.jump(60_000)
        expect(await claim()).toMatchObject([{ attempts: 2 }])
      })

      test('is told again after a pause, until it is settled', async () => {
        const { slack, discord } = await people()
        await link(slack, discord)
        const [notice] = await claim()
        await opened().store.notices.retry(notice!, 5_000, 'away')
        expect(await claim()).toEqual([])
        await opened().clock.jump(5_000)
        expect(await claim()).toHaveLength(1)
        await opened().store.notices.settle(notice!, 'sent', null)
        await opened().clock.jump(60_000)
        expect(await claim()).toEqual([])
      })
    })
  })
}
