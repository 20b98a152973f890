import type { Clock } from '../../src/clock.ts'
import { type Database, Sqlite } from './driver.ts'
import { explain, isBusy } from './errors.ts'
import { ownerLockPath, prepareFile } from './files.ts'
import { OWNER_RETRY_MS } from './limits.ts'

/** The lock of a DATA_DIR, held. The system frees it when the process dies, and keeps it while it is paused. */
export interface OwnerLock {
  release(): void
}

export interface OwnerWait {
  /** How long to wait for another process to leave; 0 = one try. */
  waitMs: number
  clock: Clock
  signal?: AbortSignal
}

/**
 * Takes the lock of a DATA_DIR: an exclusive transaction on `owner.lock`, a SQLite file without content. A time in a
 * row would be wrong whenever a process is paused; the system's lock is not. Nothing else may open that file: on POSIX,
 * closing any descriptor of it frees the process's locks.
 * @returns undefined when another process kept it through `waitMs`
 * @throws Refusal `store.unwritable`, or the signal's reason
 */
export async function takeOwnerLock(
  dataDir: string,
  { waitMs, clock, signal }: OwnerWait,
): Promise<OwnerLock | undefined> {
  const path = ownerLockPath(dataDir)
  prepareFile(path)
  const deadline = clock.monotonic() + waitMs
  for (;;) {
    signal?.throwIfAborted()
    const lock = tryLock(path)
    if (lock) return lock
    const left = deadline - clock.monotonic()
    if (left <= 0) return undefined
    await clock.sleep(Math.min(left, OWNER_RETRY_MS), signal)
  }
}

function tryLock(path: string): OwnerLock | undefined {
  let file: Database | undefined
  try {
    file = new Sqlite(path, { timeout: 0 })
    file.pragma('journal_mode = memory') // nothing is ever written: no journal beside it
    file.exec('begin exclusive')
    const held = file
    return { release: () => void (held.open && held.close()) }
  } catch (error) {
    file?.close()
    if (isBusy(error)) return undefined
    throw explain(error, path)
  }
}
