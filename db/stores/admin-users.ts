import type { AdminStore, Page, UserRow } from '../../src/admin/store.ts'
import { isId, type JobId, type UserId } from '../../src/ids.ts'
import type { Database, Db } from '../database.ts'
import type { AccountRow } from '../tables.ts'
import { behind, paged } from './admin-lists.ts'
import { isActive } from './jobs-rows.ts'

type Parts = Pick<Database, 'db' | 'quirks'>

/** Behind every name that begins with the same letters. */
const LAST = '\u{10ffff}'
/** Accounts of one id on different platforms and workspaces. */
const NAMED_MAX = 20

/** What the administrator's view reads of users. */
export function createAdminUsers(parts: Parts): Pick<AdminStore, 'users' | 'user'> {
  const { db } = parts
  return {
    users: async (name, limit, after) => {
      if (name !== undefined && isId(name)) return onePage(await userRows(parts, [name as UserId]))
      const rows = await behind(latestAccounts(db, name), 'a.seen_at', 'a.id', after)
        .limit(limit + 1)
        .execute()
      const page = paged(rows, limit, ({ seen_at, id }) => ({ at: seen_at, id }))
      const named = name === undefined || after ? [] : await ownersOf(db, name)
      const ids = unique([...named, ...page.rows.map(({ user_id }) => user_id)])
      return { rows: await userRows(parts, ids), next: page.next }
    },
    user: async (id) => (await userRows(parts, [id]))[0],
  }
}

const onePage = (rows: UserRow[]): Page<UserRow> => ({ rows, next: null })

const unique = (ids: UserId[]): UserId[] => [...new Set(ids)]

/** Whose id on a platform this is; the same id may be somebody else's elsewhere. */
const ownersOf = async (db: Db, externalId: string): Promise<UserId[]> =>
  (
    await db.selectFrom('accounts').select('user_id').where('external_id', '=', externalId).limit(NAMED_MAX).execute()
  ).map(({ user_id }) => user_id)

/** Of each user the account that was seen last; with a name, every account of that name. */
function latestAccounts(db: Db, name: string | undefined) {
  const accounts = db.selectFrom('accounts as a').select(['a.id', 'a.user_id', 'a.seen_at'])
  if (name !== undefined) return accounts.where('a.name', '>=', name).where('a.name', '<', name + LAST)
  return accounts.where((eb) =>
    eb.not(
      eb.exists(
        eb
          .selectFrom('accounts as b')
          .select('b.id')
          .whereRef('b.user_id', '=', 'a.user_id')
          .where((b) =>
            b.or([
              b('b.seen_at', '>', b.ref('a.seen_at')),
              b.and([b('b.seen_at', '=', b.ref('a.seen_at')), b('b.id', '>', b.ref('a.id'))]),
            ]),
          ),
      ),
    ),
  )
}

async function userRows({ db, quirks }: Parts, ids: UserId[]): Promise<UserRow[]> {
  if (ids.length === 0) return []
  const users = await db
    .selectFrom('users')
    .selectAll()
    .where(quirks.isIn('id', ids))
    .where('deleted_at', 'is', null)
    .execute()
  const accounts = await db.selectFrom('accounts').selectAll().where(quirks.isIn('user_id', ids)).execute()
  const [jobs, requests, active, bytes] = [
    await countOf(db, quirks, 'jobs', ids),
    await countOf(db, quirks, 'commands', ids),
    await activeOf(db, quirks, ids),
    await bytesOf(db, quirks, ids),
  ]
  const rows = users.map((user): UserRow => {
    const own = accounts.filter(({ user_id }) => user_id === user.id).sort((a, b) => b.seen_at - a.seen_at)
    return {
      id: user.id,
      accounts: own.map(toUserAccount),
      lastSeenAt: own[0]?.seen_at ?? user.created_at,
      createdAt: user.created_at,
      blockedAt: user.blocked_at,
      jobs: jobs.get(user.id) ?? 0,
      requests: requests.get(user.id) ?? 0,
      activeJob: active.get(user.id) ?? null,
      bytes: bytes.get(user.id) ?? 0,
    }
  })
  return rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
}

const toUserAccount = (row: AccountRow): UserRow['accounts'][number] => ({
  platform: row.platform,
  workspace: row.workspace,
  externalId: row.external_id,
  name: row.name,
  seenAt: row.seen_at,
})

async function countOf(
  db: Db,
  quirks: Parts['quirks'],
  table: 'jobs' | 'commands',
  ids: UserId[],
): Promise<Map<UserId, number>> {
  const rows = await db
    .selectFrom(table)
    .select((eb) => ['user_id', eb.fn.countAll<number>().as('count')] as const)
    .where(quirks.isIn('user_id', ids))
    .groupBy('user_id')
    .execute()
  return new Map(rows.map(({ user_id, count }) => [user_id, Number(count)]))
}

async function activeOf(db: Db, quirks: Parts['quirks'], ids: UserId[]): Promise<Map<UserId, JobId>> {
  const rows = await db
    .selectFrom('jobs')
    .select(['id', 'user_id'])
    .where(quirks.isIn('user_id', ids))
    .where(isActive)
    .execute()
  return new Map(rows.map(({ id, user_id }) => [user_id, id]))
}

/** Read from the index alone. */
async function bytesOf(db: Db, quirks: Parts['quirks'], ids: UserId[]): Promise<Map<UserId, number>> {
  const rows = await db
    .selectFrom('files')
    .select((eb) => ['user_id', eb.fn.sum<number | string>('bytes').as('bytes')] as const)
    .where(quirks.isIn('user_id', ids))
    .groupBy('user_id')
    .execute()
  return new Map(rows.map(({ user_id, bytes }) => [user_id, Number(bytes)]))
}
