import { sql } from 'kysely'
import type { Clock } from '../../src/clock.ts'
import { type AccountId, type NoticeId, newId, type UserId } from '../../src/ids.ts'
import type { JobRequest } from '../../src/jobs/job.ts'
import type { CodeAnswer, JobInTheWay, LinkStore, Merged, TriesAllowed } from '../../src/users/store.ts'
import type { Account } from '../../src/users/user.ts'
import type { Database, Quirks, Tx } from '../database.ts'
import { lockTogether, userOf } from './account-locks.ts'
import { fromJson } from './columns.ts'
import { isActive } from './jobs-rows.ts'
import { NEW_USER, toAccount } from './users.ts'

/** Everything that belongs to a user by `user_id`; tests/stores/exercise.ts holds the schema against it. */
const BELONGINGS = ['accounts', 'jobs', 'outbox', 'files', 'commands'] as const

/** Linking of accounts to one user, and their parting. */
export function createLinkStore({ db, quirks, transaction }: Database, clock: Clock): LinkStore {
  return {
    offer: (account, hash, lifeMs) =>
      transaction(async (tx) => {
        await userOf(tx, quirks, account)
        await offer(tx, quirks, account, hash, lifeMs)
      }),
    look: (account, hash, allowed) =>
      transaction(async (tx) => {
        await userOf(tx, quirks, account) // tries of one account are counted one after the other
        return check(tx, quirks, account, hash, allowed)
      }),
    merge: (account, hash, allowed) => transaction((tx) => merge(tx, quirks, clock, { account, hash, allowed })),
    leave: (account) => transaction((tx) => leave(tx, quirks, clock, account)),
    async burn(hash) {
      await db.deleteFrom('link_codes').where('hash', '=', hash).execute()
    },
  }
}

const DAY_MS = 86_400_000

async function offer(tx: Tx, quirks: Quirks, account: AccountId, hash: string, lifeMs: number): Promise<void> {
  await tx
    .deleteFrom('link_codes')
    .where((eb) => eb.or([eb('account_id', '=', account), eb('expires_at', '<=', quirks.now)]))
    .execute()
  await tx.deleteFrom('link_tries').where('at', '<=', sql<number>`${quirks.now} - ${DAY_MS}`).execute()
  await tx
    .deleteFrom('notices')
    .where('state', '<>', 'pending')
    .where('created_at', '<=', sql<number>`${quirks.now} - ${DAY_MS}`)
    .execute()
  await tx
    .insertInto('link_codes')
    .values({
      hash,
      account_id: account,
      created_at: quirks.now,
      expires_at: sql<number>`${quirks.now} + ${lifeMs}`,
      uses: 0,
    })
    .execute()
}

