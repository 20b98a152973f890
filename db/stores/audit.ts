import type { Clock } from '../../src/clock.ts'
import { newId } from '../../src/ids.ts'
import type { AuditEntry } from '../../src/jobs/act.ts'
import type { Quirks, Tx } from '../database.ts'
import type { AuditRow } from '../tables.ts'
import { fromJsonOrNull, toJsonOrNull } from './columns.ts'

/** What is noted of an act; what it is not about is left out. */
export type AuditNote = Pick<AuditEntry, 'act' | 'actor'> & Partial<Pick<AuditEntry, 'job' | 'user' | 'site' | 'facts'>>

/** Notes an act in the transaction that does it. */
export async function noteAct(tx: Tx, quirks: Quirks, clock: Clock, note: AuditNote): Promise<void> {
  const { act, actor } = note
  await tx
    .insertInto('audit')
    .values({
      id: newId(clock.now()),
      at: quirks.now as never,
      act,
      role: actor.role,
      way: actor.way,
      address: actor.address,
      job_id: note.job ?? null,
      user_id: note.user ?? null,
      site: note.site ?? null,
      facts: toJsonOrNull(note.facts),
    })
    .execute()
}

/** A row as the rooms know it. */
export const toAuditEntry = (row: AuditRow): AuditEntry => ({
  id: row.id,
  at: row.at,
  act: row.act,
  actor: { role: row.role, way: row.way, address: row.address },
  job: row.job_id,
  user: row.user_id,
  site: row.site,
  facts: fromJsonOrNull<Record<string, unknown>>(row.facts),
})
