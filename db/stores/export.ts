import { sql } from 'kysely'
import type { JobId, UserId } from '../../src/ids.ts'
import type { ExportedRow, ExportStore } from '../../src/upkeep/store.ts'
import type { Database, Db, Quirks } from '../database.ts'
import type { AccountRow, Tables } from '../tables.ts'

/** What hangs on a job, by its id. */
const PARTS = ['products', 'frontier', 'lists', 'seen', 'outbox', 'files', 'evidence', 'request_log'] as const
/** What hangs on accounts. Codes that link are hashes: they tell that there was one, and open nothing. */
const OF_ACCOUNTS = ['link_codes', 'link_tries'] as const
/** Columns that hold JSON as text. */
const JSON_COLUMNS: ReadonlySet<string> = new Set([
  ...['request', 'place', 'thread', 'facts', 'coverage', 'routes', 'warnings', 'waiting', 'commands'],
])
/** Columns that hold a time in epoch milliseconds; 0 stands for none. */
const isTime = (column: string): boolean => /_(?:at|until)$|^at$|^not_before$/.test(column)

/** Everything that is stored about a person, as rows of the tables: what a later migration adds comes by itself. */
export function createExportStore({ db, quirks }: Database): ExportStore {
  return {
    about: (user) => readPerson(db, quirks, user),
    async jobs(user) {
      const rows = await db
        .selectFrom('jobs')
        .select('id')
        .where('user_id', '=', user)
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(({ id }) => id)
    },
    async job(user, id) {
      const job = await db
        .selectFrom('jobs')
        .selectAll()
        .where('user_id', '=', user)
        .where('id', '=', id)
        .executeTakeFirst()
      if (!job) return undefined
      const parts: Record<string, ExportedRow[]> = { jobs: [readable(job)] }
      for (const table of PARTS) parts[table] = await rowsOf(db, table, id)
      return parts
    },
  }
}

async function readPerson(db: Db, quirks: Quirks, user: UserId): Promise<Record<string, ExportedRow[]>> {
  const users = await db
    .selectFrom('users')
    .selectAll()
    .where((eb) => eb.or([eb('id', '=', user), eb('merged_into', '=', user)]))
    .orderBy('created_at')
    .execute()
  const accounts = await db.selectFrom('accounts').selectAll().where('user_id', '=', user).execute()
  const ids = accounts.map(({ id }) => id)
  const commands = await db.selectFrom('commands').selectAll().where('user_id', '=', user).orderBy('at').execute()
  const notices = await db
    .selectFrom('notices')
    .selectAll()
    .where((eb) => eb.or([quirks.isIn('account_id', ids), quirks.isIn('other_id', ids)]))
    .execute()
  const about: Record<string, ExportedRow[]> = {
    ...{ users: users.map(readable), accounts: accounts.map(readable), commands: commands.map(readable) },
    notices: notices.map(readable),
    audit: await auditOf(db, quirks, [user, ...users.map(({ id }) => id)]),
  }
  about.last_buttons = await buttonsOf(db, accounts)
  for (const table of OF_ACCOUNTS) {
    const rows = await db.selectFrom(table).selectAll().where(quirks.isIn('account_id', ids)).execute()
    about[table] = rows.map(readable)
  }
  return about
}

async function buttonsOf(db: Db, accounts: AccountRow[]): Promise<ExportedRow[]> {
  const rows = await Promise.all(
    accounts.map(({ platform, external_id }) =>
      db
        .selectFrom('last_buttons')
        .selectAll()
        .where('platform', '=', platform)
        .where('external_id', '=', external_id)
        .execute(),
    ),
  )
  return rows.flat().map(readable)
}

/** What administrators did to the person, or to their jobs. */
async function auditOf(db: Db, quirks: Quirks, users: UserId[]): Promise<ExportedRow[]> {
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .where((eb) =>
      eb.or([
        quirks.isIn('user_id', users),
        eb('job_id', 'in', eb.selectFrom('jobs').select('jobs.id').where(quirks.isIn('jobs.user_id', users))),
      ]),
    )
    .orderBy('at')
    .execute()
  return rows.map(readable)
}

async function rowsOf(db: Db, table: (typeof PARTS)[number], job: JobId): Promise<ExportedRow[]> {
  const { rows } = await sql<Tables[typeof table]>`select * from ${sql.table(table)} where job_id = ${job}`.execute(db)
  return rows.map(readable)
}

/** Times as ISO 8601, JSON as what it holds. */
const readable = (row: object): ExportedRow =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, readableValue(column, value)]))

function readableValue(column: string, value: unknown): unknown {
  if (value === null) return null
  if (JSON_COLUMNS.has(column) && typeof value === 'string') return JSON.parse(value)
  return isTime(column) && Number(value) > 0 ? new Date(Number(value)).toISOString() : value
}
