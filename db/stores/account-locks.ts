import { Refusal } from '../../src/errors.ts'
import type { AccountId, UserId } from '../../src/ids.ts'
import type { Quirks, Tx } from '../database.ts'

/**
 * Whose an account is, and stays until the transaction ends: linking moves accounts, forgetting takes them away, and
 * both wait for this row. An update that both databases take as a lock; the account was seen just now anyway.
 * @throws Refusal `user.gone` for a person who was forgotten just now
 */
export async function userOf(tx: Tx, quirks: Quirks, account: AccountId): Promise<UserId> {
  const row = await tx
    .updateTable('accounts')
    .set({ seen_at: quirks.now })
    .where('id', '=', account)
    .returning('user_id')
    .executeTakeFirst()
  if (!row || (await isForgotten(tx, row.user_id))) throw new Refusal('user.gone', {})
  return row.user_id
}

/** Whether a user's data is being removed, or is gone. */
export async function isForgotten(tx: Tx, user: UserId): Promise<boolean> {
  const living = await tx
    .selectFrom('users')
    .select('id')
    .where('id', '=', user)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return living === undefined
}

/**
 * Locks all accounts of these accounts' users, always in the same order, so that two linkings that cross wait for each
 * other instead of for ever. An account that joins such a user meanwhile is locked too.
 */
export async function lockTogether(tx: Tx, accounts: AccountId[]): Promise<void> {
  const locked = new Set<AccountId>()
  for (;;) {
    const rows = await tx
      .selectFrom('accounts')
      .select('id')
      .where('user_id', 'in', (eb) => eb.selectFrom('accounts').select('user_id').where('id', 'in', accounts))
      .orderBy('id')
      .execute()
    const missing = rows.filter(({ id }) => !locked.has(id))
    if (missing.length === 0) return
    for (const { id } of missing) {
      await tx
        .updateTable('accounts')
        .set((eb) => ({ seen_at: eb.ref('seen_at') }))
        .where('id', '=', id)
        .execute()
      locked.add(id)
    }
  }
}
