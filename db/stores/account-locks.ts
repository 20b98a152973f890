import type { AccountId, UserId } from '../../src/ids.ts'
import type { Quirks, Tx } from '../database.ts'

/**
 * Whose an account is, and stays until the transaction ends: linking moves accounts, and waits for this row. An update
 * that both databases take as a lock; the account was seen just now anyway.
 * @throws Error for an account that is not there: a bug of the caller
 */
export async function userOf(tx: Tx, quirks: Quirks, account: AccountId): Promise<UserId> {
  const row = await tx
    .updateTable('accounts')
    .set({ seen_at: quirks.now })
    .where('id', '=', account)
    .returning('user_id')
    .executeTakeFirstOrThrow()
  return row.user_id
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
