import type { Clock } from '../../src/clock.ts'
import { type AccountId, type JobId, type NoticeId, newId, type UserId } from '../../src/ids.ts'
import type { Locale } from '../../src/messages/locale.ts'
import type { Begun, ForgetStore, ForgetWish } from '../../src/upkeep/store.ts'
import type { Account } from '../../src/users/user.ts'
import type { Database, Db, Quirks, Tx } from '../database.ts'
import { lockTogether } from './account-locks.ts'
import { noteAct } from './audit.ts'
import { keepForClosing, oweClosings } from './closings.ts'
import { isActive, toJob } from './jobs-rows.ts'
import { cancelJob } from './owner-jobs.ts'
import { lockRequestLog } from './request-log.ts'
import { clearJob, filesOf } from './upkeep.ts'
import { toAccount } from './users.ts'

/** Platforms whose people sit at the machine: they see what was done there. */
const AT_THE_MACHINE = 'console'

/**
 * Forgets a person in steps. The first cuts them off in one transaction: nothing names them any more, and whoever
 * writes next begins anew. The others remove what is left, and only of users that were cut off; they may stop at any
 * point and be begun again.
 */
export function createForgetStore(commands: Database, workers: Database, clock: Clock): ForgetStore {
  const { quirks } = commands
  return {
    begin: (account, wish) => commands.transaction((tx) => begin(tx, quirks, clock, account, wish)),
    holdings: (user) => readHoldings(commands.db, user),
    discard: (owner, id) => commands.transaction((tx) => discard(tx, quirks, owner, id)),
    ...createRemoval(workers),
  }
}

/** What removes a person who was cut off. */
function createRemoval({
  db,
  quirks,
  transaction,
  scrub,
}: Database): Pick<ForgetStore, 'waiting' | 'folders' | 'removeJobs' | 'removeCommands' | 'finish'> {
  return {
    async waiting(limit) {
      const rows = await db
        .selectFrom('users')
        .select('id')
        .where('deleted_at', 'is not', null)
        .where('merged_into', 'is', null)
        .orderBy('deleted_at')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(({ id }) => id)
    },
    async folders(user) {
      const merged = await db.selectFrom('users').select('id').where('merged_into', '=', user).execute()
      return [user, ...merged.map(({ id }) => id)]
    },
    removeJobs: (user, limit) => transaction((tx) => removeJobs(tx, quirks, user, limit)),
    removeCommands: (user, limit) => transaction((tx) => removeCommands(tx, user, limit)),
    async finish(user) {
      await transaction((tx) => finish(tx, user))
      await scrub?.()
    },
  }
}

async function discard(tx: Tx, quirks: Quirks, owner: UserId, id: JobId): ReturnType<ForgetStore['discard']> {
  const job = await tx
    .selectFrom('jobs')
    .select('id')
    .where('user_id', '=', owner)
    .where('id', '=', id)
    .executeTakeFirst()
  const files = job && (await filesOf(tx, id))
  return files && (await clearJob(tx, quirks, id)) ? files : undefined
}

async function begin(
  tx: Tx,
  quirks: Quirks,
  clock: Clock,
  account: AccountId,
  wish: ForgetWish,
): Promise<Begun | undefined> {
  await lockTogether(tx, [account])
  const accounts = await livingAccounts(tx, account)
  const asking = accounts.find(({ id }) => id === account)
  if (!asking) return undefined
  const user = asking.userId
  const { locale } = await tx
    .updateTable('users')
    .set({ deleted_at: quirks.now })
    .where('id', '=', user)
    .returning('locale')
    .executeTakeFirstOrThrow()
  await tx.updateTable('users').set({ locale: null }).where('id', '=', user).execute()
  const active = await tx.selectFrom('jobs').select('id').where('user_id', '=', user).where(isActive).executeTakeFirst()
  const cancelled = active && (await cancelJob(tx, quirks, clock, user, active.id))
  await oweClosings(tx, quirks, user, locale)
  await silence(tx, accounts)
  await takeNames(tx, accounts)
  const others = accounts.filter(({ id, platform }) => id !== account && platform !== AT_THE_MACHINE)
  const told = wish.tellOthers ? others : []
  for (const to of told) await oweFarewell(tx, quirks, clock, { to, locale, askedOn: asking.platform })
  if (wish.actor) await noteAct(tx, quirks, clock, { act: 'user.delete', actor: wish.actor, user })
  return { user, accounts, told: told.length, cancelled: cancelled && toJob(cancelled) }
}

interface Farewell {
  to: Account
  locale: Locale | null
  askedOn: string
}

/** Of all that named the person only this is kept, until it is told. */
async function oweFarewell(tx: Tx, quirks: Quirks, clock: Clock, { to, locale, askedOn }: Farewell): Promise<void> {
  const { platform, workspace, externalId } = to
  await tx
    .insertInto('farewells')
    .values({
      id: newId<NoticeId>(clock.now()),
      ...{ platform, workspace, external_id: externalId, asked_on: askedOn, locale, attempts: 0 },
      run_at: quirks.now,
      created_at: quirks.now,
    })
    .execute()
}

