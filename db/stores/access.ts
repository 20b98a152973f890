import { sql } from 'kysely'
import { SESSION_IDLE_MS, SESSION_WHOLE_MS } from '../../src/access/limits.ts'
import type { AccessStore, StoredSession, Tries } from '../../src/access/store.ts'
import type { Clock } from '../../src/clock.ts'
import { newId } from '../../src/ids.ts'
import type { Database, Db, Quirks } from '../database.ts'
import { noteAct } from './audit.ts'

/** That a session is used is written at most this often. */
const SEEN_EVERY_MS = 60_000

/** Administrators' sessions and wrong tokens. */
export function createAccessStore({ db, quirks, transaction }: Database, clock: Clock): AccessStore {
  return {
    openSession: ({ idHash, role, tokenMark }, actor) =>
      transaction(async (tx) => {
        await tx
          .deleteFrom('access_sessions')
          .where((eb) =>
            eb.or([
              eb('seen_at', '<', eb(quirks.now, '-', SESSION_IDLE_MS)),
              eb('created_at', '<', eb(quirks.now, '-', SESSION_WHOLE_MS)),
            ]),
          )
          .execute()
        const times = { created_at: quirks.now as never, seen_at: quirks.now as never }
        await tx
          .insertInto('access_sessions')
          .values({ id_hash: idHash, role, token_mark: tokenMark, ...times })
          .execute()
        await noteAct(tx, quirks, clock, { act: 'session.open', actor })
      }),
    session: (idHash, limits) => useSession(db, quirks, idHash, limits),
    closeSession: (idHash, actor) =>
      transaction(async (tx) => {
        await tx.deleteFrom('access_sessions').where('id_hash', '=', idHash).execute()
        await noteAct(tx, quirks, clock, { act: 'session.close', actor })
      }),
    untilFree: async (address, { ofAddress, ofAll }) =>
      Math.max(await untilFree(db, quirks, ofAddress, address), await untilFree(db, quirks, ofAll)),
    noteWrong: (address, keepMs) =>
      transaction(async (tx) => {
        await tx
          .deleteFrom('access_attempts')
          .where((eb) => eb('at', '<', eb(quirks.now, '-', keepMs)))
          .execute()
        await tx
          .insertInto('access_attempts')
          .values({ id: newId(clock.now()), at: quirks.now as never, address })
          .execute()
      }),
  }
}

async function useSession(
  db: Db,
  quirks: Quirks,
  idHash: string,
  limits: { idleMs: number; wholeMs: number; isUse: boolean },
): Promise<StoredSession | undefined> {
  const row = await db
    .selectFrom('access_sessions')
    .selectAll()
    .select((eb) => eb(eb(quirks.now, '-', eb.ref('seen_at')), '>', SEEN_EVERY_MS).as('is_seen_long_ago'))
    .where('id_hash', '=', idHash)
    .where((eb) => eb('seen_at', '>', eb(quirks.now, '-', limits.idleMs)))
    .where((eb) => eb('created_at', '>', eb(quirks.now, '-', limits.wholeMs)))
    .executeTakeFirst()
  if (!row) return undefined
  if (limits.isUse && row.is_seen_long_ago)
    await db.updateTable('access_sessions').set({ seen_at: quirks.now }).where('id_hash', '=', idHash).execute()
  return { idHash, role: row.role, tokenMark: row.token_mark }
}

/** The oldest of the last `count` wrong tokens has to leave the window first. */
async function untilFree(db: Db, quirks: Quirks, { count, ms }: Tries, address?: string): Promise<number> {
  let query = db
    .selectFrom('access_attempts')
    .select((eb) => eb(sql<number>`at + ${ms}`, '-', quirks.now).as('left'))
    .where((eb) => eb('at', '>', eb(quirks.now, '-', ms)))
  if (address !== undefined) query = query.where('address', '=', address)
  const nth = await query
    .orderBy('at', 'desc')
    .offset(count - 1)
    .limit(1)
    .executeTakeFirst()
  return nth ? Math.max(1, Number(nth.left)) : 0
}
