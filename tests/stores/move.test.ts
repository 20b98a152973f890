import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { moveStore, openStore } from '../../db/index.ts'
import { systemClock } from '../../src/clock.ts'
import { type FileId, newId } from '../../src/ids.ts'
import { hasPostgres, makeDatabase, runSql, type TestDatabase } from '../support/postgres.ts'
import { makeFolder, openQuiet } from '../support/store-house.ts'
import { meet, pageOf, productOf, readPage, runJob, startJob } from '../support/store-people.ts'
import { suiteWhere } from '../support/suites.ts'

suiteWhere(hasPostgres, 'PostgreSQL (TEST_DATABASE_URL)', 'moving from SQLite to PostgreSQL', () => {
  let folder: string
  let database: TestDatabase
  const emit = () => undefined
  const move = () => moveStore({ from: folder, to: database.url, clock: systemClock, emit })

  beforeEach(async () => {
    folder = makeFolder()
    database = await makeDatabase()
  })
  afterEach(async () => {
    await database.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A person with an ended and a running job, 1,200 products, a command and a session. */
  const fill = async () => {
    const store = await openQuiet(folder, systemClock)
    const minji = await meet(store, 'minji')
    const { job, lease } = await runJob(store, minji, [pageOf('p1'), pageOf('p2', { page: 2 })], { limit: 5_000 })
    const ids = Array.from({ length: 1_200 }, (_, at) => `상품-${at}`)
    const products = ids.map((id) => productOf(id, { price: 0.1, name: `"'\\ 😀 ${id}`, inStock: true }))
    await store.frontier.checkpoint(lease, readPage('p1', ids, { products, total: 9_000 }))
    await store.workerJobs.finish(lease, { state: 'succeeded', stopReason: 'end' })
    await startJob(store, await meet(store, 'jun'))
    await store.sessions.begin('discord', 10)
    await store.results.keep({
      ...{ id: newId<FileId>(Date.now()), userId: minji.user.id, jobId: job.id, format: 'csv', name: 'a.csv' },
      ...{ bytes: 1, rows: 1_200, createdAt: Date.now() },
    })
    return { store, minji, job }
  }

  test('everything arrives, may be moved again, and goes on as it was', async () => {
    const { store, minji, job } = await fill()
    const before = await store.results.products(minji.user.id, job.id, 0, 5_000)
    await store.close()
    const counts = await move()
    expect(counts).toMatchObject({ users: 2, jobs: 2, products: 1_200, files: 1, chat_sessions: 1 })
    expect(await move()).toEqual(counts)
    const moved = await openStore({
      dataDir: folder,
      databaseUrl: database.url,
      clock: systemClock,
      emit,
      locale: 'ko',
    })
    try {
      expect(await moved.results.products(minji.user.id, job.id, 0, 5_000)).toEqual(before)
      expect((await moved.users.find(minji.account))?.user.id).toBe(minji.user.id)
    } finally {
      await moved.close()
    }
  })

  test('secrets and the owner stay behind', async () => {
    const { store } = await fill()
    await store.owner.take({ kind: 'service', holder: 'me', waitMs: 0 }).then((owned) => owned?.release())
    await store.close()
    await move()
    expect(await runSql(database.url, 'select 1 from secrets union all select 1 from owner')).toEqual([])
  })

  test('a move that was cut off is finished by the next one', async () => {
    const { store } = await fill()
    await store.close()
    const counts = await move()
    await runSql(database.url, 'delete from products where position > 700')
    expect(await move()).toEqual(counts)
  })

  test('a row that is not the same is told, and stays', async () => {
    const { store } = await fill()
    await store.close()
    await move()
    await runSql(database.url, `update products set price = 5 where position = 7`)
    await expect(move()).rejects.toMatchObject({ code: 'move.differs', facts: { table: 'products', rows: 1_200 } })
  })

  test('a database that others use is left alone', async () => {
    const { store } = await fill()
    await store.close()
    const other = await openStore({
      dataDir: folder,
      databaseUrl: database.url,
      clock: systemClock,
      emit,
      locale: 'ko',
    })
    await meet(other, 'stranger')
    await other.close()
    await expect(move()).rejects.toMatchObject({ code: 'move.target_used' })
    expect(await runSql(database.url, 'select count(*) as users from users')).toEqual([{ users: 1 }])
  })

  test('nothing moves while an owner is alive on either side, or from where no database is', async () => {
    const { store } = await fill()
    const owned = await store.owner.take({ kind: 'service', holder: 'me', waitMs: 0 })
    await expect(move()).rejects.toMatchObject({ code: 'move.in_use', facts: { place: folder } })
    await owned?.release()
    await store.close()
    const other = await openStore({
      dataDir: folder,
      databaseUrl: database.url,
      clock: systemClock,
      emit,
      locale: 'ko',
    })
    for (const form of ['alone', 'shared'] as const) {
      const theirs = await other.owner.take({ kind: 'service', form, holder: 'them', waitMs: 0 })
      await expect(move()).rejects.toMatchObject({ code: 'move.in_use' })
      await theirs?.release()
    }
    await other.close()
    rmSync(folder, { recursive: true })
    mkdirSync(folder)
    writeFileSync(`${folder}/other`, '')
    await expect(move()).rejects.toMatchObject({ code: 'file.unreadable' })
  })
})
