import { Refusal } from '../errors.ts'
import { cut, tidy } from '../messages/format.ts'
import type { Locale } from '../messages/locale.ts'
import type { UserStore } from './store.ts'
import type { Account, AccountKey, User } from './user.ts'

/** Longest display name that is kept, in graphemes. */
const NAME_MAX = 80

/** Who a chat identity is, and in which language they are spoken to. */
export interface Person {
  account: Account
  user: User
  locale: Locale
}

/**
 * The person behind a chat identity; account and user are made on first sight. Blocked people are found too: the
 * caller refuses them (refuseBlocked), in their language.
 * @param seen the display name as the platform tells it, and the language, where it tells one
 */
export async function meet(
  store: Pick<UserStore, 'resolve'>,
  key: AccountKey,
  seen: { name: string; locale: Locale | undefined },
  standard: Locale,
): Promise<Person> {
  const { platform, workspace, externalId } = key
  const name = cut(tidy(seen.name), NAME_MAX) || externalId
  const { account, user } = await store.resolve({ platform, workspace, externalId }, name)
  return { account, user, locale: user.locale ?? seen.locale ?? standard }
}

/**
 * Lets nobody through whom an administrator has blocked.
 * @param contact whom they may ask, or null
 * @throws Refusal `user.blocked`
 */
export function refuseBlocked(user: User, contact: string | null): void {
  if (user.blockedAt !== null) throw new Refusal('user.blocked', { contact })
}
