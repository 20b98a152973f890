import type { ForgottenNotice, LinkedNotice, Notice, NoticeStore } from '../../src/chat/store.ts'
import type { AccountId, NoticeId } from '../../src/ids.ts'
import type { Database, Db, Quirks } from '../database.ts'
import type { FarewellRow } from '../tables.ts'
import { type Claimed, claimDue } from './claim-due.ts'
import { toThreadNotice } from './closings.ts'
import { readAt } from './jobs-rows.ts'
import { toAccount } from './users.ts'

/** Tables of those notices that name nobody who is known any more; each is deleted once it is told. */
const OF_FORGOTTEN = { forgotten: 'farewells', thread: 'closings' } as const

/** What is told of no job. */
export function createNoticeStore(database: Database): NoticeStore {
  const { db, quirks } = database
  return {
    claim: async (platforms, limit, holdMs) => [
      ...(await claimLinked(database, platforms, limit, holdMs)),
      ...(await claimDue(database, 'farewells', platforms, limit, holdMs)).map(toFarewell),
      ...(await claimDue(database, 'closings', platforms, limit, holdMs)).map(toThreadNotice),
    ],
    async settle({ kind, id }, state, cause) {
      if (isOfForgotten(kind)) await db.deleteFrom(OF_FORGOTTEN[kind]).where('id', '=', id).execute()
      else
        await db
          .updateTable('notices')
          .set({ state, cause })
          .where('id', '=', id)
          .where('state', '=', 'pending')
          .execute()
    },
    async retry({ kind, id }, inMs, cause) {
      if (isOfForgotten(kind))
        await db
          .updateTable(OF_FORGOTTEN[kind])
          .set((eb) => ({ run_at: eb(quirks.now, '+', inMs) }))
          .where('id', '=', id)
          .execute()
      else
        await db
          .updateTable('notices')
          .set((eb) => ({ run_at: eb(quirks.now, '+', inMs), cause }))
          .where('id', '=', id)
          .where('state', '=', 'pending')
          .execute()
    },
  }
}

const isOfForgotten = (kind: Notice['kind']): kind is keyof typeof OF_FORGOTTEN => kind in OF_FORGOTTEN

async function claimLinked(
  { db, quirks, transaction }: Database,
  platforms: string[],
  limit: number,
  holdMs: number,
): Promise<LinkedNotice[]> {
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
  const notices = await Promise.all(ids.map((id) => notice(db, quirks, id)))
  return notices.filter((it) => it !== undefined)
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

/** Undefined when its person was forgotten meanwhile. */
async function notice(db: Db, quirks: Quirks, id: NoticeId): Promise<LinkedNotice | undefined> {
  const row = await db.selectFrom('notices').selectAll().select(readAt(quirks)).where('id', '=', id).executeTakeFirst()
  const account = row && (await accountOf(db, row.account_id))
  const other = row && (await accountOf(db, row.other_id))
  if (!row || !account || !other) return undefined
  const { locale, ...owner } = account
  return {
    id,
    kind: row.kind,
    owner: { account: toAccount(owner), locale },
    other: { platform: other.platform, name: other.name },
    attempts: row.attempts,
    createdAt: row.created_at,
    readAt: row.read_at,
  }
}

const accountOf = (db: Db, id: AccountId) =>
  db
    .selectFrom('accounts')
    .innerJoin('users', 'users.id', 'accounts.user_id')
    .selectAll('accounts')
    .select('users.locale')
    .where('accounts.id', '=', id)
    .executeTakeFirst()

const toFarewell = (row: Claimed<FarewellRow>): ForgottenNotice => ({
  id: row.id,
  kind: 'forgotten',
  owner: {
    account: { platform: row.platform, workspace: row.workspace, externalId: row.external_id, name: '' },
    locale: row.locale,
  },
  askedOn: row.asked_on,
  attempts: row.attempts,
  createdAt: row.created_at,
  readAt: row.read_at,
})