/** All accounts of an account's user, unless that one is being forgotten already. */
async function livingAccounts(tx: Tx, account: AccountId): Promise<Account[]> {
  const rows = await tx
    .selectFrom('accounts as a')
    .innerJoin('users as u', 'u.id', 'a.user_id')
    .selectAll('a')
    .where('a.user_id', 'in', (eb) => eb.selectFrom('accounts').select('user_id').where('id', '=', account))
    .where('u.deleted_at', 'is', null)
    .orderBy('a.created_at')
    .orderBy('a.id')
    .execute()
  return rows.map(toAccount)
}

/** Nothing more is said to them; codes that link them end. */
async function silence(tx: Tx, accounts: Account[]): Promise<void> {
  const ids = accounts.map(({ id }) => id)
  await tx
    .updateTable('outbox')
    .set({ state: 'dropped', holder: null, hold_until: null, cause: 'the person was forgotten' })
    .where('state', '=', 'pending')
    .where((eb) => eb.or([eb('user_id', '=', accounts[0]!.userId), eb('account_id', 'in', ids)]))
    .execute()
  await removeNotes(tx, ids)
  for (const { platform, workspace, externalId } of accounts) {
    await tx
      .deleteFrom('farewells')
      .where('platform', '=', platform)
      .where('workspace', '=', workspace)
      .where('external_id', '=', externalId)
      .execute()
    await tx.deleteFrom('last_buttons').where('platform', '=', platform).where('external_id', '=', externalId).execute()
  }
}

async function removeNotes(tx: Tx, accounts: AccountId[]): Promise<void> {
  await tx.deleteFrom('link_codes').where('account_id', 'in', accounts).execute()
  await tx.deleteFrom('link_tries').where('account_id', 'in', accounts).execute()
  await tx
    .deleteFrom('notices')
    .where((eb) => eb.or([eb('account_id', 'in', accounts), eb('other_id', 'in', accounts)]))
    .execute()
}

/** The rows stay until the jobs that point to them are gone; whoever has the same identity next is somebody new. */
async function takeNames(tx: Tx, accounts: Account[]): Promise<void> {
  for (const { id } of accounts)
    await tx.updateTable('accounts').set({ external_id: id, workspace: '', name: '' }).where('id', '=', id).execute()
}

async function readHoldings(db: Db, user: UserId): ReturnType<ForgetStore['holdings']> {
  const jobs = await db
    .selectFrom('jobs')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_id', '=', user)
    .executeTakeFirstOrThrow()
  const files = await db
    .selectFrom('files')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number | string>('bytes'), eb.lit(0)).as('bytes'))
    .where('user_id', '=', user)
    .executeTakeFirstOrThrow()
  return { jobs: Number(jobs.count), bytes: Number(files.bytes) }
}

/** Users that were cut off: what is removed by steps is never a living person's. */
const isCutOff = async (tx: Tx, user: UserId): Promise<boolean> =>
  (await tx
    .selectFrom('users')
    .select('id')
    .where('id', '=', user)
    .where('deleted_at', 'is not', null)
    .where('merged_into', 'is', null)
    .executeTakeFirst()) !== undefined

/** What hangs on a job goes with its row; requests to shops and retries only name it. */
async function removeJobs(tx: Tx, quirks: Quirks, user: UserId, limit: number): Promise<number> {
  if (!(await isCutOff(tx, user))) return 0
  await lockRequestLog(tx, quirks)
  const jobs = await tx.selectFrom('jobs').select('id').where('user_id', '=', user).limit(limit).execute()
  for (const { id } of jobs) {
    await tx.deleteFrom('request_log').where('job_id', '=', id).execute()
    await keepForClosing(tx, id)
    await tx.updateTable('jobs').set({ retry_of: null }).where('retry_of', '=', id).execute()
    await tx.deleteFrom('jobs').where('id', '=', id).execute()
  }
  return jobs.length
}

async function removeCommands(tx: Tx, user: UserId, limit: number): Promise<number> {
  if (!(await isCutOff(tx, user))) return 0
  const { numDeletedRows } = await tx
    .deleteFrom('commands')
    .where('request_id', 'in', (eb) =>
      eb.selectFrom('commands').select('request_id').where('user_id', '=', user).limit(limit),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** The accounts and the user, with those who became this one by linking. */
async function finish(tx: Tx, user: UserId): Promise<void> {
  if (!(await isCutOff(tx, user))) return
  const rows = await tx.selectFrom('accounts').select('id').where('user_id', '=', user).execute()
  const accounts = rows.map(({ id }) => id)
  if (accounts.length > 0) {
    await removeNotes(tx, accounts)
    // of jobs that went to another person when their accounts parted
    await tx.deleteFrom('outbox').where('account_id', 'in', accounts).execute()
    await tx.deleteFrom('commands').where('account_id', 'in', accounts).execute()
  }
  await tx.deleteFrom('accounts').where('user_id', '=', user).execute()
  await tx.deleteFrom('users').where('merged_into', '=', user).execute()
  await tx.deleteFrom('users').where('id', '=', user).execute()
}
