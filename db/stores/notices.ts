import type { Notice, NoticeStore } from '../../src/chat/store.ts'
import type { NoticeId } from '../../src/ids.ts'
import type { Database, Db, Quirks } from '../database.ts'
import { toAccount } from './users.ts'

/** What people are told directly, of no job. */
export function createNoticeStore({ db, quirks, transaction }: Database): NoticeStore {
  return {
    claim: async (platforms, limit, holdMs) => {
      // asked without a transaction first: there is hardly ever one
      if ((await due(db, quirks, platforms, 1)).length === 0) return []
      const ids = await transaction(async (tx) => {
        const rows = await due(tx, quirks, platforms, limit)
        const taken = await tx
          .updateTable('notices')
          .set((eb) => ({ run_at: eb(quirks.now, '+', holdMs), attempts: eb('attempts', '+', 1) }))
          .where(
            quirks.isIn(
              'id',
              rows.map(({ id }) => id),
            ),
          )
          .where('state', '=', 'pending')
          // again: another instance may have claimed it since the first statement (PostgreSQL)
          .where('run_at', '<=', quirks.now)
          .returning('id')
          .execute()
        return taken.map(({ id }) => id)
      })
      return Promise.all(ids.map((id) => notice(db, id)))
    },
    async settle(id, state, cause) {
      await db
        .updateTable('notices')
        .set({ state, cause })
        .where('id', '=', id)
        .where('state', '=', 'pending')
        .execute()
    },
    async retry(id, inMs, cause) {
      await db
        .updateTable('notices')
        .set((eb) => ({ run_at: eb(quirks.now, '+', inMs), cause }))
        .where('id', '=', id)
        .where('state', '=', 'pending')
        .execute()
    },
  }
}

const due = (db: Db, quirks: Quirks, platforms: string[], limit: number): Promise<{ id: NoticeId }[]> =>
  db
    .selectFrom('notices as n')
    .innerJoin('accounts as a', 'a.id', 'n.account_id')
    .select('n.id')
    .where('n.state', '=', 'pending')
    .where('n.run_at', '<=', quirks.now)
    .where(quirks.isIn('a.platform', platforms))
    .orderBy('n.run_at')
    .orderBy('n.id')
    .limit(limit)
    .execute()

async function notice(db: Db, id: NoticeId): Promise<Notice> {
  const row = await db.selectFrom('notices').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const account = await db.selectFrom('accounts').selectAll().where('id', '=', row.account_id).executeTakeFirstOrThrow()
  const other = await db.selectFrom('accounts').selectAll().where('id', '=', row.other_id).executeTakeFirstOrThrow()
  const { locale } = await db
    .selectFrom('users')
    .select('locale')
    .where('id', '=', account.user_id)
    .executeTakeFirstOrThrow()
  return {
    id,
    kind: row.kind,
    owner: { account: toAccount(account), locale },
    other: { platform: other.platform, name: other.name },
    attempts: row.attempts,
    createdAt: row.created_at,
  }
}
