import { Refusal } from '../errors.ts'
import { isId, type UserId } from '../ids.ts'
import type { House } from '../main.ts'
import { readAccountName } from '../users/roles.ts'
import type { Account } from '../users/user.ts'

/** A person whom an administrator has named. */
export interface Found {
  user: UserId
  /** All of theirs, the one named first. */
  accounts: [Account, ...Account[]]
}

/**
 * Finds a person by a user's id, or by an account as ADMIN_USERS names one. Makes nobody.
 * @throws Refusal `user.unknown`
 */
export async function findPerson({ store }: House, given: string): Promise<Found> {
  const key = readAccountName(given)
  const named = key && (await store.users.find(key))
  const user = named?.user ?? (isId(given) ? await store.users.user(given as UserId) : undefined)
  const all = user ? await store.users.accountsOf(user.id) : []
  const [first, ...others] = all.sort((a, b) => Number(b.id === named?.account.id) - Number(a.id === named?.account.id))
  if (!user || !first) throw new Refusal('user.unknown', { given })
  return { user: user.id, accounts: [first, ...others] }
}
