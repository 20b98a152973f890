import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import { type Clock, rest } from '../../src/clock.ts'
import { linkSignal } from '../../src/linked-signal.ts'
import type { OwnerForm } from '../../src/storage.ts'
import type { OwnerNotes } from '../stores/owner.ts'
import type { Tables } from '../tables.ts'
import { explain, refusalOf, troubleOf } from './errors.ts'
import {
  FORMER_FIRST_MS,
  GOODBYE_MS,
  LOCK_SPACE,
  OWNER_LOCK,
  OWNER_LOOK_MS,
  OWNER_RETRY_MS,
  WORKER_STATEMENT_MS,
} from './limits.ts'
import { clientOptions, serverOf } from './pool.ts'

/** The lock of a database, held by a connection of its own. */
export interface DatabaseLock {
  /** Aborts when a process that may not work beside this one holds the lock, as after a restart of the server. */
  lost: AbortSignal
  release(): Promise<void>
}

export interface DatabaseLockAsk {
  url: string
  /** This process, as table `owner` names it. */
  holder: string
  /** Alone, or beside others of this form. */
  form: OwnerForm
  notes: OwnerNotes
  /** As `formOf` of the same database. */
  readForm(): Promise<OwnerForm | undefined>
  /** How long to wait for others to leave; 0 = one try. */
  waitMs: number
  clock: Clock
  signal?: AbortSignal
}

/**
 * Takes the lock that says who crawls: an advisory lock of a session, exclusive for a process alone, shared for those
 * that have Redis between them. The server frees it when the process dies (its connection ends) and keeps it while the
 * process is paused. A restart of the server frees it too: for its first seconds it is for those who held it before, and
 * who asks anew waits for that, beside `waitMs`. Former holders who came too late, and cannot work beside the one that
 * has it now, learn so.
 * @returns undefined when others kept it through `waitMs`
 * @throws Refusal `store.unreachable`, `store.busy`, `store.denied`, or the signal's reason
 */
export async function takeDatabaseLock(ask: DatabaseLockAsk): Promise<DatabaseLock | undefined> {
  const { waitMs, clock, signal } = ask
  const deadline = clock.monotonic() + waitMs
  for (;;) {
    signal?.throwIfAborted()
    const { client, isEarly } = await tryLock(ask, FORMER_FIRST_MS)
    if (client) return keep(ask, client)
    const left = deadline - clock.monotonic()
    if (left <= 0 && !isEarly) return undefined
    await clock.sleep(isEarly ? OWNER_RETRY_MS : Math.min(left, OWNER_RETRY_MS), signal)
  }
}

/** The form of those who hold the lock now, by the server's own list; undefined where nobody does. */
export async function formOf(db: Kysely<Tables>): Promise<OwnerForm | undefined> {
  const { rows } = await sql<{ mode: string }>`
    select mode from pg_locks
    where locktype = 'advisory' and granted and classid = ${LOCK_SPACE} and objid = ${OWNER_LOCK} and objsubid = 2
      and database = (select oid from pg_database where datname = current_database())
    limit 1`.execute(db)
  const [held] = rows
  return held && (held.mode === 'ShareLock' ? 'shared' : 'alone')
}

const TRY = { alone: 'pg_try_advisory_lock', shared: 'pg_try_advisory_lock_shared' }

interface Tried {
  /** Holds the lock. */
  client?: pg.Client
  /** The server has run for less than it should: it was not asked for the lock. */
  isEarly?: boolean
}

async function tryLock({ url, form }: DatabaseLockAsk, leastAgeMs = 0): Promise<Tried> {
  const client = new pg.Client({
    ...clientOptions(url, WORKER_STATEMENT_MS),
    idle_in_transaction_session_timeout: 0,
    connectionTimeoutMillis: WORKER_STATEMENT_MS,
  })
  client.on('error', () => undefined) // the next look says so
  let isEarly: boolean
  try {
    await client.connect()
    const age = `clock_timestamp() - pg_postmaster_start_time() >= $3 * interval '1 millisecond'`
    const text = `select case when ${age} then ${TRY[form]}($1, $2) end as is_ours`
    const { rows } = await client.query(text, [LOCK_SPACE, OWNER_LOCK, leastAgeMs])
    if (rows[0]?.is_ours === true) return { client }
    isEarly = rows[0]?.is_ours === null
  } catch (error) {
    await end(client)
    const trouble = troubleOf(error)
    throw trouble ? refusalOf(trouble, serverOf(url), error) : explain(error, serverOf(url))
  }
  await end(client)
  return { isEarly }
}

/** Says goodbye to the server, which may not be there to hear it. */
const end = (client: pg.Client | undefined): Promise<void> => briefly(client?.end().catch(() => undefined))

/** Waits for something that a server which is away may hold up, but not for long. */
async function briefly(work: Promise<void> | undefined): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, GOODBYE_MS).unref())
  await Promise.race([work, late])
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
    client = (await tryLock(ask).catch(() => undefined))?.client
    const reason = client ? undefined : await takenBy(ask).catch(() => undefined)
    if (reason !== undefined) lost.abort(new Error(reason))
  }
  const watching = (async () => {
    while (!stopped.signal.aborted && !lost.signal.aborted) {
      await restBeside(ask.clock, client, stopped.signal)
      if (!stopped.signal.aborted) await look()
    }
    await end(client)
  })()
  return {
    lost: lost.signal,
    release: async () => {
      stopped.abort()
      await briefly(watching)
    },
  }
}

/** Until the next look is due, or the connection says that it has ended. */
async function restBeside(clock: Clock, client: pg.Client | undefined, signal: AbortSignal): Promise<void> {
  const pause = linkSignal(signal)
  const wake = () => pause.abort(undefined)
  client?.once('end', wake)
  await rest(clock, client ? OWNER_LOOK_MS : OWNER_RETRY_MS, pause.signal)
  client?.off('end', wake)
  pause.release()
}

/** Why the lock cannot become ours again; undefined as long as it can. */
async function takenBy({ form, holder, readForm, notes }: DatabaseLockAsk): Promise<string | undefined> {
  const held = await readForm()
  if (held !== undefined && held !== form) return `processes ${held === 'shared' ? 'with' : 'without'} Redis have begun`
  const owner = form === 'alone' ? await notes.read() : undefined
  return owner && owner.holder !== holder ? `process ${owner.pid} has become the owner` : undefined
}
