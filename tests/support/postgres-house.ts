import { rmSync } from 'node:fs'
import { openStore } from '../../db/index.ts'
import type { Store } from '../../src/storage.ts'
import { checkInvariants, type InvariantOptions } from './invariants.ts'
import { createJumpingClock } from './jumping-clock.ts'
import { emptyDatabase, lookAtPostgres, makeDatabase, prepareDatabase, runSql, type TestDatabase } from './postgres.ts'
import { makeFolder, type StoreHouse } from './store-house.ts'

/** Databases that no house uses now, empty but for schema and watchers: making one takes longer than most tests. */
const idle: TestDatabase[] = []

async function newDatabase(): Promise<TestDatabase> {
  const database = await makeDatabase()
  await prepareDatabase(database.url)
  const name = new URL(database.url).pathname.slice(1)
  await runSql(database.url, `alter database ${name} set synchronous_commit = off`) // no test here pulls the plug
  return database
}

/** Removes the databases of houses that are closed. */
export async function dropIdleDatabases(): Promise<void> {
  for (const database of idle.splice(0)) await database.drop()
}

/** A PostgreSQL database of a test's own, whose time is the clock's. */
export async function openPostgresHouse(invariants: Partial<InvariantOptions> = {}): Promise<StoreHouse> {
  const database = idle.pop() ?? (await newDatabase())
  const folder = makeFolder()
  const clock = createJumpingClock()
  const told: StoreHouse['told'] = {}
  const emit = (name: string, facts: unknown): void => {
    const notes = told as Record<string, unknown[]>
    notes[name] = [...(notes[name] ?? []), facts]
  }
  const open = (): Promise<Store> =>
    openStore({
      ...{ dataDir: folder, databaseUrl: database.url, clock, emit, locale: 'ko' },
      databaseTime: () => clock.now(),
    })
  const store = await open()
  const others: Store[] = []
  const look = lookAtPostgres(database.url)
  return {
    ...{ store, clock, look, told },
    async another() {
      const other = await open()
      others.push(other)
      return other
    },
    async close() {
      try {
        await checkInvariants(look, { now: clock.now(), ...invariants })
      } finally {
        await look.close()
        for (const one of [store, ...others]) await one.close()
        await emptyDatabase(database.url)
        idle.push(database)
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}
