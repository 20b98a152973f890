import type { OwnerInfo } from '../../src/storage.ts'
import type { Database } from '../database.ts'

/** The row that names the owner; whether it lives is the lock's to say. */
export interface OwnerNotes {
  read(): Promise<OwnerInfo | undefined>
  write(info: Omit<OwnerInfo, 'since'>): Promise<void>
  /** Only while `holder` still stands there; without one, whoever does. */
  erase(holder?: string): Promise<void>
}

/** Notes of the owner in table `owner`. */
export function createOwnerNotes({ db, quirks }: Database): OwnerNotes {
  return {
    async read() {
      const row = await db.selectFrom('owner').selectAll().executeTakeFirst()
      return row && { kind: row.kind, pid: row.pid, holder: row.holder, since: row.since }
    },
    async write(info) {
      const values = { ...info, since: quirks.now }
      await db
        .insertInto('owner')
        .values({ slot: 1, ...values })
        .onConflict((conflict) => conflict.column('slot').doUpdateSet(values))
        .execute()
    },
    async erase(holder) {
      const rows = db.deleteFrom('owner')
      await (holder === undefined ? rows : rows.where('holder', '=', holder)).execute()
    },
  }
}
