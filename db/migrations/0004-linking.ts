import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../database.ts'

/** One person with several accounts: who was merged into whom, codes that link, wrong tries, and what is to be told. */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the schema as it was then
export async function up(db: Kysely<any>, { id }: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('users')
    .addColumn('merged_into', id as never, (c) => c.references('users.id'))
    .execute()
  await db.schema
    .createIndex('users_merged')
    .on('users')
    .columns(['merged_into'])
    .where(sql`merged_into is not null` as never)
    .execute()
  await db.schema
    .createTable('link_codes')
    .addColumn('hash', id as never, (c) => c.notNull().primaryKey())
    .addColumn('account_id', id as never, (c) => c.notNull().references('accounts.id'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('uses', 'integer', (c) => c.notNull())
    .addCheckConstraint('link_codes_used_once', sql`uses in (0, 1)`)
    .execute()
  await db.schema.createIndex('link_codes_of_account').on('link_codes').columns(['account_id']).execute()
  await db.schema.createIndex('link_codes_expiry').on('link_codes').columns(['expires_at']).execute()
  await db.schema
    .createTable('link_tries')
    .addColumn('account_id', id as never, (c) => c.notNull().references('accounts.id'))
    .addColumn('platform', 'text', (c) => c.notNull())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('link_tries_of_account').on('link_tries').columns(['account_id', 'at']).execute()
  await db.schema
    .createIndex('link_tries_of_workspace')
    .on('link_tries')
    .columns(['platform', 'workspace', 'at'])
    .execute()
  await db.schema
    .createTable('notices')
    .addColumn('id', id as never, (c) => c.notNull().primaryKey())
    .addColumn('account_id', id as never, (c) => c.notNull().references('accounts.id'))
    .addColumn('other_id', id as never, (c) => c.notNull().references('accounts.id'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('run_at', 'bigint', (c) => c.notNull())
    .addColumn('cause', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addCheckConstraint('notices_kind_is_known', sql`kind in ('linked')`)
    .addCheckConstraint('notices_state_is_known', sql`state in ('pending', 'sent', 'dropped')`)
    .execute()
  await db.schema
    .createIndex('notices_waiting')
    .on('notices')
    .columns(['run_at'])
    .where(sql`state = 'pending'` as never)
    .execute()
}