async function accountOf(tx: Tx, id: AccountId): Promise<Account> {
  return toAccount(await tx.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
}

/** Whose code it is, if it still holds and they may use the service. */
async function starterOf(tx: Tx, quirks: Quirks, hash: string): Promise<Account | undefined> {
  const row = await tx
    .selectFrom('link_codes as c')
    .innerJoin('accounts as a', 'a.id', 'c.account_id')
    .innerJoin('users as u', 'u.id', 'a.user_id')
    .selectAll('a')
    .where('c.hash', '=', hash)
    .where('c.uses', '=', 0)
    .where('c.expires_at', '>', quirks.now)
    .where('u.blocked_at', 'is', null)
    .where('u.deleted_at', 'is', null)
    .executeTakeFirst()
  return row && toAccount(row)
}

async function check(tx: Tx, quirks: Quirks, id: AccountId, hash: string, allowed: TriesAllowed): Promise<CodeAnswer> {
  const account = await accountOf(tx, id)
  if (await hasTriedTooOften(tx, quirks, account, allowed)) return { kind: 'too_many' }
  const starter = await starterOf(tx, quirks, hash)
  if (!starter) {
    await noteWrong(tx, quirks, account)
    return { kind: 'unknown' }
  }
  if (starter.platform === account.platform && starter.workspace === account.workspace) return { kind: 'same_chat' }
  return starter.userId === account.userId ? { kind: 'already' } : { kind: 'good', starter }
}

async function hasTriedTooOften(tx: Tx, quirks: Quirks, account: Account, allowed: TriesAllowed): Promise<boolean> {
  const { platform, workspace, id } = account
  const wrong = tx.selectFrom('link_tries').select((eb) => eb.fn.countAll<number>().as('count'))
  const since = (ms: number) => sql<number>`${quirks.now} - ${ms}`
  const own = await wrong
    .where('account_id', '=', id)
    .where('at', '>', since(allowed.account.ms))
    .executeTakeFirstOrThrow()
  if (Number(own.count) >= allowed.account.tries) return true
  const all = await wrong
    .where('platform', '=', platform)
    .where('workspace', '=', workspace)
    .where('at', '>', since(allowed.workspace.ms))
    .executeTakeFirstOrThrow()
  return Number(all.count) >= allowed.workspace.tries
}

async function noteWrong(tx: Tx, quirks: Quirks, { id, platform, workspace }: Account): Promise<void> {
  await tx.insertInto('link_tries').values({ account_id: id, platform, workspace, at: quirks.now }).execute()
}

interface Confirmed {
  account: AccountId
  hash: string
  allowed: TriesAllowed
}

async function merge(tx: Tx, quirks: Quirks, clock: Clock, confirmed: Confirmed): Promise<Merged> {
  const { account, hash, allowed } = confirmed
  const before = await starterOf(tx, quirks, hash)
  await lockTogether(tx, before ? [account, before.id] : [account])
  await userOf(tx, quirks, account)
  const answer = await check(tx, quirks, account, hash, allowed)
  if (answer.kind !== 'good') return answer
  const { starter } = answer
  const { userId } = await accountOf(tx, account)
  const own = await activeOf(tx, userId)
  if (own && (await activeOf(tx, starter.userId))) return { kind: 'both_active', starter, own }
  const used = await tx
    .updateTable('link_codes')
    .set({ uses: 1 })
    .where('hash', '=', hash)
    .where('uses', '=', 0)
    .returning('hash')
    .executeTakeFirst()
  if (!used) return { kind: 'unknown' } // used between the two statements (PostgreSQL)
  const { survivor, merged } = await byAge(tx, userId, starter.userId)
  await give(tx, quirks, merged, survivor)
  await oweNotice(tx, quirks, clock, starter.id, account)
  return { kind: 'merged', starter, survivor, merged }
}

async function activeOf(tx: Tx, user: UserId): Promise<JobInTheWay | undefined> {
  const row = await tx
    .selectFrom('jobs')
    .select(['id', 'site', 'words', 'request'])
    .where('user_id', '=', user)
    .where(isActive)
    .executeTakeFirst()
  return row && { id: row.id, site: row.site, words: row.words, url: fromJson<JobRequest>(row.request).url }
}

async function byAge(tx: Tx, ...users: UserId[]): Promise<{ survivor: UserId; merged: UserId }> {
  const [older, younger] = await tx
    .selectFrom('users')
    .select('id')
    .where('id', 'in', users)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return { survivor: older!.id, merged: younger!.id }
}

/** All of one user to another. The row stays, so that what names it (a signed link) still finds its way. */
async function give(tx: Tx, quirks: Quirks, from: UserId, to: UserId): Promise<void> {
  for (const table of BELONGINGS) await tx.updateTable(table).set({ user_id: to }).where('user_id', '=', from).execute()
  await tx
    .updateTable('users')
    .set((eb) => ({
      locale: eb.fn.coalesce(
        'locale',
        eb.selectFrom('users as other').select('other.locale').where('other.id', '=', from),
      ),
    }))
    .where('id', '=', to)
    .execute()
  await tx.updateTable('users').set({ merged_into: to }).where('merged_into', '=', from).execute()
  await tx
    .updateTable('users')
    .set({ merged_into: to, deleted_at: quirks.now, locale: null })
    .where('id', '=', from)
    .execute()
}

async function oweNotice(tx: Tx, quirks: Quirks, clock: Clock, to: AccountId, about: AccountId): Promise<void> {
  await tx
    .insertInto('notices')
    .values({
      id: newId<NoticeId>(clock.now()),
      account_id: to,
      other_id: about,
      kind: 'linked',
      state: 'pending',
      attempts: 0,
      run_at: quirks.now,
      cause: null,
      created_at: quirks.now,
    })
    .execute()
}

async function leave(tx: Tx, quirks: Quirks, clock: Clock, account: AccountId): ReturnType<LinkStore['leave']> {
  const former = await userOf(tx, quirks, account)
  const others = await tx
    .selectFrom('accounts')
    .select('id')
    .where('user_id', '=', former)
    .where('id', '<>', account)
    .executeTakeFirst()
  if (!others) return undefined
  const user = newId<UserId>(clock.now())
  const { locale } = await tx.selectFrom('users').select('locale').where('id', '=', former).executeTakeFirstOrThrow()
  await tx
    .insertInto('users')
    .values({ id: user, ...NEW_USER, locale, created_at: quirks.now })
    .execute()
  await tx.updateTable('accounts').set({ user_id: user }).where('id', '=', account).execute()
  await tx.updateTable('jobs').set({ user_id: user }).where('account_id', '=', account).execute()
  await tx.updateTable('commands').set({ user_id: user }).where('account_id', '=', account).execute()
  for (const table of ['files', 'outbox'] as const) {
    await tx
      .updateTable(table)
      .set({ user_id: user })
      .where('job_id', 'in', (eb) => eb.selectFrom('jobs as j').select('j.id').where('j.account_id', '=', account))
      .execute()
  }
  await dropForeignCopies(tx)
  await tx.deleteFrom('link_codes').where('account_id', '=', account).execute()
  return { former, user }
}

/** Copies that one account asked for of a job that is now another person's. */
async function dropForeignCopies(tx: Tx): Promise<void> {
  await tx
    .updateTable('outbox')
    .set({ state: 'dropped', holder: null, hold_until: null, cause: 'the accounts were split' })
    .where('state', '=', 'pending')
    .where('kind', '=', 'copy')
    .where((eb) =>
      eb(
        'outbox.user_id',
        '<>',
        eb.selectFrom('accounts as a').select('a.user_id').whereRef('a.id', '=', 'outbox.account_id'),
      ),
    )
    .execute()
}
