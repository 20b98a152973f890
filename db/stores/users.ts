import type { Clock } from '../../src/clock.ts'
import { type AccountId, newId, type UserId } from '../../src/ids.ts'
import type { UserStore } from '../../src/users/store.ts'
import type { Account, AccountKey, User } from '../../src/users/user.ts'
import type { Database, Db, Quirks, Tx } from '../database.ts'
import type { AccountRow, UserRow } from '../tables.ts'
import { clean } from './columns.ts'

/** The time an account was last seen is written at most this often. */
const SEEN_EVERY_MS = 60_000

/** Users and their accounts. */
export function createUserStore({ db, quirks, transaction }: Database, clock: Clock): UserStore {
  return {
    async resolve(key, name) {
      const known = await findAccount(db, quirks, key)
      const isFresh = known && known.account.name === clean(name) && !known.isSeenLongAgo
      if (isFresh) return pair(known)
      return transaction((tx) => meet(tx, quirks, clock, key, clean(name)))
    },
    async find(key) {
      const known = await findAccount(db, quirks, key)
      return known && pair(known)
    },
    async user(id) {
      const row = await db
        .selectFrom('users as u')
        .selectAll('u')
        .where((eb) =>
          eb(
            'u.id',
            '=',
            eb
              .selectFrom('users')
              .select((it) => it.fn.coalesce('merged_into', 'id').as('now'))
              .where('id', '=', id),
          ),
        )
        .where('u.deleted_at', 'is', null)
        .executeTakeFirst()
      return row && toUser(row)
    },
    async accountsOf(id) {
      const rows = await db
        .selectFrom('accounts')
        .selectAll()
        .where('user_id', '=', id)
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(toAccount)
    },
    async setLocale(id, locale) {
      await db.updateTable('users').set({ locale }).where('id', '=', id).execute()
    },
  }
}

interface Known {
  account: Account
  user: User
  isSeenLongAgo: boolean
}

const pair = ({ account, user }: Known): { account: Account; user: User } => ({ account, user })

/** A user as they begin. */
export const NEW_USER = { locale: null, blocked_at: null, deleted_at: null, merged_into: null }

const toUser = (row: UserRow): User => ({ id: row.id, locale: row.locale, blockedAt: row.blocked_at })

/** An account row as src/users knows it. */
export const toAccount = (row: AccountRow): Account => ({
  id: row.id,
  userId: row.user_id,
  platform: row.platform,
  workspace: row.workspace,
  externalId: row.external_id,
  name: row.name,
})

async function findAccount(db: Db, quirks: Quirks, key: AccountKey): Promise<Known | undefined> {
  const row = await db
    .selectFrom('accounts as a')
    .innerJoin('users as u', 'u.id', 'a.user_id')
    .selectAll('a')
    .select(['u.locale', 'u.blocked_at'])
    .select((eb) => eb(eb(quirks.now, '-', eb.ref('a.seen_at')), '>', SEEN_EVERY_MS).as('is_seen_long_ago'))
    .where('a.platform', '=', key.platform)
    .where('a.workspace', '=', key.workspace)
    .where('a.external_id', '=', key.externalId)
    .executeTakeFirst()
  if (!row) return undefined
  const user: User = { id: row.user_id, locale: row.locale, blockedAt: row.blocked_at }
  return { account: toAccount(row), user, isSeenLongAgo: Boolean(row.is_seen_long_ago) }
}

async function meet(
  tx: Tx,
  quirks: Quirks,
  clock: Clock,
  key: AccountKey,
  name: string,
): Promise<{ account: Account; user: User }> {
  for (;;) {
    const known = await findAccount(tx, quirks, key)
    if (known) await noteSeen(tx, quirks, known.account, name)
    else await addAccount(tx, quirks, clock, key, name)
    const met = await findAccount(tx, quirks, key)
    if (met) return pair(met)
    // Forgotten between two statements (only where other connections can write): whoever writes now is somebody new.
  }
}

/** Nothing of an account that was just forgotten: its row has another identity by then. */
const noteSeen = (tx: Tx, quirks: Quirks, { id, externalId }: Account, name: string) =>
  tx
    .updateTable('accounts')
    .set({ name, seen_at: quirks.now })
    .where('id', '=', id)
    .where('external_id', '=', externalId)
    .execute()

async function addAccount(tx: Tx, quirks: Quirks, clock: Clock, key: AccountKey, name: string): Promise<void> {
  const userId = newId<UserId>(clock.now())
  await tx
    .insertInto('users')
    .values({ id: userId, ...NEW_USER, created_at: quirks.now })
    .execute()
  const added = await tx
    .insertInto('accounts')
    .values({
      id: newId<AccountId>(clock.now()),
      user_id: userId,
      platform: key.platform,
      workspace: key.workspace,
      external_id: key.externalId,
      name,
      created_at: quirks.now,
      seen_at: quirks.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  // Another transaction was first: its user is the account's, ours would be nobody's.
  if (!added) await tx.deleteFrom('users').where('id', '=', userId).execute()
}
