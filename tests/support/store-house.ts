import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../db/index.ts'
import { Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import type { Clock } from '../../src/clock.ts'
import type { Store } from '../../src/storage.ts'
import type { Events } from '../../src/telemetry/events.ts'
import { checkInvariants, type InvariantOptions, type Look, SQLITE_WATCHERS } from './invariants.ts'
import { createJumpingClock, type JumpingClock } from './jumping-clock.ts'

/** A database of a test's own, with the clock that its time comes from. */
export interface StoreHouse {
  store: Store
  clock: JumpingClock
  look: Look
  /** What the store told, newest last. */
  told: { [E in keyof Events]?: Events[E][] }
  /** Another process's view: a second store on the same data. Closed with the house. */
  another(): Promise<Store>
  /** Holds the invariants, closes everything, removes the data. */
  close(): Promise<void>
}

/** A new folder under the system's temporary one. The caller removes it. */
export const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'shopcrawl-test-'))

/** Opens a store whose events nobody hears. */
export const openQuiet = (dataDir: string, clock: Clock): Promise<Store> =>
  openStore({ dataDir, clock, emit: () => undefined, locale: 'ko' })

/** Reads (and, for watchers, prepares) a SQLite database beside the program. */
export function lookAt(dataDir: string): Look & { close(): void } {
  const file = new Sqlite(databasePath(dataDir))
  file.function('now_ms', () => 0n)
  return {
    rows: async (sql) => file.prepare(sql).all() as Record<string, unknown>[],
    close: () => void file.close(),
  }
}

/** Adds the test-only triggers to a SQLite database that was opened once. */
export function installWatchers(dataDir: string): void {
  const file = new Sqlite(databasePath(dataDir))
  file.exec(SQLITE_WATCHERS)
  file.close()
}

/** A SQLite database in a folder of its own. */
export async function openSqliteHouse(invariants: Partial<InvariantOptions> = {}): Promise<StoreHouse> {
  const folder = makeFolder()
  const clock = createJumpingClock()
  const told: StoreHouse['told'] = {}
  const emit = (name: string, facts: unknown): void => {
    const notes = told as Record<string, unknown[]>
    notes[name] = [...(notes[name] ?? []), facts]
  }
  const store = await openStore({ dataDir: folder, clock, emit, locale: 'ko' })
  installWatchers(folder)
  const others: Store[] = []
  const look = lookAt(folder)
  return {
    store,
    clock,
    look,
    told,
    async another() {
      const other = await openQuiet(folder, clock)
      others.push(other)
      return other
    },
    async close() {
      try {
        await checkInvariants(look, { now: clock.now(), ...invariants })
      } finally {
        look.close()
        for (const open of [store, ...others]) await open.close()
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}
