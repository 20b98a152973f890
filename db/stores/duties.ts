import { sql } from 'kysely'
import type { DutyStore } from '../../src/duty.ts'
import type { Database } from '../database.ts'

/** Duties by the database's clock: processes may disagree about the time. */
export function createDutyStore({ db, quirks }: Database): DutyStore {
  return {
    async hold(duty, holder, ms) {
      const until = sql<number>`${quirks.now} + ${ms}`
      const held = await db
        .insertInto('duties')
        .values({ duty, holder, held_until: until })
        .onConflict((conflict) =>
          conflict
            .column('duty')
            .doUpdateSet({ holder, held_until: until })
            .where((eb) => eb.or([eb('duties.holder', '=', holder), eb('duties.held_until', '<=', quirks.now)])),
        )
        .returning('duty')
        .executeTakeFirst()
      return held !== undefined
    },
    async release(duty, holder) {
      await db.deleteFrom('duties').where('duty', '=', duty).where('holder', '=', holder).execute()
    },
    async count(prefix) {
      const { held } = await db
        .selectFrom('duties')
        .select((eb) => eb.fn.countAll().as('held'))
        .where('held_until', '>', quirks.now)
        .where(sql<boolean>`substr(duty, 1, ${prefix.length}) = ${prefix}`)
        .executeTakeFirstOrThrow()
      return Number(held)
    },
  }
}
