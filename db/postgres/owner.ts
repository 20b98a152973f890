import pg from 'pg'
import { type Clock, rest } from '../../src/clock.ts'
import type { OwnerNotes } from '../stores/owner.ts'
import { explain, refusalOf, troubleOf } from './errors.ts'
import { GOODBYE_MS, LOCK_SPACE, OWNER_LOCK, OWNER_LOOK_MS, OWNER_RETRY_MS, WORKER_STATEMENT_MS } from './limits.ts'
import { clientOptions, serverOf } from './pool.ts'

/** The lock of a database, held by a connection of its own. */
export interface DatabaseLock {
  /** Aborts when another process has become the owner, as after a restart of the server. */
  lost: AbortSignal
  release(): Promise<void>
}

export interface DatabaseLockAsk {
  url: string
  /** This process, as table `owner` names it. */
  holder: string
  notes: OwnerNotes
  /** How long to wait for another process to leave; 0 = one try. */
  waitMs: number
  clock: Clock
  signal?: AbortSignal
}

/**
 * Takes the lock that says who crawls: an advisory lock of a session. The server frees it when the process dies (its
 * connection ends) and keeps it while the process is paused. A restart of the server frees it too: then whoever is
 * first takes it again, and the former owner learns that it no longer is one.
 * @returns undefined when another process kept it through `waitMs`
 * @throws Refusal `store.unreachable`, `store.busy`, `store.denied`, or the signal's reason
 */
export async function takeDatabaseLock(ask: DatabaseLockAsk): Promise<DatabaseLock | undefined> {
  const { waitMs, clock, signal } = ask
  const deadline = clock.monotonic() + waitMs
  for (;;) {
    signal?.throwIfAborted()
    const client = await tryLock(ask.url)
    if (client) return keep(ask, client)
    const left = deadline - clock.monotonic()
    if (left <= 0) return undefined
    await clock.sleep(Math.min(left, OWNER_RETRY_MS), signal)
  }
}

async function tryLock(url: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    ...clientOptions(url, WORKER_STATEMENT_MS),
    idle_in_transaction_session_timeout: 0,
    connectionTimeoutMillis: WORKER_STATEMENT_MS,
  })
  client.on('error', () => undefined) // the next look says so
  try {
    await client.connect()
    const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as is_ours', [LOCK_SPACE, OWNER_LOCK])
    if (rows[0]?.is_ours === true) return client
  } catch (error) {
    await end(client)
    const trouble = troubleOf(error)
    throw trouble ? refusalOf(trouble, serverOf(url), error) : explain(error, serverOf(url))
  }
  await end(client)
  return undefined
}

/** Says goodbye to the server, which may not be there to hear it. */
const end = async (client: pg.Client | undefined): Promise<void> => {
  const late = new Promise<void>((resolve) => setTimeout(resolve, GOODBYE_MS).unref())
  await Promise.race([client?.end().catch(() => undefined), late])
}

/** Looks every few seconds whether the connection lives, and takes the lock again where it does not. */
function keep(ask: DatabaseLockAsk, first: pg.Client): DatabaseLock {
  const lost = new AbortController()
  const stopped = new AbortController()
  let client: pg.Client | undefined = first
  const look = async (): Promise<void> => {
    try {
      await client?.query('select 1')
      if (client) return
    } catch {
      await end(client)
      client = undefined
    }
    // Not ours at once is not lost yet: the server may not have noticed the end of our former connection.
    client = await tryLock(ask.url).catch(() => undefined)
    const owner = client ? undefined : await ask.notes.read().catch(() => undefined)
    if (owner && owner.holder !== ask.holder) lost.abort(new Error(`process ${owner.pid} has become the owner`))
  }
  const watching = (async () => {
    while (!stopped.signal.aborted && !lost.signal.aborted) {
      await rest(ask.clock, OWNER_LOOK_MS, stopped.signal)
      if (!stopped.signal.aborted) await look()
    }
  })()
  return {
    lost: lost.signal,
    release: async () => {
      stopped.abort()
      await watching
      await end(client)
    },
  }
}
